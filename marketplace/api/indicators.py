"""The indicators of a month for officials' programs: what the pages under /board/indicators/ show."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.authentication import JWTAuthentication

from marketplace.accounts.models import User
from marketplace.accounts.selectors import OfficialScope, official_scope
from marketplace.board.selectors import communes_of
from marketplace.indicators import readings
from marketplace.indicators.models import Card
from marketplace.indicators.readings import Reading

from .endpoint import Endpoint
from .schema import Problem


def _number(**more: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=26, decimal_places=4, allow_null=True, **more)


class IndicatorShape(serializers.Serializer):
    """One card's figure. Where `value` is null, `why` says what is missing."""

    code = serializers.CharField(source="card.code")
    pack = serializers.ChoiceField(Card.Pack.values, source="card.pack")
    pillar = serializers.ChoiceField(Card.Pillar.values, source="card.pillar")
    name = serializers.CharField(source="card.name")
    definition = serializers.CharField(source="card.definition")
    unit = serializers.ChoiceField(Card.Unit.values, source="card.unit")
    first_day = serializers.DateField(source="span.first_day")
    last_day = serializers.DateField(source="span.last_day")
    value = _number()
    numerator = _number()
    denominator = _number()
    before = _number(help_text="Of the month before, or of the same months of the year before.")
    target = _number(source="target.value", default=None)
    why = serializers.CharField(help_text="Why there is no value; empty if there is.")


class IndicatorsView(Endpoint):
    """GET: the cards of a month, of the province or of one commune of today."""

    authentication_classes = (JWTAuthentication,)
    permission_classes = (IsAuthenticated,)

    class Query(serializers.Serializer):
        month = serializers.RegexField(
            r"^\d{4}-\d{2}$", required=False, help_text="Such as 2026-10; this month if left out."
        )
        pack = serializers.ChoiceField(Card.Pack.values, required=False)
        commune = serializers.RegexField(
            r"^\d{5}$",
            required=False,
            help_text="By its code of today; all that the official answers for if left out.",
        )

        def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
            unknown = sorted(set(self.initial_data) - set(self.fields))
            if unknown:
                words = _("There is no such parameter. Known are: %(known)s.")
                raise serializers.ValidationError(
                    {name: [words % {"known": ", ".join(self.fields)}] for name in unknown}
                )
            return asked

    class Output(serializers.Serializer):
        count = serializers.IntegerField()
        next = serializers.URLField(allow_null=True, help_text="Always null: all cards are one page.")
        previous = serializers.URLField(allow_null=True)
        month = serializers.CharField()
        results = IndicatorShape(many=True)

    @extend_schema(
        parameters=[Query],
        responses={200: Output, 400: Problem, 401: Problem, 403: Problem, 404: Problem, 429: Problem},
    )
    def get(self, request: Request) -> Response:
        """Counted from real sales, sellers and parcels. A card without a source has no value and says why."""
        query = self.Query(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        today = timezone.localdate()
        month = readings.read_month(asked.get("month", ""), today=today)
        scope = _scope_of(request)
        ids, code = _communes(scope, asked.get("commune", ""))
        cards = readings.cards_on(readings.last_day_of(month, today=today), pack=asked.get("pack", ""))
        found: list[Reading] = readings.read(cards, month, ids, today=today, target_of=code)
        head = {"count": len(found), "next": None, "previous": None, "month": f"{month:%Y-%m}"}
        return Response(head | {"results": IndicatorShape(found, many=True).data})


def _scope_of(request: Request) -> OfficialScope:
    assert isinstance(request.user, User), "the permission asks for a token"
    scope = official_scope(request.user)
    if not (scope.whole_province or scope.commune_codes):
        raise PermissionDenied(_("Only officials of the province or of a commune see the indicators."))
    return scope


def _communes(scope: OfficialScope, code: str) -> tuple[list[int], str]:
    """Return the ids that are counted, and the code whose targets count."""
    own = communes_of(scope, today=timezone.localdate())
    if code:
        wanted = [commune for commune in own if commune.code == code]
        if not wanted:
            raise NotFound(_("There is no such commune among yours."))
        return [wanted[0].pk], code
    alone = len(own) == 1 and not scope.whole_province
    return readings.ids_of(own, scope), own[0].code if alone else ""
