"""Occurrences become tasks: dates from the rules' frame, words from the locale, contact from the customer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

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


class _Person(Struct, frozen=True):
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
    odd = not all(map(str.isalpha, words)) and ("," in name or any(map(str.isdigit, name)))
    unclear = odd or len(words[0]) > _LONGEST_FIRST_NAME
    if unclear or {w.strip(".").casefold() for w in words} & _COMPANY or "&" in words:
        return name.strip()
    first = words[0]
    return first.title() if first.isupper() or first.islower() else first


def build(frame: pd.DataFrame, customers: pd.DataFrame, settings: Settings) -> list[Task]:
    """Tasks of a candidates frame (``rules/frame.py``), in the frame's order.

    ``customers`` is ``Tables.customers``; texts for the team are in the workbook's language, messages in the
    customer's.
    """
    columns = {name: _plain(frame[name]) for name in frame.columns}
    fixed = [name for name in columns if not name.startswith("p_")]
    named: dict[str, list[tuple[str, list[Any]]]] = {rule: [] for rule in frame["rule"].unique()}
    for name in (name for name in columns if name.startswith("p_")):
        for rule in frame["rule"][frame[name].notna()].unique():
            named[rule].append((name.removeprefix("p_"), columns[name]))
    desk = _Desk(_people(customers, frame["customer"], settings), settings)
    rows = zip(*(columns[name] for name in fixed), strict=True)
    return [
        desk.task(
            dict(zip(fixed, row, strict=True)),
            {name: value for name, column in named[row[0]] if (value := column[i]) is not None},
        )
        for i, row in enumerate(rows)
    ]


def _plain(column: pd.Series) -> list[Any]:
    """A column as plain values: dates as ``date``, whole numbers as ``int``, None where there is nothing."""
    if column.dtype.kind == "M":
        return column.to_numpy(dtype="datetime64[D]").astype(object).tolist()
    missing: Any = None  # the stubs know no None here
    return column.to_numpy(dtype=object, na_value=missing).tolist()


def _people(customers: pd.DataFrame, wanted: pd.Series, settings: Settings) -> dict[str, _Person]:
    asked = set(wanted.dropna())
    columns = [customers[c].tolist() for c in ("customer", "name", "phone", "email", "owner", "language")]
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
        if identity in asked
    }


def _known(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class _Desk:
    """Where rows of the frame become tasks, their texts filled in."""

    def __init__(self, people: Mapping[str, _Person], settings: Settings) -> None:
        self._people = people
        self._settings = settings
        self._words = locale.load(settings.language)
        self._rules = rules_table()
        self._tracking = settings.text("tracking_link")
        self._own: dict[tuple[str, str], str | None] = {}

    def task(self, at: Mapping[str, Any], given: dict[str, Value]) -> Task:
        """The task of one row: ``at`` its fixed columns, ``given`` what its texts may name."""
        rule, who = at["rule"], at["customer"] or ""
        row = self._rules[rule]
        person = self._people.get(who) or _Person(who, "", None, None, "", self._settings.language)
        given["customer"] = name = person.name or person.customer_id
        amount, currency = at["amount"], at["currency"]
        if currency is not None:
            given.setdefault("currency", currency)  # what amounts among the parameters are of
        message = self._message(rule, at, given, person) if row["message"] and at["message_variant"] else ""
        if amount is not None:
            given.setdefault("amount", self._words.money(amount, currency))
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
            why=self._words.why(rule, at["variant"] or "plain", given),
            message=message,
            contact=contact(person.phone, person.email, message, locale.load(person.language).task(rule)),
            source=RowRef(tab=at["tab"] or "", row=at["row"] or 0),
            owner=person.owner,
            order_on=at["order_on"],
            interval=at["interval"],
            held=at["held"],
            silenced=at["silenced"],
        )

    def _message(self, rule: str, at: Mapping[str, Any], given: Mapping[str, Value], person: _Person) -> str:
        theirs = locale.load(person.language)
        values = {**given, "name": first_name(person.name)}
        code, carrier = str(given.get("tracking_code", "")), str(given.get("carrier", ""))
        values["tracking_link"] = (tracking_link(code, carrier, self._tracking) if code else "") or code
        if at["amount"] is not None:
            values["amount"] = theirs.money(int(at["amount"]), at["currency"])
        own = self._own_text(rule, person.language)
        if own is not None:
            return locale.fill_own(own, values, theirs)
        return theirs.message(rule, at["message_variant"], values)

    def _own_text(self, rule: str, language: str) -> str | None:
        """The team's own text for a rule's message; None = ours."""
        if (rule, language) not in self._own:
            self._own[rule, language] = self._settings.message(rule, language)
        return self._own[rule, language]
