"""Field masks: ``sheets.properties(title,sheetId)``, ``gridProperties/rowCount``, ``*``.

A mask is a tree: ``{"sheets": {"properties": {"title": {}, "sheetId": {}}}}``; an empty branch takes all below it.
"""

from __future__ import annotations

import re
from typing import Any

from tests.sheets_server.discovery import Api
from tests.sheets_server.errors import RequestError, bad_request
from tests.sheets_server.proto_json import Json

Mask = dict[str, Any]

_TOKEN = re.compile(r"\s*([\w*$-]+|[(),./])")


def parse(text: str) -> Mask:
    """The tree that a mask names; ValueError where it is not a mask."""
    tokens, at = [], 0
    while at < len(text.rstrip()):
        if not (match := _TOKEN.match(text, at)):
            raise ValueError(text)
        tokens.append(match[1])
        at = match.end()
    tree, end = _siblings(tokens, 0)
    if end != len(tokens):
        raise ValueError(text)
    return tree


def _siblings(tokens: list[str], at: int) -> tuple[Mask, int]:
    tree: Mask = {}
    whole: set[str] = set()
    while at < len(tokens) and tokens[at] != ")":
        path = [_camel(tokens[at])]
        at += 1
        while at + 1 < len(tokens) and tokens[at] in "./":
            path.append(_camel(tokens[at + 1]))
            at += 2
        below: Mask = {}
        if at < len(tokens) and tokens[at] == "(":
            below, at = _siblings(tokens, at + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise ValueError("unclosed")
            at += 1
        _graft(tree, path, below, whole)
        if at < len(tokens) and tokens[at] == ",":
            at += 1
        elif at < len(tokens) and tokens[at] != ")":
            raise ValueError(tokens[at])
    return tree, at


def _graft(tree: Mask, path: list[str], below: Mask, whole: set[str]) -> None:
    """Put a path into the tree; what was named whole stays whole."""
    node = tree
    for depth, part in enumerate(path):
        last = depth == len(path) - 1
        where = ".".join(path[: depth + 1])
        if last:
            if not below:
                node[part] = {}
                whole.add(where)
            elif where not in whole:
                _merge(node.setdefault(part, {}), below)
        else:
            if where in whole:
                return
            node = node.setdefault(part, {})


def _merge(into: Mask, other: Mask) -> None:
    for key, below in other.items():
        if key not in into:
            into[key] = below
        elif not into[key] or not below:
            into[key] = {}
        else:
            _merge(into[key], below)


def for_reading(api: Api, schema: str, text: str | None) -> Mask | None:
    """The mask of a ``fields`` parameter, checked against the message it will cut; None where all was asked."""
    if text is None or text.strip() == "*":
        return None
    try:
        mask = parse(text)
    except ValueError:
        raise _no_such_path(text, text) from None
    if (path := _unknown(api, {"$ref": schema}, mask)) is not None:
        raise _no_such_path(text, path)
    return None if "*" in mask else mask


def _no_such_path(field: str, path: str) -> Exception:
    said = f"Error expanding 'fields' parameter. Cannot find matching fields for path '{path}'."
    return bad_request([(field, said)], "Request contains an invalid argument.")


def _unknown(api: Api, schema: Json, mask: Mask, at: str = "") -> str | None:
    while schema.get("type") == "array":
        schema = schema["items"]
    if "$ref" in schema:
        schema = api.schemas[schema["$ref"]]
    members = schema.get("properties", {})
    extra = schema.get("additionalProperties")
    for key, below in mask.items():
        where = f"{at}.{key}" if at else key
        if key == "*":
            continue
        member = members.get(key, extra)
        if member is None:
            return where
        if below and (deeper := _unknown(api, member, below, where)) is not None:
            return deeper
    return None


def cut(value: Any, mask: Mask | None) -> Any:
    """What a mask leaves of an answer; what lists hold stays in place, as Google leaves ``{}`` for it."""
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [cut(item, mask) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: cut(value[key], below) for key, below in mask.items() if key in value}


def wants(mask: Mask | None, *path: str) -> bool:
    """Whether an answer under ``mask`` holds anything at ``path``."""
    for part in path:
        if not mask or "*" in mask:
            return True
        if part not in mask:
            return False
        mask = mask[part]
    return True


def below(mask: Mask | None, *path: str) -> Mask | None:
    """The part of a mask that concerns ``path``; None takes all."""
    for part in path:
        if not mask or "*" in mask:
            return None
        mask = mask.get(part, {})
    return mask or None


def for_writing(api: Api, schema: str, text: str | None) -> Mask:
    """The mask of an update; a root branch ``*`` means every field. RequestError in Google's words."""
    if not text or not text.strip():
        raise RequestError("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    try:
        mask = parse(text)
    except ValueError:
        raise RequestError(f"Invalid field mask: {text}") from None
    if (path := _unknown(api, {"$ref": schema}, mask)) is not None:
        raise RequestError(f"Invalid field: {_snake(path)}")
    return {key: {} for key in api.schemas[schema]["properties"]} if "*" in mask else _with_colour_pairs(mask)


def _with_colour_pairs(mask: Mask) -> Mask:
    """A colour and its style are one thing under two names: who writes one writes both."""
    out: Mask = {}
    for key, branch in mask.items():
        out[key] = _with_colour_pairs(branch)
        if key.lower().endswith("color"):
            out[key], out[key + "Style"] = {}, {}
        elif key.lower().endswith("colorstyle"):
            out[key], out[key[:-5]] = {}, {}
    return out


def updated(old: Json, new: Json, mask: Mask) -> Json:
    """``old`` with the fields that ``mask`` names taken from ``new``; neither is changed."""
    out = dict(old)
    for key, branch in mask.items():
        if branch and isinstance(new.get(key, {}), dict):
            before = out.get(key)
            member = updated(before if isinstance(before, dict) else {}, new.get(key, {}), branch)
            if member:
                out[key] = member
            else:
                out.pop(key, None)
        elif key in new:
            out[key] = new[key]
        else:
            out.pop(key, None)
    return out


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(path: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), path)
