-- The ledger's hot path: one call per transfer, however many accounts and rows it touches.
-- Created by migration 0003 and called by payments/ledger/services.py. Amounts are whole đồng.
--
-- What the world may do is answered with an outcome, not with an error: nothing was written then, and
-- the caller's transaction goes on. Every statement sees what was committed before it began (READ
-- COMMITTED), so what is read after the locks is what the last holder of the locks left.


-- Write both entries of a transfer and the balances they leave, and free what was held for it.
-- Both accounts must be locked. Locked accounts number their entries in the order of their balances.
CREATE FUNCTION ledger_move(moved ledger_transfer, freed_vnd bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    debit_left_vnd bigint;
    credit_left_vnd bigint;
BEGIN
    UPDATE ledger_account
        SET balance_vnd = balance_vnd - moved.amount_vnd, held_vnd = held_vnd - freed_vnd
        WHERE id = moved.debit_id
        RETURNING balance_vnd INTO STRICT debit_left_vnd;
    UPDATE ledger_account
        SET balance_vnd = balance_vnd + moved.amount_vnd
        WHERE id = moved.credit_id
        RETURNING balance_vnd INTO STRICT credit_left_vnd;
    INSERT INTO ledger_entry (transfer_id, account_id, amount_vnd, balance_after_vnd) VALUES
        (moved.id, moved.debit_id, -moved.amount_vnd, debit_left_vnd),
        (moved.id, moved.credit_id, moved.amount_vnd, credit_left_vnd);
END $$;


-- Record a transfer, once: kind 'posted' moves the money now, kind 'pending' reserves it.
--
-- outcome: 'done'              recorded, now or by an earlier call with the same id and facts: recorded
--          'conflict'          the id stands for other facts: recorded
--          'overdrawn'         the debit account has only available_vnd left
--          'unknown_account'   unknown_codes were never opened
CREATE FUNCTION ledger_record(
    asked_id uuid,
    asked_kind text,
    debit_code text,
    credit_code text,
    asked_vnd bigint,
    asked_purpose text,
    asked_reference text,
    asked_memo text,
    OUT outcome text,
    OUT available_vnd bigint,
    OUT unknown_codes text[],
    OUT recorded ledger_transfer
) LANGUAGE plpgsql AS $$
DECLARE
    source ledger_account;
    target ledger_account;
BEGIN
    -- Always in code order: two transfers between the same accounts can then never deadlock.
    -- NO KEY: rows that reference an account may still be inserted while somebody holds its lock.
    PERFORM FROM ledger_account WHERE code IN (debit_code, credit_code) ORDER BY code FOR NO KEY UPDATE;
    SELECT * INTO source FROM ledger_account WHERE code = debit_code;
    SELECT * INTO target FROM ledger_account WHERE code = credit_code;
    IF source.id IS NULL OR target.id IS NULL THEN
        outcome := 'unknown_account';
        unknown_codes := array_remove(ARRAY[
            CASE WHEN source.id IS NULL THEN debit_code END,
            CASE WHEN target.id IS NULL THEN credit_code END
        ], NULL);
        RETURN;
    END IF;

    SELECT * INTO recorded FROM ledger_transfer WHERE id = asked_id;
    IF NOT FOUND THEN
        available_vnd := source.balance_vnd - source.held_vnd;
        IF available_vnd < asked_vnd AND NOT source.may_overdraw THEN
            outcome := 'overdrawn';
            RETURN;
        END IF;
        INSERT INTO ledger_transfer
            (id, debit_id, credit_id, amount_vnd, kind, state, purpose, reference, memo)
            VALUES
            (asked_id, source.id, target.id, asked_vnd, asked_kind, asked_kind, asked_purpose,
             asked_reference, asked_memo)
            ON CONFLICT (id) DO NOTHING
            RETURNING * INTO recorded;
        IF FOUND THEN
            IF asked_kind = 'posted' THEN
                PERFORM ledger_move(recorded, freed_vnd => 0);
            ELSE
                UPDATE ledger_account SET held_vnd = held_vnd + asked_vnd WHERE id = source.id;
            END IF;
            outcome := 'done';
            RETURN;
        END IF;
        -- Somebody used this id between other accounts, whose locks we do not hold, a moment ago.
        SELECT * INTO STRICT recorded FROM ledger_transfer WHERE id = asked_id;
    END IF;

    -- The memo is a remark, not a fact: a repeat may word it differently.
    outcome := CASE WHEN
        (recorded.kind, recorded.debit_id, recorded.credit_id, recorded.amount_vnd, recorded.purpose,
         recorded.reference)
        = (asked_kind, source.id, target.id, asked_vnd, asked_purpose, asked_reference)
        THEN 'done' ELSE 'conflict' END;
END $$;


-- End a pending transfer, once: state 'posted' moves what was held, state 'voided' frees it.
--
-- outcome: 'done'              ended so, now or by an earlier call: recorded
--          'already_resolved'  it ended the other way, or was never pending: recorded
--          'unknown_transfer'  nobody recorded this id
CREATE FUNCTION ledger_resolve(
    asked_id uuid,
    asked_state text,
    OUT outcome text,
    OUT recorded ledger_transfer
) LANGUAGE plpgsql AS $$
BEGIN
    SELECT * INTO recorded FROM ledger_transfer WHERE id = asked_id;
    IF NOT FOUND THEN
        outcome := 'unknown_transfer';
        RETURN;
    END IF;
    PERFORM FROM ledger_account
        WHERE id IN (recorded.debit_id, recorded.credit_id) ORDER BY code FOR NO KEY UPDATE;
    -- Once more, after the locks: whoever resolved it first has committed by now.
    SELECT * INTO STRICT recorded FROM ledger_transfer WHERE id = asked_id;

    IF recorded.kind <> 'pending' OR recorded.state NOT IN ('pending', asked_state) THEN
        outcome := 'already_resolved';
        RETURN;
    END IF;
    IF recorded.state = 'pending' THEN
        UPDATE ledger_transfer SET state = asked_state, resolved_at = statement_timestamp()
            WHERE id = asked_id
            RETURNING * INTO STRICT recorded;
        IF asked_state = 'posted' THEN
            PERFORM ledger_move(recorded, freed_vnd => recorded.amount_vnd);
        ELSE
            UPDATE ledger_account SET held_vnd = held_vnd - recorded.amount_vnd
                WHERE id = recorded.debit_id;
        END IF;
    END IF;
    outcome := 'done';
END $$;
