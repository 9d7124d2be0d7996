"""What the runbook tells a technician to type is there to be typed, in both languages alike."""

import re
import shlex

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.core.management import get_commands, load_command_class

from marketplace.local.paths import BASE_DIR

RULES = yaml.safe_load((BASE_DIR / "docker" / "prometheus" / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
SERVICES = yaml.safe_load((BASE_DIR / "docker" / "compose.yaml").read_text())["services"]
RUNBOOKS = {language: (BASE_DIR / "docs" / f"runbook{language}.md").read_text() for language in ("", ".vi")}


def blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(start: str) -> list[list[str]]:
    """Return the words after ``start`` of every command of the runbook, in its blocks and in its lines."""
    text = RUNBOOKS[""]
    lines = [line for block in blocks(text) for line in block.splitlines()]
    lines += [
        " ".join(inline.split())
        for inline in re.findall(r"`([^`]+)`", re.sub(r"```sh.*?```", "", text, flags=re.DOTALL))
    ]
    found = [line.partition(" | ")[0].removeprefix(start) for line in lines if line.startswith(start)]
    return [shlex.split(line) for line in found]


def test_both_languages_give_the_same_commands_and_chapters():
    english, vietnamese = RUNBOOKS[""], RUNBOOKS[".vi"]

    assert blocks(english) == blocks(vietnamese)
    assert re.findall(r"^##+ (\d|\w+$)", english, re.MULTILINE) == re.findall(
        r"^##+ (\d|\w+$)", vietnamese, re.MULTILINE
    )


@pytest.mark.parametrize("language", RUNBOOKS)
def test_every_alert_has_its_chapter_with_how_soon_to_act(language):
    said = dict(re.findall(r"^### (\w+)\n\*([^.]+)\.\*", RUNBOOKS[language], re.MULTILINE))
    words = {"": ("Urgent", "Soon", "Today"), ".vi": ("Khẩn", "Sớm", "Trong ngày")}[language]
    severities = dict(zip(("urgent", "soon", "today"), words, strict=True))

    assert said == {rule["alert"]: severities[rule["labels"]["severity"]] for rule in ALERTS}
    assert all(rule["annotations"]["runbook"] == f"#{rule['alert'].lower()}" for rule in ALERTS)


@pytest.mark.parametrize("words", commands("docker/market manage "), ids=" ".join)
def test_a_command_of_the_shop_takes_these_words(words):
    name, *arguments = words
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)

    parser.parse_args(arguments)


def test_the_containers_that_are_named_are_there():
    named = {
        word.partition("=")[0].partition(":")[0]
        for words in commands("docker/market ")
        if words[0] in {"up", "ps", "logs", "restart", "stop", "exec", "cp", "--profile"}
        for word in words[1:]
        if re.fullmatch(
            r"(shop|worker|slow-worker|scheduler|primary|replica|restored|pooler|valkey|storage)(=\d+|:\S+)?",
            word,
        )
    }

    assert named <= SERVICES.keys()
    assert {"restored", "primary", "pooler", "worker"} <= named


def test_the_profiles_targets_and_variables_that_are_named_are_there():
    profiles = {profile for service in SERVICES.values() for profile in service.get("profiles", ())}
    targets = set(re.findall(r"^([a-z-]+):", (BASE_DIR / "Makefile").read_text(), re.MULTILINE))
    text = RUNBOOKS[""]

    assert set(re.findall(r"--profile (\w+)", text)) <= profiles
    assert set(re.findall(r"(?:^|`)make (\w+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"`([A-Z_]{4,})(?:=[^`]*)?`", text)) <= set(
        re.findall(r"^# ([A-Z_]+)=", (BASE_DIR / ".env.example").read_text(), re.MULTILINE)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", sorted(set(re.findall(r"`(?:https://YOUR-HOST)?(/[a-z/]+/)`", RUNBOOKS[""])))
)
def test_a_page_that_is_named_is_there(client, page):
    client.force_login(get_user_model().objects.create_superuser(phone="+84911000001", password="x"))

    assert client.get(page).status_code in {200, 302}
