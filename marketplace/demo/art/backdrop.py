"""What stands behind the goods: cloth on the wall, a pale medallion or a table, a woven border."""

from dataclasses import dataclass
from random import Random

from PIL import Image

from marketplace.demo.art import brocade
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.palette import GOLD, PAPER, WHITE, Palette, darker, lighter, mix
from marketplace.demo.art.shapes import Outline, box, moved, oval, stairs

WIDTH, HEIGHT = 1024, 768
FLOOR = 632  # where goods stand
CELL = 7  # units per thread on the wall


@dataclass(frozen=True, slots=True)
class Look:
    """How one picture differs from the next of its motif."""

    random: Random
    palette: Palette

    def spread(self, middle: float, share: float = 0.1) -> float:
        """Return a number within ``share`` of ``middle``."""
        return middle * self.random.uniform(1 - share, 1 + share)


def goods_backdrop(canvas: Canvas, look: Look) -> None:
    """Fill the sheet with one of five arrangements; goods are then drawn standing on FLOOR."""
    arrangement = look.random.choice((_medallion, _loom_diamond, _arch, _table, _hanging))
    arrangement(canvas, look)


def _wall(canvas: Canvas, look: Look) -> None:
    ground = look.palette.ground
    threads = (WIDTH // CELL + 1, HEIGHT // CELL + 1)
    canvas.weave(brocade.damask(look.random, ground, WHITE, *threads), 0, 0, cell=CELL)


def _border(canvas: Canvas, look: Look, y: float, *, cell: float = 4) -> None:
    canvas.weave(brocade.band(look.random, look.palette, int(WIDTH / cell) + 1), 0, y, cell=cell)


def _window(canvas: Canvas, look: Look, outline: Outline) -> None:
    """A pale opening in the wall with a ledge to stand on, edged by two threads."""
    palette = look.palette
    canvas.fill(outline, palette.warp)
    inner = [(512 + (x - 512) * 0.972, 372 + (y - 372) * 0.972) for x, y in outline]
    with canvas.inside(inner):
        canvas.fill(box(0, 0, WIDTH, HEIGHT), palette.tint)
        canvas.fill(box(0, FLOOR - 66, WIDTH, HEIGHT), mix(palette.tint, palette.ground, 0.16))


def _medallion(canvas: Canvas, look: Look) -> None:
    _wall(canvas, look)
    _border(canvas, look, HEIGHT - 104)
    _window(canvas, look, oval(512, 376, 352))


def _loom_diamond(canvas: Canvas, look: Look) -> None:
    _wall(canvas, look)
    _window(canvas, look, moved(stairs(424, 350, 6, flat=0.5), 512, 366))
    _border(canvas, look, HEIGHT - 104)


def _arch(canvas: Canvas, look: Look) -> None:
    _wall(canvas, look)
    top = [(x, y) for x, y in oval(512, 360, 380, 336) if y <= 360]
    _window(canvas, look, [*sorted(top), (892, 780), (132, 780)])


def _table(canvas: Canvas, look: Look) -> None:
    """A pale wall behind a table with a runner hanging over its edge."""
    palette = look.palette
    pale = brocade.damask(look.random, palette.tint, palette.ground, WIDTH // CELL + 1, 80)
    canvas.weave(pale, 0, 0, cell=CELL)
    canvas.fill(box(0, FLOOR - 90, WIDTH, HEIGHT), darker(palette.ground, 0.12))
    canvas.fill(box(0, FLOOR - 84, WIDTH, HEIGHT), palette.ground)
    _border(canvas, look, HEIGHT - 104)


def _hanging(canvas: Canvas, look: Look) -> None:
    """A pale wall with a narrow woven cloth hanging down one side."""
    palette = look.palette
    canvas.fill(box(0, 0, WIDTH, HEIGHT), palette.tint)
    sun = look.random.choice((PAPER, lighter(GOLD, 0.6), mix(palette.tint, palette.ground, 0.18)))
    canvas.oval(512, 330, 300, paint=sun)
    canvas.fill(box(0, FLOOR - 70, WIDTH, HEIGHT), mix(palette.tint, palette.ground, 0.3))
    cell = 5
    strip = brocade.band(look.random, palette, HEIGHT // cell + 1).transpose(Image.Transpose.ROTATE_90)
    canvas.weave(strip, look.random.choice((34, WIDTH - 34 - 26 * cell)), 0, cell=cell)
