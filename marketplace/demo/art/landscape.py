"""The land: skies, ridges of blue hills, terraces, paddies, lakes and trees."""

import itertools
import math
from dataclasses import dataclass
from random import Random

from marketplace.demo.art import brocade
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    BLOSSOM,
    FOREST,
    GOLD,
    INDIGO,
    LEAF,
    MOSS,
    PAPER,
    PINK,
    RIVER,
    WHITE,
    WOOD,
    Colour,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import Outline, Point, box, leaf, oval, ribbon, smooth

DIRT = colour("#D9BE93")

# What grows on the terraces through the year.
SEASONS = {
    "water": (colour("#9CC9CF"), colour("#B9DAD6"), colour("#7FB3BC")),
    "green": (colour("#7FB24A"), colour("#97C25C"), colour("#5F9A46")),
    "gold": (colour("#E0B23C"), colour("#EBC65A"), colour("#CF9A2C")),
}


@dataclass(frozen=True, slots=True)
class Light:
    """A time of day: the sky, what the far hills fade into, and the sun or moon."""

    zenith: Colour
    horizon: Colour
    haze: Colour
    disc: Colour
    lamps: Colour | None = None  # the colour of lit windows, after dusk
    dim: float = 0.0  # how much night lies on everything near

    def on(self, paint: Colour, *, distance: float = 0) -> Colour:
        """Return ``paint`` as it looks in this light, ``distance`` 0 (near) to 1 (lost in the haze)."""
        return mix(mix(paint, colour("#1D2450"), self.dim), self.haze, distance)


LIGHTS = {
    "day": Light(colour("#7FBFD6"), colour("#E4F1E6"), colour("#BFDDE0"), colour("#FFF3C4")),
    "morning": Light(colour("#F3C6B0"), colour("#FCEBCF"), colour("#C6C6DE"), colour("#FFE9A8")),
    "noon": Light(colour("#5FA9CE"), colour("#D6ECF0"), colour("#A9D0DC"), colour("#FFFBE6")),
    "dusk": Light(
        colour("#5A3F7A"), colour("#F0996B"), colour("#B0668A"), colour("#FFD27A"), colour("#FFD878"), 0.2
    ),
    "evening": Light(
        colour("#24305F"), colour("#8C6FA8"), colour("#5A5A96"), colour("#FDF1CF"), colour("#FFCF66"), 0.38
    ),
}


def sky(canvas: Canvas, random: Random, light: Light, *, horizon: float) -> None:
    """Fill the sheet down to ``horizon`` with sky, the sun or moon, and clouds."""
    canvas.gradient(0, horizon, light.zenith, light.horizon)
    x, y = canvas.width * random.uniform(0.16, 0.84), horizon * random.uniform(0.2, 0.42)
    radius = 58 if light.dim < 0.3 else 42
    canvas.oval(x, y, radius * 1.7, paint=sheer(light.disc, 0.22))
    canvas.oval(x, y, radius, paint=light.disc)
    if light.dim > 0.3:
        for _ in range(26):
            canvas.oval(
                random.uniform(0, canvas.width), random.uniform(0, horizon * 0.7), 2.4, paint=light.disc
            )
    for _ in range(random.randint(2, 4)):
        cloud(
            canvas,
            random.uniform(0, canvas.width),
            horizon * random.uniform(0.12, 0.6),
            random.uniform(0.7, 1.3),
            light,
        )


def cloud(canvas: Canvas, x: float, y: float, size: float, light: Light) -> None:
    paint = mix(light.horizon, WHITE, 0.55 if light.dim < 0.2 else 0.14)
    for dx, dy, rx in ((-70, 6, 50), (-20, -12, 56), (40, -4, 60), (90, 10, 40)):
        canvas.oval(x + dx * size, y + dy * size, rx * size, 24 * size, paint=paint)


