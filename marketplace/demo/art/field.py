"""Fruit, vegetables and nuts of the hills."""

from collections.abc import Callable

from marketplace.demo.art import vessels
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import (
    BARK,
    FOREST,
    GOLD,
    LEAF,
    MOSS,
    NIGHT,
    PAPER,
    SAND,
    STRAW,
    Colour,
    colour,
    darker,
    lighter,
    mix,
    sheer,
)
from marketplace.demo.art.shapes import box, lathe, leaf, oval, smooth

Piece = Callable[[Canvas, float, float, float], None]  # canvas, x, y, turn


def piled(
    canvas: Canvas, look: Look, piece: Piece, rows: tuple[int, ...], *, gap: float, rise: float
) -> None:
    """Pile pieces up on y = 0, a row of as many as ``rows`` says upon the other."""
    for row, count in enumerate(rows):
        for index in range(count):
            x = (index - (count - 1) / 2) * gap + look.random.uniform(-6, 6)
            piece(canvas, x, -rise * row, look.random.uniform(-18, 18))


def served(canvas: Canvas, look: Look, piece: Piece, *, gap: float, rise: float) -> None:
    """The same pieces in a basket, on a banana leaf, or on a tray, by the look of this picture."""
    arrangement = look.random.randrange(3)
    if arrangement == 0:
        vessels.basket(canvas, look, rx=230, height=170)
        with canvas.at(0, -200):
            piled(canvas, look, piece, (5, 4, 2), gap=gap * 0.82, rise=rise * 0.75)
        vessels.basket_rim(canvas, rx=230, height=170)
    elif arrangement == 1:
        vessels.banana_leaf(canvas, -300, 0, length=600, turn=86)
        with canvas.at(0, -50):
            piled(canvas, look, piece, (4, 3, 2, 1), gap=gap, rise=rise)
    else:
        vessels.tray(canvas, rx=290)
        with canvas.at(0, -150):
            piled(canvas, look, piece, (4, 3, 1), gap=gap * 0.9, rise=rise * 0.5)
        with canvas.at(10, -70):
            piled(canvas, look, piece, (4,), gap=gap * 0.95, rise=rise)


def one_pineapple(
    canvas: Canvas, x: float, y: float, turn: float, *, skin: Colour = GOLD, size: float = 1
) -> None:
    with canvas.at(x, y, turn=turn, scale=size):
        for lean, length in ((-58, 150), (58, 150), (-38, 190), (38, 190), (-18, 220), (18, 220), (0, 236)):
            with canvas.at(0, -268, turn=lean):
                canvas.fill(leaf(length, 52), FOREST if abs(lean) % 4 == 2 else LEAF)
        body = lathe([(0, -300), (76, -282), (120, -170), (104, -50), (46, 0), (0, 4)])
        canvas.solid(body, skin, depth=0.25, shift=(-20, -6))
        with canvas.inside(body):
            for step in range(-9, 10):
                for lean in (-1, 1):
                    canvas.line(
                        [(step * 44 - lean * 170, 10), (step * 44 + lean * 170, -310)], 5, sheer(BARK, 0.4)
                    )
            for row in range(8):
                for column in range(-3, 4):
                    canvas.oval(column * 44 + (row % 2) * 22, -296 + row * 41, 6, paint=lighter(skin, 0.5))


def pineapple(canvas: Canvas, look: Look, *, skins: tuple[Colour, ...]) -> None:
    """Two or three pineapples, whole, and one cut open."""
    random = look.random
    skin = random.choice(skins)
    canvas.shadow(0, 0, 250, 26)
    if random.random() < 0.5:
        one_pineapple(canvas, -130, -14, -14, skin=skin, size=0.86)
        one_pineapple(canvas, 130, -14, 14, skin=random.choice(skins), size=0.86)
        one_pineapple(canvas, 0, 14, 0, skin=skin, size=0.98)
    else:
        one_pineapple(canvas, -84, 0, -6, skin=skin, size=1.06)
        for x, y in ((150, -80), (214, -14), (96, 10)):
            canvas.solid(oval(x, y, 80, 70), skin, shift=(-6, -8))
            canvas.oval(x - 3, y - 4, 66, 57, paint=colour("#F7DC6A"))
            canvas.oval(x - 3, y - 4, 17, 15, paint=colour("#FBEFB0"))
            for turn in range(0, 360, 45):
                with canvas.at(x - 3, y - 4, turn=turn):
                    canvas.line([(0, -25), (0, -50)], 4, colour("#E9BE3E"), end=2)


