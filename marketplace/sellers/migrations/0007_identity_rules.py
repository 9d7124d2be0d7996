from datetime import date

from django.db import migrations

FIRST_DAY = date(2024, 11, 1)
OWN_RULE = "Rule of the market of 1 November 2024"
WALLET_RULE = (
    "A person's e-wallet moves 100 million a month at most (Circular 40/2024/TT-NHNN); "
    "the rest is the market's own rule"
)
LIMITS = (
    # level, listed in a month, sold in a month, paid out at once, VND
    (0, 20_000_000, 10_000_000, 2_000_000, OWN_RULE),
    (1, 300_000_000, 100_000_000, 100_000_000, WALLET_RULE),
    (2, None, None, None, OWN_RULE),
)

# The shares of a table are written one after the other, so they are added up at the commit.
WHOLE = """
CREATE FUNCTION sellers_shares_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    asked bigint;
    total bigint;
BEGIN
    IF TG_TABLE_NAME = 'sellers_sharetable' THEN
        asked := NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        asked := OLD.table_id;
    ELSE
        asked := NEW.table_id;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM sellers_sharetable WHERE id = asked) THEN
        RETURN NULL;
    END IF;
    SELECT COALESCE(SUM(basis_points), 0) INTO total FROM sellers_share WHERE table_id = asked;
    IF total <> 10000 THEN
        RAISE EXCEPTION 'shares of table % add up to % basis points instead of 10000', asked, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'shares_are_whole';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER shares_are_whole AFTER INSERT OR UPDATE OR DELETE ON sellers_share
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sellers_shares_are_whole();
CREATE CONSTRAINT TRIGGER share_table_is_whole AFTER INSERT ON sellers_sharetable
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION sellers_shares_are_whole();
"""
NOT_WHOLE = """
DROP TRIGGER share_table_is_whole ON sellers_sharetable;
DROP TRIGGER shares_are_whole ON sellers_share;
DROP FUNCTION sellers_shares_are_whole();
"""


def write_limits(apps, schema_editor):
    apps.get_model("sellers", "LevelLimit").objects.bulk_create(
        apps.get_model("sellers", "LevelLimit")(
            level=level,
            valid_from=FIRST_DAY,
            listed_vnd=listed_vnd,
            sold_vnd=sold_vnd,
            payout_vnd=payout_vnd,
            source=source,
        )
        for level, listed_vnd, sold_vnd, payout_vnd, source in LIMITS
    )


def raise_those_opened_by_hand(apps, schema_editor):
    """Sellers of before this rule were opened by hand, by somebody who knew them."""
    sellers = apps.get_model("sellers", "Seller").objects
    sellers.filter(kind="household").update(level=1)
    sellers.exclude(kind="household").update(level=2)


def remove_limits(apps, schema_editor):
    apps.get_model("sellers", "LevelLimit").objects.filter(valid_from=FIRST_DAY).delete()


class Migration(migrations.Migration):
    dependencies = [("sellers", "0006_identity")]

    operations = [
        migrations.RunPython(write_limits, remove_limits),
        migrations.RunPython(raise_those_opened_by_hand, migrations.RunPython.noop),
        migrations.RunSQL(WHOLE, NOT_WHOLE),
    ]
