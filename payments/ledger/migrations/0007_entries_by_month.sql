-- Entries by the month they were posted in: an index of a closed month is never written again, so what a
-- payment touches stays small however old the books are, and a month can be moved to slower disks.


-- Make the partitions of `parent`, a table partitioned by range of a day or a moment, for `months` months
-- from that of `first` on: parent_2026_11 and so on, months as in Asia/Ho_Chi_Minh. May be called again and
-- again. Returns how many it made. A month of which rows already lie in the default partition stays there.
CREATE FUNCTION make_months(parent regclass, first date, months integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    month date := date_trunc('month', first);
    part text;
    made integer := 0;
BEGIN
    FOR step IN 1 .. months LOOP
        part := format('%s_%s', (SELECT relname FROM pg_class WHERE oid = parent), to_char(month, 'YYYY_MM'));
        IF to_regclass(quote_ident(part)) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES FROM (%L) TO (%L)', part, parent,
                               month || ' 00:00:00+07', (month + interval '1 month')::date || ' 00:00:00+07');
                made := made + 1;
            EXCEPTION WHEN check_violation THEN
                RAISE WARNING 'rows of % already lie in the default partition of %', month, parent;
            END;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END $$;


ALTER TABLE ledger_entry RENAME TO ledger_entry_whole;
ALTER TABLE ledger_entry_whole ALTER id DROP IDENTITY;

CREATE SEQUENCE ledger_entry_id_seq;
SELECT setval('ledger_entry_id_seq', coalesce(max(id), 0) + 1, false) FROM ledger_entry_whole;

CREATE TABLE ledger_entry (LIKE ledger_entry_whole INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
    PARTITION BY RANGE (created_at);
ALTER TABLE ledger_entry ALTER id SET DEFAULT nextval('ledger_entry_id_seq');
ALTER SEQUENCE ledger_entry_id_seq OWNED BY ledger_entry.id;

CREATE TABLE ledger_entry_default PARTITION OF ledger_entry DEFAULT;
SELECT make_months('ledger_entry', day::date, 1) FROM generate_series(
    (SELECT date_trunc('month', min(created_at) AT TIME ZONE 'Asia/Ho_Chi_Minh') FROM ledger_entry_whole),
    (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, interval '1 month'
) AS day;
INSERT INTO ledger_entry SELECT * FROM ledger_entry_whole;
DROP TABLE ledger_entry_whole;

ALTER TABLE ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (id, created_at),
    ADD CONSTRAINT one_entry_per_transfer_and_account UNIQUE (transfer_id, account_id, created_at),
    ADD CONSTRAINT ledger_entry_of_account FOREIGN KEY (account_id) REFERENCES ledger_account
        DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT ledger_entry_of_transfer FOREIGN KEY (transfer_id) REFERENCES ledger_transfer
        DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX entry_by_account ON ledger_entry (account_id, id);
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