def round_fruit(canvas: Canvas, look: Look, *, skin: Colour, flesh: Colour, size: float, cut: bool) -> None:
    """Apples, pomelos and their like: in a basket, on a leaf or a tray; one of them cut open."""

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn):
            shade = look.random.choice((skin, lighter(skin, 0.12), mix(skin, LEAF, 0.18)))
            canvas.solid(
                oval(0, -size * 0.6, size, size * 0.94), shade, depth=0.24, shift=(-size * 0.16, -size * 0.12)
            )
            canvas.line([(0, -size * 1.46), (5, -size * 1.66)], 7, BARK)
            with canvas.at(2, -size * 1.5, turn=58):
                canvas.fill(leaf(size * 0.8, size * 0.4), LEAF)
            canvas.oval(-size * 0.42, -size * 0.92, size * 0.14, size * 0.2, paint=lighter(shade, 0.4))

    served(canvas, look, piece, gap=size * 1.9, rise=size * 1.35)
    if cut:
        x, y = look.random.choice((-226, 226)), -26
        canvas.solid(oval(x, y, size * 1.05), skin, shift=(-4, -6))
        canvas.oval(x, y, size * 0.92, paint=PAPER)
        for turn in range(0, 360, 45):
            with canvas.at(x, y, turn=turn):
                canvas.fill(leaf(size * 0.82, size * 0.5), flesh)


def dried_slices(canvas: Canvas, look: Look, *, skin: Colour, flesh: Colour) -> None:
    """Rings of dried fruit in a bowl or beside a packet."""

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn):
            ring = smooth([(-52, 0), (-34, -30), (8, -38), (50, -14), (42, 24), (-6, 36)])
            canvas.solid(ring, skin, shift=(0, -2))
            canvas.fill([(px * 0.84, py * 0.82) for px, py in ring], flesh)
            for spot in range(0, 360, 72):
                with canvas.at(0, 0, turn=spot):
                    canvas.oval(0, -10, 4, 8, paint=BARK)

    if look.random.random() < 0.5:
        with canvas.at(120, -10):
            vessels.packet(canvas, look)
        with canvas.at(-120, 0, scale=0.9):
            piled(canvas, look, piece, (4, 3, 3, 2, 1), gap=74, rise=38)
    else:
        paint = look.palette.ground
        vessels.bowl_back(canvas, 220, 170, paint)
        with canvas.at(0, -178):
            piled(canvas, look, piece, (6, 5, 4, 2), gap=66, rise=42)
        vessels.bowl(canvas, 220, 170, paint)


def cucumber(canvas: Canvas, look: Look) -> None:
    """The big speckled cucumbers of the Mông, one sliced."""
    skin = look.random.choice((colour("#8FA84A"), colour("#A7B45A"), colour("#6F9246")))

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn + 84):
            shape = lathe([(0, -190), (44, -166), (62, -60), (62, 60), (46, 160), (0, 180)])
            canvas.solid(shape, skin, depth=0.25, shift=(16, 0))
            with canvas.inside(shape):
                for dx in (-34, 0, 34):
                    canvas.curve([(dx, -180), (dx * 1.3, 0), (dx, 180)], 9, lighter(skin, 0.3))
                for index in range(14):
                    canvas.oval(-40 + (index * 37) % 84, -150 + index * 23, 6, paint=darker(skin, 0.25))

    vessels.banana_leaf(canvas, 310, 6, length=620, turn=-86)
    piece(canvas, -60, -62, look.random.uniform(-6, 2))
    piece(canvas, 60, -66, look.random.uniform(0, 8))
    piece(canvas, 0, -164, look.random.uniform(-12, 12))
    for x in (-200, -110):
        canvas.solid(oval(x, 0, 58, 54), skin, shift=(-3, -5))
        canvas.oval(x - 2, -3, 47, 43, paint=colour("#E8EDC4"))
        for turn in range(0, 360, 60):
            with canvas.at(x - 2, -3, turn=turn):
                canvas.oval(0, -20, 5, 9, paint=colour("#C9D48E"))


