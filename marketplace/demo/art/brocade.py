"""Cloth as the Thái, Lào and Mông of the province weave and embroider it: stepped figures on a grid.

A cloth is a small image with one pixel per thread; ``Canvas.weave`` lays it out.
"""

from collections.abc import Callable
from functools import partial
from random import Random

from PIL import Image

from marketplace.demo.art.palette import Colour, Palette, mix

HALF = 8  # a figure is mirrored around its middle: this many threads each way
SNAIL = (
    "11111111",
    "1......1",
    "1.2222.1",
    "1.2..2.1",
    "1.22.2.1",
    "1....2.1",
    "222222.1",
    ".......1",
)
HOOK = (
    "3311....",
    "311..1..",
    "11..111.",
    "1..11.1.",
    "..11...2",
    ".11..222",
    ".111.2..",
    "..1.22.3",
)

Figure = Callable[[int, int], int]  # distance from the middle, across and down, to a thread (0 to 3)


def rhomb(x: int, y: int) -> int:
    return (3, 3, 0, 1, 1, 0, 2, 2, 0, 0, 0, 0, 1, 1, 3, 3, 3)[x + y]


def star(x: int, y: int) -> int:
    low, high = sorted((x, y))
    if x + y == 0:
        return 3
    if 1 <= low <= 3 and low < high <= low + 4:
        return 1 if high < low + 4 else 2
    return 3 if x + y >= 15 else 0


def cross(x: int, y: int) -> int:
    low, high = sorted((x, y))
    if low <= 1 and high <= 5:
        return 1 if high > 1 else 3
    if low <= 3 and 5 <= high <= 6:
        return 2
    return 3 if low == high and high in (4, 7) else 0


def fern(x: int, y: int) -> int:
    if x == 0:
        return 2
    return 1 if (x + y) % 4 == 0 and x < 6 else 3 if x >= 7 and y % 4 < 2 else 0


def steps(x: int, y: int) -> int:
    return (0, 1, 0, 2)[(x // 2 + y // 2) % 4] if x // 2 != y // 2 else 3


def drawn(rows: tuple[str, ...], x: int, y: int) -> int:
    thread = rows[min(y, HALF - 1)][min(x, HALF - 1)]
    return 0 if thread == "." else int(thread)


FIGURES: dict[str, Figure] = {
    "rhomb": rhomb,
    "star": star,
    "cross": cross,
    "fern": fern,
    "steps": steps,
    "snail": partial(drawn, SNAIL),
    "hook": partial(drawn, HOOK),
}


def tile(figure: Figure, threads: tuple[Colour, ...]) -> Image.Image:
    """Return one figure, 16 threads square, which joins itself on all sides."""
    image = Image.new("RGB", (2 * HALF, 2 * HALF))
    image.putdata(
        [threads[figure(abs(x - HALF), abs(y - HALF))] for y in range(2 * HALF) for x in range(2 * HALF)]
    )
    return image


def repeated(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return a cloth of that many threads made of copies of ``image``."""
    cloth = Image.new("RGB", (width, height))
    for y in range(0, height, image.height):
        for x in range(0, width, image.width):
            cloth.paste(image, (x, y))
    return cloth


def damask(random: Random, ground: Colour, light: Colour, width: int, height: int) -> Image.Image:
    """A cloth of one colour whose figures show only as a change of gloss towards ``light``."""
    threads = (ground, *(mix(ground, light, share) for share in (0.13, 0.08, 0.17)))
    return repeated(tile(random.choice(list(FIGURES.values())), threads), width, height)


def band(random: Random, palette: Palette, width: int, *, figure: str = "") -> Image.Image:
    """A border as woven into a skirt: a row of figures between zigzags and stripes, 26 threads high."""
    ground, warp, weft, fleck = palette.threads
    strip = Image.new("RGB", (2 * HALF, 26), ground)
    for edge, thread in ((0, weft), (1, weft), (2, fleck), (3, ground)):
        for row in (edge, 25 - edge):
            strip.paste(thread, (0, row, 2 * HALF, row + 1))
    for x in range(2 * HALF):
        tooth = abs(x % 4 - 2) // 2
        strip.putpixel((x, 3 + tooth), warp)
        strip.putpixel((x, 22 - tooth), warp)
    chosen = FIGURES[figure or random.choice(list(FIGURES))]
    strip.paste(tile(chosen, palette.threads), (0, 5))
    return repeated(strip, width, 26)


def stripes(random: Random, palette: Palette, width: int, height: int) -> Image.Image:
    """Lengthwise stripes of uneven width, as in a Lào skirt."""
    row: list[Colour] = []
    while len(row) < height:
        row += [random.choice(palette.threads)] * random.choice((1, 1, 2, 3, 5))
    cloth = Image.new("RGB", (1, height))
    cloth.putdata(row[:height])
    return cloth.resize((width, height), Image.Resampling.NEAREST)
