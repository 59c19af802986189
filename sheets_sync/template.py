"""Sentences with named places: ``Pedido {order} de {ordered_on}[ ({products})]``.

``{name}`` is a place, ``{day:year}`` a place shown in a given way (a date with its year; any other word names a unit:
``{days:days}`` is "6 dias"). A part in square brackets falls away when one of its places is missing or blank; brackets
without a place in them are just brackets. No attributes, no indexes: a template cannot look inside a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import TypeAlias

from sheets_sync.model import Value

_BRACKETS = re.compile(r"(\[[^\[\]]*\])")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
_SPACES = re.compile(r" {2,}")
_BEFORE_STOP = re.compile(r" +(?=[,.;:!?)])(?!:\))")
_EMPTY_PAIR = re.compile(r" ?\( *\)")


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; ``spec`` is how its value is shown ('' = plainly)."""

    name: str
    spec: str


Piece: TypeAlias = str | Place
Part: TypeAlias = Piece | tuple[Piece, ...]  # a tuple falls away as a whole


def _pieces(text: str) -> tuple[Piece, ...]:
    found: list[Piece] = []
    for literal, name, spec, conversion in Formatter().parse(text):
        if literal:
            found.append(literal)
        if name is None:
            continue
        if not name.isidentifier() or conversion or not (not spec or spec.isidentifier()):
            raise ValueError(f"not a plain placeholder: {name!r}")
        found.append(Place(name, spec or ""))
    return tuple(found)


@lru_cache(maxsize=4_096)
def parts(template: str) -> tuple[Part, ...]:
    """The template taken apart. Raises ValueError where braces do not match or hold more than a name."""
    found: list[Part] = []
    for chunk in _BRACKETS.split(template):
        pieces = _pieces(chunk)
        if chunk.startswith("[") and any(isinstance(p, Place) for p in pieces):
            found.append(_pieces(chunk[1:-1]))
        else:
            found.extend(pieces)
    return tuple(found)


def places(template: str) -> Iterator[tuple[Place, bool]]:
    """Every place of a template and whether it may be missing."""
    for part in parts(template):
        if isinstance(part, Place):
            yield part, False
        elif isinstance(part, tuple):
            yield from ((piece, True) for piece in part if isinstance(piece, Place))


def render(template: str, params: Mapping[str, Value], show: Callable[[Value, str], str]) -> str:
    """The sentence. Raises KeyError where a place outside brackets has no value (None counts as none)."""

    out: list[str] = []
    for part in parts(template):
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Place):
            out.append(show(_given(params, part), part.spec))
        elif _all_there(part, params):
            out += [p if isinstance(p, str) else show(params[p.name], p.spec) for p in part]
    return "".join(out)


def _all_there(part: tuple[Piece, ...], params: Mapping[str, Value]) -> bool:
    for piece in part:
        if not isinstance(piece, str):
            value = params.get(piece.name)
            if value is None or value == "":
                return False
    return True


def _given(params: Mapping[str, Value], place: Place) -> Value:
    value = params[place.name]
    if value is None:
        raise KeyError(place.name)
    return value


def render_leniently(template: str, params: Mapping[str, Value], show: Callable[[Value, str], str]) -> str:
    """The sentence of a template that a person wrote: a place without value leaves nothing behind."""
    names = {place.name for place, _ in places(template)}
    text = render(template, {n: "" if params.get(n) is None else params[n] for n in names}, show)
    text = _EMPTY_PAIR.sub("", text)
    return _BEFORE_STOP.sub("", _SPACES.sub(" ", text)).strip()


def safe(text: str) -> str:
    """A value as plain text: no control characters, line breaks, direction marks or lone surrogates."""
    return _UNSAFE.sub(" ", text) if _UNSAFE.search(text) else text
