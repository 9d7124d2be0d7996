"""What must hold when a page is tapped twice, or a code is guessed by many at once."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from marketplace.joining import services
from marketplace.joining.errors import JoiningError
from marketplace.joining.models import Consent
from marketplace.sellers.models import Act, Mandate, Member, Seller

from .conftest import FARMERS_PHONE, code_sent_to

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Run ``work`` in many threads at the same time; return what each returned or raised."""
    barrier, found = Barrier(MANY), [None] * MANY

    def run(number: int) -> None:
        barrier.wait()
        try:
            found[number] = work(number)
        except JoiningError as error:
            found[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_eight_taps_open_one_shop(farmer, commune, now):
    shop = services.Shop(kind="household", name="Hộ Lò Văn Sung", unit=commune, hamlet="Bản Mới")

    opened = at_once(lambda number: services.open_shop(user=farmer, shop=shop, now=now))

    assert len({seller.pk for seller in opened}) == 1
    assert Seller.objects.count() == Member.objects.count() == Act.objects.count() == 1


def test_eight_newcomers_with_one_number_are_one_person(now):
    people = at_once(lambda number: services.newcomer(phone=FARMERS_PHONE))

    assert len({person.pk for person in people}) == 1


def test_eight_answers_with_the_right_code_are_one_mandate(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=["listing"], now=now)
    code = code_sent_to(FARMERS_PHONE)

    answers = at_once(lambda number: services.answer(consent=consent, code=code, now=now))

    assert answers == [shop] * MANY
    assert Mandate.objects.count() == Act.objects.count() == 1


def test_many_guesses_at_once_are_five_guesses(shop, agent, now):
    consent = services.ask_for(seller=shop, agent=agent, scopes=["listing"], now=now)
    right = int(code_sent_to(FARMERS_PHONE))

    def guess(number: int) -> Any:
        return services.answer(consent=consent, code=f"{(right + 1 + number) % 1_000_000:06d}", now=now)

    refusals = at_once(guess)

    assert sorted(type(refusal).__name__ for refusal in refusals) == ["CodeEnded"] * 3 + ["WrongCode"] * 5
    assert Consent.objects.get().tries == 5


def test_an_act_while_the_leave_ends_is_either_before_it_or_refused(shop, mandate, agent, farmer, now):
    def work(number: int) -> Any:
        if number == 0:
            return services.end(mandate=mandate, by=farmer, now=now)
        try:
            return services.note_act(seller=shop, by=agent, what="Changed a price", now=now)
        except services.NotAllowed:
            return None

    done = at_once(work)

    acts = list(Act.objects.order_by("pk").values_list("what", flat=True))
    assert acts.count("Changed a price") == sum(isinstance(one, Act) for one in done)
    assert "Ended the leave to act" in acts
