"""What goods of the province are put in: sacks, bowls, baskets, trays, jars, bottles and packets.

Everything stands on y = 0 around the origin, and reaches up to negative y.
"""

from collections.abc import Sequence

from marketplace.demo.art import brocade
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    LEAF,
    MOSS,
    NIGHT,
    PAPER,
    SAND,
    STRAW,
    WHITE,
    WOOD,
    Colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import Outline, box, lathe, leaf, oval, smooth


def scattered(
    canvas: Canvas,
    look: Look,
    area: tuple[float, float, float, float],
    colours: Sequence[Colour],
    *,
    grain: tuple[float, float],
    count: int,
) -> None:
    """Strew ``count`` grains of length and width ``grain`` over ``area`` (left, top, right, bottom)."""
    random = look.random
    left, top, right, bottom = area
    shape = oval(0, 0, grain[0] / 2, grain[1] / 2, corners=8)
    for _ in range(count):
        x, y = random.uniform(left, right), random.uniform(top, bottom)
        with canvas.at(x, y, turn=random.uniform(0, 180)):
            canvas.fill(shape, random.choice(colours))


def heap(
    canvas: Canvas,
    look: Look,
    outline: Outline,
    colours: Sequence[Colour],
    *,
    grain: tuple[float, float] = (22, 9),
    count: int = 130,
) -> None:
    """Fill ``outline`` with grains; the first colour lies underneath."""
    canvas.fill(outline, darker(colours[0], 0.14))
    across, down = [x for x, _ in outline], [y for _, y in outline]
    with canvas.inside(outline):
        area = (min(across), min(down), max(across), max(down))
        scattered(canvas, look, area, colours, grain=grain, count=count)


def mound(rx: float, height: float, y: float) -> Outline:
    """The outline of something heaped up on a rim ``rx`` wide each way at height ``y``."""
    top = [(-rx, y), (-rx * 0.7, y - height * 0.5), (-rx * 0.2, y - height)]
    top += [(rx * 0.25, y - height * 0.95), (rx * 0.72, y - height * 0.45), (rx, y)]
    return smooth(top, closed=False) + [
        (x, y + rx * 0.2 * (1 - (x / rx) ** 2)) for x in (rx, 0.5 * rx, 0, -0.5 * rx, -rx)
    ]


def belt(canvas: Canvas, look: Look, top: float, rx: float, *, cell: float = 4, figure: str = "") -> None:
    """A woven band across everything from -rx to rx, 26 threads high."""
    canvas.weave(
        brocade.band(look.random, look.palette, int(2 * rx / cell) + 2, figure=figure), -rx, top, cell=cell
    )


def sack(
    canvas: Canvas, look: Look, grains: Sequence[Colour], *, rx: float = 175, height: float = 330
) -> None:
    """An open linen sack with a rolled rim and a woven band, heaped with grains."""
    linen = look.random.choice((SAND, mix(SAND, WOOD, 0.18), PAPER))
    canvas.shadow(10, 0, rx * 1.2, 26)
    rim = -height
    body = [(rx * 0.86, rim), (rx * 1.02, rim * 0.55), (rx * 1.08, rim * 0.2), (rx * 0.92, -6), (0, 4)]
    outline = lathe(body)
    canvas.solid(outline, linen, depth=0.2, shift=(-22, -4))
    with canvas.inside(outline):
        belt(canvas, look, rim * 0.62, rx * 1.15)
        for x in (-0.62, -0.2, 0.45):
            canvas.curve([(rx * x, rim), (rx * x * 1.1, rim * 0.8)], 5, darker(linen, 0.16), end=1)
        canvas.fill(box(rx * 0.72, rim, rx * 1.2, 10), sheer(NIGHT, 0.13))
    heap(canvas, look, mound(rx * 0.88, 86, rim), grains)
    roll = smooth(
        [
            (-rx * 0.98, rim - 8),
            (-rx * 0.5, rim + 16),
            (0, rim + 22),
            (rx * 0.5, rim + 16),
            (rx * 0.98, rim - 8),
            (rx * 0.96, rim + 24),
            (rx * 0.5, rim + 50),
            (0, rim + 56),
            (-rx * 0.5, rim + 50),
            (-rx * 0.96, rim + 24),
        ]
    )
    canvas.solid(roll, lighter(linen, 0.25), depth=0.2, shift=(0, -10))


