"""What can go wrong with what phones with keys send."""

from marketplace.errors import ShopError


class NotFromTheGateway(Exception):
    """The signature, or its moment, is not the gateway's: nothing was read and nothing happened."""


class NotYours(ShopError):
    """What is named is somebody else's, or no longer there."""

    code = "not_yours"
    status = 404
