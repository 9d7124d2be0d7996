"""Households, co-operatives and companies that do not exist, one by one and then all into the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.utils.text import slugify
from oscar.core.loading import get_model

from marketplace.places.models import Hamlet
from marketplace.places.text import fold
from marketplace.sellers.models import Seller

from . import words
from .atlas import Place
from .peoples import NAMINGS, people_of

Partner = get_model("partner", "Partner")

OPENED_ON = date(2024, 11, 25)  # the day the market of the story opened
FIRST_SALES_ON = date(2025, 5, 1)  # two months before the communes were merged

_PROUD_NAMES = (
    "Lưng Trời", "Nắng Mới", "Suối Trong", "Mây Núi", "Sương Sớm", "Gió Ngàn", "Đồng Xanh", "Bếp Lửa",
    "Ruộng Bậc", "Rừng Xanh", "Cánh Nương", "Mùa Vàng", "Đá Núi", "Trăng Non", "Chim Én", "Hoa Đào",
)  # fmt: skip


@dataclass(eq=False)
class Draft:
    """A seller in the making. ``works`` are the groups of what it sells: they decide how it speaks."""

    name: str
    slug: str
    kind: Seller.Kind
    place: Place
    hamlet: str
    joined_on: date
    works: list[str] = field(default_factory=list)
    phone: str = ""
    wallet_provider: str = ""
    seller: Seller | None = None

    @property
    def where(self) -> str:
        hamlet = f"{self.hamlet[:1].lower()}{self.hamlet[1:]}, " if self.hamlet else ""
        return f"{hamlet}{self.place.words}"

    @property
    def saved(self) -> Seller:
        assert self.seller is not None, f"{self.name} is not saved yet"
        return self.seller


class Sellers:
    """Invents sellers whose names differ, then saves them. ``hamlets`` are the known ones by unit code."""

    def __init__(self, *, random: Random, today: date, hamlets: Mapping[str, list[str]]) -> None:
        self._random = random
        self._today = today
        self._hamlets = hamlets
        self.drafts: list[Draft] = []
        self._slugs: set[str] = set()

    def household(
        self,
        place: Place,
        *,
        early: bool,
        people: str | None = None,
        name: str = "",
        hamlet: str | None = None,
        phone: str = "",
        wallet_provider: str = "",
    ) -> Draft:
        """Invent a household, of ``people`` or of those who live there. ``hamlet`` None chooses one."""
        naming = NAMINGS[people or people_of(place, self._random)]
        person = (lambda: name) if name else (lambda: naming.name(self._random))
        if hamlet is None:
            hamlet = self._some_hamlet(place)
        draft = self._draft(lambda: f"Hộ {person()}", Seller.Kind.HOUSEHOLD, place, hamlet, early=early)
        draft.phone, draft.wallet_provider = phone, wallet_provider
        return draft

    def cooperative(self, place: Place, *, early: bool, hamlet: str = "", about: str = "") -> Draft:
        """Invent a co-operative; ``about`` says what it is for, if that belongs to its name."""
        where = f"bản {hamlet.removeprefix('Bản ')}" if hamlet else place.unit.name
        prefix = f"Hợp tác xã {about}".strip()
        return self._draft(
            lambda: f"{prefix} {self._random.choice(_PROUD_NAMES)} {where}",
            Seller.Kind.COOPERATIVE, place, hamlet, early=early,
        )  # fmt: skip

    def company(self, place: Place, *, early: bool) -> Draft:
        return self._draft(
            lambda: f"Công ty TNHH {self._random.choice(_PROUD_NAMES)} {place.unit.name}",
            Seller.Kind.COMPANY, place, "", early=early,
        )  # fmt: skip

    def save(self) -> None:
        """Write every seller with its partner and hamlet: four queries for all of them."""
        partners = Partner.objects.bulk_create(
            Partner(name=draft.name, code=draft.slug) for draft in self.drafts
        )
        named = {(draft.place.unit.pk, draft.hamlet) for draft in self.drafts if draft.hamlet}
        rows = Hamlet.objects.bulk_create(
            Hamlet(commune_id=unit_id, name=name) for unit_id, name in sorted(named)
        )
        hamlets = {(row.commune_id, row.name): row for row in rows}
        sellers = Seller.objects.bulk_create(
            Seller(
                partner=partner,
                kind=draft.kind,
                name=draft.name,
                slug=draft.slug,
                unit=draft.place.unit,
                hamlet=hamlets.get((draft.place.unit.pk, draft.hamlet)),
                phone=draft.phone,
                wallet_provider=draft.wallet_provider,
                wallet_msisdn=draft.phone if draft.wallet_provider else "",
                introduction=self._introduction(draft),
                is_sample=True,
                level=(
                    Seller.Level.CONFIRMED if draft.kind == Seller.Kind.HOUSEHOLD else Seller.Level.PAPERS
                ),
                joined_on=draft.joined_on,
            )
            for draft, partner in zip(self.drafts, partners, strict=True)
        )
        for draft, seller in zip(self.drafts, sellers, strict=True):
            draft.seller = seller

    def _draft(
        self, name: Callable[[], str], kind: Seller.Kind, place: Place, hamlet: str, *, early: bool
    ) -> Draft:
        """Draw names until one is free."""
        for _attempt in range(200):
            chosen = name()
            slug = slugify(fold(chosen))
            if slug not in self._slugs:
                break
        else:
            raise AssertionError(f"no free name left for another {kind} in {place.unit.full_name}")
        self._slugs.add(slug)
        draft = Draft(chosen, slug, kind, place, hamlet, self._joined_on(early=early))
        self.drafts.append(draft)
        return draft

    def _joined_on(self, *, early: bool) -> date:
        first, last = OPENED_ON, self._today - timedelta(days=30)
        if early:
            last = FIRST_SALES_ON - timedelta(days=14)
        return first + timedelta(days=self._random.randint(0, (last - first).days))

    def _some_hamlet(self, place: Place) -> str:
        known = self._hamlets.get(place.unit.code, [])
        return self._random.choice(known) if known and self._random.random() < 0.6 else ""

    def _introduction(self, draft: Draft) -> str:
        work = draft.works[0]
        if draft.kind == Seller.Kind.HOUSEHOLD:
            return words.household_text(self._random, where=draft.where, work=work)
        return words.organisation_text(
            self._random,
            where=draft.where,
            work=work,
            is_cooperative=draft.kind == Seller.Kind.COOPERATIVE,
        )
