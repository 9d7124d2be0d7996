from django.db import migrations

COMMUNES = """
UPDATE tourism_roomnight AS night
SET commune_id = origin.commune_id
FROM tourism_roomtype AS room
JOIN tourism_stay AS stay ON stay.id = room.stay_id
JOIN sellers_origin AS origin ON origin.product_id = stay.product_id
WHERE room.id = night.room_type_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sellers", "0001_initial"),
        ("tourism", "0005_closed_nights_and_their_commune"),
    ]

    operations = [migrations.RunSQL(COMMUNES, migrations.RunSQL.noop)]
