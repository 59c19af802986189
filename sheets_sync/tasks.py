"""Occurrences become tasks: dates from the rules' frame, words from the locale, contact from the customer."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sheets_sync import locale
from sheets_sync.config import Settings
from sheets_sync.contact import contact, phone_language, tracking_link
from sheets_sync.locale import Locale
from sheets_sync.model import Contact, OwnTab, RowRef, Task
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
_NOBODY = Contact()
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


def build(
    frame: pd.DataFrame,
    customers: pd.DataFrame,
    settings: Settings,
    *,
    upcoming_after: date | None = None,
    shown: Container[str] = (),
) -> list[Task]:
    """Tasks of a candidates frame (``rules/frame.py``), in the frame's order.

    ``customers`` is ``Tables.customers``; texts for the team are in the workbook's language, messages in the
    customer's. Tasks not visible by ``upcoming_after`` have neither message nor contact, since the tab that lists them
    has no place for either; but for keys that are ``shown``.
    """
    people = _people(customers, frame["customer"], settings)
    at = {name: _plain(frame[name]) for name in frame.columns}
    keys = [":".join(named) for named in zip(at["rule"], at["subject"], at["occurrence"], strict=True)]
    told = [
        upcoming_after is None or visible_on <= upcoming_after or key in shown
        for visible_on, key in zip(at["visible_on"], keys, strict=True)
    ]
    desk = _Desk(at, keys, told, people, settings)
    texts = zip(desk.whys(), desk.messages(), strict=True)
    return [desk.task(row, why, message) for row, (why, message) in enumerate(texts)]


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


def _alike(*columns: list[Any]) -> dict[tuple[Any, ...], list[int]]:
    """The rows in which the columns say the same, together."""
    rows: dict[tuple[Any, ...], list[int]] = {}
    for row, said in enumerate(zip(*columns, strict=True)):
        rows.setdefault(said, []).append(row)
    return rows


class _Desk:
    """Where rows of the frame become tasks. Texts are filled in for all rows of one rule and wording at a time."""

    def __init__(
        self,
        at: Mapping[str, list[Any]],
        keys: list[str],
        told: list[bool],
        people: Mapping[str, _Person],
        settings: Settings,
    ) -> None:
        """``at``: the frame's columns; those called ``p_…`` are what texts may name; ``told``: with message."""
        self._at, self._keys, self._told = at, keys, told
        self._settings = settings
        self._rules = rules_table()
        language = settings.language
        self._people = [people.get(who) or _Person(who or "", "", None, None, "", language) for who in at["customer"]]
        self._named = {name.removeprefix("p_"): column for name, column in at.items() if name.startswith("p_")}
        self._named["customer"] = [person.name or person.customer_id for person in self._people]
        self._named["currency"] = at["currency"]  # of all amounts among them

    def whys(self) -> list[str]:
        """Why each task is due."""
        words = locale.load(self._settings.language)
        said = {**self._named, "amount": self._amounts(words)}
        whys = [""] * len(self._people)
        for (rule, variant), rows in _alike(self._at["rule"], self._at["variant"]).items():
            for row, why in zip(rows, words.whys(rule, variant or "plain", said, rows), strict=True):
                whys[row] = why
        return whys

    def messages(self) -> list[str]:
        """The ready text of each task that has one, in the customer's language: the team's own where they wrote it."""
        at, messages = self._at, [""] * len(self._people)
        languages = [person.language for person in self._people]
        amounts = {language: self._amounts(locale.load(language)) for language in set(languages)}
        said = {
            **self._named,
            "name": [first_name(person.name) for person in self._people],
            "tracking_link": self._tracking_links(),
        }
        alike = _alike(at["rule"], at["message_variant"], languages, self._told)
        for (rule, variant, language, told), rows in alike.items():
            if not (told and variant and self._rules[rule]["message"]):
                continue
            said["amount"] = amounts[language]
            own, theirs = self._settings.message(rule, language), locale.load(language)
            if own is None:
                texts = theirs.messages(rule, variant, said, rows)
            else:
                given = ({name: column[row] for name, column in said.items()} for row in rows)
                texts = [locale.fill_own(own, values, theirs) for values in given]
            for row, text in zip(rows, texts, strict=True):
                messages[row] = text
        return messages

    def _contact(self, row: int, message: str) -> Contact:
        if not self._told[row]:
            return _NOBODY
        person = self._people[row]
        subject = locale.load(person.language).task(self._at["rule"][row])
        return contact(person.phone, person.email, message, subject)

    def _amounts(self, words: Locale) -> list[str | None]:
        pairs = zip(self._at["amount"], self._at["currency"], strict=True)
        return [None if amount is None else words.money(amount, currency) for amount, currency in pairs]

    def _tracking_links(self) -> list[str]:
        template, nothing = self._settings.text("tracking_link"), [None] * len(self._people)
        codes, carriers = (self._named.get(name, nothing) for name in ("tracking_code", "carrier"))
        return [
            (tracking_link(code, carrier or "", template) or code) if code else ""
            for code, carrier in zip(codes, carriers, strict=True)
        ]

    def task(self, row: int, why: str, message: str) -> Task:
        """The task of a row of the frame."""
        at, person = self._at, self._people[row]
        rule = at["rule"][row]
        return Task(
            key=self._keys[row],
            rule=rule,
            tab=_TABS[str(self._rules[rule]["family"])],
            subject=at["subject"][row],
            occurrence=at["occurrence"][row],
            number=at["number"][row],
            customer_id=person.customer_id,
            customer=self._named["customer"][row],
            visible_on=at["visible_on"][row],
            due_on=at["due_on"][row],
            daily_on=at["daily_on"][row],
            gone_on=at["gone_on"][row],
            late_on=at["late_on"][row],
            priority=at["priority"][row],
            amount=at["amount"][row],
            currency=at["currency"][row],
            since=at["since"][row] or at["due_on"][row],
            why=why,
            message=message,
            contact=self._contact(row, message),
            source=RowRef(tab=at["tab"][row] or "", row=at["row"][row] or 0),
            owner=person.owner,
            order_on=at["order_on"][row],
            interval=at["interval"][row],
            held=at["held"][row],
            silenced=at["silenced"][row],
        )
