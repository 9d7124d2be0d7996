"""The day on which guests leave, for queries: PostgreSQL adds a number of days to a date."""

from django.db.models import DateField, ExpressionWrapper, F

LEAVES_ON = ExpressionWrapper(F("first_night") + F("nights"), output_field=DateField())