def bowl(canvas: Canvas, rx: float, depth: float, paint: Colour, *, rim: Colour | None = None) -> None:
    """The front of a bowl, its rim ``rx`` wide each way at height ``-depth``. Draw what is in it first."""
    canvas.shadow(8, 0, rx * 0.8, 20)
    profile = [(rx, -depth), (rx * 0.93, -depth * 0.6), (rx * 0.66, -depth * 0.22), (rx * 0.4, -depth * 0.08)]
    body = lathe([*profile, (rx * 0.42, 0), (0, 6)])
    sag = [(x, -depth + rx * 0.13 * (1 - (x / rx) ** 2)) for x in (rx * (1 - step / 6) for step in range(13))]
    with canvas.inside(
        [(-rx * 1.1, -depth), *reversed(sag), (rx * 1.1, -depth), (rx * 1.1, 20), (-rx * 1.1, 20)]
    ):
        canvas.solid(body, paint, depth=0.22, shift=(-rx * 0.12, -8))
        canvas.gleam([(-rx * 0.8, -depth * 0.7), (-rx * 0.66, -depth * 0.4), (-rx * 0.45, -depth * 0.22)], 12)
    canvas.curve(sag, 9, rim or lighter(paint, 0.35))


def bowl_back(canvas: Canvas, rx: float, depth: float, paint: Colour, *, rim: Colour | None = None) -> None:
    """The inside of the bowl, to be drawn before what is in it."""
    canvas.oval(0, -depth, rx + 4, rx * 0.14, paint=rim or lighter(paint, 0.35))
    canvas.oval(0, -depth, rx - 6, rx * 0.12, paint=darker(paint, 0.35))


def wickerwork(canvas: Canvas, outline: Outline, paint: Colour, *, strand: float = 22) -> None:
    """Plaited bamboo strips within ``outline``."""
    across, down = [x for x, _ in outline], [y for _, y in outline]
    left, top, right, bottom = min(across), min(down), max(across), max(down)
    canvas.fill(outline, darker(paint, 0.34))
    with canvas.inside(outline):
        row, y = 0, top
        while y < bottom:
            x = left - strand * (row % 2)
            while x < right:
                canvas.fill(
                    box(x + 1, y + 2, x + strand * 1.72, y + strand * 0.72, 4),
                    lighter(paint, 0.1) if row % 2 else paint,
                )
                x += strand * 2
            row, y = row + 1, y + strand * 0.78
        canvas.fill(box(right - (right - left) * 0.2, top, right, bottom), sheer(NIGHT, 0.14))


def basket(canvas: Canvas, look: Look, *, rx: float = 190, height: float = 190) -> None:
    """A round bamboo basket with a bound rim at height ``-height``. Draw what is in it over the rim."""
    paint = look.random.choice((STRAW, mix(STRAW, WOOD, 0.35)))
    canvas.shadow(8, 0, rx * 0.95, 24)
    wickerwork(canvas, lathe([(rx, -height), (rx * 0.96, -height * 0.5), (rx * 0.78, -8), (0, 6)]), paint)
    canvas.oval(0, -height, rx, rx * 0.16, paint=darker(paint, 0.5))


def basket_rim(canvas: Canvas, *, rx: float = 190, height: float = 190) -> None:
    """The front of the rim, over what lies in the basket."""
    front = [
        (x, -height + rx * 0.16 * (1 - (x / rx) ** 2)) for x in (rx * (step / 8 - 1) for step in range(17))
    ]
    canvas.curve(front, 22, mix(WOOD, STRAW, 0.3))
    canvas.curve([(x, y - 4) for x, y in front], 8, mix(WOOD, STRAW, 0.7))


