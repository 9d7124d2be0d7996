"""Tea, coffee, honey, vinegar and spirit, with what they come from."""

import math

from marketplace.demo.art import vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.grain import steam
from marketplace.demo.art.palette import (
    BARK,
    CHILLI,
    CLAY,
    FOREST,
    GOLD,
    LEAF,
    MOSS,
    PAPER,
    SAND,
    WHITE,
    WOOD,
    Colour,
    colour,
    darker,
    lighter,
    sheer,
)
from marketplace.demo.art.shapes import box, lathe, leaf, oval, smooth

HONEY = colour("#E39A1E")
ROAST = (colour("#4A2C1E"), colour("#6A4029"), colour("#35201A"), colour("#7C4C30"))
GREEN_BEANS = (colour("#A9AE7C"), colour("#C3C796"), colour("#8F9566"), colour("#D5D6AE"))
CHERRIES = (colour("#B3202C"), colour("#D23A3A"), colour("#8E1B27"), colour("#E2633F"))


def tea_shoot(
    canvas: Canvas, x: float, y: float, *, turn: float = 0, size: float = 150, bud: Colour = LEAF
) -> None:
    """A bud and two leaves."""
    with canvas.at(x, y, turn=turn):
        canvas.curve([(0, 0), (4, -size * 0.5), (0, -size * 0.8)], 9, MOSS, end=5)
        for side, shade in ((-1, FOREST), (1, LEAF)):
            with canvas.at(0, -size * 0.4, turn=side * 52):
                canvas.fill(leaf(size, size * 0.42), shade)
                canvas.line([(0, 0), (0, -size * 0.85)], 3, lighter(shade, 0.3), end=1)
        with canvas.at(0, -size * 0.7):
            canvas.fill(leaf(size * 0.72, size * 0.24), lighter(bud, 0.25))


def _teapot(canvas: Canvas, look: Look, paint: Colour) -> None:
    canvas.shadow(10, 0, 200, 24)
    canvas.curve([(110, -180), (250, -230), (230, -70), (120, -50)], 26, darker(paint, 0.18))
    spout = smooth([(-110, -130), (-190, -150), (-228, -250), (-258, -252), (-236, -110), (-120, -40)])
    canvas.solid(spout, paint, shift=(-8, -8))
    body = lathe([(70, -226), (150, -190), (172, -110), (120, -20), (84, 0), (0, 4)])
    canvas.solid(body, paint, depth=0.24, shift=(-24, -8))
    with canvas.inside(body):
        vessels.belt(canvas, look, -150, 180, cell=2.6)
    canvas.solid(lathe([(0, -262), (60, -250), (84, -222), (0, -214)]), lighter(paint, 0.1), shift=(-10, -3))
    canvas.solid(oval(0, -274, 20), look.palette.warp, shift=(-4, -4))
    canvas.gleam([(-120, -170), (-138, -110), (-112, -50)], 14, opacity=0.3)


def _cup(canvas: Canvas, x: float, drink: Colour, *, paint: Colour = PAPER, rx: float = 78) -> None:
    with canvas.at(x, 12):
        canvas.oval(0, -rx * 1.05, rx, rx * 0.2, paint=lighter(paint, 0.4))
        canvas.oval(0, -rx * 1.05 + 3, rx * 0.9, rx * 0.16, paint=drink)
        vessels.bowl(canvas, rx, rx * 1.05, paint)


def tea(canvas: Canvas, look: Look, *, drink: Colour, bud: Colour = LEAF) -> None:
    random = look.random
    paint = random.choice((CLAY, look.palette.ground, BARK, colour("#2F6F6A")))
    arrangement = random.randrange(4)
    if arrangement == 0:
        with canvas.at(50, -6):
            tea_shoot(canvas, 150, -180, turn=24, size=140, bud=bud)
            _teapot(canvas, look, paint)
            steam(canvas, look, -300)
        _cup(canvas, -190, drink)
    elif arrangement == 1:
        with canvas.at(95, -10):
            vessels.packet(canvas, look, paint=random.choice((FOREST, SAND, look.palette.ground)))
            with canvas.at(0, -190, scale=0.72):
                tea_shoot(canvas, 0, -60, size=120, bud=bud)
        for turn in (-30, 4):
            tea_shoot(canvas, -60, 0, turn=turn - 30, size=170, bud=bud)
        _cup(canvas, -170, drink, rx=92)
        _cup(canvas, 250, drink, paint=look.palette.warp, rx=58)
    elif arrangement == 2:
        with canvas.at(-80, -6):
            vessels.earthen_jar(canvas, look, rx=135, height=270, paint=paint)
        for x, turn in ((120, -34), (150, -8), (180, 22)):
            tea_shoot(canvas, x, 0, turn=turn, size=210, bud=bud)
        _cup(canvas, 96, drink, rx=70)
        _cup(canvas, 234, drink, paint=look.palette.warp, rx=60)
    else:
        inside = vessels.tray(canvas, rx=280)
        for index in range(16):
            x, y = -190 + (index * 97) % 380, -60 - (index * 41) % 120
            with canvas.inside(inside):
                tea_shoot(canvas, x, y, turn=random.uniform(-80, 80), size=96, bud=bud)
        _cup(canvas, 30, drink, rx=88)
        with canvas.at(30, 0):
            steam(canvas, look, -110, spread=34)


