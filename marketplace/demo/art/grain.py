"""Rice, and what is made of rice, arrowroot and beans: sacks, bowls, baskets, noodles, crackers, starch."""

import math
from collections.abc import Sequence

from marketplace.demo.art import vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    GOLD,
    LEAF,
    STRAW,
    WHITE,
    WOOD,
    Colour,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import box, leaf, oval, smooth

WHITE_RICE = (colour("#EFE9DA"), WHITE, colour("#FBF6E8"), colour("#E2D9C3"))
STICKY_RICE = (colour("#E9DDBD"), colour("#F9F1DC"), colour("#F2E5C4"), colour("#D9C79B"))
BLACK_RICE = (colour("#3A2036"), colour("#5B3052"), colour("#2A1729"), colour("#7A4A6A"))
RED_RICE = (colour("#9C4A35"), colour("#B9634A"), colour("#7F3727"), colour("#D08A68"))


def rice_ear(canvas: Canvas, look: Look, x: float, y: float, *, turn: float, length: float = 300) -> None:
    """One ripe ear of rice on its stalk, bowing to the right."""
    husk = look.random.choice((GOLD, colour("#E0B23C"), colour("#C9952A")))
    path = [(0, 0), (6, -length * 0.5), (40, -length * 0.88), (100, -length), (150, -length * 0.9)]
    path += [(180, -length * 0.72)]
    with canvas.at(x, y, turn=turn):
        canvas.curve(path, 7, mix(LEAF, GOLD, 0.4), end=3)
        stalk = smooth(path, closed=False, steps=10)[22:]
        for index, (px, py) in enumerate(stalk[::2]):
            for side in (-1, 1):
                along = 118 + index * 4 - 25 + side * 26
                with canvas.at(px, py, turn=along):
                    canvas.fill(leaf(30, 15), husk if side > 0 else lighter(husk, 0.28))
        with canvas.at(4, -length * 0.35, turn=-34):
            canvas.fill(leaf(length * 0.55, 20, bend=-18), mix(LEAF, GOLD, 0.3))


def _rice_in_a_sack(canvas: Canvas, look: Look, grains: Sequence[Colour]) -> None:
    for turn, length in ((-32, 470), (-20, 520), (10, 500)):
        rice_ear(canvas, look, -30, 0, turn=turn, length=length * 0.95)
    vessels.sack(canvas, look, grains, rx=look.spread(178, 0.05), height=look.spread(300, 0.06))


def _rice_in_two_sacks(canvas: Canvas, look: Look, grains: Sequence[Colour]) -> None:
    side = look.random.choice((-1, 1))
    with canvas.at(side * 130, -26, scale=0.92):
        vessels.sack(canvas, look, grains, rx=150, height=340)
    with canvas.at(side * -120, 10, scale=0.86):
        vessels.sack(canvas, look, grains, rx=160, height=230)
    rice_ear(canvas, look, side * -230, 6, turn=-8 if side > 0 else -30, length=350)


def _rice_in_a_bowl(canvas: Canvas, look: Look, grains: Sequence[Colour]) -> None:
    paint = look.random.choice((look.palette.ground, look.palette.warp, BARK, look.palette.weft))
    rice_ear(canvas, look, -190, 4, turn=-22, length=360)
    rice_ear(canvas, look, -150, 4, turn=-8, length=330)
    vessels.bowl_back(canvas, 225, 190, paint)
    vessels.heap(canvas, look, vessels.mound(205, 150, -190), grains, grain=(28, 12), count=150)
    vessels.bowl(canvas, 225, 190, paint)
    with canvas.at(60, -330, turn=64):
        for shift in (0, 22):
            canvas.line([(shift, -190), (shift * 0.4, 170)], 12, mix(WOOD, BARK, 0.4), end=7)


