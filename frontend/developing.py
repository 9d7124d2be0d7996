"""Turns a photo from a stranger's phone into the pictures of the shop, in a process of its own.

``python -m frontend.developing PHOTO FOLDER`` writes ``320.avif`` and so on into FOLDER and prints one line
of JSON: ``{"width", "height"}``, or ``{"refusal"}`` with a code of REFUSALS. Whatever a file does to the
libraries that read it, it does it here: with this much memory, this much time, and nothing to steal.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from .renditions import Rendition, encode_renditions

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
HEIF = "HEIF"  # once the library is loaded
# Phones of 2026 send 12 to 50 megapixels. Only a JPEG can be read at half its size; of the rest, more than
# this would not fit into the worker.
PIXELS_MAX = {"JPEG": 64_000_000}
OTHER_PIXELS_MAX = 26_000_000
SIDE_MIN = 320  # the smallest picture a page asks for

MEMORY_BYTES = 1 << 30
CPU_S = 20
WAIT_S = 60

NOT_A_PICTURE, BROKEN, TOO_SMALL, TOO_MANY_PIXELS = "not-a-picture", "broken", "too-small", "too-many-pixels"


class Refused(Exception):
    """The photo cannot be used. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(image: Image.Image) -> None:
    """Raise Refused if a picture that is only opened yet is too small or too large."""
    width, height = image.size
    if width * height > PIXELS_MAX.get(image.format or "", OTHER_PIXELS_MAX):
        raise Refused(TOO_MANY_PIXELS)
    if min(width, height) < SIDE_MIN:
        raise Refused(TOO_SMALL)


def opened(file: Any) -> Image.Image:
    """Open a photo and read its head alone. Raises Refused for what is no photo, or not of a usable size."""
    Image.MAX_IMAGE_PIXELS = None  # ``check`` refuses in our own words
    try:
        image = Image.open(file, formats=[*FORMATS, *({HEIF} & Image.OPEN.keys())])
    except UnidentifiedImageError:
        raise Refused(NOT_A_PICTURE) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise Refused(BROKEN) from None
    check(image)
    return image


def develop(path: Path) -> tuple[dict[Rendition, bytes], tuple[int, int]]:
    """Develop the photo at ``path`` in a process of its own; return its renditions and its size.

    Raises Refused; a process that was ended by its limits refuses the photo as broken.
    """
    folder = path.with_name(f"{path.name}.made")
    folder.mkdir(exist_ok=True)
    try:
        said = _developed(path, folder)
        if "refusal" in said:
            raise Refused(said["refusal"])
        renditions = {(int(each.stem), each.suffix[1:]): each.read_bytes() for each in folder.iterdir()}
        return renditions, (said["width"], said["height"])
    finally:
        for each in folder.iterdir():
            each.unlink()
        folder.rmdir()


def _developed(path: Path, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "frontend.developing", str(path), str(folder)]
    home = Path(__file__).resolve().parents[1]
    with suppress(subprocess.TimeoutExpired):
        done = subprocess.run(command, cwd=home, capture_output=True, timeout=WAIT_S, check=False)
        if done.returncode == 0:
            said: dict[str, Any] = json.loads(done.stdout)
            return said
    return {"refusal": BROKEN}


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with path.open("rb") as file:
        if file.read(12)[4:8] == b"ftyp":  # photos of some phones; the library is only loaded for them
            from pi_heif import register_heif_opener

            register_heif_opener()
    try:
        image = opened(path)
        size = image.size
        for (width, extension), content in encode_renditions(image).items():
            (folder / f"{width}.{extension}").write_bytes(content)
        said: dict[str, Any] = {"width": size[0], "height": size[1]}
    except Refused as refused:
        said = {"refusal": refused.code}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        said = {"refusal": BROKEN}
    sys.stdout.write(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
