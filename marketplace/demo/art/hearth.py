"""Meat and fish dried above the kitchen fire, and the animals of the farm."""

from marketplace.demo.art import vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    CHILLI,
    GOLD,
    LEAF,
    NIGHT,
    SAND,
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
from marketplace.demo.art.shapes import box, leaf, mirrored, oval, ribbon, smooth
from marketplace.demo.art.spices import chilli

EMBER = colour("#E8641E")


def hearth(canvas: Canvas, look: Look) -> None:
    """A small fire between three stones, and the pole above it on which things hang (y = -420)."""
    canvas.shadow(0, 6, 230, 22)
    for x, turn in ((-96, 12), (96, -12), (0, 2)):
        with canvas.at(x * 0.5, 0, turn=90 + turn):
            canvas.solid(box(-24, -120, 14, 120, 12), BARK, shift=(8, 0))
    for size, paint in ((1.0, CHILLI), (0.78, EMBER), (0.5, colour("#F7B733"))):
        flame = smooth(
            [(0, -150), (34, -92), (74, -110), (66, -30), (0, 0), (-66, -30), (-70, -84), (-30, -76)]
        )
        canvas.fill([(x * size, y * size - 10) for x, y in flame], paint)
    for x in (-150, 150):
        stone = smooth([(x - 54, 6), (x - 46, -44), (x, -64), (x + 48, -38), (x + 54, 6)])
        canvas.solid(stone, colour("#77736F"), shift=(-8, -6))
    canvas.line([(-300, -432), (300, -440)], 20, mix(WOOD, BARK, 0.4), end=16)
    for x in (-180, 60, 220):
        canvas.line([(x, -446), (x + 3, -428)], 5, darker(WOOD, 0.5))


def smoked_meat(canvas: Canvas, look: Look, *, paint: Colour, fat: Colour | None = None) -> None:
    """Strips of smoked meat on skewers above the hearth."""
    hearth(canvas, look)
    count = look.random.choice((4, 5, 6))
    for index in range(count):
        x = (index - (count - 1) / 2) * (500 / count)
        length = look.random.uniform(130, 170)
        with canvas.at(x, -430, turn=look.random.uniform(-5, 5), scale=1.4):
            canvas.line([(0, -10), (0, 36)], 5, STRAW)
            strip = smooth(
                [
                    (-6, 20),
                    (24, 34),
                    (30, length * 0.5),
                    (22, length),
                    (-10, length + 14),
                    (-28, length * 0.6),
                    (-24, 40),
                ]
            )
            canvas.solid(strip, paint, depth=0.3, shift=(-8, -4))
            with canvas.inside(strip):
                if fat:
                    canvas.fill(
                        ribbon(smooth([(16, 10), (10, length * 0.5), (16, length + 10)], closed=False), 15),
                        fat,
                    )
                for line in (-14, 0):
                    canvas.curve(
                        [(line, 30), (line + 5, length * 0.5), (line - 2, length)], 3, lighter(paint, 0.25)
                    )


def meat_on_a_board(canvas: Canvas, look: Look, *, paint: Colour) -> None:
    """Torn dried meat on a leaf with chillies: the packet's content, ready to eat."""
    with canvas.at(120, -26):
        vessels.packet(canvas, look, width=230, height=330)
    vessels.banana_leaf(canvas, -330, 20, length=620, turn=86)
    for index in range(15):
        x = -230 + (index * 67) % 330
        with canvas.at(x, -30 - (index * 29) % 96, turn=-40 + (index * 53) % 80):
            strip = smooth([(-84, -8), (-20, -20), (70, -14), (90, 6), (10, 18), (-78, 12)])
            shade = look.random.choice((paint, lighter(paint, 0.14), darker(paint, 0.14)))
            canvas.solid(strip, shade, depth=0.28, shift=(-3, -6))
            for y in (-6, 4):
                canvas.line([(-66, y), (70, y - 2)], 3, lighter(shade, 0.25))
    chilli(canvas, 206, -50, turn=64, size=1)
    chilli(canvas, 236, -14, turn=40, size=0.9)


def smoked(canvas: Canvas, look: Look, *, paint: Colour, fat: Colour | None = None) -> None:
    if look.random.random() < 0.6:
        smoked_meat(canvas, look, paint=paint, fat=fat)
    else:
        meat_on_a_board(canvas, look, paint=paint)


def sausages(canvas: Canvas, look: Look) -> None:
    """Garlands of sausages above the hearth."""
    hearth(canvas, look)
    paint = look.random.choice((colour("#A8382E"), colour("#8E2F2B"), colour("#B84A34")))
    for string in range(4):
        x = -210 + string * 140
        for side in (-1, 1):
            path = smooth(
                [(x, -430), (x + side * 24, -390), (x + side * 34, -310), (x + side * 12, -232)], closed=False
            )
            canvas.fill(ribbon(path, 30, 34), darker(paint, 0.3))
            canvas.fill(ribbon([(px - 5, py) for px, py in path], 20, 24), paint)
            canvas.oval(*path[-1], 16, paint=darker(paint, 0.2))
            for px, py in path[6:20:6]:
                canvas.oval(px - 4, py, 5, 4, paint=lighter(paint, 0.45))
        canvas.oval(x, -430, 11, paint=SAND)


