"""Pictures of tours: the place one goes to see."""

import math
from collections.abc import Callable
from functools import partial

from marketplace.demo.art import brocade, drinks, houses, monuments
from marketplace.demo.art.backdrop import HEIGHT, Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import (
    LIGHTS,
    SEASONS,
    ban_branch,
    ban_tree,
    cloud,
    grass,
    karst,
    lake,
    paddies,
    path_to,
    ridge,
    setting,
    sky,
    terraces,
    tree,
    woven_edge,
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
    mix,
    sheer,
)
from marketplace.demo.art.shapes import box, leaf, oval, ribbon, smooth


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
    light = setting(canvas, random, hours=("day", "morning", "dusk", "evening"), hills=4)
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
    light = setting(canvas, random, hours=("day", "noon", "morning"), hills=3)
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
    light = setting(canvas, random, hours=("day", "morning", "dusk"), hills=2)
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


def on_the_plain(canvas: Canvas, look: Look) -> None:
    """A bicycle on a field path across the Mường Thanh plain."""
    random = look.random
    light = setting(canvas, random)
    paddies(canvas, random, light, 490, season=random.choice(("green", "gold")))
    path_to(canvas, light, [(560, 496), (600, 560), (500, 640), (420, 790)], start=10, end=210)
    with canvas.at(530, 690):
        for x in (-110, 110):
            canvas.fill(oval(x, -74, 74), NIGHT)
            canvas.fill(oval(x, -74, 64), light.on(STRAW))
            for turn in range(0, 180, 30):
                with canvas.at(x, -74, turn=turn):
                    canvas.line([(0, -64), (0, 64)], 2, colour("#9A9A94"))
        for path in (
            ((-110, -74), (-40, -170), (80, -170), (0, -74), (-110, -74)),
            ((-40, -180), (0, -74)),
            ((110, -74), (70, -206)),
        ):
            canvas.line(list(path), 11, look.palette.ground)
        canvas.line([(70, -206), (110, -222)], 9, NIGHT)
        canvas.fill(smooth([(-76, -196), (-10, -196), (-20, -178), (-60, -178)]), BARK)
        canvas.solid(box(70, -196, 150, -136, 10), STRAW, shift=(-5, 0))
        drinks.blossoms(canvas, look, 110, -204, paint=PINK, size=24)
    woven_edge(canvas, look)


def ban_festival(canvas: Canvas, look: Look) -> None:
    """The valley in March under ban trees in flower."""
    random = look.random
    light = setting(canvas, random, hours=("day", "morning", "noon"))
    terraces(canvas, random, light, 470, 660, season="water", distance=0.3)
    grass(canvas, random, light, 650)
    for x, size in ((150, 1.5), (420, 1.0), (880, 1.6), (680, 0.9)):
        ban_tree(canvas, random, x, 706, size)
    ban_branch(canvas, random, [(1040, 40), (860, 90), (700, 60), (560, 130)], width=26, size=60, flowers=11)
    woven_edge(canvas, look)


def coffee_garden(canvas: Canvas, look: Look) -> None:
    random = look.random
    light = setting(canvas, random)
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


def village(canvas: Canvas, look: Look, *, house: Callable[..., None]) -> None:
    """A few houses among the terraces, smoke rising."""
    random = look.random
    light = setting(canvas, random, hours=("day", "morning", "dusk", "evening"))
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
    "battlefield": monuments.battlefield,
    "lake": on_the_lake,
    "boat-race": boat_race,
    "pass": winding_pass,
    "border": partial(winding_pass, gate=True),
    "peak": peak,
    "milestone": monuments.milestone,
    "tea-forest": tea_forest,
    "tower": monuments.tower,
    "plain": on_the_plain,
    "ban-flowers": ban_festival,
    "coffee-garden": coffee_garden,
    "weaving": monuments.weaving,
    "village": partial(village, house=partial(houses.stilt_house, rounded=True)),
    "earth-village": partial(village, house=houses.earth_house),
    "citadel": monuments.citadel,
    "plateau": plateau,
}
