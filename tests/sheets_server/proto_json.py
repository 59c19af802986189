"""Messages as Google's JSON reader takes them and its JSON writer leaves them.

``read`` checks a request against the discovery document and returns it as the parsed message would be written back:
camelCase, numbers as numbers, nulls and proto3 defaults gone, colours twice. ``check_answer`` holds what this server
writes to the same document.
"""

from __future__ import annotations

import json
import math
import re
import struct
from typing import Any

from tests.sheets_server.discovery import Api
from tests.sheets_server.errors import bad_request

Json = dict[str, Any]

# Scalars whose presence Google keeps though they hold the default (wrappers and members of a oneof).
_KEPT = {
    "GridRange": {"startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"},
    "DimensionRange": {"startIndex", "endIndex"},
    "SheetProperties": {"sheetId", "index"},
    "TextFormat": {"bold", "italic", "strikethrough", "underline", "fontSize"},
    "ExtendedValue": {"numberValue", "boolValue", "stringValue", "formulaValue"},
    "DeveloperMetadataLocation": {"sheetId"},
    "Color": {"alpha"},
    "TextRotation": {"angle", "vertical"},
    "Padding": {"top", "right", "bottom", "left"},
    "DeveloperMetadata": {"metadataValue"},
}
# Members of which a message may hold one; None are all of them.
_ONE_OF: dict[str, tuple[str, frozenset[str] | None]] = {
    "Request": ("kind", None),
    "ExtendedValue": ("value", None),
    "DataFilter": ("filter", None),
    "ConditionalFormatRule": ("rule", frozenset({"booleanRule", "gradientRule"})),
    "UpdateCellsRequest": ("area", frozenset({"start", "range"})),
    "FindReplaceRequest": ("scope", frozenset({"range", "sheetId", "allSheets"})),
}
_PACKAGE = "type.googleapis.com/google.apps.sheets.v4."


class _Reader:
    def __init__(self, api: Api) -> None:
        self.schemas = api.schemas
        self.violations: list[tuple[str, str]] = []

    def say(self, at: str, description: str) -> None:
        self.violations.append((at, description))

    def message(self, name: str, value: Any, at: str) -> Any:
        schema = self.schemas[name]
        if not isinstance(value, dict):
            self.wrong(at, f"{_PACKAGE}{name}", value)
            return {}
        properties = schema.get("properties", {})
        kept = _KEPT.get(name, ())
        out: Json = {}
        for key, member in value.items():
            camel = key if key in properties else _camel(key)
            where = f"{at}.{_snake(camel)}" if at else _snake(camel)
            if camel not in properties:
                place = f" at '{at}'" if at else ""
                self.say(at, f'Invalid JSON payload received. Unknown name "{key}"{place}: Cannot find field.')
                continue
            if member is None:
                continue
            read = self.member(properties[camel], member, where, f"{name}.{camel[:1].upper()}{camel[1:]}")
            if camel not in kept and _is_default(read):
                continue
            out[camel] = read
        if name in _ONE_OF:
            self.one_of(*_ONE_OF[name], out, at)
        _pair_colours(properties, out)
        return out

    def one_of(self, field: str, members: frozenset[str] | None, out: Json, at: str) -> None:
        given = [key for key in out if members is None or key in members]
        if len(given) > 1:
            self.say(
                at,
                f"Invalid value at '{at}' (oneof), oneof field '{field}' is already set. Cannot set '{given[1]}'",
            )

    def member(self, schema: Json, value: Any, at: str, type_name: str) -> Any:
        if "$ref" in schema:
            return self.message(schema["$ref"], value, at)
        kind = schema.get("type")
        if kind == "array":
            return self.array(schema["items"], value, at, type_name)
        if kind == "object":
            extra = schema.get("additionalProperties")
            if not isinstance(value, dict) or extra is None:
                self.wrong(at, "google.protobuf.Struct", value)
                return {}
            return {k: self.member(extra, v, f"{at}[{k}]", type_name) for k, v in value.items()}
        if kind == "any":
            return value
        return self.scalar(schema, value, at, type_name)

    def array(self, items: Json, value: Any, at: str, type_name: str) -> Any:
        of_any = items.get("type") == "array"
        if not isinstance(value, list):
            self.wrong(at, f"{'google.protobuf.ListValue' if of_any else type_name}", value)
            return []
        if of_any:
            for index, row in enumerate(value):
                if not isinstance(row, list):
                    self.wrong(f"{at}[{index}]", "google.protobuf.ListValue", row)
            return value
        return [self.member(items, item, f"{at}[{index}]", type_name) for index, item in enumerate(value)]

    def scalar(self, schema: Json, value: Any, at: str, type_name: str) -> Any:
        kind, form = schema.get("type"), schema.get("format")
        if isinstance(value, (dict, list)):
            self.say(at, f"Invalid value at '{at}' ({_wire_type(kind, form)}), {json.dumps(value)}")
            return ""
        if kind == "boolean":
            if isinstance(value, bool):
                return value
        elif kind == "integer":
            if (number := _integer(value)) is not None and -(2**31) <= number < 2**31:
                return number
        elif kind == "number":
            if (real := _real(value)) is not None:
                return _colour_part(real) if type_name.startswith("Color.") else real
        elif kind == "string":
            if "enum" in schema:
                if value in schema["enum"]:
                    return value
                self.wrong(at, type_name, value, package=_PACKAGE)
                return ""
            if isinstance(value, str) or (form in ("int64", "uint64") and _integer(value) is not None):
                return str(value)
        self.say(at, f"Invalid value at '{at}' ({_wire_type(kind, form)}), {json.dumps(value)}")
        return None

    def wrong(self, at: str, type_name: str, value: Any, package: str = "") -> None:
        name = type_name if type_name.startswith("type.") else f"{package or 'type.googleapis.com/'}{type_name}"
        self.say(at, f"Invalid value at '{at}' ({name}), {json.dumps(value, ensure_ascii=False)}")


