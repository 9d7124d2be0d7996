"""A look may last longer than it was written; nothing else of it changes, and it never goes away."""

from django.db import migrations

KEPT = """
CREATE FUNCTION board_keep_looks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.until >= OLD.until
       AND (NEW.id, NEW.user_id, NEW.page, NEW.question, NEW.scope, NEW.at)
         = (OLD.id, OLD.user_id, OLD.page, OLD.question, OLD.scope, OLD.at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: the log of looks is only added to.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER board_look_kept BEFORE UPDATE OR DELETE ON board_look
    FOR EACH ROW EXECUTE FUNCTION board_keep_looks();
"""

LEFT_ALONE = """
DROP TRIGGER board_look_kept ON board_look;
DROP FUNCTION board_keep_looks();
"""


class Migration(migrations.Migration):
    dependencies = [("board", "0002_alert_rules")]
    operations = [migrations.RunSQL(KEPT, LEFT_ALONE)]
