"""Spices and medicinal herbs."""

import math

from marketplace.demo.art import vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.field import piled
from marketplace.demo.art.palette import (
    BARK,
    CHILLI,
    FOREST,
    GOLD,
    LEAF,
    MOSS,
    PAPER,
    PLUM,
    SAND,
    STRAW,
    WOOD,
    Colour,
    colour,
    darker,
    lighter,
    mix,
)
from marketplace.demo.art.shapes import Outline, box, lathe, leaf, oval, ribbon, smooth

STONE = colour("#7B7F86")


def chilli(canvas: Canvas, x: float, y: float, *, turn: float, size: float = 1) -> None:
    with canvas.at(x, y, turn=turn, scale=size):
        canvas.fill(ribbon(smooth([(0, 0), (14, 40), (20, 90), (6, 140)], closed=False), 34, 3), CHILLI)
        canvas.gleam([(-6, 8), (4, 50), (10, 90)], 7)
        canvas.curve([(0, 2), (-4, -16), (6, -36)], 10, FOREST, end=6)


def mac_khen(canvas: Canvas, look: Look) -> None:
    """Bunches of mắc khén: tiny split husks with a black seed, on their stalks; some in a bowl."""
    husk = look.random.choice((colour("#8B6B3E"), colour("#7A5A34"), colour("#9A7A3E")))

    def bunch(x: float, y: float, turn: float, size: float) -> None:
        with canvas.at(x, y, turn=turn, scale=size):
            canvas.line([(0, 0), (0, -150)], 9, BARK, end=6)
            for index in range(9):
                lean = math.radians(-64 + index * 16)
                tip = (150 * math.sin(lean), -150 - 120 * math.cos(lean))
                canvas.curve([(0, -130), (tip[0] * 0.5, -190), tip], 5, BARK, end=3)
                for dx, dy in ((0, 0), (-20, 14), (20, 16), (4, 32)):
                    canvas.solid(oval(tip[0] + dx, tip[1] + dy, 14), husk, shift=(-3, -4))
                    canvas.oval(tip[0] + dx + 2, tip[1] + dy - 1, 6, paint=colour("#1E1A1C"))

    if look.random.random() < 0.5:
        canvas.shadow(0, 6, 110, 16)
        for turn, size in ((-52, 1.2), (52, 1.2), (-18, 1.42), (20, 1.36)):
            bunch(turn * 0.2, 0, turn, size)
        canvas.solid(box(-36, -64, 36, -22, 10), look.palette.ground, shift=(-8, 0))
        canvas.fill(box(-36, -50, 36, -44), look.palette.warp)
    else:
        bunch(-130, -60, -34, 1.2)
        bunch(150, -60, 30, 1.2)
        paint = look.palette.warp
        vessels.bowl_back(canvas, 190, 150, paint)
        grains = (husk, lighter(husk, 0.2), colour("#1E1A1C"), darker(husk, 0.2))
        vessels.heap(canvas, look, vessels.mound(172, 110, -150), grains, grain=(24, 22), count=130)
        vessels.bowl(canvas, 190, 150, paint)


def seeds(
    canvas: Canvas,
    look: Look,
    *,
    grains: tuple[Colour, ...],
    grain: tuple[float, float],
    leafy: Colour = FOREST,
) -> None:
    """Dried pods or seeds heaped in a bowl or on a tray, more beside it, a leafy sprig."""
    vessels.sprig(canvas, -170, -40, turn=-34, length=250, paint=leafy, size=104, leaves=4)
    if look.random.random() < 0.5:
        paint = look.random.choice((look.palette.ground, WOOD, look.palette.warp))
        vessels.bowl_back(canvas, 215, 160, paint)
        _pods(canvas, look, vessels.mound(196, 140, -160), grains, grain, 90)
        vessels.bowl(canvas, 215, 160, paint)
    else:
        vessels.tray(canvas, rx=270)
        _pods(canvas, look, vessels.mound(210, 190, -90), grains, grain, 110)
    for index in range(6):
        x = (-262, -205, 190, 236, 274, 150)[index]
        _pod(canvas, look, x, 8 + (index * 17) % 34, grains, grain)


def _pods(
    canvas: Canvas,
    look: Look,
    outline: Outline,
    grains: tuple[Colour, ...],
    grain: tuple[float, float],
    count: int,
) -> None:
    canvas.fill(outline, darker(grains[0], 0.4))
    left, top = min(x for x, _ in outline), min(y for _, y in outline)
    right, bottom = max(x for x, _ in outline), max(y for _, y in outline)
    with canvas.inside(outline):
        for index in range(count):
            y = top + (bottom - top) * index / count
            _pod(canvas, look, look.random.uniform(left, right), y, grains, grain)


