import re
import uuid
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from payments import ledger
from payments.ledger import chain, replay
from payments.ledger.models import Account, Entry, Transfer
from tests.payments.ledger.tampering import behind_our_back, check_ledger
from tests.payments.making import wallet_with

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
ENDS = {"debit": "wallet:a", "credit": "wallet:b"}
CHAIN_ANEW = """
DO $$
DECLARE
    owner ledger_account; line ledger_entry; moved ledger_transfer; previous bytea;
BEGIN
    FOR owner IN SELECT * FROM ledger_account LOOP
        previous := '';
        FOR line IN SELECT * FROM ledger_entry WHERE account_id = owner.id ORDER BY id LOOP
            SELECT * INTO moved FROM ledger_transfer WHERE id = line.transfer_id;
            previous := ledger_digest(previous, owner, line.id, line.amount_vnd, line.balance_after_vnd,
                                      line.created_at, moved);
            UPDATE ledger_entry SET digest = previous WHERE id = line.id;
        END LOOP;
        UPDATE ledger_account SET head = previous WHERE id = owner.id;
    END LOOP;
END $$
"""


def give(amount_vnd: int, **changes) -> Transfer:
    facts = {"transfer_id": uuid.uuid4(), "amount_vnd": amount_vnd, "purpose": "gift"} | ENDS
    return ledger.post(**facts | changes)


@pytest.fixture
def gifts():
    """Three gifts, of 1,000, 2,000 and 3,000 VND, out of a wallet of 100,000 VND."""
    wallet_with(100_000, "wallet:a")
    wallet_with(0, "wallet:b")
    return [give(amount_vnd) for amount_vnd in (1_000, 2_000, 3_000)]


def entries_of(code):
    return list(Entry.objects.filter(account__code=code).order_by("pk"))


def remove(*transfers):
    Entry.objects.filter(transfer__in=transfers).delete()
    Transfer.objects.filter(pk__in=[transfer.pk for transfer in transfers]).delete()


def chain_anew():
    with connection.cursor() as cursor:
        cursor.execute(CHAIN_ANEW)


def test_python_computes_what_the_database_chained_whatever_the_words_are(gifts):
    give(
        7,
        reference='Đơn "7"\\',
        memo='tiền\tcho\nbà \x01 \x7f – 🐃 </x> "quoted"',
        debit="wallet:b",
        credit="wallet:a",
    )
    held = ledger.hold(transfer_id=uuid.uuid4(), amount_vnd=500, purpose="gift", **ENDS)
    ledger.settle(transfer_id=held.pk)

    assert list(replay.differences()) == []
    assert Account.objects.get(code="wallet:a").head == entries_of("wallet:a")[-1].digest
    assert len(set(Entry.objects.values_list("digest", flat=True))) == 12


@pytest.mark.parametrize(
    "edited",
    [
        {"memo": "for the roof"},
        {"reference": "G-2"},
        {"purpose": "loan"},
        {"created_at": NOW},
        {"kind": "pending", "resolved_at": NOW},
    ],
    ids=lambda edited: next(iter(edited)),
)
def test_an_edited_fact_of_a_transfer_shows_at_both_ends(gifts, edited):
    second = gifts[1]
    behind_our_back(lambda: Transfer.objects.filter(pk=second.pk).update(**edited))

    code, out, _ = check_ledger()

    assert code == 1
    assert out.splitlines()[:2] == [
        f"Account {name}: entry {entries_of(name)[place].pk}, transfer {second.pk} or the account was edited."
        for name, place in (("wallet:a", 2), ("wallet:b", 1))
    ]


def test_an_amount_edited_everywhere_so_that_all_balances_agree_still_shows(gifts):
    second = gifts[1]

    def edit():
        Transfer.objects.filter(pk=second.pk).update(amount_vnd=2_500)
        for name, sign in (("wallet:a", -1), ("wallet:b", 1)):
            mine = Entry.objects.filter(account__code=name)
            mine.filter(transfer=second).update(amount_vnd=sign * 2_500)
            first = mine.get(transfer=second).pk
            mine.filter(pk__gte=first).update(balance_after_vnd=F("balance_after_vnd") + sign * 500)
            Account.objects.filter(code=name).update(balance_vnd=F("balance_vnd") + sign * 500)

    behind_our_back(edit)

    code, out, _ = check_ledger()

    assert code == 1
    assert len(out.splitlines()) == 3
    assert f"Account wallet:a: entry {entries_of('wallet:a')[2].pk}, transfer {second.pk}" in out
    assert f"Account wallet:b: entry {entries_of('wallet:b')[1].pk}, transfer {second.pk}" in out


def test_a_transfer_removed_with_its_entries_is_missed_where_it_stood(gifts):
    _, second, third = gifts

    def edit():
        remove(second)
        for name, sign in (("wallet:a", -1), ("wallet:b", 1)):
            last = Entry.objects.filter(account__code=name, transfer=third)
            last.update(balance_after_vnd=F("balance_after_vnd") - sign * 2_000)
            Account.objects.filter(code=name).update(balance_vnd=F("balance_vnd") - sign * 2_000)

    behind_our_back(edit)

    code, out, _ = check_ledger()

    assert code == 1
    assert [line.split(",")[0] for line in out.splitlines()[:2]] == [
        f"Account wallet:a: entry {entries_of('wallet:a')[2].pk}",
        f"Account wallet:b: entry {entries_of('wallet:b')[1].pk}",
    ]


