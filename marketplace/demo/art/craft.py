"""Cloth, embroidery, basketwork, the khèn, and the gift box."""

from collections.abc import Sequence

from marketplace.demo.art import brocade, drinks, vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    CHILLI,
    GOLD,
    INDIGO,
    LEAF,
    NIGHT,
    PAPER,
    PINK,
    SAND,
    STRAW,
    WHITE,
    WOOD,
    Colour,
    Palette,
    any_cloth,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import Outline, box, leaf, oval, smooth


def _other_cloth(look: Look) -> Look:
    """The thing itself is woven in other colours than the cloth behind it."""
    cloth = look.palette
    while cloth is look.palette:
        cloth = any_cloth(look.random, without=("gold",))
    return Look(look.random, cloth)


def _woven(canvas: Canvas, look: Look, outline: Outline, *, rows: Sequence[float], cell: float = 5) -> None:
    """Fill ``outline`` with cloth crossed by bands that begin at the heights ``rows``."""
    palette = look.palette
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    top, bottom = min(y for _, y in outline), max(y for _, y in outline)
    with canvas.inside(outline):
        threads = (int((right - left) / cell) + 2, int((bottom - top) / cell) + 2)
        canvas.weave(
            brocade.damask(look.random, palette.ground, palette.warp, *threads), left, top, cell=cell
        )
        for row in rows:
            canvas.weave(brocade.band(look.random, palette, threads[0]), left, row, cell=cell)


def _fringe(canvas: Canvas, x0: float, x1: float, y: float, paint: Colour, *, length: float = 34) -> None:
    for step in range(int((x1 - x0) / 13) + 1):
        x = x0 + step * 13
        canvas.line([(x, y), (x + (step % 3 - 1) * 3, y + length)], 5, paint, end=3)


def scarf(canvas: Canvas, look: Look) -> None:
    """A woven scarf over a bamboo rail, both ends hanging."""
    own = _other_cloth(look)
    canvas.line([(-300, -440), (300, -440)], 22, mix(WOOD, STRAW, 0.3))
    for x, shade in ((-300, BARK), (300, BARK)):
        canvas.line([(x, -440), (x, 8)], 20, mix(WOOD, shade, 0.3))
    back = box(30, -440, 220, -60)
    _woven(canvas, own, back, rows=(-200,))
    canvas.fill(back, sheer(NIGHT, 0.25))
    _fringe(canvas, 36, 214, -60, own.palette.fleck)
    front = box(-190, -452, 90, -30, 8)
    rows = look.random.choice(((-170, -300, -430), (-170, -310), (-220,)))
    _woven(canvas, own, front, rows=rows)
    with canvas.inside(front):
        canvas.fill(box(50, -460, 90, 0), sheer(NIGHT, 0.14))
        canvas.fill(box(-200, -452, 100, -426), sheer(WHITE, 0.16))
    _fringe(canvas, -184, 86, -30, own.palette.warp)


def skirt(canvas: Canvas, look: Look, *, pleated: bool) -> None:
    """A straight Lào skirt, or the wide pleated skirt of the Mông."""
    own = _other_cloth(look)
    canvas.line([(-190, -466), (190, -466)], 14, WOOD)
    if pleated:
        outline = smooth([(-90, -450), (90, -450)], closed=False) + smooth(
            [(130, -300), (280, -30), (150, 4), (0, 10), (-150, 4), (-280, -30), (-130, -300)], closed=False
        )
        _woven(canvas, own, outline, rows=(-140, -290), cell=5.4)
        with canvas.inside(outline):
            for step in range(-9, 10):
                canvas.line([(step * 9, -450), (step * 31, 14)], 3, sheer(NIGHT, 0.3), end=12)
    else:
        outline = [(-130, -450), (130, -450), (190, 0), (-190, 0)]
        canvas.fill(outline, own.palette.ground)
        with canvas.inside(outline):
            canvas.weave(brocade.stripes(look.random, own.palette, 90, 60), -200, -450, cell=5)
            canvas.weave(brocade.band(look.random, own.palette, 90), -200, -150, cell=5.6)
            canvas.fill([(60, -450), (84, -450), (110, 0), (40, 0)], sheer(NIGHT, 0.16))
    canvas.solid(
        box(-136 if not pleated else -96, -478, 136 if not pleated else 96, -436, 6),
        own.palette.weft,
        shift=(-10, 0),
    )
    for x in (-60, 60):
        canvas.curve([(x, -478), (0, -520), (-x * 0.1, -540)], 6, WOOD)


