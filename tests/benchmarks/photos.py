"""A photo of 12 megapixels on its way to the shelf."""

from __future__ import annotations

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from django.test import Client, override_settings
from openpyxl import Workbook
from PIL import Image

from frontend import renditions
from marketplace.demo.art import studio
from marketplace.listing import sheets
from marketplace.local.paths import BASE_DIR
from marketplace.sellers.models import Member
from tests.benchmarks.measuring import Result
from tests.factories import SellerFactory, UserFactory

PHOTO = (4_000, 3_000)
CPU_S, MEMORY_MB, ANSWER_S, CARD_BYTES, FILE_MB = 2.0, 175.0, 0.3, 0.7, 1_000.0
CARD = 400
ROUNDS = 5


def photos() -> list[Result]:
    """Goals: 2.0 CPU seconds and 175 MB for nine pictures, an answer in 0.3 s, a card of 0.7 the bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        camera().save(path, "JPEG", quality=88)
        cpu_s, memory_mb = _developing(path, Path(folder) / "made")
        answer_s = _answering(path.read_bytes(), Path(folder))
    ours, jpeg = _card_bytes()
    return [
        _result("a photo of 12 megapixels to nine pictures, CPU", "s", cpu_s, CPU_S, goal=1.0),
        _result("the same, memory of the process that makes them", "MB", memory_mb, MEMORY_MB, goal=1.0),
        _result("a photo taken in, until the answer", "s", answer_s, ANSWER_S, goal=1.0),
        _result("a file of 10,000 rows, memory of reading it", "MB", _reading(), FILE_MB, goal=1.0),
        _result(f"a card of {CARD} px against JPEG of equal SSIM", "kB", ours, jpeg, goal=CARD_BYTES),
    ]


def _result(name: str, unit: str, ours: float, reference: float, *, goal: float) -> Result:
    ratio = round(ours / reference, 3)
    return Result(name, unit, round(ours, 3), round(reference, 3), ratio, goal, ratio <= goal)


def camera(size: tuple[int, int] = PHOTO) -> Image.Image:
    """A picture with edges, soft light and the grain of a phone's sensor; always the same one."""
    drawn = studio.draw("goods", "ginger", "bench").convert("RGB").resize(size, Image.Resampling.LANCZOS)
    random = np.random.default_rng(7)
    light = np.linspace(0.8, 1.1, size[0], dtype=np.float32)[None, :, None]
    grain = random.normal(0, 4, (size[1], size[0], 1)).astype(np.float32)
    seen = np.asarray(drawn, np.float32) * light + grain
    return Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8))


# The highest memory of its own: what the system counts for a child begins with that of its parent.
_MEASURED = """
import sys
from pathlib import Path
from frontend.developing import main
main()
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if "VmHWM" in line), file=sys.stderr)
"""


def _developing(path: Path, folder: Path) -> tuple[float, float]:
    """CPU seconds and MB of the process the worker starts for a photo: the median, and the most."""
    folder.mkdir()
    spent, used = [], []
    for _ in range(ROUNDS):
        process = subprocess.Popen(
            [sys.executable, "-c", _MEASURED, str(path), str(folder)],
            cwd=BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        told = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, told
        spent.append(usage.ru_utime + usage.ru_stime)
        used.append(int(told.split()[-2]) / 1024)
    return statistics.median(spent), max(used)


_READING = """
import sys
from pathlib import Path
import django
django.setup()
from marketplace.listing.sheets import rows_of
assert sum(not row.wrong for row in rows_of(Path(sys.argv[1]), name="goods.xlsx")) == 10_000
lines = Path("/proc/self/status").read_text().splitlines()
print(next(line for line in lines if "VmHWM" in line), file=sys.stderr)
"""


def _reading() -> float:
    """MB of a process that knows the whole shop and reads an Excel file of 10,000 rows."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(sheets.HEADINGS)
    for number in range(10_000):
        sheet.append([f"Gạo nếp nương {number}", "", 50, "kg", "", 45_000, f"Gặt ngày {number % 28 + 1}"])
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        book.save(file.name)
        done = subprocess.run(
            [sys.executable, "-c", _READING, file.name],
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
    return int(done.stderr.split()[-2]) / 1024


def _answering(content: bytes, folder: Path) -> float:
    """Seconds from the request with the photo to the redirect to the next question."""
    seller, person, client = SellerFactory(), UserFactory(), Client()
    Member.objects.create(seller=seller, user=person)
    client.force_login(person)
    spent = []
    with override_settings(UPLOADS_ROOT=folder / "uploads"):
        for _ in range(ROUNDS + 1):
            file = io.BytesIO(content)
            file.name = "photo.jpg"
            begun = time.perf_counter()
            answer = client.post("/sell/new/", {"id": uuid4(), "photo": file})
            spent.append(time.perf_counter() - begun)
            assert answer.status_code == 302, answer.status_code
    return statistics.median(spent[1:])


def _card_bytes() -> tuple[float, float]:
    """Kilobytes of a card as AVIF, and of the smallest JPEG that looks at least as much like the original."""
    card = camera((1_200, 900)).resize((CARD, CARD * 3 // 4), Image.Resampling.LANCZOS)
    ours = renditions.encode_renditions(card, widths=(CARD,))[CARD, "avif"]
    wanted = _ssim(card, Image.open(io.BytesIO(ours)))
    for quality in range(20, 96):
        buffer = io.BytesIO()
        card.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        if _ssim(card, Image.open(buffer)) >= wanted:
            return len(ours) / 1000, len(buffer.getvalue()) / 1000
    raise AssertionError(f"no JPEG reaches {wanted}")


def _ssim(one: Image.Image, other: Image.Image, window: int = 8) -> float:
    """Structural similarity of the luma (Wang et al. 2004), over all windows of 8 by 8."""
    x, y = (np.asarray(image.convert("L"), np.float64) for image in (one, other))
    mean_x, mean_y = _means(x, window), _means(y, window)
    var_x = _means(x * x, window) - mean_x**2
    var_y = _means(y * y, window) - mean_y**2
    both = _means(x * y, window) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = ((2 * mean_x * mean_y + c1) * (2 * both + c2)) / (
        (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    )
    return float(index.mean())


def _means(values: np.ndarray, window: int) -> np.ndarray:
    sums = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    inside = sums[window:, window:] - sums[:-window, window:] - sums[window:, :-window]
    means: np.ndarray = (inside + sums[:-window, :-window]) / window**2
    return means
