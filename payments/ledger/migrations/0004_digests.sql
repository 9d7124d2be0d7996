-- Every entry carries the digest of itself and of all entries of its account before it. Created by migration
-- 0004; payments/ledger/chain.py computes the same in Python. An account is locked while it is posted to, so
-- a chain per account costs no further lock.


-- What an entry says of itself, of its account and of its transfer, joined to what came before it. A list in
-- JSON, because no text in it can then be taken for two; moments in microseconds, whatever the time zone.
CREATE FUNCTION ledger_digest(
    previous bytea,
    owner ledger_account,
    entry_id bigint,
    amount_vnd bigint,
    balance_after_vnd bigint,
    posted_at timestamptz,
    moved ledger_transfer
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(previous || convert_to(json_build_array(
        owner.id, owner.code, owner.kind, owner.may_overdraw,
        entry_id, amount_vnd, balance_after_vnd, (extract(epoch FROM posted_at) * 1000000)::bigint,
        moved.id, moved.debit_id, moved.credit_id, moved.amount_vnd, moved.kind, moved.state, moved.purpose,
        moved.reference, moved.memo, (extract(epoch FROM moved.created_at) * 1000000)::bigint,
        (extract(epoch FROM moved.resolved_at) * 1000000)::bigint
    )::text, 'UTF8'))
$$;


-- Write both entries of a transfer with the balances and the digests they leave, and free what was held for
-- it. Both accounts must be locked. Locked accounts number their entries in the order of their balances.
CREATE OR REPLACE FUNCTION ledger_move(moved ledger_transfer, freed_vnd bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    debit_entry bigint := nextval('ledger_entry_id_seq');
    credit_entry bigint := nextval('ledger_entry_id_seq');
    posted_at timestamptz := statement_timestamp();
    debited ledger_account;
    credited ledger_account;
BEGIN
    UPDATE ledger_account
        SET balance_vnd = balance_vnd - moved.amount_vnd,
            held_vnd = held_vnd - freed_vnd,
            head = ledger_digest(head, ledger_account, debit_entry, -moved.amount_vnd,
                                 balance_vnd - moved.amount_vnd, posted_at, moved)
        WHERE id = moved.debit_id
        RETURNING * INTO STRICT debited;
    UPDATE ledger_account
        SET balance_vnd = balance_vnd + moved.amount_vnd,
            head = ledger_digest(head, ledger_account, credit_entry, moved.amount_vnd,
                                 balance_vnd + moved.amount_vnd, posted_at, moved)
        WHERE id = moved.credit_id
        RETURNING * INTO STRICT credited;
    INSERT INTO ledger_entry
        (id, transfer_id, account_id, amount_vnd, balance_after_vnd, created_at, digest) VALUES
        (debit_entry, moved.id, debited.id, -moved.amount_vnd, debited.balance_vnd, posted_at, debited.head),
        (credit_entry, moved.id, credited.id, moved.amount_vnd, credited.balance_vnd, posted_at, credited.head);
END $$;