def cushion(canvas: Canvas, look: Look) -> None:
    """Two square cushions, one leaning on the other."""
    for x, turn, size in ((96, 8, 0.94), (-70, -7, 1.06)):
        own = _other_cloth(look)
        with canvas.at(x, -170 * size, turn=turn, scale=size):
            canvas.shadow(0, 166, 190, 16)
            outline = smooth(
                [
                    (-180, -164),
                    (0, -150),
                    (180, -164),
                    (168, 0),
                    (180, 164),
                    (0, 152),
                    (-180, 164),
                    (-168, 0),
                ],
                steps=6,
            )
            figure = brocade.FIGURES[look.random.choice(list(brocade.FIGURES))]
            canvas.fill(outline, own.palette.ground)
            with canvas.inside(outline):
                canvas.weave(
                    brocade.repeated(brocade.tile(figure, own.palette.threads), 48, 48), -192, -192, cell=8
                )
                for edge in (box(-200, -200, 200, -140), box(-200, 140, 200, 200)):
                    canvas.fill(edge, own.palette.weft)
                canvas.fill([(60, 200), (200, 60), (200, 200)], sheer(NIGHT, 0.12))
            for cx, cy in ((-180, -164), (180, -164), (180, 164), (-180, 164)):
                canvas.oval(cx, cy, 15, paint=own.palette.warp)


def pieu(canvas: Canvas, look: Look) -> None:
    """The piêu headscarf of the Thái: black cloth, embroidered ends with knotted corners."""
    black, threads = colour("#25223A"), Palette(colour("#25223A"), CHILLI, LEAF, GOLD)
    own = Look(look.random, look.random.choice((threads, Palette(black, PINK, GOLD, PAPER))))
    with canvas.at(0, -20, turn=-4):
        canvas.shadow(0, 14, 250, 20)
        for y, wide in ((-70, 270), (-130, 262), (-186, 254)):
            canvas.solid(
                box(-wide, y, wide, y + 76, 22),
                lighter(black, 0.06 + abs(y) / 1600),
                depth=0.4,
                shift=(0, -10),
            )
        end = box(-170, -440, 170, -150)
        _woven(canvas, own, end, rows=(-440, -308, -176), cell=5)
        canvas.fill(box(-170, -150, 170, -120), black)
        for x in (-186, 186):
            for index in range(3):
                canvas.solid(oval(x, -430 + index * 44, 21), (CHILLI, LEAF, PINK)[index], shift=(-4, -4))
        for x in (-120, -40, 40, 120):
            canvas.solid(oval(x, -452, 16), own.palette.warp, shift=(-4, -4))


def bag(canvas: Canvas, look: Look) -> None:
    """A shoulder bag with tassels."""
    own = _other_cloth(look)
    canvas.shadow(6, 4, 200, 20)
    canvas.curve([(-150, -260), (-120, -430), (0, -500), (120, -430), (150, -260)], 22, own.palette.warp)
    outline = [
        *smooth([(-170, -280), (0, -270), (170, -280)], closed=False),
        (180, -60),
        (150, -8),
        (-150, -8),
        (-180, -60),
    ]
    _woven(canvas, own, outline, rows=(-210,), cell=6)
    with canvas.inside(outline):
        canvas.fill(box(110, -300, 200, 0), sheer(NIGHT, 0.14))
        canvas.fill(box(-200, -290, 200, -252), own.palette.weft)
    for x in (-120, -40, 40, 120):
        canvas.solid(oval(x, -4, 15), own.palette.warp, shift=(-3, -4))
        _fringe(canvas, x - 13, x + 13, 8, own.palette.weft, length=36)


def embroidery(canvas: Canvas, look: Look) -> None:
    """An embroidery hoop with a Mông figure, threads and a forged knife."""
    own = _other_cloth(look)
    with canvas.at(-40, -250):
        canvas.solid(oval(0, 0, 224), WOOD, shift=(-8, -8))
        disc = oval(0, 0, 200)
        figure = brocade.FIGURES[look.random.choice(("snail", "hook", "star", "cross"))]
        with canvas.inside(disc):
            canvas.weave(
                brocade.repeated(brocade.tile(figure, own.palette.threads), 32, 32), -208, -208, cell=13
            )
        canvas.solid(box(-24, -256, 24, -214, 8), darker(WOOD, 0.3), shift=(-5, 0))
    for index, paint in enumerate((PINK, GOLD, LEAF)):
        with canvas.at(208 + (index % 2) * 66, -60 * index + 4):
            canvas.solid(box(-34, -58, 34, 0, 10), paint, shift=(-8, 0))
            for y in (-46, -32, -18):
                canvas.line([(-30, y), (30, y + 5)], 3, darker(paint, 0.25))
    with canvas.at(-250, 10, turn=64):
        canvas.solid(smooth([(0, -200), (30, -150), (26, -40), (-6, -40)]), colour("#9AA4AC"), shift=(-8, 0))
        canvas.solid(box(-12, -46, 30, 60, 12), BARK, shift=(-6, 0))