def gourd(canvas: Canvas, look: Look) -> None:
    """Long pale-bloomed wax gourds with a vine."""
    skin = colour("#4E8A5C")
    canvas.shadow(0, 0, 240, 26)
    for x, turn, length, shade in (
        (110, 18, 400, darker(skin, 0.08)),
        (-110, -16, 420, skin),
        (6, 2, 440, lighter(skin, 0.1)),
    ):
        with canvas.at(x, 0, turn=turn):
            shape = lathe(
                [
                    (0, -length),
                    (46, -length * 0.97),
                    (74, -length * 0.72),
                    (84, -length * 0.25),
                    (58, -8),
                    (0, 2),
                ]
            )
            canvas.solid(shape, shade, depth=0.26, shift=(-18, -6))
            with canvas.inside(shape):
                for index in range(26):
                    canvas.oval(
                        -66 + (index * 53) % 130, -length + 20 + index * 16, 7, 4, paint=lighter(shade, 0.4)
                    )
            canvas.curve([(0, -length + 4), (10, -length - 26), (40, -length - 44)], 13, MOSS, end=7)
    with canvas.at(-180, -60, turn=-40):
        canvas.fill(leaf(150, 130), LEAF)
        canvas.line([(0, 0), (0, -120)], 5, lighter(LEAF, 0.3), end=2)
    for turn in range(0, 360, 72):
        with canvas.at(200, -40, turn=turn):
            canvas.fill(leaf(52, 44), GOLD)
    canvas.oval(200, -40, 12, paint=lighter(GOLD, 0.4))


def taro(canvas: Canvas, look: Look) -> None:
    """Hairy brown corms, one cut to show the speckled white, under the big leaves."""
    for x, turn, size in ((-120, -26, 300), (120, 24, 280), (0, 2, 340)):
        with canvas.at(x, -110, turn=turn):
            canvas.curve([(0, 0), (6, -100), (0, -180)], 16, mix(LEAF, STRAW, 0.3), end=9)
            heart = smooth(
                [(0, -150), (70, -190), (96, -120), (0, 40 - size * 0.1), (-96, -120), (-70, -190)]
            )
            heart = [(px, py - 90) for px, py in heart]
            canvas.solid(heart, FOREST if x else LEAF, shift=(-8, -6))
            for side in (-50, 0, 50):
                canvas.line([(0, -236), (side, -120 - abs(side))], 4, lighter(LEAF, 0.35), end=1)

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn):
            corm = lathe([(0, -132), (34, -124), (70, -70), (58, -14), (0, 0)])
            canvas.solid(corm, colour("#7A5844"), depth=0.28, shift=(-12, -4))
            with canvas.inside(corm):
                for ring in (-104, -76, -48, -24):
                    canvas.curve([(-70, ring), (0, ring + 12), (70, ring)], 4, colour("#A5856A"))
            canvas.oval(0, -128, 16, 8, paint=colour("#D98AA6"))

    if look.random.random() < 0.5:
        vessels.basket(canvas, look, rx=230, height=130)
        with canvas.at(0, -110):
            piled(canvas, look, piece, (4, 3), gap=98, rise=54)
        vessels.basket_rim(canvas, rx=230, height=130)
    else:
        canvas.shadow(0, 0, 270, 24)
        piled(canvas, look, piece, (4, 3), gap=116, rise=80)
    canvas.solid(oval(238, -20, 62, 56), colour("#7A5844"), shift=(-3, -4))
    canvas.oval(236, -23, 52, 46, paint=colour("#F6F0EE"))
    vessels.scattered(canvas, look, (206, -52, 266, 6), (colour("#B98AA8"),), grain=(7, 5), count=16)


