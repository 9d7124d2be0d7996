"""What search engines and chats are told, and what they are not."""

import json
import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from marketplace.shop.sharing import pictures
from tests.factories import ProduceFactory, StayFactory, load_province

BASE = "https://shop.example"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings, tmp_path):
    settings.PUBLIC_BASE_URL = BASE
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def rice():
    load_province()
    return ProduceFactory(title="Gạo nếp nương Mường Phăng", price_vnd=90_000).product


def read(xml: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(xml)  # noqa: S314


def links(html: str) -> dict[str, str]:
    found = re.findall(r'<link rel="(canonical|alternate)"(?: hreflang="([\w-]+)")? href="([^"]+)">', html)
    return {language or rel: href for rel, language, href in found}


def facts(html: str) -> dict[str, str]:
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', html))


def test_a_product_page_names_its_one_address_in_both_languages_and_its_picture(client, rice):
    html = client.get(rice.get_absolute_url(), {"utm": "x"}).content.decode()

    address = BASE + rice.get_absolute_url()
    assert links(html) == {
        "canonical": f"{address}?lang=en",  # the tests' pages are English
        "vi": address,
        "en": f"{address}?lang=en",
        "x-default": address,
    }
    assert facts(html)["og:title"] == "Gạo nếp nương Mường Phăng"
    assert facts(html)["og:image"] == f"{BASE}/share/{rice.pk}.jpg?lang=en"
    assert "noindex" not in html


def test_a_produce_is_described_with_its_offer(client, rice):
    html = client.get(rice.get_absolute_url()).content.decode()
    told = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])

    assert (told["@type"], told["name"]) == ("Product", "Gạo nếp nương Mường Phăng")
    assert (told["offers"]["price"], told["offers"]["priceCurrency"]) == (90_000, "VND")
    assert told["offers"]["availability"] == "https://schema.org/InStock"


def test_the_address_names_the_language_and_it_is_remembered(client, rice, settings):
    page = client.get(rice.get_absolute_url(), {"lang": "vi"})

    assert page.headers["Content-Language"] == "vi"
    assert links(page.content.decode())["canonical"] == BASE + rice.get_absolute_url()
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "vi"
    assert client.get("/basket/").headers["Content-Language"] == "vi"


@pytest.mark.parametrize("code", ["fr", "", "<script>", "vi\0"])
def test_a_language_we_do_not_have_changes_nothing(client, settings, code):
    page = client.get("/produce/", {"lang": code})

    assert page.headers["Content-Language"] == "en"
    assert settings.LANGUAGE_COOKIE_NAME not in page.cookies


def test_a_list_keeps_the_number_of_its_page_and_nothing_else(client, rice):
    html = client.get("/produce/", {"page": "2", "q": "gao", "sort": "price"}).content.decode()

    assert links(html)["vi"] == f"{BASE}/produce/?page=2"


@pytest.mark.parametrize("path", ["/basket/", "/accounts/login/", "/join/"])
def test_what_belongs_to_one_person_is_not_for_search_engines(client, path):
    assert '<meta name="robots" content="noindex">' in client.get(path).content.decode()


def test_the_sitemap_leads_to_every_public_product_in_both_languages(client, rice):
    hidden = ProduceFactory(title="Chưa được bán").product
    hidden.is_public = False
    hidden.save()

    index = read(client.get("/sitemap.xml").content)
    sections = [element.text for element in index.iter(f"{SITEMAP}loc")]
    products = read(client.get("/sitemap-products.xml").content)
    entries = {
        url.findtext(f"{SITEMAP}loc"): [link.get("href") for link in url.iter(f"{XHTML}link")]
        for url in products.iter(f"{SITEMAP}url")
    }

    assert sections == [f"{BASE}/sitemap-{name}.xml" for name in ("pages", "products", "farmers", "communes")]
    address = BASE + rice.get_absolute_url()
    assert entries == {address: [address, f"{address}?lang=en", address]}


def test_every_address_of_the_sitemap_can_be_opened(client, rice):
    StayFactory(title="Nhà sàn Che Căn")
    for section in ("pages", "farmers", "communes"):
        found = read(client.get(f"/sitemap-{section}.xml").content)
        addresses = [element.text for element in found.iter(f"{SITEMAP}loc")]
        assert addresses
        for address in addresses[:10]:
            assert client.get(address.removeprefix(BASE)).status_code == 200, address


def test_robots_are_kept_from_what_is_private_and_shown_the_sitemap(client):
    words = client.get("/robots.txt").content.decode()

    assert "Disallow: /accounts/\n" in words
    assert words.endswith(f"Sitemap: {BASE}/sitemap.xml\n")


def test_a_shared_link_shows_a_picture_of_the_product_drawn_once(client, rice):
    first, second = (client.get(f"/share/{rice.pk}.jpg") for _ in range(2))

    assert (first.status_code, first.url) == (302, second.url)
    name = first.url.removeprefix("/media/")
    with default_storage.open(name) as file, Image.open(BytesIO(file.read())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1200, 630))
    assert default_storage.size(name) < 200_000


def test_another_price_is_another_picture(client, rice):
    before = client.get(f"/share/{rice.pk}.jpg").url

    rice.stockrecords.update(price=95_000)

    assert client.get(f"/share/{rice.pk}.jpg").url != before


def test_there_is_no_picture_of_what_is_not_for_sale(client, rice):
    rice.is_public = False
    rice.save()

    assert client.get(f"/share/{rice.pk}.jpg").status_code == 404


@pytest.mark.parametrize(
    "title", ["Gạo", "Xôi " * 60, "Tênrấtdàikhôngcókhoảngtrắng" * 6, "", "ຂ້າວ Hmoob <b>"]
)
def test_every_title_fits_and_a_lost_photo_is_no_reason_for_none(title):
    poster = pictures.Poster(
        title=title,
        place="Xã Mường Phăng " * 4,
        price="1.250.000.000 ₫ / kg",
        brand="Mường Then",
        photo="lost.webp",
    )

    assert pictures.draw(poster).size == (1200, 630)
