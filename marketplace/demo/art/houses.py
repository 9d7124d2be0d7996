"""Where guests sleep: the houses of the peoples of the province, standing on y = 0 around the origin."""

from random import Random

from marketplace.demo.art import brocade
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.landscape import Light
from marketplace.demo.art.palette import (
    BARK,
    CLAY,
    GOLD,
    INDIGO,
    NIGHT,
    PAPER,
    SAND,
    STRAW,
    TERRACOTTA,
    WHITE,
    WOOD,
    Colour,
    Palette,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import Outline, box, oval, smooth

TILE_GREY = colour("#6A6E78")
THATCH = colour("#B08A52")

# The two roofs of a stilt house, eaves to eaves.
TORTOISE_RIGHT = [(200, -444), (290, -392), (350, -300), (378, -232)]
TORTOISE_BACK = smooth(
    [*reversed([(-x, y) for x, y in TORTOISE_RIGHT]), (0, -458), *TORTOISE_RIGHT], closed=False
)
HIPPED: Outline = [(-366, -232), (-216, -452), (216, -452), (366, -232)]


def _roof(canvas: Canvas, outline: Outline, paint: Colour, *, rows: int = 7) -> None:
    """A roof in courses of tiles or thatch."""
    canvas.fill(outline, paint)
    top, bottom = min(y for _, y in outline), max(y for _, y in outline)
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    with canvas.inside(outline):
        for row in range(1, rows):
            y = top + (bottom - top) * row / rows
            canvas.fill(box(left, y, right, y + 5), darker(paint, 0.16))
            for x in range(int(left) + (row % 2) * 14, int(right), 28):
                canvas.fill(box(x, y - (bottom - top) / rows, x + 3, y), darker(paint, 0.1))
        canvas.fill(box(left, bottom - 12, right, bottom), darker(paint, 0.28))
        canvas.fill(
            [
                (right - (right - left) * 0.2, top),
                (right, top),
                (right, bottom),
                (right - (right - left) * 0.06, bottom),
            ],
            sheer(NIGHT, 0.12),
        )


def _window(
    canvas: Canvas, light: Light, x: float, y: float, wide: float, tall: float, frame: Colour
) -> None:
    """An opening with an open shutter on each side; lit after dusk."""
    canvas.fill(box(x - wide / 2, y - tall, x + wide / 2, y), light.lamps or darker(frame, 0.55))
    for bar in range(1, 4):
        along = x - wide / 2 + wide * bar / 4
        canvas.fill(box(along - 2, y - tall, along + 2, y), darker(frame, 0.25))
    for side in (-1, 1):
        canvas.fill(
            box(x + side * wide * 0.66 - wide * 0.15, y - tall, x + side * wide * 0.66 + wide * 0.15, y),
            lighter(frame, 0.16),
        )
    canvas.fill(box(x - wide / 2 - 5, y - 3, x + wide / 2 + 5, y + 6), lighter(frame, 0.24))


def _planks(canvas: Canvas, outline: Outline, paint: Colour, *, gap: float = 26) -> None:
    canvas.fill(outline, paint)
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    top, bottom = min(y for _, y in outline), max(y for _, y in outline)
    with canvas.inside(outline):
        x = left
        while x < right:
            canvas.fill(box(x, top, x + 3, bottom), darker(paint, 0.2))
            x += gap
        canvas.fill(box(left, top, right, top + 18), sheer(NIGHT, 0.22))


def _stairs(canvas: Canvas, x: float, height: float, paint: Colour, *, side: int = -1) -> None:
    """Wooden stairs up to a floor at ``-height``, going down to the left (-1) or right (1)."""
    run = height * 0.8
    for step in range(7):
        share = step / 6
        canvas.fill(
            box(
                x + side * run * share - 34,
                -height * (1 - share) - 4,
                x + side * run * share + 34,
                -height * (1 - share) + 6,
            ),
            lighter(paint, 0.2),
        )
    for shift in (-34, 34):
        canvas.line([(x + shift, -height - 2), (x + side * run + shift, 4)], 9, paint)


def _hanging_cloth(canvas: Canvas, random: Random, palette: Palette, x: float, y: float) -> None:
    strip = brocade.band(random, palette, 22)
    canvas.weave(strip, x, y, cell=2.6)
    canvas.line([(x - 8, y), (x + 66, y)], 5, BARK)


def stilt_house(
    canvas: Canvas, random: Random, light: Light, palette: Palette, *, rounded: bool, ornament: bool = True
) -> None:
    """A Thái (``rounded`` like a tortoise's back) or Lào house on stilts, with the khau cút on its gable."""
    wood = light.on(random.choice((WOOD, BARK, mix(WOOD, STRAW, 0.3))))
    roof = light.on(random.choice((TILE_GREY, THATCH, darker(THATCH, 0.2), colour("#8A5648"))))
    canvas.shadow(0, 4, 350, 20, opacity=0.3)
    canvas.fill(box(-280, -120, 280, 0), sheer(NIGHT, 0.3))
    for x in (-270, -160, -54, 54, 160, 270):
        canvas.line([(x, 0), (x, -130)], 17, darker(wood, 0.25))
        canvas.fill(box(x - 15, -8, x + 15, 4), light.on(colour("#9A9A94")))
    _planks(canvas, box(-286, -262, 286, -118), wood)
    for x in (-196, -60, 76, 212):
        _window(canvas, light, x, -150, 62, 76, wood)
    canvas.fill(box(-330, -130, 330, -112), lighter(wood, 0.14))
    for x in range(-322, -180, 20):
        canvas.line([(x, -128), (x, -178)], 6, lighter(wood, 0.06))
    canvas.line([(-326, -180), (-190, -180)], 9, lighter(wood, 0.2))
    _hanging_cloth(canvas, random, palette, -320, -176)
    _stairs(canvas, -256 if random.random() < 0.5 else 250, 116, wood, side=random.choice((-1, 1)))
    _roof(canvas, TORTOISE_BACK if rounded else HIPPED, roof)
    canvas.line([(-200, -448), (200, -448)], 14, darker(roof, 0.25))
    if ornament:
        _khau_cut(canvas, darker(wood, 0.1))


def _khau_cut(canvas: Canvas, wood: Colour) -> None:
    """The crossed horns on both ends of a Thái roof."""
    for x in (-200, 200):
        for side in (-1, 1):
            horn = [
                (x - side * 20, -430),
                (x + side * 14, -476),
                (x + side * 34, -506),
                (x + side * 12, -516),
            ]
            canvas.curve(horn, 9, wood, end=4)


def earth_house(canvas: Canvas, random: Random, light: Light, palette: Palette) -> None:
    """The thick-walled earth house of the Hà Nhì, under a low thatched hip roof."""
    wall = light.on(random.choice((colour("#D9A860"), colour("#C98F52"), colour("#E0B87A"))))
    canvas.shadow(0, 4, 330, 18, opacity=0.3)
    body = smooth([(-280, 0), (-288, -120), (-270, -220), (270, -220), (288, -120), (280, 0)], closed=False)
    canvas.fill(body, wall)
    with canvas.inside(body):
        for row in range(5):
            canvas.fill(box(-290, -44 * row - 4, 290, -44 * row), darker(wall, 0.1))
        canvas.fill(box(190, -230, 290, 0), sheer(NIGHT, 0.13))
        canvas.fill(box(-290, -26, 290, 0), light.on(colour("#8E8A82")))
    canvas.fill(box(-46, -150, 46, 0), light.lamps or light.on(darker(BARK, 0.2)))
    canvas.fill(box(-4, -150, 4, 0), light.on(WOOD))
    for x in (-170, 170):
        _window(canvas, light, x, -76, 50, 50, light.on(WOOD))
    roof = light.on(random.choice((THATCH, darker(THATCH, 0.14))))
    _roof(
        canvas,
        smooth(
            [(-352, -176), (-250, -330), (-120, -420), (120, -420), (250, -330), (352, -176)], closed=False
        ),
        roof,
        rows=8,
    )
    for x in (-226, 230):
        for index in range(4):
            canvas.solid(
                oval(x + (index % 2) * 26, -150 + 22 * index, 13, 24), light.on(GOLD), shift=(-3, -3)
            )
    _hanging_cloth(canvas, random, palette, 84, -176)


def mong_house(canvas: Canvas, random: Random, light: Light, palette: Palette) -> None:
    """The low plank house of the Mông under a wide roof, behind a dry-stone wall, with a peach tree."""
    wood = light.on(random.choice((WOOD, mix(WOOD, TILE_GREY, 0.35), mix(WOOD, STRAW, 0.2))))
    roof = light.on(random.choice((colour("#5A5C66"), colour("#7A5A4A"), colour("#6F6A5E"))))
    canvas.shadow(0, 4, 360, 18, opacity=0.3)
    _planks(canvas, box(-290, -200, 290, 0), wood, gap=34)
    canvas.fill(box(-50, -158, 50, 0), light.lamps or darker(wood, 0.5))
    canvas.fill(box(-3, -158, 3, 0), wood)
    canvas.fill(box(-62, -168, 62, -156), lighter(wood, 0.2))
    for x in (-190, 190):
        _window(canvas, light, x, -84, 56, 54, wood)
    _roof(canvas, [(-380, -168), (-250, -360), (250, -360), (380, -168)], roof, rows=6)
    canvas.line([(-252, -360), (252, -360)], 15, darker(roof, 0.3))
    stone = light.on(colour("#94958F"))
    for row in range(2):
        for index in range(13):
            x = -330 + index * 52 + (row % 2) * 24
            if abs(x + 10) > 70:
                canvas.solid(
                    oval(x, 22 - row * 26, 29, 17),
                    mix(stone, WHITE, 0.08 * ((index + row) % 3)),
                    shift=(-3, -4),
                )
    for index in range(3):
        canvas.line([(100 + index * 8, -166), (100 + index * 8, -110)], 6, light.on(GOLD), end=11)
    _hanging_cloth(canvas, random, palette, -140, -166)


def guest_house(canvas: Canvas, random: Random, light: Light, palette: Palette, *, floors: int) -> None:
    """A hotel or guesthouse of the town: plastered floors with balconies under a tiled roof."""
    wall = light.on(random.choice((PAPER, colour("#F3DFC0"), colour("#E9E3D0"), colour("#F0CDB8"))))
    trim = light.on(palette.ground)
    half, storey = 210, 104
    canvas.shadow(0, 4, 270, 16, opacity=0.3)
    canvas.fill(box(-half, -storey * floors, half, 0), wall)
    canvas.fill(box(half * 0.6, -storey * floors, half, 0), sheer(NIGHT, 0.08))
    for floor in range(floors):
        y = -storey * floor
        canvas.fill(box(-half - 12, y - storey - 5, half + 12, y - storey + 6), trim)
        for column in range(4):
            x = -150 + column * 100
            if floor == 0 and column in (1, 2):
                continue
            canvas.fill(
                box(x - 30, y - 84, x + 30, y - 22),
                light.lamps if light.lamps and (floor + column) % 3 else light.on(colour("#7FA9B5")),
            )
            canvas.fill(box(x - 2, y - 84, x + 2, y - 22), wall)
            if floor:
                canvas.fill(box(x - 42, y - 30, x + 42, y - 4), sheer(trim, 0.5))
                canvas.fill(box(x - 42, y - 32, x + 42, y - 27), trim)
    canvas.fill(box(-64, -82, 64, 0), light.lamps or light.on(darker(WOOD, 0.2)))
    canvas.fill(box(-84, -96, 84, -80), trim)
    top = -storey * floors
    roof = light.on(random.choice((TERRACOTTA, CLAY, INDIGO, TILE_GREY)))
    _roof(
        canvas,
        [(-half - 40, top - 2), (-half + 50, top - 92), (half - 50, top - 92), (half + 40, top - 2)],
        roof,
        rows=4,
    )
    canvas.weave(brocade.band(random, palette, 2 * half // 3), -half, top + 8, cell=3 * 0.9)


def bungalows(canvas: Canvas, random: Random, light: Light, palette: Palette) -> None:
    """A resort: three small stilted cabins with steep thatched roofs around a pool."""
    thatch = light.on(random.choice((THATCH, TILE_GREY, colour("#8A5648"))))
    wood = light.on(mix(WOOD, SAND, 0.3))
    for x, size in ((-250, 0.72), (250, 0.72), (0, 0.98)):
        with canvas.at(x, -30 if x else 0, scale=size):
            canvas.shadow(0, 2, 150, 12, opacity=0.3)
            for post in (-104, 104):
                canvas.line([(post, 0), (post, -70)], 13, darker(wood, 0.3))
            _planks(canvas, box(-112, -190, 112, -56), wood)
            canvas.fill(box(-36, -160, 36, -58), light.lamps or darker(wood, 0.5))
            canvas.fill(box(-140, -62, 140, -48), lighter(wood, 0.2))
            _roof(canvas, [(-160, -160), (-20, -390), (20, -390), (160, -160)], thatch, rows=8)
            canvas.line([(-20, -384), (34, -432)], 8, wood, end=4)
            canvas.line([(20, -384), (-34, -432)], 8, wood, end=4)
    canvas.fill(oval(0, 56, 330, 36), light.on(colour("#E9DFC8")))
    canvas.fill(oval(0, 56, 306, 29), light.on(colour("#5FB6C4")))
    canvas.fill(oval(-70, 50, 120, 6), sheer(WHITE, 0.5))
    canvas.weave(brocade.band(random, palette, 40), -70, -28, cell=1.2)