def tray(canvas: Canvas, *, rx: float = 270, tilt: float = 0.34) -> Outline:
    """A flat winnowing tray seen from above its edge. Returns the outline of its inside."""
    ry = rx * tilt
    canvas.shadow(8, 2, rx * 1.05, ry * 0.5)
    canvas.oval(0, -ry, rx, ry, paint=mix(WOOD, STRAW, 0.25))
    canvas.oval(0, -ry - 8, rx, ry, paint=mix(WOOD, STRAW, 0.65))
    inside = oval(0, -ry - 6, rx * 0.93, ry * 0.9)
    wickerwork(canvas, inside, mix(STRAW, WOOD, 0.12), strand=18)
    return inside


def glass_jar(
    canvas: Canvas, *, rx: float, height: float, content: Colour, level: float, lid: Colour
) -> Outline:
    """A glass jar filled to ``level`` (0 to 1). Returns the outline of what is in it."""
    canvas.shadow(8, 0, rx * 1.05, 20)
    body = lathe(
        [
            (rx * 0.7, -height),
            (rx * 0.74, -height * 0.93),
            (rx, -height * 0.8),
            (rx, -height * 0.3),
            (rx * 0.95, -8),
            (0, 2),
        ]
    )
    canvas.fill(body, mix(content, WHITE, 0.72))
    top = -height * 0.9 * level
    filling = [(x * 0.93, y * 0.97 - 6) for x, y in body]
    with canvas.inside(filling):
        canvas.fill(box(-rx, top, rx, 0), content)
        canvas.fill(box(rx * 0.45, top, rx, 0), darker(content, 0.12))
        canvas.oval(0, top, rx, rx * 0.1, paint=lighter(content, 0.25))
    canvas.solid(box(-rx * 0.78, -height - 44, rx * 0.78, -height + 8, 12), lid, shift=(-16, -4))
    return [point for point in filling if point[1] > top]


def glass_shine(canvas: Canvas, *, rx: float, height: float) -> None:
    """The light on a glass jar or bottle; drawn last."""
    canvas.gleam(
        [(-rx * 0.74, -height * 0.74), (-rx * 0.8, -height * 0.45), (-rx * 0.74, -height * 0.16)],
        18,
        opacity=0.5,
    )
    canvas.gleam([(rx * 0.78, -height * 0.7), (rx * 0.82, -height * 0.5)], 8, opacity=0.4)


def label(canvas: Canvas, look: Look, top: float, rx: float, *, height: float = 104) -> None:
    """A paper label with a woven border, without words."""
    canvas.fill(box(-rx, top, rx, top + height), PAPER)
    with canvas.inside(box(-rx, top + height * 0.24, rx, top + height * 0.76)):
        belt(canvas, look, top + height * 0.24, rx, cell=height * 0.52 / 26)
    canvas.fill(box(rx * 0.5, top, rx, top + height), sheer(NIGHT, 0.08))


def bottle(canvas: Canvas, look: Look, *, content: Colour, rx: float = 84, height: float = 400) -> None:
    """A stoppered glass bottle with a label."""
    canvas.shadow(8, 0, rx * 1.15, 18)
    neck = rx * 0.3
    body = lathe(
        [
            (neck, -height),
            (neck, -height * 0.78),
            (rx * 0.75, -height * 0.66),
            (rx, -height * 0.54),
            (rx, -height * 0.2),
            (rx * 0.94, -6),
            (0, 2),
        ]
    )
    canvas.fill(body, mix(content, WHITE, 0.55))
    with canvas.inside([(x * 0.93, y * 0.985 - 4) for x, y in body]):
        canvas.fill(box(-rx, -height * 0.82, rx, 0), content)
        canvas.fill(box(rx * 0.4, -height * 0.82, rx, 0), darker(content, 0.14))
    with canvas.inside(body):
        label(canvas, look, -height * 0.44, rx, height=height * 0.26)
    canvas.solid(box(-neck * 1.1, -height - 34, neck * 1.1, -height + 10, 8), WOOD, shift=(-8, -2))
    glass_shine(canvas, rx=rx, height=height * 0.8)


