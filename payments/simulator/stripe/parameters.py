"""Reading Stripe's form-encoded parameters: nested by brackets, checked field by field."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from payments.simulator.stripe.failures import StripeFailure

METADATA_KEYS_MAX, METADATA_KEY_MAX, METADATA_VALUE_MAX = 50, 40, 500
INTEGER = re.compile(r"-?[0-9]{1,15}")
DEPTH_MAX = 6
Values = dict[str, Any]
Read = Callable[[Any, str], Any]


@dataclass(frozen=True)
class Field:
    """How one parameter is read."""

    read: Read
    is_required: bool = False


def parse(encoded: str) -> Values:
    """Return parameters such as ``a[b][0]=c`` as nested dicts; a list is a dict of its places."""
    found: Values = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True, max_num_fields=1_000):
        if "\x00" in name + value:
            raise StripeFailure("Invalid string: NUL characters are not allowed.", param=_shown(name))
        first, *rest = re.split(r"\]\[|\[", name.removesuffix("]"))
        if len(rest) > DEPTH_MAX:
            raise StripeFailure(f"Invalid parameter: {_shown(name)} is nested too deeply.")
        target, key = found, first
        for inner in rest:
            target = target.setdefault(key, {})
            if not isinstance(target, dict):
                raise StripeFailure(f"Invalid object: {_shown(name)} is given in two ways.")
            key = inner or str(len(target))
        target[key] = value
    return found


def read(values: Values, fields: Mapping[str, Field], prefix: str = "") -> Values:
    """Return ``values`` as ``fields`` read them. Raises StripeFailure as Stripe would."""
    unknown = [name for name in values if name not in fields]
    if unknown:
        names = ", ".join(_inner(prefix, _shown(name)) for name in unknown)
        raise StripeFailure(
            f"Received unknown parameter{'s' if len(unknown) > 1 else ''}: {names}",
            code="parameter_unknown",
            param=_inner(prefix, _shown(unknown[0])),
        )
    for name, field in fields.items():
        if field.is_required and values.get(name, "") == "":
            param = _inner(prefix, name)
            raise StripeFailure(f"Missing required param: {param}.", code="parameter_missing", param=param)
    return {name: fields[name].read(value, _inner(prefix, name)) for name, value in values.items()}


def text(most: int = 500) -> Read:
    def read_text(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise StripeFailure(f"Invalid string: {name} must be a string.", param=name)
        if len(value) > most:
            raise StripeFailure(
                f"Invalid string: must be at most {most} characters.", code="parameter_invalid_string_length",
                param=name,
            )  # fmt: skip
        return value

    return read_text


def whole(least: int, most: int) -> Read:
    """Read a whole number: Stripe takes no fraction, also of currencies that have one."""

    def read_whole(value: Any, name: str) -> int:
        if not isinstance(value, str) or not INTEGER.fullmatch(value):
            raise StripeFailure(
                f"Invalid integer: {str(value)[:40]}", code="parameter_invalid_integer", param=name
            )
        number = int(value)
        if number < least:
            raise StripeFailure(
                f"This value must be greater than or equal to {least}.",
                code="parameter_invalid_integer",
                param=name,
            )
        if number > most:
            raise StripeFailure(
                f"This value must be less than or equal to {most}.",
                code="parameter_invalid_integer",
                param=name,
            )
        return number

    return read_whole


def flag(value: Any, name: str) -> bool:
    if value not in ("true", "false"):
        raise StripeFailure(f"Invalid boolean: {str(value)[:40]}", param=name)
    return bool(value == "true")


def one_of(*allowed: str) -> Read:
    def read_one(value: Any, name: str) -> str:
        if value not in allowed:
            raise StripeFailure(f"Invalid {name}: must be one of {' or '.join(allowed)}", param=name)
        return str(value)

    return read_one


def metadata(value: Any, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise StripeFailure(f"Invalid hash: {name} must be pairs of strings.", param=name)
    is_long = any(
        len(key) > METADATA_KEY_MAX or len(item) > METADATA_VALUE_MAX for key, item in value.items()
    )
    if len(value) > METADATA_KEYS_MAX or is_long:
        raise StripeFailure(
            f"Metadata has at most {METADATA_KEYS_MAX} keys of {METADATA_KEY_MAX} characters with values of "
            f"{METADATA_VALUE_MAX}.",
            param=name,
        )
    return value


def inside(fields: Mapping[str, Field]) -> Read:
    """Read an object within the object."""

    def read_inside(value: Any, name: str) -> Values:
        if not isinstance(value, dict):
            raise StripeFailure(f"Invalid object: {name}", param=name)
        return read(value, fields, name)

    return read_inside


def many(of: Read, most: int = 100) -> Read:
    """Read a list."""

    def read_many(value: Any, name: str) -> list[Any]:
        if not isinstance(value, dict) or len(value) > most:
            raise StripeFailure(f"Invalid array: {name} takes at most {most} items.", param=name)
        return [of(item, f"{name}[{place}]") for place, item in value.items()]

    return read_many


def optional(**fields: Read) -> dict[str, Field]:
    return {name: Field(reader) for name, reader in fields.items()}


def required(**fields: Read) -> dict[str, Field]:
    return {name: Field(reader, is_required=True) for name, reader in fields.items()}


EXPAND = optional(expand=many(text(200), most=20))


def _inner(prefix: str, name: str) -> str:
    return f"{prefix}[{name}]" if prefix else name


def _shown(name: str) -> str:
    return "".join(letter for letter in name[:60] if letter.isprintable())


def names_of(expand: Iterable[str], *, prefix: str = "") -> set[str]:
    """Return the paths to expand below ``prefix``: of a list's items, ``data.``."""
    return {path.removeprefix(prefix) for path in expand if path.startswith(prefix)}
