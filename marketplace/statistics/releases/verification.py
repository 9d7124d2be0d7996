"""Is a release still what was signed, and do the lines still give its figures?"""

from __future__ import annotations

import json
from collections.abc import Iterator

from . import documents, services, signing
from .counting import Month
from .documents import moment
from .errors import ReleaseBroken
from .models import Release


def verify_chain() -> int:
    """Check signature, digests and order of every release. Returns how many; raises ReleaseBroken.

    Cost: two queries.
    """
    previous: Release | None = None
    releases = Release.objects.order_by("number").prefetch_related("tables")
    for release in releases:
        for mistake in _mistakes(release, previous):
            raise ReleaseBroken(number=release.number, what=mistake)
        previous = release
    return len(releases)


def verify_figures(release: Release) -> int:
    """Count the figures of ``release`` again as of its moment. Returns how many are published.

    Raises ReleaseBroken at the first digit that differs. Cost: an aggregate over the year's lines.
    """
    history = services.history_of(release.month, now=release.as_of, before=release.number)
    months = [*history.months, Month(release.month, release.as_of)]
    figures = services.Truth(
        months, release.previous, services.rules_on(months[-1].last_day), number=release.number
    ).figures
    compared = 0
    for table in release.tables.all():
        document = json.loads(table.document)
        rules = documents.Rules(**document["rules"])
        subject = figures[documents.subject_of(table.name)]
        for row in document["rows"]:
            if row["suppressed"]:
                continue
            compared += 1
            figure = subject.get(documents.key_of(table.name, row, months[-1]), documents.NOTHING)
            shown = [name for name in document["definitions"] if row[name] is not None]
            for name, value in documents.shown_of(figure, shown, rules).items():
                if row[name] != value:
                    raise ReleaseBroken(
                        number=release.number,
                        what=f"{table.name}, {row['name']}: {name} is {row[name]:,}, and the lines of then "
                        f"give {value:,}. Compare both with the ledger.",
                    )
    return compared


def _mistakes(release: Release, previous: Release | None) -> Iterator[str]:
    """Yield what does not agree, the plainest first."""
    if signing.digest(release.header) != release.hash:
        yield "its header was changed: the hash is another."
    if not signing.is_signed(release.hash, signature=release.signature, public_key=release.public_key):
        yield (
            f"the signature of key {release.public_key[:16]} is wrong, or the key is not one of this market. "
            f"A former key belongs into RELEASE_FORMER_KEYS."
        )
    header = json.loads(release.header)
    stored = (release.number, f"{release.month:%Y-%m}", release.revision, release.changelog)
    signed = (header["number"], header["month"], header["revision"], header["changelog"])
    if stored != signed or header["as_of"] != moment(release.as_of):
        yield "its number, month, revision, moment or changelog is not the signed one."
    if header["previous"] != (previous.hash if previous else ""):
        yield "the release before it is not the one it was signed after: one was changed, left out or put in."
    if release.number != (previous.number + 1 if previous else 1):
        yield "the number before it is missing."
    tables = {table.name: table for table in release.tables.all()}
    if tables.keys() != header["tables"].keys():
        yield "a table is missing or was added."
    for name, table in sorted(tables.items()):
        if (
            signing.digest(table.document) != header["tables"].get(name)
            or table.digest != header["tables"][name]
        ):
            yield f"the table “{name}” was changed: its digest is another."
