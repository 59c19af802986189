"""The discovery documents that google-api-python-client bundles: which methods exist, and their messages."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Method:
    """One method of an API, as the discovery document describes it."""

    id: str
    verb: str
    pattern: re.Pattern[str]
    custom_verb: str
    parameters: dict[str, Any]
    request: str | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Api:
    """The methods and messages of one API."""

    name: str
    methods: tuple[Method, ...]
    schemas: dict[str, Any]

    def find(self, verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
        """The method behind a path still percent-encoded, with its path parameters.

        ``{range}:append`` wins over ``{range}``: a custom verb is never part of a parameter.
        """
        best: tuple[tuple[bool, int], Method, dict[str, str]] | None = None
        for method in self.methods:
            if method.verb != verb or not (match := method.pattern.fullmatch(path)):
                continue
            score = (bool(method.custom_verb), -len(match.groupdict()))
            if best is None or score > best[0]:
                best = (score, method, match.groupdict())
        return best[1:] if best else None


@functools.cache
def bundled(name: str) -> Api:
    """``sheets.v4`` or ``drive.v3``, from the installed client library; nothing is fetched."""
    spec = importlib.util.find_spec("googleapiclient")
    if spec is None or spec.origin is None:
        raise RuntimeError("google-api-python-client is not installed: pip install 'sheets-sync[test]'")
    path = Path(spec.origin).parent / "discovery_cache" / "documents" / f"{name}.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    parameters = document.get("parameters", {})
    service_path = document.get("servicePath", "")
    found: list[Method] = []

    def walk(resource: dict[str, Any]) -> None:
        for method in resource.get("methods", {}).values():
            template = service_path + method["path"]
            last = template.rsplit("/", 1)[-1]
            found.append(
                Method(
                    id=method["id"],
                    verb=method["httpMethod"],
                    pattern=re.compile("/" + _pattern(template)),
                    custom_verb=last.rsplit(":", 1)[1] if ":" in last else "",
                    parameters={**parameters, **method.get("parameters", {})},
                    request=method.get("request", {}).get("$ref"),
                    answer=method.get("response", {}).get("$ref"),
                )
            )
        for child in resource.get("resources", {}).values():
            walk(child)

    walk(document)
    return Api(name, tuple(found), document["schemas"])


def _pattern(template: str) -> str:
    escaped = re.sub(r"[.:]", lambda m: "\\" + m[0], template)
    escaped = re.sub(r"\{\+(\w+)\}", r"(?P<\1>.+)", escaped)
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+?)", escaped)