def ridge(
    canvas: Canvas,
    random: Random,
    y: float,
    height: float,
    paint: Colour,
    *,
    peaks: int = 6,
    sharp: bool = False,
) -> None:
    """A line of hills around the height ``y``, filled down to the bottom of the sheet."""
    step = canvas.width / peaks
    points: list[Point] = []
    for index in range(-1, peaks * 4 + 5):
        summit = (0.08, 0.5, 1.0, 0.62)[index % 4]  # valley, shoulder, top, shoulder
        up = height * (summit + random.uniform(-0.2, 0.14))
        points.append((index * step / 4 + random.uniform(-0.07, 0.07) * step, y - up))
    line = points if sharp else smooth(points, closed=False)
    canvas.fill([*line, (canvas.width + 400, canvas.height), (-400, canvas.height)], paint)


def karst(canvas: Canvas, random: Random, y: float, height: float, paint: Colour) -> None:
    """Limestone towers, as on the plateau of Tủa Chùa."""
    x = -60.0
    while x < canvas.width:
        wide, tall = random.uniform(90, 190), height * random.uniform(0.45, 1)
        tower = smooth(
            [
                (x, y),
                (x + wide * 0.16, y - tall * 0.6),
                (x + wide * 0.42, y - tall),
                (x + wide * 0.66, y - tall * 0.86),
                (x + wide * 0.9, y - tall * 0.4),
                (x + wide, y),
            ],
            closed=False,
        )
        canvas.fill(tower, paint)
        canvas.fill([*tower[20:], (x + wide * 0.6, y)], darker(paint, 0.1))
        x += wide * random.uniform(0.5, 0.9)
    canvas.fill(box(0, y - 2, canvas.width, canvas.height), paint)


def terraces(
    canvas: Canvas,
    random: Random,
    light: Light,
    top: float,
    bottom: float,
    *,
    season: str,
    levels: int = 9,
    distance: float = 0,
) -> None:
    """Rice terraces down a slope, from ``top`` to ``bottom``, each step a curved field and its bank."""
    fields = SEASONS[season]
    phase, tilt = random.uniform(0, 6), random.uniform(-0.06, 0.06)
    for level in range(levels):
        share = level / levels
        y = top + (bottom - top) * share**1.25
        swing = 14 + 34 * share
        line = []
        for step in range(19):
            x = canvas.width * (step / 16 - 0.06)
            wave = math.sin(x / 190 + phase + level * 0.5) + 0.6 * math.sin(x / 83 + phase * 2 - level * 0.4)
            line.append((x, y + swing * wave * 0.6 + tilt * (x - canvas.width / 2)))
        line = smooth(line, closed=False, steps=4)
        ground = [(canvas.width + 90, canvas.height), (-90, canvas.height)]
        bank = 7 + 9 * share
        paint = light.on(fields[level % 3], distance=distance * (1 - share))
        canvas.fill([*line, *ground], lighter(paint, 0.3))
        canvas.fill([*[(x, py + 3) for x, py in line], *ground], paint)
        lower = [(x, py + (bottom - top) / levels * (0.55 + share * 0.75) - bank) for x, py in line]
        canvas.fill(
            [*lower, *ground], light.on(mix(FOREST, fields[2], 0.35), distance=distance * (1 - share))
        )


def paddies(canvas: Canvas, random: Random, light: Light, horizon: float, *, season: str) -> None:
    """The flat fields of the Mường Thanh plain, drawn towards one vanishing point."""
    fields = SEASONS[season]
    centre = canvas.width * random.uniform(0.35, 0.65)
    canvas.fill(box(0, horizon, canvas.width, canvas.height), light.on(fields[0], distance=0.15))
    rows = [horizon + (canvas.height - horizon) * share for share in (0, 0.06, 0.15, 0.28, 0.48, 0.75, 1.1)]
    for row, (y0, y1) in enumerate(itertools.pairwise(rows)):
        for column in range(-7, 7):
            corners = []
            for number, y in ((column, y0), (column + 1, y0), (column + 1, y1), (column, y1)):
                fan = (y - horizon + 26) / (canvas.height - horizon)
                corners.append((centre + number * 330 * fan + 30 * fan * (row % 2), y))
            paint = light.on(random.choice(fields), distance=max(0, 0.3 - row * 0.08))
            canvas.fill(corners, paint)
            canvas.line([corners[0], corners[1]], 1.5 + row, light.on(LEAF), end=1.5 + row)
            canvas.line([corners[0], corners[3]], 1.5 + row * 0.6, light.on(LEAF), end=2 + row)