def _pod(
    canvas: Canvas, look: Look, x: float, y: float, grains: tuple[Colour, ...], grain: tuple[float, float]
) -> None:
    length, width = grain
    paint = look.random.choice(grains)
    with canvas.at(x, y, turn=look.random.uniform(-80, 80)):
        pod = oval(0, 0, length / 2, width / 2)
        canvas.fill(pod, darker(paint, 0.3))
        canvas.oval(-1, -3, length / 2 - 2, width / 2 - 4, paint=paint)
        if width > 24:
            for dy in (-0.2, 0.14):
                canvas.line(
                    [(-length * 0.38, width * dy), (length * 0.38, width * dy)], 3, darker(paint, 0.25)
                )


def cinnamon(canvas: Canvas, look: Look) -> None:
    """Rolled quills of bark tied with a strip, a branch of leaves."""
    bark = look.random.choice((colour("#A05A2C"), colour("#8B4B28"), colour("#B36A36")))
    vessels.sprig(canvas, 130, -60, turn=34, length=280, size=120, leaves=4, paint=FOREST)
    canvas.shadow(0, 4, 290, 24)

    def quill(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y - 34, turn=turn * 0.2):
            canvas.solid(box(-270, -34, 262, 34, 10), bark, depth=0.3, shift=(0, -14))
            canvas.line([(-240, -6), (230, -8)], 4, lighter(bark, 0.25))
            canvas.oval(262, 0, 20, 34, paint=lighter(bark, 0.4))
            canvas.oval(264, -10, 10, 14, paint=darker(bark, 0.5))
            canvas.oval(264, 14, 9, 13, paint=darker(bark, 0.5))

    levels = look.random.choice((3, 4))
    for level in range(levels):
        quill(canvas, -10 + (level % 2) * 22, -level * 66, look.random.uniform(-18, 18))
    canvas.solid(box(-66, -66 * levels - 8, 26, 6, 8), look.palette.ground, shift=(-8, 0))
    with canvas.inside(box(-62, -66 * levels - 8, 22, 6)):
        vessels.belt(canvas, look, -66 * levels * 0.72, 70, cell=3)


def root(
    canvas: Canvas, x: float, y: float, *, turn: float, skin: Colour, flesh: Colour, flip: bool = False
) -> None:
    """A knobbly rhizome with one end cut."""
    with canvas.at(x, y, turn=turn, flip=flip):
        for cx, cy, lean, length in ((-40, -20, -40, 110), (30, -26, 16, 130), (70, -8, 58, 104)):
            with canvas.at(cx, cy, turn=lean):
                canvas.solid(
                    lathe([(0, -length), (30, -length * 0.9), (36, -length * 0.4), (28, 10), (0, 14)]),
                    skin,
                    shift=(-8, -4),
                )
        body = smooth(
            [
                (-150, 10),
                (-120, -34),
                (-50, -44),
                (40, -38),
                (130, -30),
                (150, 8),
                (110, 34),
                (0, 30),
                (-90, 40),
            ]
        )
        canvas.solid(body, skin, depth=0.22, shift=(-4, -12))
        for ring in (-90, -30, 40, 96):
            canvas.curve([(ring, -34), (ring + 10, 0), (ring, 32)], 4, darker(skin, 0.2))
        canvas.solid(oval(-142, 4, 22, 31), skin, shift=(0, 0))
        canvas.oval(-144, 4, 17, 26, paint=flesh)
        canvas.oval(-144, 4, 8, 14, paint=darker(flesh, 0.16))


def rhizome(canvas: Canvas, look: Look, *, skin: Colour, flesh: Colour) -> None:
    """Ginger or turmeric: roots on a board or a leaf, slices before them."""
    if look.random.random() < 0.5:
        vessels.banana_leaf(canvas, -310, 10, length=620, turn=86)
    else:
        canvas.shadow(0, 10, 300, 22)
        canvas.solid(box(-285, -30, 285, 8, 16), WOOD, shift=(0, -8))
    flip = look.random.random() < 0.5
    with canvas.at(0, 0, flip=flip):
        root(canvas, 96, -190, turn=-8, skin=darker(skin, 0.05), flesh=flesh)
        root(canvas, -90, -160, turn=10, skin=skin, flesh=flesh, flip=True)
        root(canvas, 60, -72, turn=3, skin=lighter(skin, 0.1), flesh=flesh)
        for x, y in ((-226, -50), (-168, -20), (-244, 4)):
            canvas.solid(oval(x, y, 46, 34), skin, shift=(-2, -4))
            canvas.oval(x - 1, y - 3, 38, 27, paint=flesh)
            canvas.oval(x - 1, y - 3, 20, 13, paint=darker(flesh, 0.14))


