"""What several answers have in common. All money is whole đồng."""

from typing import Any

from rest_framework import serializers

from agriculture.trace.models import Certificate
from marketplace.sellers.models import Seller


class Renaming(serializers.Serializer):
    """Lets a field be called ``from``, which Python keeps for itself: it is written ``from_``."""

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class SellerShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    kind = serializers.ChoiceField(Seller.Kind.values)


class CommuneShape(serializers.Serializer):
    """A commune of today."""

    code = serializers.CharField()
    name = serializers.CharField(source="full_name")


class CertificateShape(serializers.Serializer):
    """What an official has verified, with its last day."""

    kind = serializers.ChoiceField(Certificate.Kind.values)
    stars = serializers.IntegerField(allow_null=True)
    number = serializers.CharField()
    issuer = serializers.CharField()
    expires_on = serializers.DateField()


class NightsShape(serializers.Serializer):
    """The nights of a line: `rooms` rooms from the evening of `first_night` to the day of `leaves_on`."""

    room_type = serializers.IntegerField(source="room_type.pk")
    first_night = serializers.DateField()
    leaves_on = serializers.DateField()
    nights = serializers.IntegerField()
    rooms = serializers.IntegerField()
    guests = serializers.IntegerField()
    children = serializers.IntegerField(help_text="Of the guests.")

    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(instance) if instance.room_type else None


class SeatsShape(serializers.Serializer):
    """The seats of a line: those of a departure."""

    departure = serializers.IntegerField(source="departure.pk")
    starts_at = serializers.DateTimeField(source="departure.starts_at")
    meeting_point = serializers.CharField(source="departure.meeting_point")
    adults = serializers.IntegerField()
    children = serializers.IntegerField()

    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(instance) if instance.departure else None