def bamboo_shoots(canvas: Canvas, look: Look, *, paint: Colour) -> None:
    """Strips of dried shoots tied in a bundle, with two fresh shoots in their sheaths."""
    for x, turn in ((-226, -10), (232, 10)):
        with canvas.at(x, 4, turn=turn):
            shoot = lathe([(0, -270), (24, -220), (56, -80), (62, 0), (0, 4)])
            canvas.solid(shoot, colour("#B98F4E"), depth=0.26, shift=(-12, -4))
            with canvas.inside(shoot):
                for row, y in enumerate((0, -62, -120, -172)):
                    side = 1 if row % 2 else -1
                    sheath = smooth(
                        [
                            (-70, y + 30),
                            (70, y + 30),
                            (side * 52, y - 20),
                            (side * 6, y - 92),
                            (-side * 44, y - 20),
                        ]
                    )
                    canvas.solid(
                        sheath, (colour("#A8793F"), colour("#C39A58"))[row % 2], depth=0.24, shift=(-6, 5)
                    )
                    canvas.curve(
                        [(side * 4, y - 84), (-side * 6, y - 40), (-side * 10, y + 20)],
                        4,
                        colour("#7E5A2E"),
                        end=2,
                    )
    canvas.shadow(0, 0, 190, 22)
    for index in range(22):
        x = -126 + index * 12
        shade = look.random.choice((paint, lighter(paint, 0.16), darker(paint, 0.16)))
        tip = look.random.uniform(-350, -280)
        canvas.curve([(x * 1.06, 0), (x * 0.66, -160), (x * 1.16, tip)], 19, shade, end=11)
    canvas.solid(box(-98, -196, 98, -134, 12), look.palette.ground, shift=(-10, 0))
    vessels.belt(canvas, look, -188, 92, cell=1.8)


def mushrooms(canvas: Canvas, look: Look) -> None:
    """Shiitake with cracked caps."""
    cap = colour("#6E4A33")

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn):
            canvas.solid(lathe([(20, -60), (18, -20), (24, 0), (0, 4)]), SAND, shift=(-5, 0))
            dome = lathe([(0, -122), (52, -108), (84, -64), (76, -46), (0, -40)])
            canvas.solid(dome, cap, depth=0.28, shift=(-12, -8))
            for dx, dy, tilt in ((-34, -84, -30), (0, -100, 0), (34, -80, 30), (-6, -70, 90)):
                with canvas.at(dx, dy, turn=tilt):
                    canvas.line([(-12, 0), (12, 0)], 5, lighter(cap, 0.55))

    served(canvas, look, piece, gap=128, rise=92)


def river_moss(canvas: Canvas, look: Look) -> None:
    """Sheets of dried river moss on a tray, a stone of the stream beside it."""
    vessels.tray(canvas, rx=280)
    for index, (x, y, turn) in enumerate(((-90, -110, -12), (80, -120, 10), (0, -150, -2), (-10, -196, 8))):
        with canvas.at(x, y, turn=turn):
            sheet = smooth([(-130, 34), (-140, -10), (-60, -44), (40, -38), (136, -20), (130, 36), (20, 50)])
            shade = mix(FOREST, NIGHT, 0.14 + 0.06 * index)
            canvas.solid(sheet, shade, depth=0.3, shift=(0, -9))
            with canvas.inside(sheet):
                for strand in range(12):
                    y0 = -44 + strand * 8
                    canvas.curve(
                        [(-140, y0), (-30, y0 + 12), (60, y0 - 6), (140, y0 + 8)], 3, lighter(shade, 0.2)
                    )
    for x, y, rx in ((-248, 10, 54), (-190, 26, 36), (246, 16, 48)):
        canvas.solid(oval(x, y, rx, rx * 0.62), colour("#8C96A0"), shift=(-6, -8))


def macadamia(canvas: Canvas, look: Look, *, shelled: bool) -> None:
    """Macadamias: round brown shells with the crack of the dryer, some open, pale kernels."""
    shell, kernel = colour("#8A5A3A"), colour("#F3E3BC")

    def piece(canvas: Canvas, x: float, y: float, turn: float) -> None:
        with canvas.at(x, y, turn=turn * 3):
            if shelled and abs(turn) < 14:
                canvas.solid(oval(0, -34, 46), kernel, depth=0.16, shift=(-8, -8))
                return
            canvas.solid(oval(0, -34, 48), shell, depth=0.28, shift=(-9, -9))
            if turn > 0:
                canvas.fill(smooth([(-36, -44), (0, -30), (36, -44), (0, -14)]), kernel)
            else:
                canvas.curve([(-30, -50), (0, -40), (30, -52)], 4, darker(shell, 0.4))
            canvas.oval(-16, -52, 9, 6, paint=lighter(shell, 0.4))

    for turn in (-46, -24, 40, 60):
        with canvas.at(look.random.choice((-190, 190)), -20, turn=turn):
            canvas.fill(leaf(220, 58), FOREST if turn < 0 else LEAF)
    served(canvas, look, piece, gap=92, rise=76)
