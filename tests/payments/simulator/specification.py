"""GSMA's OpenAPI file as a judge of answers and callbacks."""

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator, FormatChecker  # type: ignore[import-untyped]

FILE = Path(__file__).resolve().parents[4] / "shared" / "specs" / "gsma-mobile-money-1.2.yml"
# GSMA's prose and the public clients write it so, the file errordescription. We send both.
SPELT_OTHERWISE = {"errorDescription"}


def is_list(answer: dict[str, Any]) -> bool:
    """Return whether a described answer is a list: it counts its records.

    Of bill payments and authorisation codes the file's schema says one object, although its description
    and its headers say a list, and no one object could answer for none or for several. We send lists.
    """
    return "X-Records-Returned-Count" in answer.get("headers", {})


class Specification:
    """Checks objects against the schemas of the file. OpenAPI 3.0 schemas are JSON schema draft 4."""

    def __init__(self, file: Path) -> None:
        self._document = yaml.safe_load(file.read_text())
        self._validators: dict[str, Draft4Validator] = {}

    def check_answer(self, method: str, path: str, status: int, body: object) -> None:
        """Fail unless an answer to ``method path`` with this status and body is described in the file."""
        operation = self._document["paths"][self._template(method, path)][method.lower()]
        described = {str(code): answer for code, answer in operation["responses"].items()}
        assert str(status) in described, f"{method} {path}: {status} is not described"
        if "content" not in described[str(status)]:
            assert body is None, f"{method} {path}: {status} has no body"
            return
        schema = described[str(status)]["content"]["application/json"]["schema"]
        if is_list(described[str(status)]) and "$ref" in schema:
            schema = {"type": "array", "items": schema}
        if schema.get("type") == "array":
            assert isinstance(body, list), body
            for item in body:
                self.check_object(schema["items"]["$ref"].rpartition("/")[2], item)
        else:
            self.check_object(schema["$ref"].rpartition("/")[2], body)

    def operations(self) -> list[tuple[str, str]]:
        """Return the method and path of every operation in the file."""
        methods = ("get", "post", "patch", "put", "delete")
        paths = self._document["paths"].items()
        return [(method, path) for path, item in paths for method in methods if method in item]

    def check_object(self, schema: str, body: object) -> None:
        """Fail unless ``body`` is a valid ``schema`` and has no property the schema does not name."""
        errors = [
            f"{error.json_path}: {error.message}" for error in self._validator(schema).iter_errors(body)
        ]
        assert not errors, f"{schema}: {errors} in {body}"
        assert isinstance(body, dict)
        unknown = body.keys() - self._properties({"$ref": f"#/components/schemas/{schema}"}) - SPELT_OTHERWISE
        assert not unknown, f"{schema} has no {unknown}"

    def _validator(self, schema: str) -> Draft4Validator:
        if schema not in self._validators:
            root = {"$ref": f"#/components/schemas/{schema}", "components": self._document["components"]}
            self._validators[schema] = Draft4Validator(root, format_checker=FormatChecker())
        return self._validators[schema]

    def _template(self, method: str, path: str) -> str:
        wanted = path.strip("/").split("/")
        fitting = [
            parts
            for parts in (
                template.strip("/").split("/")
                for template, item in self._document["paths"].items()
                if method.lower() in item
            )
            if len(parts) == len(wanted)
            and all(part.startswith("{") or part == word for part, word in zip(parts, wanted, strict=True))
        ]
        assert fitting, f"{method} {path} is not in the file"
        # /accounts/balance is that path before it is /accounts/{accountId}.
        return "/" + "/".join(min(fitting, key=lambda parts: sum(part.startswith("{") for part in parts)))

    def _properties(self, schema: dict[str, Any]) -> set[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._properties(self._document["components"]["schemas"][name])
        names = set(schema.get("properties", {}))
        for part in [*schema.get("allOf", []), *schema.get("anyOf", [])]:
            names |= self._properties(part)
        return names


def load() -> Specification | None:
    """Return the file as a judge, or None where a checkout comes without it."""
    return Specification(FILE) if FILE.exists() else None
