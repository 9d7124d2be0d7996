"""Reads that are compiled once: the rows of the queryset, whatever the values and whoever asks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, transaction
from django.db.models import Q
from django.db.transaction import TransactionManagementError

from payments.compiled import compiled
from payments.ledger.models import Account

written = []


@compiled
def accounts(codes, kind):
    written.append(codes)
    return Account.objects.filter(Q(kind=kind) | Q(kind="till"), code__in=codes).order_by("code")


@compiled
def codes_below(code):
    return Account.objects.filter(code__lt=code).order_by("-code").values_list("code", flat=True)[:2]


@compiled
def locked(code):
    return Account.objects.select_for_update().filter(code=code)


@pytest.fixture
def three(db):
    kinds = {"a": "escrow", "b": "clearing", "c": "escrow"}
    return [Account.objects.create(code=code, kind=kind) for code, kind in kinds.items()]


def test_the_rows_are_those_of_the_queryset_for_every_value_and_length_of_a_list(three):
    a, b, c = three

    assert accounts(["a", "b", "c"], "escrow") == [a, c]
    assert accounts(["a", "b", "c"], "clearing") == [b]
    assert accounts(["c"], "escrow") == [c]
    assert accounts([], "escrow") == []
    assert accounts(["a"], "escrow")[0].may_overdraw is False


def test_the_query_is_written_once_and_asked_each_time(three, django_assert_num_queries):
    accounts(["a", "b"], "escrow")
    written.clear()

    with django_assert_num_queries(2) as asked:
        accounts(["a", "b"], "escrow")
        accounts(["b", "c"], "clearing")

    assert written == []
    assert "'clearing'" in asked.captured_queries[1]["sql"]


def test_columns_without_a_model_and_a_limit_are_kept(three):
    assert codes_below("c") == ["b", "a"]
    assert codes_below("b") == ["a"]


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_in_a_transaction_only():
    with transaction.atomic():
        assert locked("nobody") == []

    with pytest.raises(TransactionManagementError, match="outside of a transaction"):
        locked("nobody")


@pytest.mark.django_db(transaction=True)
def test_threads_ask_over_their_own_connections():
    for code in ("a", "b"):
        Account.objects.create(code=code, kind="escrow")

    def ask(code):
        try:
            return [[row.code for row in accounts([code], "escrow")] for _ in range(20)]
        finally:
            close_old_connections()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(ask, ["a", "b"]))

    assert answers == [[["a"]] * 20, [["b"]] * 20]
