"""Addresses as people know them: with the district, the commune and the province of before 1 July 2025.

The reform abolished the districts, joined 129 communes of Điện Biên into 45 and 63 provinces into 34. No unit
was split, so every old name leads to one of today; only names that several units had need their district.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from marketplace.delivery.models import FormerProvince, Province
from marketplace.errors import Invalid
from marketplace.places.models import Commune
from marketplace.places.selectors import communes_at, current_unit
from marketplace.places.text import fold

HOME_PROVINCE = "11"  # Điện Biên
# The national postal code has five digits, and those of Điện Biên begin so: Decision 2475/QĐ-BTTTT of 2017.
HOME_POSTAL_CODES = "32"
_PROVINCE_WORDS = re.compile(r"^(tinh|thanh pho|tp\.?|t\.)\s*")
_DISTRICT_WORDS = re.compile(r"^(huyen|thi xa|thanh pho|tp\.?|tx\.?|h\.)\s*")
_COMMUNE_WORDS = re.compile(r"^(xa|phuong|thi tran|tt\.?|x\.|p\.)\s*")
_NOBODY_SAYS = ("viet nam", "vietnam", "vn")


@dataclass(frozen=True)
class Address:
    """An address in today's units. ``commune`` is None in other provinces: they stay as they were written."""

    detail: str
    province: Province
    commune: Commune | None


def read_address(text: str, *, on: date) -> Address:
    """Read an address in one line, parted by commas: house and hamlet, commune, district, province.

    District and province may be missing: then it is in Điện Biên. Old names and new ones are read, with or
    without accents. Raises Invalid, saying which part cannot be read or which communes it could be.
    """
    parts = [" ".join(part.split()) for part in re.split(r"[,;\n]", text)]
    parts = [part for part in parts if part and fold(part) not in _NOBODY_SAYS]
    if len(parts) < 2:
        raise Invalid(
            "written",
            _("Write the house or hamlet, a comma, and the commune: bản Bon, xã Thanh Xương."),
        )
    province = _province_named(parts[-1])
    rest = parts[:-1]
    # Its commune may have the province's name: what could be either is a province only behind something else.
    if province is None or len(rest) < 2:
        home = _commune_in(parts, on)
        if home is not None:
            return home
    if province is None:
        raise Invalid(
            "written",
            _("“%(part)s” is no commune of Điện Biên and no province that we know.") % {"part": parts[-1]},
        )
    if province.code != HOME_PROVINCE:
        return Address(", ".join(rest), province, None)
    found = _commune_in(rest, on)
    if found is None:
        raise Invalid(
            "written", _("“%(part)s” is no commune of Điện Biên that we know.") % {"part": rest[-1]}
        )
    return found


def checked_postal_code(text: str, *, province_code: str) -> str:
    """Return the five digits of a household's postal code, "" for none. Raises Invalid.

    The digits of Điện Biên are compared with the province; those of others are only counted.
    """
    code = "".join(text.split())
    if not code:
        return ""
    if not re.fullmatch(r"[0-9]{5}", code):
        raise Invalid("postal_code", _("The postal code has five digits, such as 32108. Or leave it empty."))
    if (province_code == HOME_PROVINCE) != code.startswith(HOME_POSTAL_CODES):
        raise Invalid(
            "postal_code",
            _("Postal code %(code)s is not in this province. Those of Điện Biên begin with 32.")
            % {"code": code},
        )
    return code


def _province_named(part: str) -> Province | None:
    wanted = _PROVINCE_WORDS.sub("", fold(part))
    former = FormerProvince.objects.select_related("province").filter(folded=wanted).first()
    if former is not None:
        return former.province
    same = (one for one in Province.objects.order_by("code"))
    return next((one for one in same if _PROVINCE_WORDS.sub("", fold(one.name)) == wanted), None)


def _commune_in(parts: list[str], on: date) -> Address | None:
    """Read the last parts as commune, or commune and district, of Điện Biên; None if they are neither."""
    province = Province.objects.filter(code=HOME_PROVINCE).first()
    if province is None:
        return None
    if len(parts) >= 3 and (units := _units(parts[-2], district=parts[-1])):
        return Address(", ".join(parts[:-2]), province, _today(units, parts[-2], on))
    if len(parts) >= 2 and (units := _units(parts[-1])):
        return Address(", ".join(parts[:-1]), province, _today(units, parts[-1], on))
    return None


def _units(name: str, *, district: str = "") -> list[Commune]:
    """Return the units of any time that have the name, in the district if one is given."""
    folded = fold(name)
    wanted = _COMMUNE_WORDS.sub("", folded)
    rows = Commune.objects.select_related("district").filter(search_text__contains=wanted)
    found = [unit for unit in rows if fold(unit.name) == wanted or fold(unit.full_name) == folded]
    kind = [unit for unit in found if fold(unit.full_name) == folded]
    found = kind or found
    if not district:
        return found
    of_district = _DISTRICT_WORDS.sub("", fold(district))
    return [
        unit
        for unit in found
        if unit.district and _DISTRICT_WORDS.sub("", fold(unit.district.name)) == of_district
    ]


def _today(units: list[Commune], name: str, on: date) -> Commune:
    """The one unit of today they are part of. A unit of today is meant before old ones of its name."""
    present = [unit for unit in units if unit.is_valid_on(on)]
    reached = {unit.pk: unit for unit in present or (current_unit(unit, on) for unit in units)}
    if len(reached) == 1:
        return next(iter(reached.values()))
    names = ", ".join(unit.full_name for unit in communes_at(on).filter(pk__in=reached))
    raise Invalid(
        "written",
        _("There were several “%(name)s”. Add the district, or choose the commune of today: %(names)s.")
        % {"name": name, "names": names},
    )
