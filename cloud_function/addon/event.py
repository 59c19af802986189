"""What Google tells of a click in the panel: who looks, at which spreadsheet, what was pressed and filled in.

Google adds fields as it likes, so unknown ones are left aside; those we read must be what they should be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cloud_function.door import Declined

ACTION, SPREADSHEET, TAB, KEY, SEEN = "action", "spreadsheet", "tab", "key", "seen"
"""Names of our buttons' parameters."""

_ID = re.compile(r"[A-Za-z0-9_-]{20,100}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``action``: of the button that was pressed, '' where the panel was opened or the file granted.

    ``spreadsheet``: '' as long as the person has not let us open it; ``token``: theirs, for that file; ``scopes``: what
    they granted, None where Google does not say.
    """

    action: str
    spreadsheet: str
    locale: str
    token: str = field(repr=False)
    scopes: frozenset[str] | None
    parameters: Mapping[str, str]
    inputs: Mapping[str, Any]

    def text(self, name: str) -> str | None:
        """What was written into a text field; None where there is no such field."""
        written = _dict(self.inputs, name, "commonEventObject.formInputs").get("stringInputs")
        if written is None:
            return None
        values = written.get("value", [""]) if isinstance(written, dict) else None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise Declined(400, "field_wrong", name)
        return str(values[0]) if values else ""

    def day(self, name: str) -> date | None:
        """The day that was chosen; a picker of days says its midnight in UTC."""
        chosen = _dict(self.inputs, name, "commonEventObject.formInputs").get("dateInput")
        if chosen is None:
            return None
        try:
            return (_EPOCH + timedelta(milliseconds=int(chosen["msSinceEpoch"]))).date()
        except (LookupError, TypeError, ValueError, OverflowError) as error:
            raise Declined(400, "field_wrong", name) from error


def tokens_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that holds the tokens. Declined where it is none."""
    return _dict(body, "authorizationEventObject", "")


def event_of(body: Mapping[str, Any]) -> Event:
    """The event. Declined (400), with the field's name, where a field is not what it should be."""
    common = _dict(body, "commonEventObject", "")
    if common.get("hostApp") != "SHEETS":
        raise Declined(400, "field_wrong", "commonEventObject.hostApp")
    tokens, sheets = tokens_of(body), _dict(body, "sheets", "")
    parameters = _dict(common, "parameters", "commonEventObject")
    if not all(isinstance(value, str) for value in parameters.values()):
        raise Declined(400, "field_wrong", "commonEventObject.parameters")
    granted = sheets.get("addonHasFileScopePermission", "id" in sheets)
    if not isinstance(granted, bool):
        raise Declined(400, "field_wrong", "sheets.addonHasFileScopePermission")
    # a click on a card may come without the file it was made for: our buttons carry it
    told = "sheets" in body and not granted
    named = "" if told else _text(sheets, "id", "sheets") or parameters.get(SPREADSHEET, "")
    if named and not _ID.fullmatch(named):
        raise Declined(400, "field_wrong", "sheets.id")
    return Event(
        action=parameters.get(ACTION, ""),
        spreadsheet=named,
        locale=_text(common, "userLocale", "commonEventObject"),
        token=_text(tokens, "userOAuthToken", "authorizationEventObject"),
        scopes=_scopes(tokens.get("authorizedScopes")),
        parameters=parameters,
        inputs=_dict(common, "formInputs", "commonEventObject"),
    )


def _scopes(found: object) -> frozenset[str] | None:
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(scope, str) for scope in found):
        raise Declined(400, "field_wrong", "authorizationEventObject.authorizedScopes")
    return frozenset(found)


def _dict(of: Mapping[str, Any], name: str, inside: str) -> Mapping[str, Any]:
    found = of.get(name, {})
    if not isinstance(found, dict):
        raise Declined(400, "field_wrong", f"{inside}.{name}".lstrip("."))
    return found


def _text(of: Mapping[str, Any], name: str, inside: str) -> str:
    found = of.get(name, "")
    if not isinstance(found, str):
        raise Declined(400, "field_wrong", f"{inside}.{name}")
    return found
