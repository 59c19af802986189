"""Occurrences become tasks: dates from the rules' frame, words from the locale, contact from the customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sheets_sync import locale
from sheets_sync.config import Settings, rules_table
from sheets_sync.contact import contact, phone_language, tracking_link
from sheets_sync.model import OwnTab, RowRef, Task, Value

if TYPE_CHECKING:
    import pandas as pd

_COMPANY = frozenset("ltda me sa epp eireli sl srl bv nv vof inc llc ltd co loja padaria mercado".split())
_LONGEST_FIRST_NAME = 20


@dataclass(frozen=True, slots=True)
class _Person:
    """What a task needs of a customer."""

    customer_id: str
    name: str
    phone: str | None
    email: str | None
    owner: str
    language: str


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
    tasks: list[Task] = []
    for rule, part in frame.groupby("rule", sort=False, observed=True):
        tasks.extend(_tasks_of_rule(str(rule), part, people, settings))
    order = {key: i for i, key in enumerate(frame["rule"] + ":" + frame["subject"] + ":" + frame["occurrence"])}
    return sorted(tasks, key=lambda t: order[t.key])


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


def _day(value: Any) -> date | None:  # noqa: ANN401  (a Timestamp or NaT)
    return None if value is None or value != value else value.date()  # noqa: PLR0124  (NaT is not itself)


def _columns(part: pd.DataFrame, names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: part[name].astype(object).where(part[name].notna(), None).tolist() for name in names}


def _tasks_of_rule(rule: str, part: pd.DataFrame, people: Mapping[str, _Person], settings: Settings) -> Iterator[Task]:
    words = locale.load(settings.language)
    row = rules_table()[rule]
    tab = OwnTab(str(row["family"]))
    parameters = [c for c in part.columns if c.startswith("p_") and part[c].notna().any()]
    fixed = [c for c in part.columns if not c.startswith("p_")]
    values = _columns(part, [*fixed, *parameters])
    for i in range(len(part)):
        at = {name: column[i] for name, column in values.items()}
        person = people.get(at["customer"] or "") or _Person(at["customer"] or "", "", None, None, "", settings.language)
        given: dict[str, Value] = {p[2:]: _plain(at[p]) for p in parameters if at[p] is not None}
        currency = at["currency"]
        if currency:
            given["currency"] = currency  # what places like {paid_amount:money} are in
        if at["amount"] is not None:
            given.setdefault("amount", words.money(int(at["amount"]), currency))
        given["customer"] = person.name or person.customer_id
        message = _message(rule, at, given, person, settings) if row.get("message") and at["message_variant"] else ""
        visible, due = _day(at["visible_on"]), _day(at["due_on"])
        assert visible is not None and due is not None, rule  # noqa: S101, PT018  (the frame's contract)
        yield Task(
            key=f"{rule}:{at['subject']}:{at['occurrence']}",
            rule=rule,
            tab=tab,
            subject=at["subject"],
            occurrence=at["occurrence"],
            number=int(at["number"]),
            customer_id=person.customer_id,
            customer=person.name or person.customer_id,
            visible_on=visible,
            due_on=due,
            daily_on=_day(at["daily_on"]),
            gone_on=_day(at["gone_on"]),
            late_on=_day(at["late_on"]),
            priority=int(at["priority"]),
            amount=None if at["amount"] is None else int(at["amount"]),
            currency=currency,
            since=_day(at["since"]) or due,
            why=words.why(rule, at["variant"] or "plain", given),
            message=message,
            contact=contact(person.phone, person.email, message, words_of(person.language).task(rule)),
            source=RowRef(tab=at["tab"] or "", row=int(at["row"] or 0)),
            owner=person.owner,
            order_on=_day(at["order_on"]),
            interval=None if at["interval"] is None else int(at["interval"]),
            held=bool(at["held"]),
            silenced=at["silenced"],
        )


def words_of(language: str) -> locale.Locale:
    """The locale of a customer's language."""
    return locale.load(language)


def _plain(value: Any) -> Value:  # noqa: ANN401  (a cell of a frame)
    """A frame's scalar as a plain value; Timestamps lose their time of day."""
    if hasattr(value, "to_pydatetime"):
        return _day(value)
    plain: Value = value.item() if hasattr(value, "item") else value
    return plain


def _message(rule: str, at: Mapping[str, Any], given: Mapping[str, Value], person: _Person, settings: Settings) -> str:
    theirs = words_of(person.language)
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