def bean(canvas: Canvas, x: float, y: float, turn: float, size: float, paint: Colour) -> None:
    """One coffee bean."""
    with canvas.at(x, y, turn=turn):
        canvas.solid(oval(0, 0, size, size * 0.68), paint, shift=(-size * 0.12, -size * 0.12))
        canvas.curve(
            [(-size * 0.86, 4), (-size * 0.2, -size * 0.1), (size * 0.2, size * 0.12), (size * 0.86, 0)],
            5,
            darker(paint, 0.45),
        )


def coffee_branch(canvas: Canvas, look: Look, x: float, y: float, *, turn: float, flip: bool = False) -> None:
    """A branch of the coffee bush with clusters of cherries."""
    with canvas.at(x, y, turn=turn, flip=flip):
        canvas.curve([(0, 0), (110, -40), (240, -30), (360, 10)], 13, BARK, end=5)
        for index, (px, py) in enumerate(((60, -26), (150, -40), (240, -30), (320, -4))):
            for side in (-1, 1):
                with canvas.at(px, py, turn=90 + side * 64):
                    shade = FOREST if side < 0 else LEAF
                    canvas.fill(leaf(132, 56), shade)
                    canvas.line([(0, 0), (0, -108)], 3, lighter(shade, 0.28), end=1)
            for dx, dy in ((-22, 10), (20, 14), (0, -16), (2, 30)):
                berry = CHERRIES[(index + int(dx)) % 4]
                canvas.solid(oval(px + dx, py + dy, 20), berry, shift=(-4, -5))
                canvas.oval(px + dx - 6, py + dy - 7, 5, paint=lighter(berry, 0.5))


def coffee(canvas: Canvas, look: Look, *, beans: tuple[Colour, ...], ground: bool) -> None:
    """Roasted, ground or green beans: a bag, a cup when they are roasted, beans on the table."""
    random = look.random
    if random.random() < 0.5:
        coffee_branch(canvas, look, 60, -330, turn=-14, flip=random.random() < 0.5)
    if ground or random.random() < 0.4:
        with canvas.at(100, -8):
            vessels.packet(
                canvas, look, width=230, height=340, paint=random.choice((BARK, look.palette.ground, SAND))
            )
            for x, turn in ((-26, -60), (28, -20)):
                bean(canvas, x, -222, turn, 34, beans[1])
    else:
        with canvas.at(86, -8):
            vessels.sack(canvas, look, beans, rx=150, height=250)
            vessels.heap(canvas, look, vessels.mound(134, 84, -252), beans, grain=(38, 26), count=70)
    if ground or beans is ROAST:
        _cup(canvas, -160, colour("#3B2318"), paint=random.choice((PAPER, look.palette.warp)), rx=104)
        canvas.curve([(-66, -100), (-20, -104), (-28, -50), (-76, -40)], 15, PAPER)
        with canvas.at(-160, 0):
            steam(canvas, look, -130, spread=38)
    else:
        with canvas.at(-150, 0, scale=0.8):
            vessels.basket(canvas, look, rx=150, height=110)
            vessels.heap(canvas, look, vessels.mound(138, 70, -110), beans, grain=(38, 26), count=70)
            vessels.basket_rim(canvas, rx=150, height=110)
    for index in range(9):
        along = -250 + index * 64 + random.uniform(-10, 10)
        bean(canvas, along, 26 + (index % 3) * 10, random.uniform(0, 180), 25, random.choice(beans))