def fresh_meat(canvas: Canvas, look: Look, *, paint: Colour) -> None:
    """A marbled cut on a board with herbs."""
    canvas.shadow(0, 14, 300, 22)
    canvas.solid(box(-290, -36, 290, 8, 18), WOOD, shift=(0, -10))
    cut = smooth(
        [(-230, -50), (-240, -160), (-130, -260), (30, -270), (200, -220), (240, -110), (200, -44), (0, -36)]
    )
    canvas.solid(cut, colour("#F3DCCB"), depth=0.16, shift=(-10, -10))
    canvas.fill([(x * 0.9, (y + 150) * 0.86 - 152) for x, y in cut], paint)
    for path in (
        ((-150, -120), (-60, -170), (30, -150)),
        ((-40, -90), (60, -120), (160, -96)),
        ((0, -220), (80, -206), (140, -160)),
    ):
        canvas.curve(list(path), 11, colour("#F3DCCB"), end=3)
    canvas.oval(-150, -160, 30, 24, paint=colour("#F7EADF"))
    vessels.sprig(canvas, 190, -20, turn=-64, length=200, paint=LEAF, size=76)
    chilli(canvas, -236, -40, turn=-70)


def river_fish(canvas: Canvas, look: Look, *, grilled: bool) -> None:
    """River fish: split and dried on a tray, or clamped in bamboo over the fire."""

    def fish(x: float, y: float, turn: float, paint: Colour, size: float = 1) -> None:
        with canvas.at(x, y, turn=turn, scale=size):
            canvas.solid([(120, 0), (196, -56), (178, 0), (196, 56)], darker(paint, 0.2), shift=(-4, -4))
            canvas.fill(smooth([(-30, -50), (30, -92), (70, -40)]), darker(paint, 0.24))
            body = smooth(
                [(-190, 6), (-130, -48), (-20, -66), (90, -30), (136, 0), (90, 28), (-20, 58), (-130, 46)]
            )
            canvas.solid(body, paint, depth=0.26, shift=(-4, -14))
            with canvas.inside(body):
                for column in range(5):
                    for row in (-28, 0, 28):
                        canvas.curve(
                            [
                                (-60 + column * 36, row - 14),
                                (-46 + column * 36, row),
                                (-60 + column * 36, row + 14),
                            ],
                            4,
                            lighter(paint, 0.3),
                        )
            canvas.curve([(-100, -48), (-82, 0), (-100, 40)], 6, darker(paint, 0.35))
            canvas.oval(-140, -12, 14, paint=WHITE)
            canvas.oval(-142, -12, 7, paint=NIGHT)

    if grilled:
        hearth(canvas, look)
        for x in (-120, 120):
            for shift in (-24, 24):
                canvas.line([(x + shift, 0), (x + shift * 0.6, -420)], 12, colour("#A9A24E"))
            fish(x, -270, -84, colour("#B8763C"), 0.86)
            for y in (-400, -140):
                canvas.line([(x - 34, y), (x + 34, y)], 9, STRAW)
        return
    vessels.tray(canvas, rx=300)
    for index, (x, y, turn) in enumerate(((0, -196, -4), (30, -130, 5), (-20, -64, -2))):
        paint = (colour("#A98A66"), colour("#93785A"), colour("#B99A70"))[index]
        fish(x, y, turn, paint, look.spread(1, 0.06))


def hen(canvas: Canvas, look: Look) -> None:
    """The black-boned hen of the stone plateau."""
    feather, comb = colour("#23212E"), look.random.choice((colour("#5A2A4A"), colour("#8A2640")))
    canvas.shadow(10, 0, 190, 22)
    for x in (-10, 56):
        canvas.line([(x, -110), (x + 4, -6)], 13, colour("#3C3A46"))
        for toe in (-34, 0, 34):
            canvas.line([(x + 4, -8), (x + 4 + toe, 2)], 8, colour("#3C3A46"), end=5)
    for turn, length in ((28, 230), (46, 250), (66, 230), (84, 190)):
        with canvas.at(120, -200, turn=turn):
            canvas.solid(
                leaf(length, 84, bend=26), mix(feather, colour("#1F6B5A"), 0.12 + turn / 300), shift=(-8, 0)
            )
    body = smooth(
        [
            (-110, -420),
            (-64, -400),
            (-40, -320),
            (60, -290),
            (170, -260),
            (150, -140),
            (40, -84),
            (-90, -110),
            (-150, -220),
            (-140, -330),
        ]
    )
    canvas.solid(body, feather, depth=0.5, shift=(-14, -10))
    wing = smooth([(-60, -250), (40, -280), (150, -210), (60, -140), (-40, -160)])
    canvas.solid(wing, lighter(feather, 0.1), shift=(-6, -10))
    for x in (0, 40, 80):
        canvas.curve(
            [(x - 40, -240), (x, -200), (x + 10, -160)], 5, mix(feather, colour("#3FA08A"), 0.5), end=2
        )
    crest = smooth(
        [(-140, -410), (-150, -456), (-122, -436), (-108, -474), (-92, -438), (-66, -452), (-74, -404)]
    )
    canvas.fill(crest, comb)
    canvas.solid(oval(-108, -388, 46), feather, shift=(-6, -6))
    canvas.fill([(-146, -396), (-196, -376), (-144, -368)], colour("#4A4756"))
    canvas.fill(smooth([(-140, -366), (-124, -330), (-112, -362)]), comb)
    canvas.oval(-122, -396, 9, paint=GOLD)
    canvas.oval(-123, -396, 4, paint=NIGHT)


