"""What can be wrong with what a seller sends, in words that say what to do now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from frontend import developing
from marketplace.errors import Invalid

TOO_HEAVY, EMPTY, GONE = "too-heavy", "empty", "gone"

# By the code that is kept with the photo.
REFUSALS = {
    developing.NOT_A_PICTURE: _(
        "This is not a photo the shop can read. Take a photo with the camera, or choose one from the gallery."
    ),
    developing.BROKEN: _("This photo is damaged: a part of it is missing. Take it once more."),
    developing.TOO_SMALL: _("This photo is too small to show anything. Take it with the camera."),
    developing.TOO_MANY_PIXELS: _(
        "This picture has too many points. Choose a smaller size in the camera, and take it again."
    ),
    TOO_HEAVY: _("This photo is too heavy: more than 20 MB. Choose a smaller size, and take it again."),
    EMPTY: _("No photo arrived. Choose one, or go on without a photo."),
    GONE: _("The photo was lost on the way. Take it once more."),
}


class PhotoRefused(Invalid):
    """A photo that cannot be used; ``refusal`` is a code of REFUSALS."""

    code = "photo_refused"

    def __init__(self, refusal: str) -> None:
        self.refusal = refusal
        super().__init__("photo", str(REFUSALS[refusal]))
