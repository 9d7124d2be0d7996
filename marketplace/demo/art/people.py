"""Portraits of sellers and hosts who do not exist: faceless, in the dress of their people."""

from collections.abc import Callable
from random import Random

from PIL import Image

from marketplace.demo.art import brocade, grain
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import LIGHTS, ban_branch, ridge, terraces
from marketplace.demo.art.palette import (
    CHILLI,
    FOREST,
    GOLD,
    INDIGO,
    LEAF,
    PAPER,
    PINK,
    STRAW,
    WHITE,
    Colour,
    Palette,
    colour,
    darker,
    lighter,
    sheer,
)
from marketplace.demo.art.shapes import Outline, box, leaf, oval, smooth

SIDE = 768  # portraits are square
SKINS = (colour("#D9A577"), colour("#C98F66"), colour("#E3B48A"))
HAIR = colour("#221C26")
SILVER = colour("#D5DAE0")
BLACK_CLOTH = Palette(colour("#242039"), CHILLI, LEAF, GOLD)


def _behind(canvas: Canvas, look: Look) -> None:
    """Terraces in a round window on a cloth wall."""
    random, ground = look.random, look.palette.ground
    canvas.weave(brocade.damask(random, ground, WHITE, 111, 111), 0, 0, cell=7)
    window = oval(SIDE / 2, 370, 330)
    light = LIGHTS[random.choice(("day", "morning", "noon"))]
    canvas.oval(SIDE / 2, 370, 342, paint=look.palette.warp)
    with canvas.inside(window):
        canvas.gradient(0, 460, light.zenith, light.horizon)
        ridge(canvas, random, 380, 150, light.on(FOREST, distance=0.7), peaks=2)
        terraces(canvas, random, light, 400, 600, season=random.choice(("green", "gold")), distance=0.4)


def _shoulders(canvas: Canvas, paint: Colour) -> Outline:
    """The upper body in a jacket, around the origin at the throat."""
    outline = smooth(
        [
            (-62, 34),
            (-150, 62),
            (-236, 120),
            (-270, 420),
            (0, 440),
            (270, 420),
            (236, 120),
            (150, 62),
            (62, 34),
            (0, 60),
        ]
    )
    canvas.solid(outline, paint, depth=0.22, shift=(-16, -6))
    return outline


def _head(canvas: Canvas, skin: Colour) -> None:
    """Neck, ears and a face without features, lit from the left."""
    canvas.fill(smooth([(-46, -60), (46, -60), (58, 50), (0, 92), (-58, 50)]), darker(skin, 0.18))
    for x in (-98, 98):
        canvas.oval(x, -128, 17, 27, paint=darker(skin, 0.12))
    face = smooth(
        [(0, -262), (78, -232), (100, -150), (78, -66), (0, -18), (-78, -66), (-100, -150), (-78, -232)]
    )
    canvas.solid(face, skin, depth=0.12, shift=(-18, -4))
    canvas.oval(-54, -92, 20, 13, paint=sheer(PINK, 0.16))
    canvas.oval(50, -92, 20, 13, paint=sheer(PINK, 0.16))


def thai_woman(canvas: Canvas, look: Look) -> None:
    """A Thái woman: the cóm blouse with its row of silver clasps, the piêu over her hair."""
    random = look.random
    skin = random.choice(SKINS)
    blouse = random.choice((colour("#F4F1EC"), PINK, colour("#3F7FA8"), colour("#7A4A8A")))
    canvas.solid(smooth([(-116, -60), (-130, -200), (0, -300), (130, -200), (116, -60)]), HAIR)
    body = _shoulders(canvas, blouse)
    with canvas.inside(body):
        canvas.fill(box(-13, 40, 13, 460), darker(blouse, 0.2))
    canvas.fill(smooth([(-62, 30), (0, 84), (62, 30), (74, 46), (0, 112), (-74, 46)]), lighter(blouse, 0.35))
    for y in range(122, 400, 46):
        for side in (-1, 1):
            with canvas.at(side * 4, y, turn=side * 90):
                canvas.fill(leaf(34, 30), SILVER)
        canvas.oval(0, y, 6, paint=colour("#9AA3AD"))
    _head(canvas, skin)
    canvas.fill(
        smooth(
            [
                (-100, -150),
                (-84, -214),
                (0, -222),
                (84, -214),
                (100, -150),
                (96, -240),
                (0, -296),
                (-96, -240),
            ]
        ),
        HAIR,
    )
    scarf = smooth(
        [(-128, -190), (-96, -226), (0, -244), (96, -226), (128, -190), (134, -290), (0, -352), (-134, -290)]
    )
    canvas.solid(scarf, BLACK_CLOTH.ground, depth=0.4, shift=(-8, -6))
    with canvas.inside(scarf):
        canvas.weave(brocade.band(random, BLACK_CLOTH, 90), -140, -330, cell=3.4)
    fall = smooth([(96, -232), (138, -200), (160, -40), (146, 60), (104, 40), (112, -110)])
    canvas.fill(fall, BLACK_CLOTH.ground)
    with canvas.inside(fall):
        canvas.weave(brocade.band(random, BLACK_CLOTH, 40), 84, -36, cell=3.4)
    for x, paint in ((104, CHILLI), (126, LEAF), (148, PINK)):
        canvas.solid(oval(x, 60, 13), paint, shift=(-3, -3))


