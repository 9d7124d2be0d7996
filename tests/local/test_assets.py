"""Files of npm packages: only what the project was written for, and nothing where there is no npm."""

import base64
import hashlib
import io
import tarfile
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont

from marketplace.local import assets

VIETNAMESE = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"


def archive(text: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        entry = tarfile.TarInfo("package/dist/leaf.js")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return packed.getvalue()


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A machine whose npm gives what stands in ``given.tgz``, and notes what it was asked."""
    program = tmp_path / "bin" / "npm"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\n"
        f'echo "$2" >> {tmp_path}/asked\n'
        'for word; do case $word in --pack-destination=*) target="${word#*=}";; esac; done\n'
        f'cp {tmp_path}/given.tgz "$target"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
    return tmp_path


def package(content: bytes) -> assets.Package:
    return assets.Package(
        name="leaf",
        version="1.2.3",
        sha512=base64.b64encode(hashlib.sha512(content).digest()).decode(),
        files={"dist/leaf.js": ("vendor/leaf.js", assets.as_it_is)},
    )


def test_a_package_is_fetched_once_by_its_version_and_served_by_its_name(npm):
    content = archive(b"export const leaf = 1;\n")
    (npm / "given.tgz").write_bytes(content)

    first = assets.prepare([package(content)], assets_dir=npm / "assets")
    second = assets.prepare([package(content)], assets_dir=npm / "assets")

    assert (first, second) == ([], [])
    assert (npm / "assets/vendor/leaf.js").read_bytes() == b"export const leaf = 1;\n"
    assert (npm / "asked").read_text() == "leaf@1.2.3\n"


def test_another_version_is_fetched_although_one_is_there(npm):
    content = archive(b"export const leaf = 1;\n")
    (npm / "given.tgz").write_bytes(content)
    assets.prepare([package(content)], assets_dir=npm / "assets")

    assets.prepare([replace(package(content), version="1.2.4")], assets_dir=npm / "assets")

    assert (npm / "asked").read_text() == "leaf@1.2.3\nleaf@1.2.4\n"


def test_a_package_of_other_content_is_refused_and_nothing_of_it_unpacked(npm):
    (npm / "given.tgz").write_bytes(archive(b"export const leaf = 'stolen';\n"))

    with pytest.raises(assets.WrongContent, match=r"leaf@1\.2\.3 should have the SHA-512 .*npm config get"):
        assets.prepare([package(archive(b"export const leaf = 1;\n"))], assets_dir=npm / "assets")

    assert list((npm / "assets").rglob("*")) == []


def test_a_machine_without_npm_does_without(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    missing = assets.prepare([package(b"")], assets_dir=tmp_path / "assets")

    assert missing == ["leaf@1.2.3"]
    assert list((tmp_path / "assets").iterdir()) == []


def test_the_letters_of_headings_are_light_and_know_every_vietnamese_letter():
    files = sorted((assets.ASSETS_DIR / "fonts").glob("headings-*.woff2"))
    if not files:
        pytest.skip("This machine could not get the font: there is no npm, or no registry answers.")

    drawn = set().union(*(TTFont(file).getBestCmap() for file in files))

    assert sum(file.stat().st_size for file in files) <= 20_000
    assert {ord(letter) for letter in VIETNAMESE + VIETNAMESE.upper() + "₫–…0123456789"} <= drawn