def wicker(canvas: Canvas, look: Look) -> None:
    """Bamboo and rattan: a carrying basket with straps, a small sticky-rice basket with its lid."""
    paint = look.random.choice((STRAW, mix(STRAW, WOOD, 0.4)))
    canvas.shadow(0, 2, 250, 22)
    tall = [(-90, 0), (90, 0), (176, -380), (-176, -380)]
    with canvas.at(-70, 0):
        canvas.curve([(-130, -300), (-230, -200), (-120, -60)], 15, BARK)
        vessels.wickerwork(canvas, tall, paint, strand=26)
        canvas.curve([(-182, -382), (0, -366), (182, -382)], 26, mix(WOOD, STRAW, 0.3))
        for y in (-250, -120):
            canvas.line([(-90 + y * 0.22, y), (90 - y * 0.22, y)], 12, mix(WOOD, BARK, 0.3))
    with canvas.at(196, 12):
        vessels.wickerwork(
            canvas,
            smooth([(-84, -150), (84, -150), (92, -70), (70, 0), (-70, 0), (-92, -70)], steps=5),
            lighter(paint, 0.1),
            strand=18,
        )
        vessels.wickerwork(
            canvas,
            smooth([(-60, -220), (60, -220), (96, -160), (92, -140), (-92, -140), (-96, -160)], steps=5),
            darker(paint, 0.1),
            strand=18,
        )
        canvas.curve([(-92, -140), (-60, -290), (60, -290), (92, -140)], 8, look.palette.warp)


def khene(canvas: Canvas, look: Look) -> None:
    """The mouth organ of the Mông: six curved bamboo pipes through a wooden wind chest."""
    bamboo = look.random.choice((colour("#B98A3E"), colour("#9A6A34"), colour("#C9A04E")))
    canvas.shadow(0, 8, 230, 18)
    with canvas.at(-10, -30, turn=-8):
        canvas.line([(-96, -168), (-300, -330)], 30, BARK, end=17)
        for index in range(6):
            drop, reach = index * 19, 268 - index * 26
            tail = (-186 - index * 6, -108 + drop)
            path = smooth(
                [
                    tail,
                    (-60, -150 + drop),
                    (reach * 0.55, -150 + drop * 0.8),
                    (reach * 0.92, -250 + drop),
                    (reach, -420 + index * 40),
                ],
                closed=False,
            )
            canvas.line(path, 20, darker(bamboo, 0.3), end=17)
            canvas.line([(x - 2, y - 3) for x, y in path], 13, lighter(bamboo, 0.06 * (index % 2)), end=11)
            canvas.oval(*path[-1], 7, paint=BARK)
        chest = smooth(
            [
                (-130, -190),
                (-60, -200),
                (20, -170),
                (60, -110),
                (40, -40),
                (-40, -20),
                (-110, -60),
                (-150, -130),
            ]
        )
        canvas.solid(chest, WOOD, depth=0.34, shift=(-10, -12))
        with canvas.inside(chest):
            for x in (-90, -30, 30):
                canvas.line([(x - 20, -10), (x + 10, -210)], 11, GOLD)
    with canvas.at(-292, -292):
        for index, paint in enumerate((PINK, look.palette.warp, INDIGO)):
            canvas.curve([(0, 0), (-14 + index * 16, 60), (-20 + index * 22, 124)], 13, paint, end=5)


def gift_box(canvas: Canvas, look: Look, *, grand: bool) -> None:
    """An open gift box with a jar, a bottle, a packet and a sack; peach blossom beside it."""
    own = _other_cloth(look)
    with canvas.at(-250, -40, turn=10):
        canvas.curve([(0, 0), (-20, -180), (40, -330), (30, -430)], 13, BARK, end=5)
        for x, y in ((-16, -150), (10, -260), (40, -340), (30, -430)):
            drinks.blossoms(canvas, look, x, y, paint=colour("#F08FB4"), size=30)
    canvas.shadow(10, 2, 280, 22)
    with canvas.at(-110, -110, scale=0.72):
        vessels.glass_jar(canvas, rx=120, height=250, content=drinks.HONEY, level=0.9, lid=GOLD)
        vessels.glass_shine(canvas, rx=120, height=250)
    with canvas.at(130, -110, scale=0.74):
        vessels.packet(canvas, own, width=200, height=330)
    if grand:
        with canvas.at(14, -110, scale=0.8):
            vessels.bottle(canvas, own, content=colour("#B9742C"), rx=70, height=380)
    else:
        with canvas.at(14, -120, scale=0.5):
            vessels.sack(canvas, own, (WHITE, SAND, PAPER), rx=150, height=300)
    outline = box(-220, -170, 240, 4, 10)
    paint = look.random.choice((CHILLI, own.palette.ground, PINK))
    canvas.solid(outline, paint, depth=0.2, shift=(-22, -4))
    with canvas.inside(outline):
        vessels.belt(canvas, own, -136, 240, cell=4)
    ribbon_paint = GOLD if paint != GOLD else PINK
    canvas.fill(box(-6, -170, 30, 4), ribbon_paint)
    for turn in (-62, 62):
        with canvas.at(12, -168, turn=turn):
            canvas.solid(leaf(112, 64), ribbon_paint, shift=(-4, -4))
    canvas.solid(oval(12, -168, 20), darker(ribbon_paint, 0.1), shift=(-3, -3))