def read(api: Api, name: str, body: Any, at: str = "") -> Json:
    """A request body as the message Google would have parsed; ApiError 400 in Google's words where it would not."""
    reader = _Reader(api)
    message: Json = reader.message(name, body, at)
    if reader.violations:
        raise bad_request(reader.violations)
    return message


def read_query(parameters: dict[str, Any], pairs: list[tuple[str, str]], *, lenient: bool = False) -> dict[str, Any]:
    """Query parameters by name, lists for those that repeat.

    400 for one that the method does not know; ``lenient`` passes it over, as Drive does.
    """
    out: dict[str, Any] = {}
    for given, text in pairs:
        key = given if given in parameters else _camel(given)
        schema = parameters.get(key)
        if lenient and schema is None:
            continue
        if schema is None or schema["location"] != "query":
            said = (
                f'Invalid JSON payload received. Unknown name "{given}": Cannot bind query parameter. '
                f"Field '{given}' could not be found in request message."
            )
            raise bad_request([("", said)])
        value: Any = text
        if schema["type"] == "boolean":
            if text.lower() not in ("true", "false", "1", "0"):
                raise bad_request([(_snake(key), f"Invalid value at '{_snake(key)}' (TYPE_BOOL), \"{text}\"")])
            value = text.lower() in ("true", "1")
        elif schema["type"] == "integer":
            if not re.fullmatch(r"-?\d+", text):
                raise bad_request([(_snake(key), f"Invalid value at '{_snake(key)}' (TYPE_INT32), \"{text}\"")])
            value = int(text)
        elif "enum" in schema and text not in schema["enum"]:
            kind = f"{_PACKAGE}{key[:1].upper()}{key[1:]}"
            raise bad_request([(_snake(key), f"Invalid value at '{_snake(key)}' ({kind}), \"{text}\"")])
        if schema.get("repeated"):
            out.setdefault(key, []).append(value)
        else:
            out[key] = value
    return out


def as_float32(value: float) -> float:
    """A number that went through a 32-bit float, in the shortest digits that give it back."""
    packed = struct.unpack("f", struct.pack("f", value))[0]
    for digits in range(1, 10):
        short = float(f"{packed:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == packed:
            return int(short) if short.is_integer() else short
    return float(packed)


def _colour_part(value: float) -> float:
    """Colours are kept in 8 bits a part, cut and not rounded: 0.5 comes back as 0.49803922."""
    return as_float32(math.floor(min(max(value, 0.0), 1.0) * 255 + 1e-4) / 255)


def as_number(value: float) -> float | int:
    """A double as JSON shows it: no point where it holds a whole number."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**63:
        return int(value)
    return value


def _pair_colours(properties: Json, out: Json) -> None:
    """Every colour is written twice, plain and as a style; the style wins where both were given."""
    for style_key in properties:
        if not style_key.endswith("Style") or (plain_key := style_key[:-5]) not in properties:
            continue
        if properties[style_key].get("$ref") != "ColorStyle":
            continue
        if style_key in out:
            style = out[style_key]
            if "rgbColor" in style:
                out[plain_key] = style["rgbColor"]
            elif "themeColor" in style:
                out[plain_key] = THEME_COLOURS.get(style["themeColor"], {})
            else:
                out.pop(style_key)
                out.pop(plain_key, None)
        elif plain_key in out:
            out[style_key] = {"rgbColor": out[plain_key]}


THEME_COLOURS: dict[str, Json] = {
    "TEXT": {},
    "BACKGROUND": {"red": 1, "green": 1, "blue": 1},
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}


def _is_default(value: Any) -> bool:
    return value is None or value is False or value == "" or (value == 0 and not isinstance(value, bool)) or value == []


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return None


def _real(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _wire_type(kind: str | None, form: str | None) -> str:
    return {
        "boolean": "TYPE_BOOL",
        "integer": "TYPE_INT32",
        "number": "TYPE_FLOAT" if form == "float" else "TYPE_DOUBLE",
        "string": "TYPE_STRING",
    }.get(kind or "", "TYPE_MESSAGE")


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: "_" + m[1].lower(), key)
