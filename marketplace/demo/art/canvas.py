"""A sheet to draw flat pictures on: outlines in, an antialiased Pillow image out."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageDraw

from marketplace.demo.art.palette import WHITE, Colour, darker, sheer
from marketplace.demo.art.shapes import Outline, Point, moved, oval, ribbon, smooth

SUPERSAMPLING = 2


class Canvas:
    """``width`` times ``height`` units, y downwards; one unit is one pixel of the finished picture.

    ``at`` moves, turns and scales what is drawn within it, ``inside`` cuts it to an outline. Both nest.
    """

    def __init__(self, width: int, height: int, paper: Colour) -> None:
        self.width, self.height = width, height
        size = (width * SUPERSAMPLING, height * SUPERSAMPLING)
        self._matrix = (float(SUPERSAMPLING), 0.0, 0.0, float(SUPERSAMPLING), 0.0, 0.0)
        self._use(Image.new("RGB", size, paper), (0, 0))

    def _use(self, image: Image.Image, origin: tuple[int, int]) -> None:
        self._image, self._origin = image, origin
        self._pen = ImageDraw.Draw(image)
        self._thin_pen = ImageDraw.Draw(image, "RGBA")  # lays paint over what is there; three times slower

    def finished(self) -> Image.Image:
        """Return the picture, ``width`` times ``height`` pixels."""
        return self._image.reduce(SUPERSAMPLING)

    @contextmanager
    def at(
        self, x: float, y: float, *, scale: float = 1, turn: float = 0, flip: bool = False
    ) -> Iterator[None]:
        """Draw with the origin at (x, y), turned clockwise by ``turn`` degrees and flipped left to right."""
        a, b, c, d, e, f = outer = self._matrix
        cosine, sine = math.cos(math.radians(turn)) * scale, math.sin(math.radians(turn)) * scale
        across = -1 if flip else 1
        self._matrix = (
            (a * cosine + c * sine) * across,
            (b * cosine + d * sine) * across,
            c * cosine - a * sine,
            d * cosine - b * sine,
            a * x + c * y + e,
            b * x + d * y + f,
        )
        yield
        self._matrix = outer

    @contextmanager
    def inside(self, outline: Outline) -> Iterator[None]:
        """Cut what is drawn to ``outline``."""
        points = self._placed(outline)
        left, top, right, bottom = self._bounds(points) or (0, 0, 1, 1)  # off the sheet: draw on a scrap
        image, origin = self._image, self._origin
        self._use(image.crop((left, top, right, bottom)), (origin[0] + left, origin[1] + top))
        yield
        part = self._image
        mask = Image.new("L", part.size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=255)
        self._use(image, origin)
        image.paste(part, (left, top), mask)

    def _placed(self, points: Outline) -> list[Point]:
        a, b, c, d, e, f = self._matrix
        e, f = e - self._origin[0], f - self._origin[1]
        return [(a * x + c * y + e, b * x + d * y + f) for x, y in points]

    def _bounds(self, points: Outline) -> tuple[int, int, int, int] | None:
        """The pixels around placed ``points`` (left, top, right, bottom), or None if they are off it."""
        across, down = [x for x, _ in points], [y for _, y in points]
        left, top = max(0, math.floor(min(across))), max(0, math.floor(min(down)))
        right = min(self._image.width, math.ceil(max(across)) + 1)
        bottom = min(self._image.height, math.ceil(max(down)) + 1)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def fill(self, outline: Outline, paint: Colour) -> None:
        pen = self._pen if len(paint) == 3 else self._thin_pen
        pen.polygon(self._placed(outline), fill=paint)

    def oval(self, x: float, y: float, rx: float, ry: float | None = None, *, paint: Colour) -> None:
        self.fill(oval(x, y, rx, ry), paint)

    def solid(
        self, outline: Outline, paint: Colour, *, depth: float = 0.18, shift: tuple[float, float] = (-14, -8)
    ) -> None:
        """Fill ``outline`` so that it looks round: lit from the side it is shifted to, in shade opposite."""
        self.fill(outline, darker(paint, depth))
        with self.inside(outline):
            self.fill(moved(outline, *shift), paint)

    def line(self, path: Outline, width: float, paint: Colour, *, end: float | None = None) -> None:
        """Draw along ``path``, round at both ends; opaque paint. ``end`` is the width at its end."""
        self.fill(ribbon(path, width, end), paint)
        last = width if end is None else end
        self.fill(oval(*path[0], width / 2), paint)
        if last > 1:
            self.fill(oval(*path[-1], last / 2), paint)

    def curve(self, path: Outline, width: float, paint: Colour, *, end: float | None = None) -> None:
        """Draw a smooth line through ``path``."""
        self.line(smooth(path, closed=False), width, paint, end=end)

    def gleam(self, path: Outline, width: float, *, opacity: float = 0.45) -> None:
        """A highlight along a smooth ``path``, thin at its end."""
        self.fill(ribbon(smooth(path, closed=False), width, width * 0.4), sheer(WHITE, opacity))

    def shadow(self, x: float, y: float, rx: float, ry: float, *, opacity: float = 0.16) -> None:
        """The shadow of something standing around (x, y)."""
        for grow, share in ((1.0, 0.5), (0.86, 0.5)):
            self.fill(oval(x, y, rx * grow, ry * grow), sheer((22, 20, 40), opacity * share))

    def gradient(self, top: float, bottom: float, first: Colour, last: Colour) -> None:
        """Fill the whole width between two heights, from ``first`` at the top to ``last``. Not turned."""
        (_, y0), (_, y1) = self._placed([(0, top), (0, bottom)])
        height = max(1, round(y1 - y0))
        ramp = Image.linear_gradient("L").resize((1, height))
        column = Image.composite(Image.new("RGB", ramp.size, last), Image.new("RGB", ramp.size, first), ramp)
        self._image.paste(column.resize((self._image.width, height)), (0, round(y0)))

    def weave(self, cloth: Image.Image, x: float, y: float, *, cell: float) -> None:
        """Lay a woven ``cloth``, one thread per pixel, with its corner at (x, y); ``cell`` units a thread."""
        a, b, c, d, _, _ = self._matrix
        ((left, top),) = self._placed([(x, y)])
        if b == c == 0 and a > 0:
            size = (max(1, round(cloth.width * cell * a)), max(1, round(cloth.height * cell * d)))
            self._image.paste(cloth.resize(size, Image.Resampling.NEAREST), (round(left), round(top)))
            return
        right, bottom = x + cloth.width * cell, y + cloth.height * cell
        bounds = self._bounds(self._placed([(x, y), (right, y), (right, bottom), (x, bottom)]))
        if bounds is None:
            return
        x0, y0, x1, y1 = bounds
        # Pillow asks for the way back: from a pixel of the sheet to a thread of the cloth.
        area, left, top = (a * d - b * c) * cell, left - x0, top - y0
        across = (d / area, -c / area, (c * top - d * left) / area)
        down = (-b / area, a / area, (b * left - a * top) / area)
        turned = cloth.convert("RGBA").transform((x1 - x0, y1 - y0), Image.Transform.AFFINE, across + down)
        self._image.paste(turned, (x0, y0), turned)
