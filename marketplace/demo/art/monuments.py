"""What people built that tours go to see: the hill of the battle, the border stone, tower, gate and loom."""

import math

from marketplace.demo.art import brocade
from marketplace.demo.art.backdrop import HEIGHT, WIDTH, Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import (
    SEASONS,
    bamboo,
    ban_tree,
    grass,
    paddies,
    path_to,
    setting,
    tree,
    woven_edge,
)
from marketplace.demo.art.palette import (
    BARK,
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
from marketplace.demo.art.shapes import box, lathe, oval, smooth


def battlefield(canvas: Canvas, look: Look) -> None:
    """A green hill with old trenches, a flight of steps, and a flag on top."""
    random = look.random
    light = setting(canvas, random)
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


def milestone(canvas: Canvas, look: Look) -> None:
    """The three-sided granite pillar where three countries meet, on its stepped terrace."""
    random = look.random
    light = setting(canvas, random, hours=("day", "morning", "noon", "dusk"), hills=4)
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


def tower(canvas: Canvas, look: Look) -> None:
    """An old brick stupa of the Lào, square below, tapering in storeys."""
    random = look.random
    light = setting(canvas, random, hours=("day", "morning", "dusk"))
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


def citadel(canvas: Canvas, look: Look) -> None:
    """The gate of an old citadel under a banyan."""
    random = look.random
    light = setting(canvas, random, hours=("day", "morning", "dusk"), hills=2)
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
    canvas.oval(512, 520, 74, paint=darker(BARK, 0.2))
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
