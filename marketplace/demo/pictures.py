"""A picture for every product and stay of the demo, drawn while the rest is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from oscar.core.loading import get_model

from frontend.pictures import MASTER_EXTENSION

from .art.batch import Job, save_many
from .art.goods import category_motif
from .art.studio import stay_motif
from .goods import Listing
from .stays import HOSTS_HOUSE, House

ProductImage = get_model("catalogue", "ProductImage")

FOLDER = "demo"
PROCESSES = 2
# Stays that show their rooms as well: the houses a visitor of the demo is likely to open.
FLAGSHIPS = frozenset({
    HOSTS_HOUSE, "nha-san-che-can-2", "nha-san-phieng-loi", "nha-san-men", "nha-san-ban-keo",
    "nha-san-ta-ko-khu", "nha-san-pa-phong", "nha-san-quan-chieng", "nha-san-na-su", "nha-san-manh-danh",
})  # fmt: skip
_INSIDE = {"floor": "floor-mats", "room": "private-room"}


def jobs_of(listing: Listing) -> list[Job]:
    row = listing.row
    return [Job(f"{FOLDER}/{listing.slug}", "goods", category_motif(row.category, row.title), listing.slug)]


def jobs_of_house(house: House) -> list[Job]:
    """The house from outside and, of a flagship, what it is like inside: one picture per room type."""
    slug = house.row.slug
    motifs = [stay_motif(house.row.kind.value, house.row.hosts)]
    if slug in FLAGSHIPS:
        motifs += [_INSIDE[room.kind] for room in house.rooms]
    return [
        Job(f"{FOLDER}/{slug}{f'-{number}' if number else ''}", "stay", motif, slug)
        for number, motif in enumerate(motifs)
    ]


@contextmanager
def drawn_meanwhile(jobs: Sequence[Job]) -> Iterator[Future[list[str]]]:
    """Draw, encode and store the pictures in processes of their own while the `with` block runs."""
    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(save_many, jobs, processes=PROCESSES)


def save_rows(shown: Sequence[tuple[Any, Sequence[Job]]]) -> int:
    """Write which product shows which pictures, in this order; return how many there are."""
    images = [
        ProductImage(product=product, original=f"{job.name}.{MASTER_EXTENSION}", display_order=order)
        for product, jobs in shown
        for order, job in enumerate(jobs)
    ]
    ProductImage.objects.bulk_create(images)
    return len(images)