def _rice_in_a_basket(canvas: Canvas, look: Look, grains: Sequence[Colour]) -> None:
    for turn in (-30, -12, 6):
        rice_ear(canvas, look, -60, -100, turn=turn, length=look.spread(330, 0.05))
    vessels.basket(canvas, look, rx=215, height=210)
    vessels.heap(canvas, look, vessels.mound(198, 110, -210), grains, count=140)
    vessels.basket_rim(canvas, rx=215, height=210)


def _rice_on_a_tray(canvas: Canvas, look: Look, grains: Sequence[Colour]) -> None:
    for turn in (-44, -26):
        rice_ear(canvas, look, 20, -150, turn=turn, length=340)
    inside = vessels.tray(canvas, rx=290)
    with canvas.inside(inside):
        vessels.scattered(canvas, look, (-240, -180, 240, -20), grains, grain=(22, 9), count=60)
    vessels.heap(canvas, look, vessels.mound(190, 170, -100), grains, grain=(24, 10), count=150)
    with canvas.at(150, -128, turn=38):
        canvas.solid(oval(0, 0, 46, 30), WOOD, shift=(-6, -6))
        canvas.line([(36, 0), (150, -8)], 15, WOOD)


def rice(canvas: Canvas, look: Look, *, grains: Sequence[Colour]) -> None:
    arrangements = (_rice_in_a_sack, _rice_in_two_sacks, _rice_in_a_bowl, _rice_in_a_basket, _rice_on_a_tray)
    look.random.choice(arrangements)(canvas, look, grains)


def noodles(canvas: Canvas, look: Look, *, paint: Colour) -> None:
    """A bundle of dried noodles tied with a strip, and a bowl of them cooked."""
    side = look.random.choice((-1, 1))
    with canvas.at(side * 105, -8, turn=side * 5):
        canvas.shadow(0, 0, 150, 20)
        for index in range(34):
            x = -120 + index * 7.2
            shade = look.random.choice((paint, lighter(paint, 0.2), darker(paint, 0.14)))
            tip = look.random.uniform(-440, -408)
            canvas.curve([(x * 0.9, 0), (x * 0.62, -200), (x * 1.02, tip)], 7, shade, end=6)
        canvas.solid(box(-88, -240, 88, -170, 14), look.palette.ground, shift=(-12, 0))
        with canvas.inside(box(-86, -228, 86, -182, 10)):
            vessels.belt(canvas, look, -231, 90, cell=2)
    with canvas.at(side * -130, 12, scale=0.82):
        dish = look.palette.warp
        vessels.bowl_back(canvas, 190, 150, dish)
        with canvas.inside(vessels.mound(172, 90, -150)):
            canvas.fill(box(-200, -300, 200, 0), darker(paint, 0.2))
            for index in range(26):
                y, bend = -236 + index * 5, look.random.uniform(-40, 40)
                shade = look.random.choice((paint, lighter(paint, 0.24)))
                canvas.curve([(-180, y + 40), (bend, y - 20), (180, y + 30)], 8, shade)
        for x in (-60, 20, 74):
            with canvas.at(x, -190, turn=x):
                canvas.fill(leaf(56, 26), LEAF)
        vessels.bowl(canvas, 190, 150, dish)


def crackers(canvas: Canvas, look: Look, *, paints: Sequence[Colour]) -> None:
    """Diamond-shaped puffed crackers heaped in a basket, a few beside it."""

    def cracker(x: float, y: float, turn: float, paint: Colour) -> None:
        with canvas.at(x, y, turn=turn):
            shape = smooth([(-56, 4), (-14, -30), (52, -10), (20, 30)])
            canvas.solid(shape, paint, depth=0.2, shift=(-5, -7))
            for dx, dy in ((-14, -4), (14, -10), (8, 10)):
                canvas.oval(dx, dy, 6, 4, paint=lighter(paint, 0.35))

    random = look.random
    vessels.basket(canvas, look, rx=220, height=170)
    for row, count in enumerate((6, 6, 5, 4, 3, 2)):
        for index in range(count):
            x = (index - (count - 1) / 2) * 66 + random.uniform(-12, 12)
            cracker(x, -185 - row * 40, random.uniform(-70, 70), random.choice(paints))
    vessels.basket_rim(canvas, rx=220, height=170)
    for x in (-250, 236, 170):
        cracker(x, -8 + (x % 7) * 3, random.uniform(-30, 30), random.choice(paints))


