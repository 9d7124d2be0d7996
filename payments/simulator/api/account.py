"""What every resource below an account has in common: the account itself, by either form of its path."""

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseBase

from payments.simulator import parties
from payments.simulator.api.endpoint import Endpoint
from payments.simulator.errors import LengthError, MalformedValue
from payments.simulator.parties import Party

IDENTIFIERS_MAX = 3


class AccountEndpoint(Endpoint):
    """One resource of one account. Subclasses get ``self.party``, the account, and ``self.path`` to it.

    The account is named as ``type/value``, or as ``type@value`` up to three times with ``$`` in between.
    """

    names_a_payee = False  # whether serviceprovider names another account, self.payee
    party: Party
    payee = ""
    path: str

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account_id = kwargs.pop("account_id", None)
        if account_id is None:
            key, value = kwargs.pop("identifier_type"), kwargs.pop("identifier")
            identifiers = [{"key": key, "value": value}]
            self.path = f"/accounts/{key}/{quote(value, safe='+')}"
        else:
            identifiers = read_account_id(account_id)
            self.path = f"/accounts/{quote(account_id, safe='+@$')}"
        if self.names_a_payee and len(identifiers) > 1:
            named = {item["key"]: item["value"] for item in identifiers}
            self.payee = named.get(parties.SERVICE_PROVIDER, "")
            identifiers = [item for item in identifiers if item["key"] != parties.SERVICE_PROVIDER]
        self.party = parties.find(
            operator=self.merchant.operator, identifiers=identifiers, name="identifierType"
        )
        return super().handle(request, *args, **kwargs)


def read_account_id(account_id: str) -> list[dict[str, str]]:
    """Return what ``organisationid@1234$accountid@3333`` names. Raises MalformedValue, LengthError."""
    parts = account_id.split("$")
    if len(parts) > IDENTIFIERS_MAX:
        raise LengthError("accountId", length=len(parts), shortest=1, longest=IDENTIFIERS_MAX)
    identifiers = []
    for part in parts:
        key, separator, value = part.partition("@")
        if not (key and separator and value):
            raise MalformedValue("accountId", wanted="written as organisationid@1234$accountid@3333")
        identifiers.append({"key": key, "value": value})
    return identifiers