def coffee_cherries(canvas: Canvas, look: Look) -> None:
    for turn, flip in ((-24, False), (-30, True)):
        coffee_branch(canvas, look, 0, -230, turn=turn, flip=flip)
    vessels.basket(canvas, look, rx=210, height=180)
    for row, count in enumerate((9, 8, 7, 5, 3)):
        for index in range(count):
            x, y = (index - (count - 1) / 2) * 44, -190 - row * 26
            berry = look.random.choice(CHERRIES)
            canvas.solid(oval(x, y, 27), berry, shift=(-5, -6))
            canvas.oval(x - 8, y - 9, 6, paint=lighter(berry, 0.5))
    vessels.basket_rim(canvas, rx=210, height=180)


def bee(canvas: Canvas, x: float, y: float, *, size: float = 1, turn: float = 0, flip: bool = False) -> None:
    with canvas.at(x, y, scale=size, turn=turn, flip=flip):
        for shift in (-12, 10):
            with canvas.at(shift, -16, turn=shift * 2.4):
                canvas.fill(leaf(58, 40), sheer(WHITE, 0.8))
        body = oval(0, 0, 44, 27)
        canvas.fill(body, GOLD)
        with canvas.inside(body):
            for stripe in (-26, -2, 22):
                canvas.fill(box(stripe, -30, stripe + 12, 30), colour("#3A2718"))
        canvas.oval(44, -3, 17, paint=colour("#3A2718"))
        canvas.curve([(52, -16), (60, -30), (70, -32)], 4, colour("#3A2718"))


def _dipper(canvas: Canvas, x: float, y: float, *, turn: float) -> None:
    with canvas.at(x, y, turn=turn):
        canvas.line([(0, 0), (0, -230)], 13, WOOD)
        for index, rx in enumerate((22, 32, 37, 37, 32, 22)):
            canvas.solid(box(-rx, index * 15 - 10, rx, index * 15, 4), lighter(WOOD, 0.12), shift=(-5, 0))


def comb(canvas: Canvas, x: float, y: float, *, columns: int = 5, rows: int = 4, size: float = 40) -> None:
    """A piece of honeycomb with its corner cell at (x, y)."""
    for row in range(rows):
        for column in range(columns - (row % 2)):
            cx = x + (column + (row % 2) / 2) * size * 1.74
            cy = y + row * size * 1.5
            cell = [
                (cx + size * 0.98 * math.sin(k * math.pi / 3), cy + size * 0.98 * math.cos(k * math.pi / 3))
                for k in range(6)
            ]
            canvas.fill(cell, colour("#C97F16"))
            canvas.fill(
                [(cx + (px - cx) * 0.8, cy + (py - cy) * 0.8 - 2) for px, py in cell],
                HONEY if (row + column) % 3 else lighter(GOLD, 0.35),
            )


def blossoms(canvas: Canvas, look: Look, x: float, y: float, *, paint: Colour, size: float = 34) -> None:
    """A loose bunch of three five-petalled flowers."""
    for dx, dy, grow in ((-44, 6, 0.8), (40, 14, 0.74), (0, -22, 1)):
        with canvas.at(x + dx, y + dy, scale=grow, turn=dx):
            for petal in range(5):
                with canvas.at(0, 0, turn=petal * 72):
                    canvas.fill(leaf(size * 1.25, size), paint if petal % 2 else lighter(paint, 0.25))
            canvas.oval(0, 0, size * 0.26, paint=GOLD)


def honey(canvas: Canvas, look: Look, *, paint: Colour = HONEY, flower: Colour = WHITE) -> None:
    """Honey in a jar or a bottle, a dipper, a piece of comb, flowers and a bee."""
    random = look.random
    side = random.choice((-1, 1))
    vessels.sprig(canvas, side * -60, 0, turn=side * -58, length=230, size=80)
    blossoms(canvas, look, side * -236, -150, paint=flower)
    if random.random() < 0.5:
        with canvas.at(side * 40, -4):
            vessels.glass_jar(canvas, rx=165, height=300, content=paint, level=0.9, lid=look.palette.ground)
            with canvas.inside(box(-158, -190, 158, -70)):
                vessels.label(canvas, look, -190, 158, height=116)
            vessels.glass_shine(canvas, rx=165, height=300)
        _dipper(canvas, side * -150, -30, turn=side * 48)
    else:
        with canvas.at(side * 70, -4, scale=1.05):
            vessels.bottle(canvas, look, content=paint, rx=100, height=390)
        with canvas.at(side * -120, 0):
            comb(canvas, -110, -130, columns=4, rows=3, size=38)
    bee(canvas, side * -150, -330, size=1.15, turn=-16 * side, flip=side < 0)
    if random.random() < 0.6:
        bee(canvas, side * 226, -250, size=0.8, flip=side > 0)


