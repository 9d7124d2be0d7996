"""Pictures of tours: the place one goes to see."""

import math
from collections.abc import Callable
from functools import partial
from random import Random

from marketplace.demo.art import brocade, drinks, houses
from marketplace.demo.art.backdrop import HEIGHT, WIDTH, Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import (
    LIGHTS,
    SEASONS,
    Light,
    bamboo,
    ban_branch,
    ban_tree,
    cloud,
    grass,
    karst,
    lake,
    paddies,
    path_to,
    ridge,
    sky,
    terraces,
    tree,
)
from marketplace.demo.art.palette import (
    BARK,
    CHILLI,
    CLAY,
    FOREST,
    GOLD,
    INDIGO,
    LEAF,
    MOSS,
    NIGHT,
    PAPER,
    PINK,
    STRAW,
    WHITE,
    WOOD,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import box, lathe, leaf, oval, ribbon, smooth
from marketplace.demo.art.stays import woven_edge


def _setting(
    canvas: Canvas,
    random: Random,
    *,
    hours: tuple[str, ...] = ("day", "morning", "noon", "dusk"),
    hills: int = 3,
) -> Light:
    """Sky and far hills. Returns the light they stand in."""
    light = LIGHTS[random.choice(hours)]
    sky(canvas, random, light, horizon=500)
    green = random.choice((FOREST, mix(FOREST, INDIGO, 0.35), MOSS))
    for layer in range(hills):
        distance = 0.8 - 0.2 * layer
        ridge(
            canvas,
            random,
            400 + 46 * layer,
            190 - 40 * layer,
            light.on(green, distance=distance),
            peaks=2 + layer,
        )
    return light


def battlefield(canvas: Canvas, look: Look) -> None:
    """A green hill with old trenches, a flight of steps, and a flag on top."""
    random = look.random
    light = _setting(canvas, random)
    hill = smooth(
        [(-60, 720), (180, 560), (420, 360), (560, 320), (720, 370), (900, 560), (1100, 700)], closed=False
    )
    canvas.fill([*hill, (1100, HEIGHT), (-60, HEIGHT)], light.on(LEAF))
    with canvas.inside([*hill, (1100, HEIGHT), (-60, HEIGHT)]):
        canvas.fill(
            [*[(x + 190, y + 40) for x, y in hill], (1300, HEIGHT), (400, HEIGHT)],
            light.on(darker(LEAF, 0.12)),
        )
        for y in (420, 500, 590):
            trench = [(200, y + 90), (380, y + 20), (540, y), (700, y + 34), (900, y + 100)]
            canvas.curve(trench, 20, light.on(darker(CLAY, 0.2)), end=26)
            canvas.curve([(x, py - 9) for x, py in trench], 8, light.on(lighter(MOSS, 0.2)), end=9)
    for step in range(17):
        wide, y = 34 + step * 5.2, 336 + step * 24
        canvas.fill(
            box(560 - wide, y, 560 + wide, y + 24), light.on(mix(STRAW, WHITE, 0.3 + 0.2 * (step % 2)))
        )
    canvas.line([(560, 336), (560, 110)], 9, light.on(PAPER))
    flag = smooth(
        [(564, 116), (620, 104), (680, 124), (738, 112), (738, 200), (680, 212), (620, 192), (564, 204)],
        steps=6,
    )
    canvas.fill(flag, colour("#D8261C"))
    star = [
        (
            648 + (38 if k % 2 == 0 else 15) * math.sin(k * math.pi / 5),
            158 - (38 if k % 2 == 0 else 15) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    canvas.fill(star, colour("#FFD93B"))
    side = random.choice((-1, 1))
    ban_tree(canvas, random, 512 + side * 400, 716, 1.35)
    tree(canvas, 512 - side * 390, 716, 1.5, light.on(FOREST))
    woven_edge(canvas, look)


def boat(
    canvas: Canvas, x: float, y: float, *, size: float = 1, look: Look, rowers: int = 1, swallow: bool = False
) -> None:
    """A slender boat; the swallow-tailed one of Mường Lay has a forked stern."""
    with canvas.at(x, y, scale=size):
        canvas.fill(oval(0, 16, 230, 11), sheer(NIGHT, 0.2))
        if swallow:
            for lift in (-96, -44):
                canvas.fill(smooth([(170, 0), (250, lift * 0.5), (310, lift), (240, lift * 0.3 + 6)]), BARK)
        hull = smooth(
            [(-250, -46), (-150, -8), (0, 0), (150, -8), (230, -40), (180, 14), (0, 26), (-170, 16)]
        )
        canvas.solid(hull, WOOD, depth=0.3, shift=(0, -10))
        with canvas.inside(hull):
            canvas.weave(brocade.band(look.random, look.palette, 190), -260, -6, cell=1.3 * 1.6)
        for index in range(rowers):
            px = (index - (rowers - 1) / 2) * 62
            coat = (INDIGO, PINK, FOREST)[index % 3]
            canvas.line([(px + 24, -66), (px - 34, 30)], 7, BARK, end=5)
            canvas.solid(
                smooth([(px - 22, -6), (px - 20, -64), (px, -82), (px + 22, -62), (px + 24, -6)]),
                coat,
                shift=(-5, 0),
            )
            canvas.oval(px, -98, 19, paint=colour("#C98F66"))
            canvas.fill([(px - 42, -102), (px + 42, -102), (px, -136)], STRAW)


def on_the_lake(canvas: Canvas, look: Look) -> None:
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "dusk", "evening"), hills=4)
    lake(canvas, random, light, 500)
    isle = smooth([(640, 520), (720, 470), (820, 480), (920, 520)], closed=False)
    canvas.fill(isle, light.on(FOREST))
    for x in (700, 760, 830):
        tree(canvas, x, 505, 0.7, light.on(LEAF if x != 760 else MOSS))
    boat(canvas, random.uniform(340, 480), 640, size=1.15, look=look)
    if random.random() < 0.5:
        boat(canvas, 800, 560, size=0.5, look=look)
    ban_branch(canvas, random, [(-20, 60), (140, 110), (280, 84), (400, 140)], width=22, size=46, flowers=9)
    woven_edge(canvas, look)


def boat_race(canvas: Canvas, look: Look) -> None:
    random = look.random
    light = _setting(canvas, random, hours=("day", "noon", "morning"), hills=3)
    lake(canvas, random, light, 450)
    for x, y, size in ((700, 510, 0.62), (380, 580, 0.86), (560, 680, 1.12)):
        boat(canvas, x + random.uniform(-40, 40), y, size=size, look=look, rowers=5, swallow=True)
    for index in range(14):
        x = 20 + index * 76
        canvas.line([(x, 0), (x, 60 + 14 * math.sin(index))], 3, PAPER)
        canvas.fill([(x - 24, 40), (x + 24, 40), (x, 96)], (CHILLI, GOLD, PINK, FOREST, INDIGO)[index % 5])
    canvas.line([(0, 40), (1024, 40)], 4, BARK)
    woven_edge(canvas, look)


def winding_pass(canvas: Canvas, look: Look, *, gate: bool = False) -> None:
    """A road winding up between hills above the clouds; at its top, perhaps, a gate at the border."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "dusk"), hills=2)
    for x in (120, 480, 860):
        cloud(canvas, x, 452 + random.uniform(-16, 16), 1.8, light)
    slope = smooth([(-40, 560), (240, 470), (520, 520), (800, 440), (1080, 500)], closed=False)
    canvas.fill([*slope, (1080, HEIGHT), (-40, HEIGHT)], light.on(FOREST, distance=0.2))
    near = smooth([(-40, 640), (300, 560), (620, 620), (1080, 570)], closed=False)
    canvas.fill([*near, (1080, HEIGHT), (-40, HEIGHT)], light.on(LEAF))
    road = [(620, 486), (760, 510), (560, 546), (360, 576), (620, 628), (760, 672), (440, 790)]
    path_to(canvas, light, road, start=14, end=150, paint=colour("#8C8F94"))
    canvas.fill(ribbon(smooth(road, closed=False), 1.5, 7), light.on(PAPER))
    for x, y, size in (
        (150, 650, 1.2),
        (250, 690, 1.5),
        (880, 650, 1.5),
        (950, 700, 1.8),
        (90, 560, 0.7),
        (880, 520, 0.6),
    ):
        tree(canvas, x, y, size, light.on(random.choice((FOREST, MOSS, LEAF))))
    if gate:
        with canvas.at(512, 500, scale=1.1):
            for x in (-150, 150):
                canvas.solid(box(x - 26, -210, x + 26, 10), light.on(STRAW), shift=(-8, 0))
            canvas.fill([(-240, -200), (-180, -262), (180, -262), (240, -200)], light.on(CLAY))
            canvas.fill([(-160, -262), (-120, -310), (120, -310), (160, -262)], light.on(CLAY))
            canvas.fill(box(-176, -200, 176, -170), light.on(CHILLI))
    woven_edge(canvas, look)


def peak(canvas: Canvas, look: Look) -> None:
    """A summit above a sea of clouds, with walkers on the ridge."""
    random = look.random
    light = LIGHTS[random.choice(("morning", "dusk", "noon"))]
    sky(canvas, random, light, horizon=600)
    ridge(canvas, random, 520, 160, light.on(INDIGO, distance=0.7), peaks=4, sharp=True)
    for x in range(-40, 1100, 130):
        cloud(canvas, x, 540 + random.uniform(-14, 14), 1.6, light)
    summit = [
        (-60, 780),
        (180, 600),
        (330, 500),
        (430, 360),
        (560, 210),
        (650, 300),
        (730, 330),
        (850, 520),
        (1090, 700),
        (1090, 780),
    ]
    canvas.fill(summit, light.on(mix(FOREST, INDIGO, 0.3)))
    canvas.fill(
        [
            (560, 210),
            (650, 300),
            (730, 330),
            (850, 520),
            (1090, 700),
            (1090, 780),
            (660, 780),
            (620, 560),
            (590, 380),
        ],
        light.on(mix(NIGHT, FOREST, 0.5)),
    )
    near = smooth([(-40, 690), (260, 610), (520, 660), (760, 620), (1080, 680)], closed=False)
    canvas.fill([*near, (1080, HEIGHT), (-40, HEIGHT)], light.on(MOSS))
    for index, coat in enumerate((PINK, INDIGO, GOLD)):
        with canvas.at(230 + index * 66, 630 + (index % 2) * 6):
            canvas.line([(-6, 0), (-2, -34)], 9, BARK)
            canvas.line([(8, 0), (2, -34)], 9, BARK)
            canvas.solid(smooth([(-15, -28), (-12, -74), (12, -74), (15, -28)]), coat, shift=(-3, 0))
            canvas.solid(box(-26, -72, -8, -34, 6), FOREST, shift=(-2, 0))
            canvas.oval(0, -88, 13, paint=colour("#C98F66"))
            canvas.line([(24, -56), (32, 2)], 4, WOOD)
    tree(canvas, 880, 700, 1.6, light.on(FOREST))
    woven_edge(canvas, look)


def milestone(canvas: Canvas, look: Look) -> None:
    """The three-sided granite pillar where three countries meet, on its stepped terrace."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "noon", "dusk"), hills=4)
    grass(canvas, random, light, 560, paint=MOSS)
    stone = light.on(colour("#B9B4AE"))
    for index, (half, y) in enumerate(((340, 700), (260, 664), (180, 628))):
        canvas.fill(
            [(512 - half, y - 36), (512 + half, y - 36), (512 + half + 24, y), (512 - half - 24, y)],
            mix(stone, WHITE, 0.1 * index),
        )
        canvas.fill(box(512 - half - 24, y, 512 + half + 24, y + 16), darker(stone, 0.2))
    canvas.fill([(436, 594), (512, 604), (512, 250), (462, 262)], lighter(stone, 0.25))
    canvas.fill([(512, 604), (588, 594), (562, 262), (512, 250)], darker(stone, 0.16))
    canvas.fill([(462, 262), (512, 250), (562, 262), (512, 200)], lighter(stone, 0.45))
    for x, side in ((486, -1), (538, 1)):
        canvas.oval(x, 380, 15, 20, paint=colour("#C9352A") if side < 0 else GOLD)
    for x in (180, 844):
        tree(canvas, x, 620, 1.2, light.on(FOREST))
    woven_edge(canvas, look)


def tea_forest(canvas: Canvas, look: Look) -> None:
    """Old tea trees with lichen on their trunks, in mist; a basket of shoots."""
    random = look.random
    light = LIGHTS[random.choice(("morning", "day", "noon"))]
    sky(canvas, random, light, horizon=560)
    karst(canvas, random, 500, 240, light.on(colour("#7C8488"), distance=0.6))
    ridge(canvas, random, 540, 80, light.on(FOREST, distance=0.5), peaks=3)
    for x in (200, 640, 940):
        cloud(canvas, x, 470, 1.8, light)
    grass(canvas, random, light, 600)
    for x, y, size in ((250, 660, 1.25), (800, 650, 1.1), (530, 700, 1.5)):
        with canvas.at(x, y, scale=size):
            for tip in ((-110, -230), (-40, -280), (50, -270), (120, -220)):
                canvas.curve([(tip[0] * 0.1, 0), (tip[0] * 0.3, -110), tip], 26, colour("#6A5A48"), end=9)
                canvas.oval(tip[0] * 0.28 - 4, -100, 8, 12, paint=colour("#C9D2B8"))
            for _ in range(20):
                px, py = random.uniform(-150, 150), random.uniform(-330, -220)
                canvas.oval(
                    px,
                    py,
                    random.uniform(26, 44),
                    random.uniform(20, 32),
                    paint=light.on(random.choice((FOREST, LEAF, MOSS))),
                )
            for _ in range(5):
                drinks.tea_shoot(
                    canvas,
                    random.uniform(-130, 130),
                    random.uniform(-330, -250),
                    size=44,
                    turn=random.uniform(-30, 30),
                )
    woven_edge(canvas, look)


def tower(canvas: Canvas, look: Look) -> None:
    """An old brick stupa of the Lào, square below, tapering in storeys."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "dusk"))
    paddies(canvas, random, light, 500, season=random.choice(list(SEASONS)))
    grass(canvas, random, light, 640)
    brick = light.on(random.choice((colour("#C98A62"), colour("#D9A77A"), colour("#B5744E"))))
    y = 690.0
    for half, tall in ((150, 60), (120, 130), (132, 22), (96, 110), (106, 18), (72, 90), (80, 16)):
        block = [
            (512 - half, y),
            (512 + half, y),
            (512 + half * 0.94, y - tall),
            (512 - half * 0.94, y - tall),
        ]
        canvas.solid(block, brick, depth=0.22, shift=(-half * 0.3, 0))
        if tall > 80:
            with canvas.inside(block):
                canvas.weave(
                    brocade.tile(
                        brocade.FIGURES["hook"],
                        (brick, darker(brick, 0.16), lighter(brick, 0.2), darker(brick, 0.26)),
                    ),
                    512 - 40,
                    y - tall * 0.85,
                    cell=5,
                )
                canvas.fill(box(512 + half * 0.5, y - tall, 700, y), sheer(NIGHT, 0.12))
        y -= tall
    with canvas.at(512, y):
        canvas.solid(
            lathe([(0, -170), (10, -120), (44, -60), (64, -20), (56, 0), (0, 2)]),
            brick,
            depth=0.22,
            shift=(-14, 0),
        )
        canvas.line([(0, -160), (0, -210)], 9, GOLD, end=3)
    ban_tree(canvas, random, 170, 706, 1.2)
    bamboo(canvas, random, 880, 706, 1.1, light.on(LEAF))
    woven_edge(canvas, look)


def on_the_plain(canvas: Canvas, look: Look) -> None:
    """A bicycle on a field path across the Mường Thanh plain."""
    random = look.random
    light = _setting(canvas, random)
    paddies(canvas, random, light, 490, season=random.choice(("green", "gold")))
    path_to(canvas, light, [(560, 496), (600, 560), (500, 640), (420, 790)], start=10, end=210)
    with canvas.at(530, 690):
        for x in (-110, 110):
            canvas.fill(oval(x, -74, 74), NIGHT)
            canvas.fill(oval(x, -74, 64), light.on(STRAW))
            for turn in range(0, 180, 30):
                with canvas.at(x, -74, turn=turn):
                    canvas.line([(0, -64), (0, 64)], 2, colour("#9A9A94"))
        frame = (look.palette.ground, look.palette.warp)[0]
        for path in (
            ((-110, -74), (-40, -170), (80, -170), (0, -74), (-110, -74)),
            ((-40, -180), (0, -74)),
            ((110, -74), (70, -206)),
        ):
            canvas.line(list(path), 11, frame)
        canvas.line([(70, -206), (110, -222)], 9, NIGHT)
        canvas.fill(smooth([(-76, -196), (-10, -196), (-20, -178), (-60, -178)]), BARK)
        canvas.solid(box(70, -196, 150, -136, 10), STRAW, shift=(-5, 0))
        drinks.blossoms(canvas, look, 110, -204, paint=PINK, size=24)
    woven_edge(canvas, look)


def ban_festival(canvas: Canvas, look: Look) -> None:
    """The valley in March under ban trees in flower."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "noon"))
    terraces(canvas, random, light, 470, 660, season="water", distance=0.3)
    grass(canvas, random, light, 650)
    for x, size in ((150, 1.5), (420, 1.0), (880, 1.6), (680, 0.9)):
        ban_tree(canvas, random, x, 706, size)
    ban_branch(canvas, random, [(1040, 40), (860, 90), (700, 60), (560, 130)], width=26, size=60, flowers=11)
    woven_edge(canvas, look)


def coffee_garden(canvas: Canvas, look: Look) -> None:
    random = look.random
    light = _setting(canvas, random)
    canvas.fill(
        [
            *smooth([(-40, 540), (300, 490), (700, 520), (1080, 480)], closed=False),
            (1080, HEIGHT),
            (-40, HEIGHT),
        ],
        light.on(colour("#A9774A")),
    )
    for row in range(4):
        y = 540 + row * 52
        for column in range(11 - row):
            x = 30 + column * (100 + row * 14) + (row % 2) * 40
            size = 0.55 + row * 0.17
            with canvas.at(x, y, scale=size):
                for dx, dy in ((-34, -30), (34, -32), (0, -62), (0, -26)):
                    canvas.oval(dx, dy, 46, 38, paint=light.on((FOREST, LEAF)[(column + row) % 2]))
                for dx, dy in ((-40, -30), (10, -60), (36, -22), (-6, -16), (24, -44)):
                    canvas.oval(dx, dy, 9, paint=drinks.CHERRIES[(dx + row) % 4])
    drinks.coffee_branch(canvas, look, -10, 130, turn=8)
    drinks.coffee_branch(canvas, look, 1034, 120, turn=-12, flip=True)
    woven_edge(canvas, look)


def weaving(canvas: Canvas, look: Look) -> None:
    """A loom under a stilt house, with cloth half done."""
    random = look.random
    wall = mix(WOOD, STRAW, 0.35)
    canvas.fill(box(0, 0, WIDTH, HEIGHT), wall)
    for x in range(0, WIDTH, 70):
        canvas.fill(box(x, 0, x + 4, 560), darker(wall, 0.14))
    canvas.fill(box(0, 560, WIDTH, HEIGHT), darker(mix(CLAY, STRAW, 0.5), 0.1))
    canvas.shadow(512, 690, 380, 24)
    for x in (190, 834):
        canvas.solid(box(x - 20, 90, x + 20, 690, 6), BARK, shift=(-6, 0))
    warp = box(250, 150, 774, 400)
    canvas.fill(warp, PAPER)
    with canvas.inside(warp):
        for index in range(66):
            canvas.fill(
                box(250 + index * 8, 150, 253 + index * 8, 400),
                (look.palette.warp, look.palette.weft, look.palette.ground)[index // 8 % 3],
            )
    cloth = box(250, 392, 774, 640)
    canvas.fill(cloth, look.palette.ground)
    with canvas.inside(cloth):
        for y in (400, 530):
            canvas.weave(brocade.band(random, look.palette, 110), 250, y, cell=5)
    for y, paint in ((150, WOOD), (392, mix(WOOD, STRAW, 0.4)), (640, WOOD)):
        canvas.solid(box(160, y - 18, 864, y + 18, 12), paint, shift=(0, -6))
    canvas.solid(
        smooth([(400, 372), (500, 350), (620, 352), (700, 374), (600, 392), (480, 392)]), BARK, shift=(0, -6)
    )
    for index, paint in enumerate((PINK, GOLD, FOREST, INDIGO)):
        canvas.solid(oval(80 if index % 2 else 944, 650 - 50 * (index // 2), 46, 34), paint, shift=(-6, -6))
    woven_edge(canvas, look)


def village(canvas: Canvas, look: Look, *, house: Callable[..., None]) -> None:
    """A few houses among the terraces, smoke rising."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "dusk", "evening"))
    terraces(canvas, random, light, 450, 660, season=random.choice(list(SEASONS)), distance=0.3)
    for x, y, size in ((220, 540, 0.36), (800, 560, 0.42), (480, 620, 0.54)):
        canvas.fill(oval(x, y + 6, 400 * size, 46 * size), light.on(LEAF))
        tree(canvas, x - 330 * size, y, size * 2, light.on(FOREST))
        with canvas.at(x, y, scale=size, flip=random.random() < 0.5):
            house(canvas, random, light, look.palette)
        wisp = [(x + 60 * size, y - 420 * size - step * 26) for step in range(5)]
        wisp = [(px + 14 * math.sin(index), py) for index, (px, py) in enumerate(wisp)]
        canvas.fill(ribbon(smooth(wisp, closed=False), 10, 26), sheer(WHITE, 0.3))
    grass(canvas, random, light, 690)
    ban_tree(canvas, random, 930, 720, 1.3)
    with canvas.at(60, 730, turn=20):
        canvas.fill(leaf(170, 60), light.on(FOREST))
    woven_edge(canvas, look)


def citadel(canvas: Canvas, look: Look) -> None:
    """The gate of an old citadel under a banyan."""
    random = look.random
    light = _setting(canvas, random, hours=("day", "morning", "dusk"), hills=2)
    grass(canvas, random, light, 590)
    wall = light.on(colour("#B58A68"))
    canvas.fill(box(60, 470, 964, 640), wall)
    for row in range(5):
        for column in range(24):
            canvas.fill(
                box(
                    60 + column * 40 - (row % 2) * 20,
                    474 + row * 34,
                    62 + column * 40 - (row % 2) * 20,
                    504 + row * 34,
                ),
                darker(wall, 0.15),
            )
        canvas.fill(box(60, 470 + row * 34, 964, 473 + row * 34), darker(wall, 0.15))
    canvas.solid(box(372, 380, 652, 660), lighter(wall, 0.12), shift=(-12, 0))
    canvas.fill(
        [*[(x, y) for x, y in oval(512, 520, 74) if y <= 521], (438, 660), (586, 660)][::1], darker(BARK, 0.2)
    )
    canvas.fill(box(438, 520, 586, 660), darker(BARK, 0.2))
    for half, y in ((200, 384), (140, 300)):
        eave = smooth(
            [(512 - half - 30, y - 14), (512 - half, y), (512 + half, y), (512 + half + 30, y - 14)],
            closed=False,
        )
        canvas.fill([*eave, (512 + half * 0.66, y - 60), (512 - half * 0.66, y - 60)], light.on(CLAY))
        canvas.fill(box(512 - half * 0.6, y, 512 + half * 0.6, y + 30), light.on(STRAW))
    path_to(canvas, light, [(512, 656), (500, 700), (520, 790)], start=110, end=230)
    tree(canvas, 190, 660, 3.1, light.on(FOREST))
    tree(canvas, 880, 660, 2.2, light.on(LEAF))
    woven_edge(canvas, look)


def plateau(canvas: Canvas, look: Look) -> None:
    """The stone plateau: limestone towers, maize between rocks, a path."""
    random = look.random
    light = LIGHTS[random.choice(("day", "noon", "dusk", "morning"))]
    sky(canvas, random, light, horizon=500)
    karst(canvas, random, 430, 300, light.on(colour("#7C8488"), distance=0.6))
    karst(canvas, random, 510, 240, light.on(colour("#7C8488"), distance=0.25))
    grass(canvas, random, light, 540, paint=MOSS)
    path_to(canvas, light, [(620, 560), (700, 610), (520, 660), (430, 790)], start=16, end=150)
    for _ in range(16):
        x, y = random.uniform(20, 1000), random.uniform(590, 720)
        rock = smooth([(x - 44, y), (x - 30, y - 44), (x, y - 70), (x + 34, y - 36), (x + 46, y)])
        canvas.solid(rock, light.on(colour("#8F9598")), shift=(-8, -4))
    with canvas.at(800, 640, scale=0.5):
        houses.mong_house(canvas, random, light, look.palette)
    woven_edge(canvas, look)


TOURS: dict[str, Callable[[Canvas, Look], None]] = {
    "battlefield": battlefield,
    "lake": on_the_lake,
    "boat-race": boat_race,
    "pass": winding_pass,
    "border": partial(winding_pass, gate=True),
    "peak": peak,
    "milestone": milestone,
    "tea-forest": tea_forest,
    "tower": tower,
    "plain": on_the_plain,
    "ban-flowers": ban_festival,
    "coffee-garden": coffee_garden,
    "weaving": weaving,
    "village": partial(village, house=partial(houses.stilt_house, rounded=True)),
    "earth-village": partial(village, house=houses.earth_house),
    "citadel": citadel,
    "plateau": plateau,
}
