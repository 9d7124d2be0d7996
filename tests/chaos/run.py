"""One run: build everything, let people buy while processes die, settle, and look at what held."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from marketplace.cluster.postgres import Server
from marketplace.cluster.valkey import Valkey
from marketplace.local.processes import WALLET_SETTINGS
from payments.models import Payout
from tests import database, own_cache
from tests.chaos import ending, invariants, scene
from tests.chaos.buyers import Shopping
from tests.chaos.house import House
from tests.chaos.invariants import Found
from tests.chaos.money import Office
from tests.chaos.plan import ONE_OF_POSTGRESQL, VICTIMS, Kill, Points, draw
from tests.chaos.scene import Scene
from tests.chaos.scenes import live_through
from tests.chaos.slow_link import SlowLink
from tests.chaos.troubles import Scenery
from tests.wallet_operator import BASE_DIR

SHOWN = 5  # so many of what is wrong are told in a row


@dataclass(frozen=True)
class Result:
    """A row of var/chaos.json."""

    fault: str
    holds: bool
    detail: str


@dataclass(frozen=True)
class Place:
    """Where the market of this run is, and the server whose migrated database its own is copied from."""

    server: Server
    replica: Server
    primary_name: Path
    valkey: Valkey
    link: SlowLink
    shop: str
    wallet: str
    wallet_database: str
    template_server: str


def run(place: Place, wanted: argparse.Namespace, *, begun: float) -> list[Result]:
    """Build everything, shop while processes are killed and troubles come, and return what held."""
    first_day = timezone.localdate()
    _prepare(place)
    people = scene.build()
    _let_go_of_the_database()
    kills = draw(wanted.seed, payments=wanted.payments, each=wanted.kills) if wanted.payments else []
    _say(f"Seed {wanted.seed}: {wanted.payments} payments, {len(kills)} kills.", *kills)
    results: list[Result] = []
    try:
        with House(place.server, shop=place.shop, wallet=place.wallet) as house:
            scene.open_wallets(people, place.wallet)
            _let_go_of_the_database()
            _tell(begun, "All processes work")
            points = Points(kills, house.carry_out)
            shopping = Shopping(
                people, points, seed=wanted.seed, shop=place.shop, wallet=place.wallet, keys=not wanted.quick
            )
            days = partial(ending.days_since, first_day)
            if wanted.payments:
                errors = _shop(place, house, shopping, people, points, wanted, until=begun + wanted.limit)
                house.wait_for_all()
                _tell(begun, "All have shopped")
                settled = _settle(first_day, patience_s=wanted.patience)
                results += [
                    *_told_of_kills(house, kills),
                    *_told_of_invariants(place, shopping, people, settled, days()),
                    _result("nobody is refused who should not be", (errors, "nobody was")),
                ]
                _tell(begun, "All is settled and compared", *_told_of_trips(shopping))
            scenery = Scenery(
                house, place.valkey, place.link, place.replica, place.primary_name, place.shop,
                random.Random(f"troubles {wanted.seed}"),
            )  # fmt: skip
            for trouble in wanted.troubles:
                _tell(begun, f"{trouble.name} ...")
                _let_go_of_the_database()

                def settled_and_compared() -> list[str]:
                    settled = _settle(first_day, patience_s=wanted.patience)
                    told = _told_of_invariants(place, shopping, people, settled, days())
                    return [f"{one.fault}: {one.detail}" for one in told if not one.holds]

                found = live_through(trouble, scenery, shopping, wanted, settled=settled_and_compared)
                results.append(_result(trouble.name, found))
            if not all(result.holds for result in results):
                house.show_logs()
    finally:
        connection.close()
        own_cache.empty()
    return results


def _prepare(place: Place) -> None:
    """Make both databases, the shop's as a copy of the one the tests keep migrated."""
    place.server.create_database(place.wallet_database)
    manage = [sys.executable, "-m", "django"]
    migrate = [*manage, "migrate", "--verbosity", "0", "--settings", WALLET_SETTINGS]
    with subprocess.Popen(migrate, cwd=BASE_DIR) as migrating:
        name = database.migrated_template(place.template_server)
        template = urlsplit(place.template_server)._replace(path=f"/{name}").geturl()
        place.server.create_database(connection.settings_dict["NAME"], like=template)
    assert migrating.returncode == 0, "the operator's database could not be migrated"
    load = [*manage, "load_demo_wallets", "--settings", WALLET_SETTINGS]
    subprocess.run(load, cwd=BASE_DIR, check=True, stdout=subprocess.DEVNULL)