def honeycomb(canvas: Canvas, look: Look) -> None:
    board = box(-280, -30, 280, 8, 14)
    canvas.shadow(0, 10, 300, 22)
    canvas.solid(board, WOOD, shift=(0, -8))
    comb(canvas, -210, -330, columns=6, rows=6, size=42)
    for x, drop in ((-150, 40), (-10, 66), (130, 34)):
        canvas.line([(x, -80), (x, -56 + drop)], 24, HONEY, end=30)
    bee(canvas, -90, -350, size=1.1, turn=-14)
    bee(canvas, 190, -300, size=0.9, flip=True, turn=10)
    blossoms(canvas, look, 240, -40, paint=WHITE)


def jar_of(
    canvas: Canvas, look: Look, *, paint: Colour, grains: tuple[Colour, ...], flower: Colour | None = None
) -> None:
    """A glass jar of something small: pollen, jelly, seasoning, kernels; a spoonful of it in front."""
    level = look.random.choice((0.86, 0.92))
    rx, height = look.spread(170, 0.06), look.spread(310, 0.06)
    if flower:
        blossoms(canvas, look, 220, -60, paint=flower, size=44)
        bee(canvas, 210, -300, size=1.05, flip=True)
    with canvas.at(-30, -4):
        content = vessels.glass_jar(
            canvas, rx=rx, height=height, content=paint, level=level, lid=look.palette.ground
        )
        if grains:
            vessels.heap(canvas, look, content, grains, grain=(30, 25), count=150)
        with canvas.inside(box(-rx * 0.7, -height * 0.55, rx * 0.7, -height * 0.2, 14)):
            vessels.label(canvas, look, -height * 0.55, rx, height=height * 0.35)
        vessels.glass_shine(canvas, rx=rx, height=height)
    with canvas.at(150, 18):
        canvas.line([(0, 0), (150, -40)], 16, WOOD)
        canvas.solid(oval(0, 0, 66, 27), WOOD, shift=(-4, -6))
        vessels.heap(
            canvas,
            look,
            vessels.mound(52, 34, -4),
            grains or (paint, lighter(paint, 0.3)),
            grain=(22, 18),
            count=26,
        )


def corn(canvas: Canvas, x: float, y: float, *, turn: float) -> None:
    """A cob in its husk."""
    with canvas.at(x, y, turn=turn):
        cob = lathe([(0, -230), (34, -204), (46, -120), (40, -20), (0, 0)])
        canvas.fill(cob, GOLD)
        with canvas.inside(cob):
            for row in range(13):
                for column in range(-2, 3):
                    canvas.oval(column * 19, -220 + row * 18, 8, 7, paint=lighter(GOLD, 0.35))
        for side in (-1, 1):
            with canvas.at(side * 14, 4, turn=side * 22):
                canvas.fill(leaf(190, 74), LEAF if side < 0 else MOSS)


def spirit(canvas: Canvas, look: Look) -> None:
    """Corn spirit: a stoneware jar or a bottle, little cups, cobs."""
    corn(canvas, 190, 6, turn=20)
    corn(canvas, 236, 14, turn=52)
    if look.random.random() < 0.5:
        with canvas.at(-40, -6):
            vessels.earthen_jar(canvas, look, rx=165, height=340, paint=look.random.choice((BARK, CLAY)))
    else:
        with canvas.at(-120, -6):
            vessels.earthen_jar(canvas, look, rx=110, height=260)
        with canvas.at(76, 0):
            vessels.bottle(canvas, look, content=colour("#DCE8E2"), rx=80, height=380)
    for x in (-232, -150):
        _cup(canvas, x, colour("#E6EEE8"), paint=look.palette.warp, rx=44)


def vinegar(canvas: Canvas, look: Look, *, paint: Colour, fruit: Colour) -> None:
    with canvas.at(40, -4):
        vessels.bottle(canvas, look, content=paint, rx=104, height=410)
    for x, y in ((-200, -64), (-96, -50), (216, -56)):
        canvas.solid(oval(x, y, 62), fruit, shift=(-12, -12))
        canvas.line([(x, y - 54), (x + 8, y - 84)], 8, BARK)
        with canvas.at(x + 6, y - 76, turn=64):
            canvas.fill(leaf(62, 30), LEAF)
    canvas.solid(oval(-150, 4, 58), lighter(fruit, 0.62), shift=(-3, -4))
    canvas.oval(-150, 4, 12, 18, paint=CHILLI if fruit == GOLD else BARK)