def lake(canvas: Canvas, random: Random, light: Light, top: float) -> None:
    """Still water from ``top`` down, with streaks of light."""
    canvas.gradient(top, canvas.height, mix(light.horizon, RIVER, 0.35), light.on(darker(RIVER, 0.12)))
    for _ in range(34):
        share = random.random()
        y = top + 6 + (canvas.height - top) * share**1.4
        x, half = random.uniform(0, canvas.width), 20 + 70 * share
        canvas.fill(oval(x, y, half, 1.6 + 3 * share), sheer(lighter(light.horizon, 0.4), 0.5))


def tree(canvas: Canvas, x: float, y: float, size: float, paint: Colour) -> None:
    """A round broad-leaved tree standing at (x, y)."""
    with canvas.at(x, y, scale=size):
        canvas.line([(0, 0), (0, -70)], 13, BARK, end=8)
        for dx, dy, radius, shade in (
            (-30, -86, 40, 0.16),
            (30, -90, 42, 0.12),
            (0, -126, 48, 0.0),
            (-6, -96, 38, 0.05),
        ):
            canvas.oval(dx, dy, radius, paint=darker(paint, shade))
        canvas.oval(-14, -138, 20, 15, paint=lighter(paint, 0.16))


def palm(canvas: Canvas, x: float, y: float, size: float, paint: Colour) -> None:
    """A fan palm."""
    with canvas.at(x, y, scale=size):
        canvas.curve([(0, 0), (6, -80), (0, -170)], 13, WOOD, end=10)
        for turn in (-110, -76, -44, -14, 16, 46, 78, 112):
            with canvas.at(0, -170, turn=turn):
                canvas.fill(leaf(96, 30), paint if turn < 0 else darker(paint, 0.14))


def bamboo(canvas: Canvas, random: Random, x: float, y: float, size: float, paint: Colour) -> None:
    """A clump of bamboo leaning outwards."""
    with canvas.at(x, y, scale=size):
        for index in range(7):
            lean = (index - 3) * 26
            tip = -random.uniform(230, 320)
            canvas.curve(
                [(index * 7 - 21, 0), (lean * 0.5, tip * 0.6), (lean * 1.5, tip)],
                9,
                darker(paint, 0.06 * (index % 3)),
                end=3,
            )
            for along in (0.55, 0.7, 0.85, 1.0):
                for side in (-1, 1):
                    with canvas.at(lean * 1.5 * along, tip * along, turn=side * random.uniform(60, 130)):
                        canvas.fill(leaf(58, 17), lighter(paint, 0.12 * (index % 2)))


def ban_branch(
    canvas: Canvas,
    random: Random,
    path: Outline,
    *,
    width: float,
    size: float,
    flowers: int,
    pale: Colour = BLOSSOM,
) -> None:
    """A branch of the ban tree (Bauhinia) in flower, with its two-lobed leaves."""
    curve = smooth(path, closed=False)
    canvas.line(curve, width, BARK, end=width * 0.3)
    for index in range(flowers):
        x, y = curve[int((index + 0.7) / flowers * (len(curve) - 1))]
        ban_flower(
            canvas,
            x + random.uniform(-1, 1) * size * 0.5,
            y + random.uniform(-1, 1) * size * 0.5,
            size * random.uniform(0.8, 1.15),
            turn=random.uniform(0, 72),
            pale=pale,
        )