def test_the_last_transfer_removed_shows_at_the_head(gifts):
    def edit():
        remove(gifts[2])
        for name, sign in (("wallet:a", -1), ("wallet:b", 1)):
            Account.objects.filter(code=name).update(balance_vnd=F("balance_vnd") - sign * 3_000)

    behind_our_back(edit)

    code, out, _ = check_ledger()

    assert code == 1
    assert out.splitlines()[:2] == [
        f"Account wallet:a: what was posted after entry {entries_of('wallet:a')[-1].pk} was removed.",
        f"Account wallet:b: what was posted after entry {entries_of('wallet:b')[-1].pk} was removed.",
    ]


def test_an_account_that_lost_all_entries_is_named(gifts):
    def edit():
        Entry.objects.filter(account__code="wallet:b").delete()
        Account.objects.filter(code="wallet:b").update(balance_vnd=0)

    behind_our_back(edit)

    assert "Account wallet:b: all of its entries were removed." in list(replay.differences())


@pytest.mark.parametrize("is_right", [False, True], ids=["any digest", "the right digest"])
def test_an_entry_inserted_between_two_is_named_whatever_digest_it_carries(gifts, is_right):
    before = entries_of("wallet:b")[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('ledger_entry_id_seq')")
        number = cursor.fetchone()[0]  # a transaction that was rolled back leaves such a gap
    give(4_000)

    def insert():
        new = Transfer.objects.create(
            id=uuid.uuid4(), debit=Account.objects.get(code="wallet:a"), credit=before.account, amount_vnd=1,
            kind="posted", state="posted", purpose="gift",
        )  # fmt: skip
        Entry.objects.create(
            pk=number,
            transfer=new,
            account=before.account,
            amount_vnd=1,
            balance_after_vnd=6_001,
            digest=b"any",
        )
        if is_right:
            line = next(line for line in chain.lines() if line.id == number)
            Entry.objects.filter(pk=number).update(digest=chain.digest(before.digest, line))

    behind_our_back(insert)

    assert f"Account wallet:b: entry {number} was inserted." in list(replay.differences())


def test_an_entry_inserted_at_the_end_is_named(gifts):
    def insert():
        new = Transfer.objects.create(
            id=uuid.uuid4(), debit=Account.objects.get(code="wallet:a"), amount_vnd=1, kind="posted",
            credit=Account.objects.get(code="wallet:b"), state="posted", purpose="gift",
        )  # fmt: skip
        return Entry.objects.create(
            transfer=new, account=new.credit, amount_vnd=1, balance_after_vnd=6_001, digest=b"?"
        ).pk

    numbers = []
    behind_our_back(lambda: numbers.append(insert()))

    assert f"Account wallet:b: entry {numbers[0]} was inserted after the last one that was posted." in list(
        replay.differences()
    )


def test_an_account_with_another_name_breaks_its_chain(gifts):
    behind_our_back(lambda: Account.objects.filter(code="wallet:b").update(code="wallet:c"))
    first = entries_of("wallet:c")[0]

    assert list(replay.differences()) == [
        f"Account wallet:c: entry {first.pk}, transfer {gifts[0].pk} or the account was edited."
    ]


def test_a_seal_still_holds_after_more_was_posted(gifts):
    _, out, _ = check_ledger("--seal")
    sealed = out.splitlines()[-1]
    give(5)

    code, out, _ = check_ledger("--verify-seal", sealed)

    assert re.fullmatch(r"\d{8}T\d{6}Z-\d+-[0-9a-f]{64}", sealed)
    assert (code, out.splitlines()[-1]) == (0, "The sealed entries are as they were.")


def test_a_chain_computed_anew_after_an_edit_fools_everything_but_the_seal(gifts):
    sealed = chain.seal(now=NOW)
    assert sealed.startswith(f"20260302T030000Z-{Entry.objects.latest('pk').pk}-")

    def edit():
        Transfer.objects.filter(pk=gifts[1].pk).update(memo="another")
        chain_anew()

    behind_our_back(edit)

    assert check_ledger()[0] == 0
    code, out, _ = check_ledger("--verify-seal", sealed)
    assert code == 1
    assert out.startswith("The entries are not those that were sealed: the chain was computed anew.\n")


def test_something_else_than_a_seal_is_refused_with_what_to_give(gifts):
    with pytest.raises(CommandError, match=r"'yesterday' is no seal\. Give the whole line"):
        check_ledger("--verify-seal", "yesterday")


def test_accounts_out_of_balance_is_a_command_of_its_own(gifts):
    out = StringIO()
    call_command("accounts_out_of_balance", stdout=out)
    Account.objects.filter(code="wallet:b").update(balance_vnd=6_001)
    after = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("accounts_out_of_balance", stdout=after)

    assert out.getvalue() == "3 accounts are in balance, and their sum is 0.\n"
    assert ended.value.code == 1
    assert after.getvalue() == (
        "Account wallet:b: its balance is 6,001 VND, its entries add up to 6,000 VND; it holds 0 VND, its "
        "pending transfers add up to 0 VND.\nThe balances of all accounts add up to 1 VND, not to 0.\n"
    )


def test_entries_from_before_the_chain_are_chained_by_the_migration(gifts):
    chained = dict(Entry.objects.values_list("pk", "digest"))
    try:
        MigrationExecutor(connection).migrate([("ledger", "0003_functions")])
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    assert dict(Entry.objects.values_list("pk", "digest")) == chained
    assert list(replay.differences()) == []
    give(5)
    assert list(replay.differences()) == []