def _shop(
    place: Place,
    house: House,
    shopping: Shopping,
    people: Scene,
    points: Points,
    wanted: argparse.Namespace,
    *,
    until: float,
) -> list[str]:
    """Let all buy, and the office pay the sellers, while processes are killed and come back."""
    office = Office(place.shop, session=people.staff_session, seed=wanted.seed)
    shopping.make(wanted.payments, at_once=wanted.buyers, until=until)
    points.wait()
    office.close()
    return [*shopping.errors, *office.errors]


def _settle(first_day: date, *, patience_s: float) -> tuple[list[str], int]:
    try:
        return ending.settle(first_day=first_day, patience_s=patience_s)
    except AssertionError as error:
        return [str(error)], 0


def _told_of_kills(house: House, kills: Sequence[Kill]) -> list[Result]:
    planned = Counter(kill.victim for kill in kills)
    results = []
    for victim in (*VICTIMS, ONE_OF_POSTGRESQL):
        if planned[victim]:
            wrong = house.not_back[victim]
            if house.killed[victim] != planned[victim]:
                wrong.append(f"{planned[victim]} times were planned")
            said = (
                f"{house.killed[victim]} times, at work again after {house.slowest_s[victim]:.1f} s at most"
            )
            results.append(_result(f"kill -9 of {victim}", (wrong, said)))
    said = f"none did; {house.started_in_vain} starts without a database were repeated"
    ended = (house.ended_by_themselves, said)
    return [*results, _result("no process at work ends because another was killed", ended)]


def _told_of_invariants(
    place: Place, shopping: Shopping, people: Scene, settled: tuple[list[str], int], days: list[date]
) -> list[Result]:
    trips = sorted(shopping.trips, key=lambda trip: trip.number)
    wallets = os.environ["WALLET_DATABASE_URL"]
    found: dict[str, Found] = {
        "every acknowledged order is there, and no other": invariants.acknowledged_orders_are_there(trips),
        "what people were told is so": invariants.promises_are_kept(trips),
        "one payment for one order, taken once": invariants.one_order_per_payment(),
        "the operators' statements are what succeeded here": invariants.movements_agree(place.wallet, days),
        "every account at the operators is what our books say": invariants.accounts_agree(people, wallets),
        "stock and nights are what the orders have": invariants.stock_and_nights_are_right(),
        "nothing stays unknown": invariants.nothing_is_open(*settled),
        "the books of both sides are right, statistics = ledger": invariants.books_are_right(),
    }
    return [_result(f"kill -9 of any: {what}", one) for what, one in found.items()]


def _result(fault: str, found: Found) -> Result:
    wrong, said = found
    more = [f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    return Result(fault, not wrong, "; ".join([*wrong[:SHOWN], *more, said]))


def _told_of_trips(shopping: Shopping) -> list[str]:
    kinds = Counter(trip.kind for trip in shopping.trips)
    notes = Counter(trip.note for trip in shopping.trips if trip.note)
    return [
        ", ".join(f"{n} x {kind}" for kind, n in kinds.most_common()),
        *(f"{n} x {note[:200]}" for note, n in notes.most_common(SHOWN)),
        f"{Payout.objects.count()} payouts",
    ]


def _let_go_of_the_database() -> None:
    """Keep no connection while the database is killed."""
    connection.close()
    connection.close_pool()


def _tell(begun: float, what: str, *lines: object) -> None:
    _say(f"{what} after {time.monotonic() - begun:.0f} s.", *lines)


def _say(what: str, *lines: object) -> None:
    print("\n  ".join([what, *map(str, lines)]), flush=True)
