"""The database keeps the words of all listings, however they are written, and forgets those of none."""

import pytest
from django.db.models import Q

from marketplace.sellers import search
from marketplace.sellers.models import Origin
from marketplace.sellers.vocabulary.models import Word
from marketplace.sellers.vocabulary.services import forget_unused_words
from tests.factories import ProduceFactory

pytestmark = pytest.mark.django_db


def known() -> set[str]:
    return set(Word.objects.values_list("text", flat=True))


def test_words_come_with_a_listing_with_its_change_and_with_many_at_once():
    produce = ProduceFactory(title="Gạo séng cù")
    came = {"gao", "seng", "cu"} <= known()
    Origin.objects.filter(product=produce.product).update(search_text="mat ong rung 25")
    changed = {"mat", "ong", "rung", "25"} <= known()

    assert (came, changed) == (True, True)


def test_words_of_no_listing_are_forgotten_and_the_others_kept():
    kept, gone = ProduceFactory(title="Gạo kept"), ProduceFactory(title="Gạo gonealtogether")
    gone.product.delete()

    assert forget_unused_words() >= 1
    assert "gonealtogether" not in known()
    assert {"gao", "kept"} <= known()
    assert forget_unused_words() == 0
    assert kept.product.origin.pk in search.find("kept").ids


def test_a_new_word_is_known_to_the_next_search(django_assert_num_queries):
    ProduceFactory(title="Gạo tám")
    search.find("gao")
    with django_assert_num_queries(2):  # whether the words changed, and the hits
        search.find("gao")

    ProduceFactory(title="Quẩy nóng")

    assert search.find("quay nonk").read_as == "quay nong"


def test_words_longer_than_any_spelling_are_left_out():
    ProduceFactory(title="x" * 60)

    assert not any(len(word) > 40 for word in known())


def test_only_words_that_narrow_to_nothing_everywhere_are_guessed_at():
    here = ProduceFactory(title="Gạo tám", category="rice")
    ProduceFactory(title="Mật ong", category="honey")

    nothing_here = search.find("gao", narrower=Q(commune=here.product.origin.commune_id + 10_000))
    nowhere = search.find("gao ong")

    assert (nothing_here.ids, nothing_here.read_as) == ([], "")
    assert len(nowhere.ids) == 2
    assert nowhere.read_as == "gao · ong"