def packet(
    canvas: Canvas, look: Look, *, width: float = 250, height: float = 350, paint: Colour | None = None
) -> None:
    """A stand-up paper bag, folded at the top, with a woven band around it."""
    paper = paint or look.random.choice((SAND, mix(SAND, WOOD, 0.3), look.palette.ground))
    half = width / 2
    canvas.shadow(8, 0, half * 1.15, 18)
    outline = [
        (-half, -height),
        (half, -height),
        (half + 10, -18),
        (half - 4, 0),
        (-half + 4, 0),
        (-half - 10, -18),
    ]
    canvas.solid(outline, paper, depth=0.16, shift=(-26, 0))
    with canvas.inside(outline):
        belt(canvas, look, -height * 0.42, half + 12)
        canvas.fill(box(-half, -height, half, -height + 40), darker(paper, 0.12))
        canvas.fill(box(-half, -height + 40, half, -height + 46), darker(paper, 0.3))
        canvas.fill([(half * 0.6, 0), (half, -height * 0.5), (half + 20, 0)], sheer(NIGHT, 0.07))


def earthen_jar(
    canvas: Canvas, look: Look, *, rx: float = 150, height: float = 320, paint: Colour = BARK
) -> None:
    """A stoneware jar with a cloth tied over its mouth."""
    canvas.shadow(10, 0, rx * 0.95, 24)
    body = lathe(
        [
            (rx * 0.5, -height),
            (rx * 0.56, -height * 0.9),
            (rx * 0.96, -height * 0.7),
            (rx, -height * 0.45),
            (rx * 0.78, -height * 0.12),
            (rx * 0.6, 0),
            (0, 4),
        ]
    )
    canvas.solid(body, paint, depth=0.3, shift=(-26, -6))
    with canvas.inside(body):
        canvas.fill(box(-rx, -height * 0.86, rx, -height * 0.83), lighter(paint, 0.18))
        belt(canvas, look, -height * 0.62, rx, cell=2.6)
    cloth = look.palette.warp
    canvas.solid(
        lathe(
            [
                (0, -height - 46),
                (rx * 0.46, -height - 34),
                (rx * 0.55, -height + 6),
                (rx * 0.72, -height + 46),
                (0, -height + 40),
            ]
        ),
        cloth,
        shift=(-14, -4),
    )
    canvas.fill(box(-rx * 0.56, -height + 4, rx * 0.56, -height + 16, 6), darker(cloth, 0.35))
    canvas.gleam(
        [(-rx * 0.78, -height * 0.66), (-rx * 0.84, -height * 0.44), (-rx * 0.7, -height * 0.2)],
        16,
        opacity=0.25,
    )


def banana_leaf(
    canvas: Canvas, x: float, y: float, *, length: float = 330, turn: float = 90, paint: Colour = LEAF
) -> None:
    """One big leaf lying with its stalk at (x, y)."""
    with canvas.at(x, y, turn=turn):
        outline = leaf(length, length * 0.42, bend=14)
        canvas.fill(outline, paint)
        with canvas.inside(outline):
            canvas.fill(
                smooth(
                    [(0, 0), (8, -length * 0.5), (14, -length), (length, -length), (length, 0)], closed=False
                ),
                darker(paint, 0.16),
            )
            for step in range(1, 9):
                y0 = -length * step / 9
                for side in (-1, 1):
                    canvas.line([(4, y0), (side * length * 0.24, y0 - length * 0.1)], 3, lighter(paint, 0.14))
        canvas.line([(0, 12), (6, -length * 0.5), (14, -length * 0.96)], 8, lighter(paint, 0.32), end=2)


def sprig(
    canvas: Canvas,
    x: float,
    y: float,
    *,
    turn: float = 0,
    leaves: int = 5,
    length: float = 200,
    paint: Colour = MOSS,
    size: float = 70,
) -> None:
    """A twig with pairs of leaves."""
    with canvas.at(x, y, turn=turn):
        canvas.curve([(0, 0), (8, -length * 0.5), (0, -length)], 9, BARK, end=4)
        for index in range(leaves):
            along = -length * (index + 0.8) / leaves
            for side in (-1, 1):
                with canvas.at(4, along, turn=side * (62 - 5 * index)):
                    shade = paint if side < 0 else darker(paint, 0.14)
                    canvas.fill(leaf(size, size * 0.5), shade)
                    canvas.line([(0, 0), (0, -size * 0.8)], 3, lighter(shade, 0.22), end=1)
