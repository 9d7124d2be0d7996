"""Draws any of the demo pictures: the same kind, motif and seed give the same picture, everywhere."""

from collections.abc import Mapping
from random import Random

from PIL import Image

from marketplace.demo.art import backdrop, hero, people
from marketplace.demo.art.backdrop import Look
from marketplace.demo.art.canvas import Canvas
from marketplace.demo.art.goods import GOODS, Drawing
from marketplace.demo.art.palette import PAPER, any_cloth
from marketplace.demo.art.stays import STAYS
from marketplace.demo.art.tours import TOURS

MOTIFS: Mapping[str, Mapping[str, Drawing]] = {
    "goods": GOODS,
    "stay": STAYS,
    "tour": TOURS,
    "portrait": people.PORTRAITS,
    "hero": {"valley": hero.valley},
}
SIZES = {"portrait": (people.SIDE, people.SIDE), "hero": (hero.WIDTH, hero.HEIGHT)}
GOODS_SCALE = 1.12  # goods fill the picture also where it is a card on a phone

# What a tour's slug says about where it goes; the first that is found wins.
TOUR_WORDS = (
    ("leo-dinh", "peak"),
    ("dua-thuyen", "boat-race"),
    ("thuyen", "lake"),
    ("tet-ha-nhi", "earth-village"),
    ("a-pa-chai", "milestone"),
    ("hoa-ban", "ban-flowers"),
    ("thanh-ban-phu", "citadel"),
    ("cao-nguyen-da", "plateau"),
    ("che-shan", "tea-forest"),
    ("pha-din", "pass"),
    ("ca-phe", "coffee-garden"),
    ("dap-xe", "plain"),
    ("det", "weaving"),
    ("cua-khau", "border"),
    ("thap-co", "tower"),
    ("na-su", "village"),
    ("che-can", "village"),
    ("ban-huoi", "earth-village"),
)


def draw(kind: str, motif: str, seed: str) -> Image.Image:
    """Return the picture of ``motif``, of the ``kind`` goods, stay, tour, portrait or hero.

    ``seed``, a slug for example, chooses the colours and the arrangement. 1024 by 768 pixels; portraits
    are 768 square, the hero 1600 by 700. Raises KeyError for a kind or motif that is not in MOTIFS.
    """
    drawing = MOTIFS[kind][motif]
    random = Random(f"{kind}/{motif}/{seed}")  # noqa: S311 (nothing here is a secret)
    look = Look(random, any_cloth(random))
    canvas = Canvas(*SIZES.get(kind, (backdrop.WIDTH, backdrop.HEIGHT)), PAPER)
    if kind == "goods":
        backdrop.goods_backdrop(canvas, look)
        with canvas.at(backdrop.WIDTH / 2, backdrop.FLOOR, scale=GOODS_SCALE):
            drawing(canvas, look)
    else:
        drawing(canvas, look)
    return canvas.finished()


def stay_motif(kind: str, ethnic_group: str) -> str:
    """Return the motif for a stay of ``kind`` (hotel, guesthouse, resort or a home) and its hosts' people."""
    if kind in ("hotel", "guesthouse", "resort"):
        return kind
    peoples = {"Thái": "thai", "Lào": "lao", "Hà Nhì": "ha-nhi", "Mông": "mong", "Dao": "mong"}
    return next((motif for name, motif in peoples.items() if name in ethnic_group), "thai")


def tour_motif(slug: str) -> str:
    """Return the motif for the tour ``slug``; the battlefields if its words say nothing else."""
    return next((motif for words, motif in TOUR_WORDS if words in slug), "battlefield")


def room_motif(kind: str, ethnic_group: str) -> str:
    """Return the motif for a type of room: a shared floor, a room of one's own or the whole house."""
    rooms = {"floor": "floor-mats", "room": "private-room"}
    return rooms.get(kind) or stay_motif("homestay", ethnic_group)
