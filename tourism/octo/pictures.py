"""Our pictures as JPEG: OCTO names no other format for them but PNG, and the market keeps WebP."""

from __future__ import annotations

import io

from django.http import Http404, HttpRequest, HttpResponse
from django.views.generic import View
from oscar.core.loading import get_model
from PIL import Image, ImageOps

ProductImage = get_model("catalogue", "ProductImage")

QUALITY = 82
KEPT_S = 24 * 3600


def path_of(image_id: int) -> str:
    """Return where a picture is, below this market's address."""
    return f"/octo/pictures/{image_id}.jpg"


class PictureView(View):
    """GET: a picture of something that is on sale. Anybody may: resellers show it to their guests."""

    def get(self, request: HttpRequest, image_id: int) -> HttpResponse:
        image = ProductImage.objects.filter(pk=image_id, product__is_public=True).first()
        if image is None:
            raise Http404
        try:
            with image.original.open("rb") as file:
                jpeg = _as_jpeg(file.read())
        except FileNotFoundError as error:
            raise Http404 from error
        headers = {"Cache-Control": f"public, max-age={KEPT_S}"}
        return HttpResponse(jpeg, content_type="image/jpeg", headers=headers)


def _as_jpeg(original: bytes) -> bytes:
    """The picture upright and without what its camera noted; its colour profile goes along."""
    found = io.BytesIO()
    with Image.open(io.BytesIO(original)) as image:
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.save(found, "JPEG", quality=QUALITY, icc_profile=profile)
    return found.getvalue()