def goat(canvas: Canvas, look: Look) -> None:
    """A goat on a limestone ledge."""
    coat = look.random.choice((colour("#B98A5E"), colour("#D9CBB8"), colour("#5A4A44")))
    rock = smooth([(-290, 10), (-240, -70), (-110, -96), (0, -70), (130, -104), (250, -60), (290, 10)])
    canvas.solid(rock, colour("#8F9494"), shift=(-10, -10))
    for x in (-120, -70, 70, 120):
        canvas.line(
            [(x, -210), (x + (6 if x > 0 else -4), -84)],
            26,
            darker(coat, 0.2 if abs(x) == 70 else 0.05),
            end=16,
        )
    body = smooth(
        [
            (-150, -280),
            (-60, -320),
            (80, -310),
            (160, -270),
            (160, -190),
            (60, -160),
            (-80, -160),
            (-150, -200),
        ]
    )
    canvas.curve([(150, -280), (186, -310), (180, -336)], 24, coat, end=8)
    canvas.solid(body, coat, depth=0.24, shift=(-8, -14))
    neck = smooth([(-150, -190), (-190, -330), (-150, -390), (-90, -360), (-70, -280)])
    canvas.solid(neck, coat, shift=(-6, -4))
    for bend in (0, 22):
        canvas.curve(
            [(-150 + bend, -410), (-120 + bend, -470), (-60 + bend, -484), (-30 + bend, -450)],
            20,
            colour("#4A4038"),
            end=7,
        )
    head = smooth([(-120, -420), (-170, -424), (-236, -350), (-240, -316), (-200, -312), (-130, -350)])
    canvas.solid(head, coat, shift=(-4, -8))
    with canvas.at(-124, -404, turn=112):
        canvas.fill(leaf(70, 34), darker(coat, 0.2))
    canvas.fill(smooth([(-222, -316), (-190, -314), (-206, -256)]), lighter(coat, 0.3))
    canvas.oval(-172, -382, 8, paint=NIGHT)
    canvas.oval(-230, -332, 5, paint=NIGHT)


def pig(canvas: Canvas, look: Look) -> None:
    """The small black pig of the uplands."""
    hide = look.random.choice((colour("#3A3640"), colour("#4A4048")))
    canvas.shadow(10, 2, 240, 24)
    for x in (-130, -70, 90, 150):
        canvas.solid(
            box(x - 24, -110, x + 22, 0, 10), darker(hide, 0.15 if x in (-70, 90) else 0), shift=(-6, 0)
        )
        canvas.fill(box(x - 24, -20, x + 22, 0, 8), colour("#E6B8B0"))
    canvas.curve([(206, -210), (244, -240), (236, -270), (214, -256)], 11, hide, end=6)
    body = smooth(
        [(-190, -230), (-110, -310), (40, -330), (180, -290), (222, -190), (170, -90), (0, -66), (-150, -90)]
    )
    canvas.solid(body, hide, depth=0.4, shift=(-10, -16))
    for index in range(9):
        x = -60 + index * 28
        canvas.line(
            [(x, -316 + abs(index - 4) * 3), (x + 10, -346 + abs(index - 4) * 4)], 7, darker(hide, 0.3), end=3
        )
    canvas.solid(
        smooth([(-110, -270), (-190, -300), (-250, -230), (-268, -170), (-220, -120), (-130, -140)]),
        lighter(hide, 0.05),
        shift=(-6, -8),
    )
    canvas.solid(oval(-256, -172, 26, 38), colour("#E6B8B0"), shift=(-5, -4))
    for dy in (-12, 12):
        canvas.oval(-262, -172 + dy, 5, 7, paint=colour("#8A5A5A"))
    for x, turn in ((-150, -24), (-108, 26)):
        with canvas.at(x, -262, turn=turn):
            canvas.solid(leaf(84, 62), darker(hide, 0.1), shift=(-5, 0))
    canvas.oval(-196, -226, 9, paint=WHITE)
    canvas.oval(-198, -226, 5, paint=NIGHT)
    canvas.fill(mirrored(smooth([(20, -66), (90, -70), (150, -92), (60, -130)])), sheer(WHITE, 0.06))
