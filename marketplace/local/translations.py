"""Translations without gettext's programs, which a fresh machine does not have.

`collect` writes the strings marked in code and templates into the catalogues, `check` fails on a string
that has no translation, and catalogues are compiled whenever their text is newer.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .paths import BASE_DIR

LOCALE_DIR = BASE_DIR / "frontend" / "locale"
PACKAGES = ("agriculture", "frontend", "marketplace", "payments", "tourism")
# The language of the strings in the code; every other catalogue must be complete.
SOURCE_LANGUAGE = "en"
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|(?<!\{)\{(\w*)\}(?!\})")
# What Babel adds to the head of a catalogue: fields nobody fills in, and dates that change every time.
EMPTY_FIELDS = re.compile(
    rb'^"(?:Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb'|Generated-By): .*\\n"\n',
    re.MULTILINE,
)


def compile_catalogues() -> int:
    """Compile every catalogue whose text is newer than its compiled form. Return how many were."""
    compiled = 0
    for source in _catalogue_files():
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        content = io.BytesIO()
        write_mo(content, _read(source))
        # Several processes may do this at once: each replaces the file whole.
        unfinished = target.with_suffix(f".mo.{id(content)}")
        unfinished.write_bytes(content.getvalue())
        unfinished.replace(target)
        compiled += 1
    return compiled


def collect(language: str) -> tuple[int, int]:
    """Bring the catalogue of ``language`` up to date with the code.

    Return how many strings it holds and how many of them still need a translation.
    """
    path = LOCALE_DIR / language / "LC_MESSAGES" / "django.po"
    catalogue = _read(path) if path.exists() else Catalog(locale=language, project="Mường Then")
    # A translation of a similar string is worse than none, so nothing is guessed.
    catalogue.update(_marked_strings(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy = False  # which a new catalogue is as a whole
    content = io.BytesIO()
    write_po(content, catalogue, width=110, sort_by_file=True, include_lineno=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(EMPTY_FIELDS.sub(b"", content.getvalue()))
    messages = [message for message in catalogue if message.id]
    return len(messages), sum(1 for message in messages if _fault(message) is not None)


def faults(language: str) -> list[str]:
    """Return one line for each string of the code that ``language`` does not translate well.

    Each names the string, where it is used and what is wrong with its translation.
    """
    path = LOCALE_DIR / language / "LC_MESSAGES" / "django.po"
    catalogue = _read(path) if path.exists() else Catalog(locale=language)
    found = []
    for marked in _marked_strings():
        if not marked.id:
            continue
        key = marked.id if isinstance(marked.id, str) else marked.id[0]
        translated = catalogue.get(key, marked.context)
        fault = "is missing" if translated is None else _fault(translated)
        if fault is not None:
            file, line = marked.locations[0]
            found.append(f"{file}:{line}: {language}: {key!r} {fault}")
    return found


def _catalogue_files() -> list[Path]:
    return sorted(LOCALE_DIR.glob("*/LC_MESSAGES/*.po"))


def _read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=path.parts[-3], abort_invalid=True)


def _fault(message: Message) -> str | None:
    """Return what is wrong with a translation, None if nothing is."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [])
    if message.fuzzy:
        return "is marked fuzzy"
    if not strings or not all(strings):
        return "has no translation"
    wanted = set().union(*(_placeholders(text) for text in ids))
    for text in strings:
        unknown = _placeholders(text) - wanted
        # A plural form may leave the number out; nothing else may be left out or invented.
        missing = set() if len(ids) > 1 else wanted - _placeholders(text)
        if unknown or missing:
            return f"has other placeholders in its translation: {', '.join(sorted(unknown | missing))}"
    return None


def _placeholders(text: str) -> set[str]:
    return {match.group(1) or f"{{{match.group(2)}}}" for match in PLACEHOLDER.finditer(text)}


def _marked_strings() -> Catalog:
    catalogue = Catalog()
    for path in _sources():
        name = path.relative_to(BASE_DIR).as_posix()
        for line, identifier, comments, context in _extract(path):
            catalogue.add(identifier, locations=[(name, line)], auto_comments=comments, context=context)
    return catalogue


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((BASE_DIR / package).rglob("*")):
            if path.suffix in (".py", ".html", ".txt") and "migrations" not in path.parts:
                yield path


def _extract(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text()
    if path.suffix != ".py":
        if "{%" not in source:
            return
        source = _template_as_python(source, str(path))
    content = io.BytesIO(source.encode())
    yield from extract("python", content, KEYWORDS, ["Translators:"])


def _template_as_python(source: str, name: str) -> str:
    """Return calls of gettext in the lines where a template's translatable strings stand."""
    from django.utils.translation.template import templatize

    # Between the calls stand rows of X; indentation would mean something to Python.
    return "\n".join(line.strip() for line in templatize(source, origin=name).split("\n"))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m marketplace.local.translations", description="Collect, check, compile translations."
    )
    parser.add_argument("command", choices=["collect", "check", "compile"])
    command = parser.parse_args(arguments).command
    if command == "compile":
        print(f"{compile_catalogues()} catalogues compiled.")
        return 0

    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    languages = {path.parts[-3] for path in _catalogue_files()} | {"vi"}
    languages.discard(SOURCE_LANGUAGE)
    lines = []
    for language in sorted(languages):
        if command == "collect":
            total, open_ = collect(language)
            print(f"{language}: {total} strings, {open_} without a translation.")
        else:
            lines += faults(language)
    print(*lines, sep="\n", end="\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
