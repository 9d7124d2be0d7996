"""What a phone is told that puts the market on its home screen."""

import io
import json
import re

import pytest
from PIL import Image

from frontend import installed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_manifest_names_icons_that_are_there(client):
    answer = client.get("/manifest.webmanifest")

    about = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (about["name"], about["lang"], about["display"]) == ("Mường Then", "vi", "standalone")
    assert {icon["sizes"] for icon in about["icons"]} == {"192x192", "512x512"}
    for icon in about["icons"]:
        picture = Image.open(io.BytesIO(client.get(icon["src"]).content))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert client.get("/icons/7.png").status_code == 404


def test_the_mark_is_green_to_its_edges_and_white_in_the_middle_of_a_petal():
    picture = Image.open(io.BytesIO(installed.draw_icon(192))).convert("RGB")

    assert picture.getpixel((0, 0)) == picture.getpixel((191, 191)) == (31, 107, 74)
    assert picture.getpixel((96, 36)) == (251, 248, 243)


def test_the_service_worker_names_files_that_are_there_and_is_never_old(client):
    answer = client.get("/sw.js")

    shop = json.loads(
        re.match(r"const SHOP = \{version: \"\w{12}\", \.\.\.(.*)\};\n", answer.content.decode())[1]
    )
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Content-Type"].startswith("text/javascript")
    assert len(answer.content) < 9_000
    assert shop["logout"] == "/accounts/logout/"
    for page in shop["offline"].values():
        assert client.get(page).status_code == 200
    kept = [re.compile(pattern) for pattern in shop["kept"]]
    for path, is_kept in {
        "/orders/100012/": True,
        "/accounts/orders/": True,
        "/orders/100012/pay/": False,
        "/accounts/": False,
        "/sell/money/": False,
        "/board/": False,
    }.items():
        assert any(pattern.search(path) for pattern in kept) is is_kept, path


def test_the_page_without_a_signal_knows_nobody(client):
    client.force_login(UserFactory(phone="+84399000791", name="Lò Thị Quế"))
    client.get("/accounts/")

    english, vietnamese = client.get("/offline/en/"), client.get("/offline/vi/")

    assert "There is no signal here" in english.content.decode()
    assert "Quế" not in english.content.decode()
    assert "csrfmiddlewaretoken" not in english.content.decode()
    assert (english["Content-Language"], vietnamese["Content-Language"]) == ("en", "vi")
    assert "X-Reader" not in english.headers


def test_a_page_tells_whose_it_is_without_saying_who(client):
    mai, lan = UserFactory(phone="+84399000792"), UserFactory(phone="+84399000793")
    marks = []
    for user in (mai, mai, lan):
        client.force_login(user)
        marks.append(client.get("/accounts/").headers["X-Reader"])

    client.logout()

    assert marks[0] == marks[1] != marks[2]
    assert re.fullmatch(r"[0-9a-f]{16}", marks[0])
    assert "X-Reader" not in client.get("/accounts/login/").headers
