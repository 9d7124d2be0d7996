from typing import Any

from rest_framework import serializers

from frontend.pictures import WIDTHS, rendition_name


class Rendition(serializers.Serializer):
    width = serializers.IntegerField(help_text="In pixels, at most.")
    avif = serializers.URLField()
    webp = serializers.URLField()


class Picture(serializers.Serializer):
    url = serializers.URLField(help_text="The widest.")
    renditions = Rendition(many=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """``instance`` is a picture of an Oscar product. Reads no file."""
        image = instance.original

        def url(name: str) -> str:
            return self.context["request"].build_absolute_uri(image.storage.url(name))

        renditions = [
            {"width": width}
            | {extension: url(rendition_name(image.name, width, extension)) for extension in ("avif", "webp")}
            for width in WIDTHS
        ]
        return {"url": url(image.name), "renditions": renditions}
