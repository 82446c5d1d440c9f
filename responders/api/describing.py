"""The description of the interface as OpenAPI, made from the table of its ways; pure.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from responders.api.calls import PREFIX, Body, Way
from responders.api.shapes import SHAPES, TEXT

TITLE: Final = "Groundswell"
VERSION: Final = "1"
ABOUT: Final = (
    "What the command line's --json shows, and the same acts. A key is made with "
    "`groundswell user token NAME` and opens what that person's role opens."
)
REFUSALS: Final[Mapping[str, str]] = {
    "401": "no key, or a wrong or old one",
    "403": "the role is too low, or it cannot be done as things stand",
    "404": "there is no such thing",
    "409": "somebody was first; the reason says who, when, and how things stand now",
    "422": "the request is not valid; the reason names the field",
    "429": "too many requests; Retry-After says when to come back",
    "503": "the store is busy; nothing was changed",
}
_NAMES: Final = re.compile(r"\{(\w+)\}")


def describe(ways: Sequence[Way]) -> dict[str, Any]:
    """Return the whole description."""
    paths: dict[str, dict[str, Any]] = {}
    for way in ways:
        paths.setdefault(way.path, {})[way.method.lower()] = _operation(way)
    bodies = {way.takes.__name__: _body(way.takes) for way in ways if way.takes}
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "servers": [{"url": PREFIX}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {**{name: _shape(name) for name in SHAPES}, **bodies},
        },
    }


def _operation(way: Way) -> dict[str, Any]:
    refusals = {
        code: {"description": words, "content": _json(_ref("error"))}
        for code, words in REFUSALS.items()
    }
    found: dict[str, Any] = {
        "operationId": _name(way),
        "summary": way.summary,
        "parameters": _parameters(way),
        "responses": {
            "200": {"description": "done", "content": _json(_gives(way.gives))},
            **refusals,
        },
    }
    if way.takes is not None:
        needed = bool(way.takes.model_json_schema().get("required"))
        found["requestBody"] = {"required": needed, "content": _json(_ref(way.takes.__name__))}
    return found


def _parameters(way: Way) -> list[dict[str, Any]]:
    named = [
        {"name": name, "in": "path", "required": True, "schema": TEXT}
        for name in _NAMES.findall(way.path)
    ]
    asked = [
        {"name": name, "in": "query", "required": False, "description": words, "schema": TEXT}
        for name, words in way.filters.items()
    ]
    return [*named, *asked]


def _name(way: Way) -> str:
    """Return a name for programs: ``POST /drafts/{id}/edit`` is ``post_drafts_id_edit``."""
    words = re.sub(r"\W+", "_", way.path).strip("_")
    return f"{way.method.lower()}_{words}"


def _gives(name: str) -> dict[str, Any]:
    if name.endswith("[]"):
        return {"type": "array", "items": _ref(name.removesuffix("[]"))}
    return _ref(name)


def _shape(name: str) -> dict[str, Any]:
    parts = SHAPES[name]
    return {"type": "object", "required": list(parts), "properties": parts}


def _body(shape: type[Body]) -> dict[str, Any]:
    """Return the schema of a body, with what it stands on inside it."""
    found = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    inside = found.pop("$defs", {})
    return _inlined(found, inside)  # type: ignore[no-any-return]  # a table stays one


def _inlined(value: Any, inside: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        ref = str(value.get("$ref", "")).rsplit("/", 1)[-1]
        if ref in inside:
            return _inlined(inside[ref], inside)
        return {name: _inlined(part, inside) for name, part in value.items()}
    return [_inlined(part, inside) for part in value] if isinstance(value, list) else value


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
