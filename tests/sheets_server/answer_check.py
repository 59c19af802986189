"""Holds what this server answers to the discovery document: a wrong answer is a fault of the server, said as such."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

from tests.sheets_server.discovery import Api, bundled

Problem = str | None
Check = Callable[[Any], Problem]


class WrongAnswer(Exception):
    """This server was about to answer something Google could not."""


def check_answer(api_name: str, schema: str, answer: Any) -> None:
    """Raise WrongAnswer where ``answer`` is not a ``schema``."""
    if problem := _checks(api_name).of_message(schema)(answer):
        raise WrongAnswer(f"{schema}{problem}")


@functools.cache
def _checks(api_name: str) -> _Checks:
    return _Checks(bundled(api_name))


class _Checks:
    """One closure for each schema, made when first needed: a big answer is walked once, without looking anything up."""

    def __init__(self, api: Api) -> None:
        self.schemas = api.schemas
        self.made: dict[str, Check] = {}

    def of_message(self, name: str) -> Check:
        if name not in self.made:
            members: dict[str, Check] = {}
            self.made[name] = _object(members)
            for key, schema in self.schemas[name].get("properties", {}).items():
                members[key] = self.of(schema)
        return self.made[name]

    def of(self, schema: dict[str, Any]) -> Check:
        if "$ref" in schema:
            return self.of_message(schema["$ref"])
        kind = schema.get("type")
        if kind == "array":
            return _array(self.of(schema["items"]))
        if kind == "object":
            extra = schema.get("additionalProperties")
            return _map(self.of(extra)) if extra else _object({})
        if kind == "string":
            return _string(schema)
        return {"integer": _int32, "number": _number, "boolean": _boolean, "any": _anything}[kind or "any"]


def _object(members: dict[str, Check]) -> Check:
    def check(value: Any) -> Problem:
        if type(value) is not dict:
            return f": {value!r:.60} is no object"
        for key, member in value.items():
            known = members.get(key)
            if known is None:
                return f": unknown name {key!r}"
            if problem := known(member):
                return f".{key}{problem}"
        return None

    return check


def _map(of: Check) -> Check:
    def check(value: Any) -> Problem:
        if type(value) is not dict:
            return f": {value!r:.60} is no object"
        return next((f".{key}{problem}" for key, member in value.items() if (problem := of(member))), None)

    return check


def _array(of: Check) -> Check:
    def check(value: Any) -> Problem:
        if type(value) is not list:
            return f": {value!r:.60} is no array"
        if of is _anything:
            return None
        for index, item in enumerate(value):
            if problem := of(item):
                return f"[{index}]{problem}"
        return None

    return check


def _string(schema: dict[str, Any]) -> Check:
    allowed = frozenset(schema.get("enum", ()))
    whole = re.compile(r"-?\d+") if schema.get("format") in ("int64", "uint64") else None

    def check(value: Any) -> Problem:
        if type(value) is not str or (allowed and value not in allowed) or (whole and not whole.fullmatch(value)):
            return f": {value!r:.60} is not one of the strings it may be"
        return None

    return check


def _int32(value: Any) -> Problem:
    return None if type(value) is int and -(2**31) <= value < 2**31 else f": {value!r:.60} is no int32"


def _number(value: Any) -> Problem:
    return None if type(value) in (int, float) else f": {value!r:.60} is no number"


def _boolean(value: Any) -> Problem:
    return None if type(value) is bool else f": {value!r:.60} is no boolean"


def _anything(value: Any) -> Problem:
    return ": null" if value is None else None