def ban_flower(
    canvas: Canvas, x: float, y: float, size: float, *, turn: float = 0, pale: Colour = BLOSSOM
) -> None:
    with canvas.at(x, y, turn=turn):
        for petal in range(5):
            with canvas.at(0, 0, turn=petal * 72):
                shape = smooth(
                    [
                        (0, 0),
                        (size * 0.4, -size * 0.5),
                        (size * 0.2, -size),
                        (-size * 0.22, -size * 0.97),
                        (-size * 0.4, -size * 0.48),
                    ]
                )
                canvas.fill(shape, mix(pale, PINK, 0.22) if petal == 0 else pale)
                canvas.line([(0, 0), (0, -size * 0.6)], max(1.6, size * 0.06), mix(pale, PINK, 0.55), end=1)
        for lean in (-30, 0, 30):
            with canvas.at(0, 0, turn=lean):
                canvas.line([(0, 0), (0, -size * 0.42)], max(1.4, size * 0.05), PAPER, end=1)
                canvas.oval(0, -size * 0.44, size * 0.07, paint=GOLD)


def ban_tree(canvas: Canvas, random: Random, x: float, y: float, size: float) -> None:
    """A whole ban tree in March: more flowers than leaves."""
    with canvas.at(x, y, scale=size):
        canvas.curve([(0, 0), (-8, -90), (6, -170)], 18, BARK, end=9)
        for tip in ((-90, -200), (-40, -260), (40, -270), (96, -210)):
            canvas.curve([(0, -120), (tip[0] * 0.5, -170), tip], 9, BARK, end=3)
        for _ in range(84):
            turn, reach = random.uniform(0, 2 * math.pi), math.sqrt(random.random())
            px, py = 130 * reach * math.cos(turn), -215 + 92 * reach * math.sin(turn)
            paint = random.choice((BLOSSOM, lighter(BLOSSOM, 0.4), mix(BLOSSOM, PINK, 0.25)))
            canvas.oval(px, py, random.uniform(8, 15), paint=paint)


def grass(
    canvas: Canvas, random: Random, light: Light, y: float, *, paint: Colour = LEAF, count: int = 26
) -> None:
    """The near ground: a bank at the bottom of the sheet with tufts."""
    bank = smooth(
        [
            (-40, y + 20),
            (canvas.width * 0.3, y - 8),
            (canvas.width * 0.7, y + 14),
            (canvas.width + 40, y - 4),
        ],
        closed=False,
    )
    near = light.on(darker(paint, 0.18))
    canvas.fill([*bank, (canvas.width + 40, canvas.height), (-40, canvas.height)], near)
    for _ in range(count):
        x, lean = random.uniform(0, canvas.width), random.uniform(-16, 16)
        base = y + random.uniform(14, 50)
        for spread in (-9, 0, 9):
            path = [(x + spread, base), (x + spread * 1.6 + lean, base - random.uniform(18, 34))]
            canvas.fill(ribbon(path, 6, 1), lighter(near, 0.14))


def path_to(
    canvas: Canvas,
    light: Light,
    points: Outline,
    *,
    start: float,
    end: float,
    paint: Colour = DIRT,
) -> None:
    """A dirt road through smooth ``points``."""
    canvas.fill(ribbon(smooth(points, closed=False), start + 10, end + 3), light.on(darker(paint, 0.2)))
    canvas.fill(ribbon(smooth(points, closed=False), start, end), light.on(paint))


def setting(
    canvas: Canvas,
    random: Random,
    *,
    hours: tuple[str, ...] = ("day", "morning", "noon", "dusk"),
    hills: int = 3,
) -> Light:
    """Draw the sky at one of these hours and the far hills. Returns the light they stand in."""
    light = LIGHTS[random.choice(hours)]
    sky(canvas, random, light, horizon=500)
    green = random.choice((FOREST, mix(FOREST, INDIGO, 0.35), MOSS))
    for layer in range(hills):
        paint = light.on(green, distance=0.8 - 0.2 * layer)
        ridge(canvas, random, 400 + 46 * layer, 190 - 40 * layer, paint, peaks=2 + layer)
    return light


def woven_edge(canvas: Canvas, look: Look) -> None:
    """The border that all pictures of places share."""
    cell = 1.6
    threads = int(canvas.width / cell) + 1
    cloth = brocade.band(look.random, look.palette, threads)
    canvas.weave(cloth, 0, canvas.height - cloth.height * cell, cell=cell)
