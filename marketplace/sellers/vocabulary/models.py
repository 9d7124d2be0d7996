"""The words under which something is listed, so that one typed wrong can be told from one that is not."""

from __future__ import annotations

from django.db import models


class Word(models.Model):
    """One folded word of some origin's search text. The database adds them: see migration 0002.

    A word outlives its last listing until the next night (``services.forget_unused_words``).
    """

    text = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.text
