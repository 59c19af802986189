"""Occurrences become tasks: dates from the rules' frame, words from the locale, contact from the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sheets_sync import locale
from sheets_sync.config import Settings
from sheets_sync.contact import contact, phone_language, tracking_link
from sheets_sync.model import OwnTab, RowRef, Task, Value
from sheets_sync.setting_specs import rules_table

if TYPE_CHECKING:
    import pandas as pd

_COMPANY = frozenset(
    [
        "ltda",
        "me",
        "sa",
        "epp",
        "eireli",
        "sl",
        "srl",
        "bv",
        "nv",
        "vof",
        "inc",
        "llc",
        "ltd",
        "co",
        "loja",
        "padaria",
        "mercado",
    ]
)
_LONGEST_FIRST_NAME = 20
_TABS = {tab.value: tab for tab in OwnTab}


@dataclass(frozen=True, slots=True)
class _Person:
    """What a task needs of a customer."""

    customer_id: str
    name: str
    phone: str | None
    email: str | None
    owner: str
    language: str


@lru_cache(maxsize=65_536)
def first_name(name: str) -> str:
    """How to greet: the first name of a person, the whole name of a firm or of anything unclear."""
    words = name.split()
    if not words:
        return ""
    unclear = "," in name or any(c.isdigit() for c in name) or len(words[0]) > _LONGEST_FIRST_NAME
    if unclear or {w.strip(".").casefold() for w in words} & _COMPANY or "&" in words:
        return name.strip()
    first = words[0]
    return first.title() if first.isupper() or first.islower() else first


def build(frame: pd.DataFrame, customers: pd.DataFrame, settings: Settings) -> list[Task]:
    """Tasks of a candidates frame (``rules/frame.py``), in the frame's order.

    ``customers`` is ``Tables.customers``; texts for the team are in the workbook's language, messages in the
    customer's.
    """
    people = _people(customers, frame["customer"], settings)
    words = locale.load(settings.language)
    columns = {name: _plain(frame[name]) for name in frame.columns}
    parameters = {rule: _parameters(part) for rule, part in frame.groupby("rule", sort=False)}
    fixed = [name for name in columns if not name.startswith("p_")]
    rows = zip(*(columns[name] for name in fixed), strict=True)
    return [
        _task(
            dict(zip(fixed, row, strict=True)),
            {p[2:]: columns[p][i] for p in parameters[row[0]]},
            people,
            words,
            settings,
        )
        for i, row in enumerate(rows)
    ]


def _parameters(part: pd.DataFrame) -> list[str]:
    """The parameter columns that a rule's rows use."""
    used = part.notna().any()
    return [name for name in part.columns if name.startswith("p_") and used[name]]


def _plain(column: pd.Series) -> list[Any]:
    """A column as plain values: dates as ``date``, whole numbers as ``int``, None where there is nothing."""
    if column.dtype.kind == "M":
        return column.to_numpy(dtype="datetime64[D]").astype(object).tolist()
    return column.astype(object).where(column.notna(), None).tolist()


def _people(customers: pd.DataFrame, wanted: pd.Series, settings: Settings) -> dict[str, _Person]:
    rows = customers[customers["customer"].isin(wanted.dropna().unique())]
    columns = [rows[c].tolist() for c in ("customer", "name", "phone", "email", "owner", "language")]
    return {
        str(identity): _Person(
            customer_id=str(identity),
            name=_known(name) or "",
            phone=_known(phone),
            email=_known(email),
            owner=_known(owner) or "",
            language=_known(language) or (_known(phone) and phone_language(phone)) or settings.language,
        )
        for identity, name, phone, email, owner, language in zip(*columns, strict=True)
    }


def _known(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _task(
    at: Mapping[str, Any],
    parameters: Mapping[str, Value],
    people: Mapping[str, _Person],
    words: locale.Locale,
    settings: Settings,
) -> Task:
    """The task of one row of the frame: ``at`` its fixed columns, ``parameters`` what its texts may name."""
    rule = at["rule"]
    row = rules_table()[rule]
    who = at["customer"] or ""
    person = people.get(who) or _Person(who, "", None, None, "", settings.language)
    given = {name: value for name, value in parameters.items() if value is not None}
    given["customer"] = name = person.name or person.customer_id
    amount, currency = at["amount"], at["currency"]
    if currency is not None:
        given.setdefault("currency", currency)  # what amounts among the parameters are of
    message = _message(rule, at, given, person, settings) if row["message"] and at["message_variant"] else ""
    if amount is not None:
        given.setdefault("amount", words.money(amount, currency))
    return Task(
        key=f"{rule}:{at['subject']}:{at['occurrence']}",
        rule=rule,
        tab=_TABS[str(row["family"])],
        subject=at["subject"],
        occurrence=at["occurrence"],
        number=at["number"],
        customer_id=person.customer_id,
        customer=name,
        visible_on=at["visible_on"],
        due_on=at["due_on"],
        daily_on=at["daily_on"],
        gone_on=at["gone_on"],
        late_on=at["late_on"],
        priority=at["priority"],
        amount=amount,
        currency=currency,
        since=at["since"] or at["due_on"],
        why=words.why(rule, at["variant"] or "plain", given),
        message=message,
        contact=contact(person.phone, person.email, message, locale.load(person.language).task(rule)),
        source=RowRef(tab=at["tab"] or "", row=at["row"] or 0),
        owner=person.owner,
        order_on=at["order_on"],
        interval=at["interval"],
        held=at["held"],
        silenced=at["silenced"],
    )


def _message(rule: str, at: Mapping[str, Any], given: Mapping[str, Value], person: _Person, settings: Settings) -> str:
    theirs = locale.load(person.language)
    values = {**given, "name": first_name(person.name)}
    code, carrier = str(given.get("tracking_code", "")), str(given.get("carrier", ""))
    link = tracking_link(code, carrier, settings.text("tracking_link")) if code else ""
    values["tracking_link"] = link or code
    if at["amount"] is not None:
        values["amount"] = theirs.money(int(at["amount"]), at["currency"])
    own = settings.message(rule, person.language)
    if own is not None:
        return locale.fill_own(own, values, theirs)
    return theirs.message(rule, at["message_variant"], values)
