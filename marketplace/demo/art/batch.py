"""Many pictures at once: drawn and encoded in processes of their own, written by the caller."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from django.core.files.storage import Storage, default_storage

from frontend import pictures
from marketplace.demo.art.studio import draw


@dataclass(frozen=True, slots=True)
class Job:
    """One picture to make, and the storage name (without extension) to keep it under."""

    name: str
    kind: str
    motif: str
    seed: str

    @property
    def widths(self) -> tuple[int, ...]:
        return pictures.HERO_WIDTHS if self.kind == "hero" else pictures.WIDTHS


def make(job: Job) -> dict[pictures.Rendition, bytes]:
    """Draw and encode one picture. Needs neither settings nor a database."""
    return pictures.encode_renditions(draw(job.kind, job.motif, job.seed), widths=job.widths)


def draw_many(
    jobs: Iterable[Job], *, processes: int = 2
) -> Iterator[tuple[Job, dict[pictures.Rendition, bytes]]]:
    """Yield every job with its renditions, in the order of ``jobs``, ``processes`` at a time.

    With one process it all happens in this one.
    """
    jobs = list(jobs)
    if processes == 1 or len(jobs) < 2:
        yield from ((job, make(job)) for job in jobs)
        return
    # A fresh interpreter each, not a fork: a copy of the database pool and its threads helps nobody.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from zip(jobs, pool.map(make, jobs, chunksize=4), strict=True)


def save_many(jobs: Iterable[Job], *, storage: Storage = default_storage, processes: int = 2) -> list[str]:
    """Make and store every picture and return the masters' storage names, in the order of ``jobs``.

    May be repeated: the same jobs write the same files.
    """
    return [
        pictures.store_renditions(encoded, name=job.name, storage=storage)
        for job, encoded in draw_many(jobs, processes=processes)
    ]
