"""The picture a chat or a social network shows beside a link: the product, its name, place and price.

1,200 x 630 pixels, the size Open Graph's readers ask for (ogp.me, structured property og:image).
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import astuple, dataclass

import font_roboto
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (1200, 630)
PHOTO = 630  # a square on the left
MARGIN = 48
COLUMN = SIZE[0] - PHOTO - 2 * MARGIN
PAPER, INK, SOFT, FOREST, PINK, GOLD = "#fbf8f3", "#1e2430", "#555c6b", "#1f6b4a", "#c2256b", "#d9a21b"
TITLE_SIZES = (60, 52, 44, 38)
TITLE_LINES = 4
# Drawn anew when this picture looks different.
EDITION = 1


@dataclass(frozen=True)
class Poster:
    """What the picture says. ``photo`` is a storage name, "" for none."""

    title: str
    place: str
    price: str
    brand: str
    photo: str

    @property
    def name(self) -> str:
        """The storage name: another for each text and photo, so that no old picture is shown for new."""
        told = "\0".join((str(EDITION), *astuple(self)))
        return f"share/{hashlib.sha256(told.encode()).hexdigest()[:24]}.jpg"


def saved(poster: Poster) -> str:
    """Return the storage name of the picture, which is drawn if it is asked for the first time."""
    if not default_storage.exists(poster.name):
        buffer = io.BytesIO()
        draw(poster).save(buffer, "JPEG", quality=82, progressive=True, optimize=True)
        stored_as = default_storage.save(poster.name, ContentFile(buffer.getvalue()))
        if stored_as != poster.name:  # somebody else drew it in between: keep theirs
            default_storage.delete(stored_as)
    return poster.name


def draw(poster: Poster) -> Image.Image:
    """Draw the picture. A photo that cannot be read is left out: a link is worth showing without."""
    sheet = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(sheet)
    photo = _photo(poster.photo)
    if photo is None:
        pen.rectangle((0, 0, PHOTO - 1, SIZE[1]), fill=FOREST)
        _weave(pen, left=0, top=SIZE[1] // 2 - 24, width=PHOTO, colour=GOLD)
    else:
        sheet.paste(photo, (0, 0))
    left, top = PHOTO + MARGIN, MARGIN
    pen.text((left, top), poster.brand, font=_font(30, bold=True), fill=FOREST)
    top += 74
    font, lines = _fitted(poster.title)
    for line in lines:
        pen.text((left, top), line, font=font, fill=INK)
        top += round(font.size * 1.2)
    pen.text((left, top + 14), _cut(poster.place, _font(28)), font=_font(28), fill=SOFT)
    pen.text((left, SIZE[1] - 130), poster.price, font=_font(46, bold=True), fill=PINK)
    _weave(pen, left=left, top=SIZE[1] - 52, width=COLUMN, colour=GOLD)
    return sheet


def _photo(name: str) -> Image.Image | None:
    if not name:
        return None
    try:
        with default_storage.open(name) as file, Image.open(file) as image:
            return ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (PHOTO, SIZE[1]))
    except (OSError, ValueError):
        return None


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_roboto.RobotoBold if bold else font_roboto.Roboto, size)


def _fitted(title: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """Return the largest font in which ``title`` has at most TITLE_LINES lines, and the lines."""
    for size in TITLE_SIZES:
        font = _font(size, bold=True)
        lines = _wrapped(title, font)
        if len(lines) <= TITLE_LINES:
            break
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], _cut(" ".join(lines[TITLE_LINES - 1 :]), font)]
    return font, lines


def _wrapped(text: str, font: ImageFont.FreeTypeFont) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= COLUMN:
            lines[-1] = longer
        else:
            lines.append(_cut(word, font))
    return lines


def _cut(text: str, font: ImageFont.FreeTypeFont) -> str:
    """Return ``text``, shortened with an ellipsis if it is wider than the column."""
    if font.getlength(text) <= COLUMN:
        return text
    while text and font.getlength(f"{text}…") > COLUMN:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _weave(pen: ImageDraw.ImageDraw, *, left: int, top: int, width: int, colour: str) -> None:
    """A strip of brocade: diamonds, as on the market's pages."""
    step = 24
    for middle in range(left + step // 2, left + width, step):
        x, y, half = middle, top + step // 2, step // 2 - 3
        pen.polygon(((x, y - half), (x + half, y), (x, y + half), (x - half, y)), outline=colour, width=2)
        pen.polygon(((x, y - 4), (x + 4, y), (x, y + 4), (x - 4, y)), fill=colour)