def mortar(canvas: Canvas, look: Look) -> None:
    """Chẩm chéo: chilli, garlic, herbs and mắc khén pounded in a stone mortar."""
    chilli(canvas, -240, -120, turn=12, size=1.1)
    chilli(canvas, -196, -110, turn=-30, size=0.95)
    for x in (206, 262):
        bulb = lathe([(4, -112), (12, -84), (48, -50), (40, -6), (0, 4)])
        with canvas.at(x, 8 - (x - 206) * 0.2):
            canvas.solid(bulb, colour("#F2E9EE"), depth=0.16, shift=(-8, -4))
            for dx in (-16, 14):
                canvas.curve([(0, -86), (dx * 1.4, -50), (dx, 0)], 3, colour("#C9A9C0"))
    with canvas.at(90, -150, turn=30):
        canvas.solid(lathe([(0, -300), (26, -290), (30, -180), (40, -20), (0, 0)]), STONE, shift=(-10, 0))
    vessels.bowl_back(canvas, 195, 220, STONE)
    grains = (colour("#6E7A34"), colour("#8A9A44"), CHILLI, colour("#4E5A28"), SAND)
    vessels.heap(canvas, look, vessels.mound(176, 70, -220), grains, grain=(22, 14), count=120)
    vessels.bowl(canvas, 195, 220, STONE)
    for turn in (-70, -40, 60):
        with canvas.at(turn * 1.2, 20, turn=turn):
            canvas.fill(leaf(96, 46), LEAF if turn < 0 else MOSS)


def cordyceps(canvas: Canvas, look: Look) -> None:
    """Orange threads of cordyceps in a small box lined with cloth."""
    paint = colour("#E2761F")
    canvas.shadow(0, 0, 270, 22)
    for index in range(34):
        x = -190 + index * 11.6
        height = look.random.uniform(210, 330)
        bend = look.random.uniform(-26, 26)
        shade = look.random.choice((paint, lighter(paint, 0.25), darker(paint, 0.12)))
        canvas.curve([(x, -90), (x + bend * 0.3, -height * 0.6), (x + bend, -height)], 10, shade, end=15)
    outline = box(-230, -150, 230, 4, 10)
    canvas.solid(outline, look.palette.ground, shift=(-20, -4))
    with canvas.inside(outline):
        vessels.belt(canvas, look, -128, 230, cell=4)
    for x, turn in ((-170, 76), (40, 96), (150, 82)):
        with canvas.at(x, 26, turn=turn):
            canvas.curve([(0, 50), (6, 0), (-4, -60)], 10, paint, end=15)


def pickle(canvas: Canvas, look: Look) -> None:
    """Bamboo shoots and chillies in a jar of vinegar."""
    chilli(canvas, -240, -60, turn=-26, size=1.1)
    chilli(canvas, 226, -90, turn=24, size=1.2)
    chilli(canvas, 200, -40, turn=60, size=1)
    with canvas.at(0, -4):
        content = vessels.glass_jar(
            canvas, rx=178, height=340, content=colour("#E9DFA8"), level=0.92, lid=look.palette.ground
        )
        with canvas.inside(content):
            for index in range(26):
                x, y = -170 + (index * 71) % 330, -320 + (index * 47) % 320
                if index % 4 == 0:
                    chilli(canvas, x, y, turn=index * 40, size=0.62)
                else:
                    with canvas.at(x, y, turn=index * 27):
                        canvas.fill(
                            smooth([(-46, 8), (0, -14), (50, 0), (4, 16)]),
                            PAPER if index % 3 else colour("#F3E7B0"),
                        )
                        canvas.line([(-30, 4), (30, 2)], 3, STRAW)
        vessels.glass_shine(canvas, rx=178, height=340)


def dried_roots(canvas: Canvas, look: Look, *, paint: Colour) -> None:
    """Sliced and dried medicinal root in a basket."""

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn * 2):
            canvas.solid(oval(0, -20, 46, 32), paint, shift=(-3, -5))
            canvas.oval(-2, -24, 28, 18, paint=lighter(paint, 0.4))
            canvas.oval(-2, -24, 12, 7, paint=mix(paint, PLUM, 0.3))

    vessels.basket(canvas, look, rx=220, height=170)
    with canvas.at(0, -170):
        piled(canvas, look, piece, (6, 5, 4, 2), gap=68, rise=42)
    vessels.basket_rim(canvas, rx=220, height=170)
    with canvas.at(-150, -250, turn=-30):
        canvas.fill(leaf(150, 60), GOLD)