def mong_woman(canvas: Canvas, look: Look) -> None:
    """A Mông woman: an indigo jacket with an embroidered front, silver rings, a turban."""
    random = look.random
    jacket, threads = INDIGO, Palette(colour("#B3215F"), GOLD, LEAF, PAPER)
    body = _shoulders(canvas, jacket)
    with canvas.inside(body):
        for side in (-1, 1):
            with canvas.at(side * 46, 30, turn=side * 9):
                canvas.weave(
                    brocade.band(random, threads, 130).transpose(Image.Transpose.ROTATE_90), -46, 0, cell=3.5
                )
        canvas.weave(brocade.band(random, threads, 160, figure="snail"), -280, 300, cell=3.6)
    canvas.fill([(-48, 30), (48, 30), (0, 250)], PAPER)
    _head(canvas, random.choice(SKINS))
    for drop, half in ((60, 92), (96, 122)):
        ring = [(-half, 14), (-half * 0.7, drop), (0, drop + 30), (half * 0.7, drop), (half, 14)]
        canvas.curve(ring, 13, SILVER)
    canvas.fill(
        smooth(
            [
                (-100, -150),
                (-90, -214),
                (0, -228),
                (90, -214),
                (100, -150),
                (96, -250),
                (0, -286),
                (-96, -250),
            ]
        ),
        HAIR,
    )
    _turban(canvas, random, threads)
    for x in (-100, 100):
        canvas.line([(x, -100), (x, -70)], 5, SILVER)
        canvas.solid(oval(x, -54, 15, 18), SILVER, shift=(-3, -3))


def _turban(canvas: Canvas, random: Random, threads: Palette) -> None:
    turban = smooth(
        [
            (-124, -200),
            (0, -232),
            (124, -200),
            (156, -276),
            (110, -350),
            (0, -374),
            (-110, -350),
            (-156, -276),
        ]
    )
    canvas.solid(turban, colour("#2B2650"), depth=0.3, shift=(-10, -6))
    with canvas.inside(turban):
        for y in (-230, -262, -294, -326):
            canvas.curve([(-160, y + 10), (0, y - 20), (160, y + 10)], 7, colour("#4A4480"))
        canvas.weave(brocade.band(random, threads, 130, figure="star"), -160, -300, cell=2.5)


def farmer(canvas: Canvas, look: Look) -> None:
    """A farmer under a conical hat, ears of rice in his arm."""
    random = look.random
    shirt = random.choice((FOREST, colour("#7A5A3A"), colour("#40607A")))
    body = _shoulders(canvas, shirt)
    with canvas.inside(body):
        canvas.fill(box(-5, 60, 5, 460), darker(shirt, 0.25))
        for y in (140, 220, 300):
            canvas.oval(22, y, 8, paint=STRAW)
        canvas.fill([(-300, 330), (-130, 60), (-80, 60), (-230, 420)], sheer(look.palette.warp, 0.9))
    canvas.fill(smooth([(-66, 26), (-20, 92), (-90, 120)], steps=4), lighter(shirt, 0.14))
    canvas.fill(smooth([(66, 26), (20, 92), (90, 120)], steps=4), lighter(shirt, 0.14))
    _head(canvas, random.choice(SKINS))
    canvas.fill(smooth([(-100, -140), (-92, -220), (92, -220), (100, -140), (84, -196), (-84, -196)]), HAIR)
    canvas.oval(0, -204, 226, 38, paint=darker(STRAW, 0.35))
    brim = [
        (-228, -206),
        (-120, -282),
        (0, -392),
        (120, -282),
        (228, -206),
        (120, -180),
        (0, -172),
        (-120, -180),
    ]
    hat = smooth(brim, steps=5)
    canvas.solid(hat, STRAW, depth=0.2, shift=(-22, -2))
    with canvas.inside(hat):
        for y in range(-360, -170, 26):
            canvas.curve([(-230, y + 22), (0, y + 44), (230, y + 22)], 4, darker(STRAW, 0.16))
    for side in (-1, 1):
        canvas.curve([(side * 94, -184), (side * 80, -70), (0, 2)], 8, look.palette.weft)
    for turn in (-34, -12, 12):
        grain.rice_ear(canvas, look, 150, 400, turn=turn, length=330)
    canvas.solid(
        smooth([(90, 300), (200, 260), (262, 330), (190, 400), (100, 380)]),
        darker(shirt, 0.06),
        shift=(-8, -8),
    )


def _posed(figure: Callable[[Canvas, Look], None]) -> Callable[[Canvas, Look], None]:
    def portrait(canvas: Canvas, look: Look) -> None:
        _behind(canvas, look)
        with canvas.at(SIDE / 2, 440, scale=0.93):
            figure(canvas, look)
        if look.random.random() < 0.5:
            ban_branch(
                canvas,
                look.random,
                [(-20, 40), (90, 80), (190, 60), (270, 110)],
                width=18,
                size=44,
                flowers=7,
            )
        canvas.weave(brocade.band(look.random, look.palette, SIDE // 3 + 1), 0, SIDE - 78, cell=3)

    return portrait


PORTRAITS: dict[str, Callable[[Canvas, Look], None]] = {
    "thai-woman": _posed(thai_woman),
    "mong-woman": _posed(mong_woman),
    "farmer": _posed(farmer),
}
