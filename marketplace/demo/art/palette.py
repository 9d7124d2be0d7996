"""The colours of the demo pictures: the house colours, the earths of the province, and how they mix."""

from dataclasses import dataclass
from random import Random

Colour = tuple[int, ...]  # red, green, blue, and how opaque (all 0 to 255) where it is not fully


def colour(code: str) -> Colour:
    """Return the colour written ``#RRGGBB``."""
    return tuple(int(code[place : place + 2], 16) for place in (1, 3, 5))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return ``first`` with ``share`` (0 to 1) of it replaced by ``second``. Both are opaque."""
    return tuple(round(a + (b - a) * share) for a, b in zip(first[:3], second[:3], strict=True))


def lighter(shade: Colour, share: float = 0.2) -> Colour:
    return mix(shade, WHITE, share)


def darker(shade: Colour, share: float = 0.2) -> Colour:
    return mix(shade, NIGHT, share)


def sheer(shade: Colour, opacity: float) -> Colour:
    """Return ``shade`` as thin paint: 0 is invisible, 1 covers."""
    return (*shade[:3], round(255 * opacity))


PAPER = colour("#FBF8F3")
WHITE = colour("#FFFFFF")
NIGHT = colour("#161A33")
FOREST = colour("#1F6B4A")
PINK = colour("#C2256B")
GOLD = colour("#D9A21B")
INDIGO = colour("#27346B")
CLAY = colour("#A4552E")
TERRACOTTA = colour("#C8703F")
BARK = colour("#5A3A27")
WOOD = colour("#8A5A35")
STRAW = colour("#E3C27A")
SAND = colour("#EBDAB8")
LEAF = colour("#4F9B52")
MOSS = colour("#7A8B3A")
RIVER = colour("#3F8C98")
PLUM = colour("#5C2A55")
CHILLI = colour("#C8321F")
SMOKE = colour("#6B6660")
BLOSSOM = colour("#F0B9D3")


@dataclass(frozen=True, slots=True)
class Palette:
    """One cloth: the colour it is dyed in and the three threads woven into it."""

    ground: Colour
    warp: Colour
    weft: Colour
    fleck: Colour

    @property
    def tint(self) -> Colour:
        """The pale wall behind a thing in front of this cloth."""
        return mix(mix(PAPER, self.ground, 0.17), SAND, 0.3)

    @property
    def threads(self) -> tuple[Colour, ...]:
        return (self.ground, self.warp, self.weft, self.fleck)


CLOTHS = {
    "forest": Palette(FOREST, GOLD, colour("#E8588F"), PAPER),
    "indigo": Palette(INDIGO, PINK, GOLD, PAPER),
    "pink": Palette(colour("#B3215F"), colour("#F2C14E"), INDIGO, PAPER),
    "gold": Palette(GOLD, INDIGO, PINK, PAPER),
    "clay": Palette(CLAY, colour("#F2C14E"), colour("#204F3C"), PAPER),
    "river": Palette(colour("#2C7480"), colour("#F2C14E"), colour("#E8588F"), PAPER),
    "plum": Palette(PLUM, GOLD, colour("#E8588F"), PAPER),
    "moss": Palette(colour("#66752F"), colour("#F2C14E"), PINK, PAPER),
}


def any_cloth(random: Random, *, without: tuple[str, ...] = ()) -> Palette:
    return CLOTHS[random.choice([name for name in CLOTHS if name not in without])]
