"""Fonts and scripts of npm packages: `python -m marketplace.local.assets` fills ``var/assets``.

Every package is named below with its version and its SHA-512; the npm of this machine fetches it from
wherever that npm is told to. Where there is none, or no registry answers, nothing is made and pages do
without: `{% asset %}` (frontend/templatetags/assets.py) then gives an empty address.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from .errors import LocalError
from .paths import VAR_DIR

ASSETS_DIR = VAR_DIR / "assets"
# An npm that reaches no registry says so after this long; retries would only keep `make run` waiting.
NPM_TIMEOUT_S = 60
# What headings are spaced and stacked with; small capitals, old figures and the like are left out.
FONT_FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]


class WrongContent(LocalError):
    pass


Treatment = Callable[[bytes], bytes]


def as_it_is(content: bytes) -> bytes:
    return content


def screen_font(content: bytes) -> bytes:
    """Return a WOFF2 without hints for coarse screens, which are the half of it, and with FONT_FEATURES."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = FONT_FEATURES
    font = TTFont(io.BytesIO(content), recalcTimestamp=False)
    chooser = subset.Subsetter(options)
    chooser.populate(unicodes=font.getBestCmap())
    chooser.subset(font)
    font.flavor = "woff2"
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


# A page on a slow line is read in the system's letters and stays as it is: what comes late is for the next.
HEADINGS_SHEET = """\
@font-face {
  font-family: "Be Vietnam Pro";
  font-weight: 600 900;
  font-display: optional;
  src: url("headings-latin.woff2") format("woff2");
}

@font-face {
  font-family: "Be Vietnam Pro";
  font-weight: 600 900;
  font-display: optional;
  src: url("headings-vietnamese.woff2") format("woff2");
  unicode-range: U+102-103, U+110-111, U+128-129, U+168-169, U+1A0-1A1, U+1AF-1B0, U+300-301, U+303-304,
    U+308-309, U+323, U+329, U+1EA0-1EF9, U+20AB;
}
"""


@dataclass(frozen=True, kw_only=True)
class Package:
    """``files`` says which file of the package is served under which name, and what is done to it before.

    ``sheets`` are style sheets of ours that name them: served only where they are.
    """

    name: str
    version: str
    sha512: str  # in base64, as registries and lock files write it
    files: Mapping[str, tuple[str, Treatment]]
    sheets: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """Tells this version and what is made of it from any other."""
        made = [f"{file} {served} {treat.__name__}" for file, (served, treat) in self.files.items()]
        told = "\n".join([self.name, self.version, self.sha512, *made, *self.sheets.values(), *FONT_FEATURES])
        return hashlib.sha256(told.encode()).hexdigest()


PACKAGES = (
    # The letters of headings: SIL Open Font License 1.1.
    Package(
        name="@fontsource/be-vietnam-pro",
        version="5.3.0",
        sha512="xhAQBGHDxP5BF8IJxedy5MoWUmc1DlPCcZbMLhvnPkf8TaYCbbUVs3LjpuJ4BYdTrdiCLaewNaY8z+owq/FqFw==",
        files={
            "files/be-vietnam-pro-latin-600-normal.woff2": ("fonts/headings-latin.woff2", screen_font),
            "files/be-vietnam-pro-vietnamese-600-normal.woff2": (
                "fonts/headings-vietnamese.woff2",
                screen_font,
            ),
        },
        sheets={"fonts/headings.css": HEADINGS_SHEET},
    ),
    # The script of Thái Đen: SIL Open Font License 1.1.
    Package(
        name="@fontsource/noto-sans-tai-viet",
        version="5.3.0",
        sha512="dbXv/4eUHR8xBG58zo/CFoYN9RkjnwXCvdBzWwqbV3evu7l4nqFvDDkUQViHvMVXM8puIB9jiQKwmtaLUeDxmg==",
        files={
            "files/noto-sans-tai-viet-tai-viet-400-normal.woff2": ("fonts/tai-viet.woff2", as_it_is),
        },
    ),
    # Long series one can move about in: MIT.
    Package(
        name="uplot",
        version="1.6.32",
        sha512="KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==",
        files={
            "dist/uPlot.esm.js": ("vendor/uplot.js", as_it_is),
            "dist/uPlot.min.css": ("vendor/uplot.css", as_it_is),
        },
    ),
)


def prepare(packages: Iterable[Package] = PACKAGES, *, assets_dir: Path = ASSETS_DIR) -> list[str]:
    """Make what is missing below ``assets_dir`` and return the packages that could not be had.

    Asks no registry for what is already made. Several processes may do this at once. Raises WrongContent if
    a package is not the one this version of the project was written for.
    """
    assets_dir.mkdir(parents=True, exist_ok=True)
    missing = []
    for package in packages:
        stamp = assets_dir / f".{package.mark[:16]}"
        if stamp.exists():
            continue
        content = _fetch(package)
        if content is None:
            missing.append(f"{package.name}@{package.version}")
            continue
        _check(package, content)
        for served, made in _unpack(package, content):
            _put(assets_dir / served, made)
        for served, sheet in package.sheets.items():
            _put(assets_dir / served, sheet.encode())
        stamp.touch()
    return missing


def _fetch(package: Package) -> bytes | None:
    """Return the package's archive, None where there is no npm or no registry answers."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"{package.name}@{package.version}", "--ignore-scripts", "--silent"]
        command += ["--fetch-retries=0", f"--pack-destination={folder}"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=NPM_TIMEOUT_S)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
        return next(Path(folder).glob("*.tgz")).read_bytes()


def _check(package: Package, content: bytes) -> None:
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package.sha512:
        raise WrongContent(
            f"The npm package {package.name}@{package.version} should have the SHA-512 {package.sha512}, "
            f"what this machine's registry gave has {found}: nothing was unpacked. "
            "See which registry `npm config get registry` names."
        )


def _unpack(package: Package, content: bytes) -> Iterable[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for file, (served, treat) in package.files.items():
            member = archive.extractfile(f"package/{file}")
            assert member is not None, f"{package.name}: {file} is no file"
            yield served, treat(member.read())


def _put(path: Path, content: bytes) -> None:
    """Write a file whole: nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as unfinished:
        unfinished.write(content)
    made = Path(unfinished.name)
    made.chmod(0o644)
    made.replace(path)


def main() -> int:
    try:
        missing = prepare()
    except WrongContent as error:
        print(f"assets: {error}", file=sys.stderr)
        return 1
    made = len(PACKAGES) - len(missing)
    print(f"{made} of {len(PACKAGES)} packages are in {ASSETS_DIR}.", end=" " if missing else "\n")
    if missing:
        print(f"Pages do without {', '.join(missing)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