def starch(canvas: Canvas, look: Look) -> None:
    """A heap of white starch in a wooden bowl, with the red roots it is ground from."""
    for x, turn in ((-220, -30), (-150, 14), (215, 32)):
        with canvas.at(x, -36, turn=turn):
            root = smooth([(-70, 10), (-30, -38), (30, -34), (76, -6), (40, 32), (-30, 36)])
            canvas.solid(root, colour("#8F4B3E"), shift=(-8, -10))
            for ring in (-34, 0, 34):
                canvas.curve([(ring, -32), (ring + 9, 0), (ring, 32)], 4, colour("#C98A72"))
    wood = look.random.choice((WOOD, BARK, look.palette.ground))
    vessels.bowl_back(canvas, 215, 160, wood)
    pile = vessels.mound(196, 190, -160)
    canvas.solid(pile, WHITE, depth=0.14, shift=(-30, -6))
    canvas.curve([(-70, -250), (-20, -290), (50, -270)], 6, colour("#E4E1E4"), end=2)
    vessels.bowl(canvas, 215, 160, wood)
    with canvas.at(96, -300, turn=-34):
        canvas.line([(0, -120), (0, 10)], 16, mix(WOOD, STRAW, 0.4))
        canvas.solid(
            smooth([(-40, 10), (40, 10), (34, 76), (-34, 76)]), mix(WOOD, STRAW, 0.4), shift=(-8, -6)
        )


def beans(
    canvas: Canvas, look: Look, *, grains: Sequence[Colour], pod: Colour, grain: tuple[float, float]
) -> None:
    """Beans, peanuts or sesame in a sack or basket, with pods beside it."""
    if look.random.random() < 0.5:
        vessels.sack(canvas, look, grains, rx=170, height=250)
        vessels.heap(canvas, look, vessels.mound(150, 90, -254), grains, grain=grain, count=110)
    else:
        vessels.basket(canvas, look, rx=215, height=190)
        vessels.heap(canvas, look, vessels.mound(198, 130, -190), grains, grain=grain, count=130)
        vessels.basket_rim(canvas, rx=215, height=190)
    for x, y, turn in ((-262, -8, -40), (-205, 14, 20), (240, 4, 40), (190, 20, -30)):
        with canvas.at(x, y, turn=turn):
            shape = smooth([(-52, 0), (-30, -22), (0, -14), (30, -22), (52, 0), (30, 22), (0, 14), (-30, 22)])
            canvas.solid(shape, pod, shift=(-3, -7))
            for dx in (-26, 26):
                canvas.curve([(dx - 8, -10), (dx, 0), (dx - 8, 10)], 3, darker(pod, 0.2))


def steam(canvas: Canvas, look: Look, y: float, *, spread: float = 60) -> None:
    """Three wisps rising from ``y``."""
    for shift in (-spread, 0, spread):
        wave = [(shift + 16 * math.sin(step * 1.3 + shift), y - step * 26) for step in range(6)]
        canvas.fill(_wisp(wave), sheer(WHITE, 0.6))


def _wisp(path: list[tuple[float, float]]) -> list[tuple[float, float]]:
    curve = smooth(path, closed=False)
    right = [(x + 7 * math.sin(math.pi * i / len(curve)), y) for i, (x, y) in enumerate(curve)]
    return right + [
        (x - 7 * math.sin(math.pi * i / len(curve)), y) for i, (x, y) in reversed(list(enumerate(curve)))
    ]
