"""Where photos lie as phones sent them, on a shop of one machine."""

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class Uploads(FileSystemStorage):
    """Files below UPLOADS_ROOT. Not among the media: photos still tell where they were taken."""

    @property
    def location(self) -> str:
        return os.path.abspath(settings.UPLOADS_ROOT)
