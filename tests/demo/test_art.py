"""The demo pictures: every product, stay and tour has one, drawn the same each time, and small."""

import csv
from pathlib import Path

import pytest
from django.core.files.storage import InMemoryStorage
from PIL import Image, ImageChops, ImageStat

from agriculture.categories import CATEGORIES
from frontend import pictures
from marketplace.demo import art
from marketplace.demo.art import batch, goods

DATA = Path(art.__file__).resolve().parents[1] / "data"
CARD_BYTES_MAX = 10_000  # a first page of twelve cards is then at most 120 kB
PAGE_BYTES_MAX = 75_000  # the picture on top of a product's page

EVERY_MOTIF = [(kind, motif) for kind, motifs in art.MOTIFS.items() for motif in motifs]


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def difference(first: Image.Image, second: Image.Image) -> float:
    """Return how far two pictures are apart: the mean difference of a channel, 0 to 255."""
    channels = ImageStat.Stat(ImageChops.difference(first, second)).mean
    return sum(channels) / len(channels)


def test_every_category_of_produce_has_pictures():
    assert set(goods.WORDS) == set(CATEGORIES)


def test_every_motif_of_goods_is_asked_for_by_some_words():
    asked_for = {motif for words in goods.WORDS.values() for _, motif in words}

    assert asked_for == set(art.MOTIFS["goods"])


def test_every_product_and_stay_of_the_demo_data_has_a_motif():
    for row in rows("products.csv"):
        assert art.category_motif(row["category"], row["name_vi"]) in art.MOTIFS["goods"]
    for row in rows("stays.csv"):
        assert art.stay_motif(row["type"], row["ethnic_group"]) in art.MOTIFS["stay"]
    for kind in ("floor", "room", "house"):
        assert art.room_motif(kind, "Thái") in art.MOTIFS["stay"]


@pytest.mark.parametrize(
    ("category", "name", "motif"),
    [
        ("rice", "Gạo nếp cẩm (nếp than) Điện Biên", "rice-black"),
        ("rice", "Gạo nếp nương Mường Nhà", "rice-sticky"),
        ("rice", "Gạo lứt đỏ Điện Biên", "rice-red"),
        ("rice", "Gạo IR64 Điện Biên", "rice-white"),
        ("processed", "Bún gạo lứt đỏ", "noodles-red"),
        ("nuts", "Nhân mắc ca sấy Tuần Giáo", "macadamia-kernels"),
        ("meat", "Thịt lợn bản gác bếp", "smoked-pork"),
        ("meat", "Thịt trâu gác bếp Chung Phước", "smoked-buffalo"),
        ("fruit", "Dứa mật Pu Lau", "pineapple"),
        ("vegetable", "Dưa mèo Tuần Giáo", "cucumber"),
        ("craft", "khan-pieu-thai-ban-men", "pieu"),
        ("tea", "Trà Shan tuyết P.H.1.4", "tea-dark"),
    ],
)
def test_the_words_of_a_name_choose_what_is_drawn(category, name, motif):
    assert art.category_motif(category, name) == motif


def test_a_category_without_pictures_is_named_with_those_that_have_some():
    with pytest.raises(ValueError, match=r"category 'cars'; known are coffee, craft, fish"):
        art.category_motif("cars", "Xe máy")


@pytest.mark.parametrize(
    ("slug", "motif"),
    [
        ("leo-dinh-pu-huot-tu-che-can", "peak"),
        ("muong-phang-che-can-2-ngay-1-dem", "village"),
        ("dua-thuyen-duoi-en-don-nam-moi", "boat-race"),
        ("du-thuyen-song-da-pa-phong", "lake"),
        ("chien-truong-xua-nua-ngay", "battlefield"),
    ],
)
def test_the_slug_of_a_tour_says_where_it_goes(slug, motif):
    assert art.tour_motif(slug) == motif
    assert motif in art.MOTIFS["tour"]


def test_a_hotel_is_a_hotel_and_a_home_is_the_house_of_its_people():
    assert art.stay_motif("hotel", "") == "hotel"
    assert art.stay_motif("homestay", "Thái đen") == "thai"
    assert art.stay_motif("community-village", "Mông") == "mong"
    assert art.stay_motif("homestay", "Hà Nhì") == "ha-nhi"
    assert art.room_motif("house", "Lào") == "lao"


@pytest.mark.parametrize(("kind", "motif"), EVERY_MOTIF)
def test_every_motif_is_a_full_picture_of_its_size(kind, motif):
    picture = art.draw(kind, motif, "moc-chau")

    assert picture.mode == "RGB"
    assert picture.size == {"portrait": (768, 768), "hero": (1600, 700)}.get(kind, (1024, 768))
    assert len(picture.getcolors(maxcolors=2**24) or []) > 100


def test_the_same_seed_draws_the_same_picture_and_another_seed_another_one():
    first = art.draw("goods", "rice-white", "gao-tam-thom-dien-bien")

    assert difference(first, art.draw("goods", "rice-white", "gao-tam-thom-dien-bien")) == 0
    assert difference(first, art.draw("goods", "rice-white", "gao-ir64-dien-bien")) > 10


def test_products_of_one_motif_do_not_look_alike():
    slugs = [row["slug"] for row in rows("products.csv") if row["category"] == "rice"]

    drawn = [art.draw("goods", "rice-white", slug).resize((64, 48)) for slug in slugs]

    nearest = min(difference(a, b) for index, a in enumerate(drawn) for b in drawn[:index])
    assert nearest > 5


@pytest.mark.parametrize(
    ("kind", "motif"),
    [("goods", "wicker"), ("goods", "mac-khen"), ("goods", "skirt"), ("stay", "thai"), ("tour", "village")],
)
def test_even_the_busiest_pictures_stay_within_their_bytes(kind, motif):
    encoded = pictures.encode_renditions(art.draw(kind, motif, "busy"))

    assert len(encoded[320, "avif"]) <= CARD_BYTES_MAX
    # No browser that can show one of the others ever fetches the JPEG.
    fetched = [len(content) for (_, extension), content in encoded.items() if extension != pictures.FALLBACK]
    assert max(fetched) <= PAGE_BYTES_MAX


def test_a_batch_in_two_processes_writes_what_one_process_would():
    jobs = [
        batch.Job("products/mat-ong", "goods", "honey", "mat-ong"),
        batch.Job("products/khen", "goods", "khene", "khen"),
        batch.Job("site/hero", "hero", "valley", "home"),
    ]
    storage = InMemoryStorage()

    names = batch.save_many(jobs, storage=storage, processes=2)

    assert names == ["products/mat-ong.webp", "products/khen.webp", "site/hero.webp"]
    assert len(storage.listdir("products")[1]) == 20
    assert sorted(storage.listdir("site")[1]) == [
        "hero-1024.avif",
        "hero-1024.jpg",
        "hero-1024.webp",
        "hero-1600.avif",
        "hero-1600.jpg",
        "hero-1600.webp",
        "hero-640.avif",
        "hero-640.jpg",
        "hero-640.webp",
        "hero.webp",
    ]
    for job in jobs:
        for (width, extension), content in batch.make(job).items():
            with storage.open(pictures.rendition_name(f"{job.name}.webp", width, extension)) as file:
                assert file.read() == content
