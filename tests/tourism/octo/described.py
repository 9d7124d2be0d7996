"""OCTO's OpenAPI file as a judge of every answer the tests get. Where the file is missing nobody judges."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator, FormatChecker  # type: ignore[import-untyped]

FILE = Path(__file__).resolve().parents[4] / "shared" / "specs" / "octo-openapi.yml"


def check(method: str, path: str, status: int, body: object) -> None:
    """Fail unless an answer to ``method path`` with this status and body is described in the file."""
    if not FILE.exists():
        return
    operation = _document()["paths"][_template(path)][method]
    assert str(status) in operation["responses"], f"{method} {path}: {status} is not described"
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    root = {**schema, "components": _document()["components"]}
    errors = Draft4Validator(root, format_checker=FormatChecker()).iter_errors(body)
    told = [f"{error.json_path}: {error.message}" for error in errors]
    assert not told, f"{method} {path} {status}: {told}"


@cache
def _document() -> Any:
    return _with_nulls(yaml.safe_load(FILE.read_text()))


def _with_nulls(part: Any) -> Any:
    """OpenAPI 3.0 writes ``nullable`` where JSON schema writes a second type."""
    if isinstance(part, list):
        return [_with_nulls(each) for each in part]
    if not isinstance(part, dict):
        return part
    plain = {name: _with_nulls(each) for name, each in part.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if part.get("nullable") is True else plain


def _template(path: str) -> str:
    """The address as the file writes it: /bookings/{uuid}/confirm."""
    parts = path.strip("/").split("/")
    known = _document()["paths"]
    if len(parts) > 1 and parts[1] != "calendar":
        parts[1] = "{uuid}" if parts[0] == "bookings" else "{id}"
    whole = "/" + "/".join(parts)
    return whole if whole in known else f"{whole}/"
