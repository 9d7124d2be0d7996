"""Where things come from, as buyers, sellers and officials see it.

- ``badges``: certificates that hold, and those to decide about
- ``pages``: all that the page of a code says
- ``labels``: what is printed for a part of an order
"""

from .badges import (
    Badge,
    badges_of_product,
    badges_of_products,
    badges_of_seller,
    certificates_for,
    certificates_of,
    certificates_to_verify,
    mistakes_for,
    ocop_stars,
)
from .labels import Labels, labels_of
from .pages import Trace, trace, who_shows_hamlet

__all__ = [
    "Badge",
    "Labels",
    "Trace",
    "badges_of_product",
    "badges_of_products",
    "badges_of_seller",
    "certificates_for",
    "certificates_of",
    "certificates_to_verify",
    "labels_of",
    "mistakes_for",
    "ocop_stars",
    "trace",
    "who_shows_hamlet",
]
