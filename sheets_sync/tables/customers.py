"""The customers frame: one row for each customer, from customers tabs first, then from orders and exchanges."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.model import SourceTab
from sheets_sync.tables.dates import midnight
from sheets_sync.tables.frames import CUSTOMERS_FRAME, UNKNOWN, frame_of
from sheets_sync.tables.identity import STRONG, Identities, first_of
from sheets_sync.tables.intervals import interval_after
from sheets_sync.tables.mentions import DETAILS, EMAIL, ID, NAME, PHONE, TAX, Mentions
from sheets_sync.tables.pieces import Coded, Flags, Moments, Positions, Text, coded
from sheets_sync.tables.questions import Questions
from sheets_sync.tables.reading import Reading
from sheets_sync.tables.rows import SourceRows
from sheets_sync.tables.tags import split_products

"""A planned order further ahead than this is more likely a slip of the pen."""


class Visit(Struct, frozen=True, kw_only=True):
    """What the rows of customers tabs say about orders, after "latest or next" has been told apart."""

    last: Moments
    next: Moments


def doubtful_rows(
    rows: SourceRows, customer: Positions, unsure: Flags, reading: Reading, questions: Questions
) -> Flags:
    """Rows of customers tabs that a question keeps out of the cycle: unreadable cells, nobody's, two customers'."""
    out = rows.out.copy()
    nobody = (customer < 0) & ~unsure & ~out
    rows.ask(questions, "customer_without_name", nobody, "name")
    for key in ("latest_or_next_on", "last_order_on"):
        out |= rows.ask_too_far_ahead(questions, key, reading)
    return out | nobody | unsure


def visits(rows: SourceRows, reading: Reading) -> Visit:
    """Last and next order of each row. One date for either: up to today the last order; a later one is the next, and
    with a frequency the last was one interval before it."""
    today = np.datetime64(reading.today, "s")
    last, following = midnight(rows.days("last_order_on")), midnight(rows.days("next_order_on"))
    for either in (midnight(rows.days("latest_or_next_on")), last.copy()):
        past = either <= today
        last = np.where(past, np.fmax(last, either), np.where(last > today, np.datetime64("NaT", "s"), last))
        following = np.where((either > today) & np.isnat(following), either, following)
    every = rows.series("every_n")
    from_either = midnight(rows.days("latest_or_next_on")) > today
    if every is not None and from_either.any():
        in_months = _is(rows.words("every_unit"), "months")
        before = interval_after(following.astype("datetime64[D]"), -every.to_numpy(dtype=np.int64), in_months)
        computed = np.isnat(last) & from_either & (before <= today.astype("datetime64[D]"))
        last = np.where(computed, before.astype("datetime64[s]"), last)
    return Visit(last=last, next=following)


def _is(column: Coded, word: str) -> Flags:
    same = np.append((column.words == word).to_numpy(dtype=bool), False)
    found: Flags = same[column.codes]
    return found


def tell_joined(rows: SourceRows, mentions: Mentions, customer: Positions, questions: Questions) -> None:
    """A notice: rows of customers tabs that a phone, e-mail or CPF makes one customer, though their names differ."""
    at = mentions.of[SourceTab.CUSTOMERS]
    names, ids = mentions.kinds[NAME].codes[at], mentions.kinds[ID].codes[at]
    seen = pd.DataFrame({"customer": customer, "name": names, "id": ids, "at": np.arange(len(rows))})
    seen = seen[(seen["customer"] >= 0) & (seen["name"] >= 0)]
    of_name = seen.drop_duplicates(["customer", "name"])["customer"]
    several = of_name[of_name.duplicated()].unique()
    without_id = seen.loc[seen["id"] < 0, "customer"]
    joined = seen[seen["customer"].isin(several) & seen["customer"].isin(without_id)].drop_duplicates("customer")
    if len(joined):
        _tell("customers_joined", joined["at"].to_numpy(dtype=np.int64), rows, questions)


def tell_namesakes(rows: SourceRows, mentions: Mentions, customer: Positions, questions: Questions) -> None:
    """A notice: rows of customers tabs that are one customer because one of them has nothing but the name."""
    at = mentions.of[SourceTab.CUSTOMERS]
    bare = np.all([mentions.kinds[kind].codes[at] < 0 for kind in STRONG], axis=0)
    seen = pd.DataFrame({"customer": customer, "bare": bare, "at": np.arange(len(rows))})[customer >= 0]
    several = seen[seen["customer"].duplicated(keep=False)]
    alike = several[several["bare"]].drop_duplicates("customer")
    if len(alike):
        _tell("customers_namesakes", alike["at"].to_numpy(dtype=np.int64), rows, questions)


def _tell(code: str, at: Positions, rows: SourceRows, questions: Questions) -> None:
    """A notice about the rows at these positions, under the name that the first one has."""
    found = str(rows.words(NAME).only(at[:1]).series().iloc[0])
    title = next(iter(rows.places(at[:1])))[0]
    questions.ask(code, title, rows.row[at], found=found, told=True)


# ── the frame ───────────────────────────────────────────────────────────────


def build(mentions: Mentions, identities: Identities, rows: SourceRows | None, reading: Reading) -> pd.DataFrame:
    """``CUSTOMERS_FRAME`` of all customers; ``rows``: those of customers tabs, None where there is no such tab."""
    count = len(identities)
    order = np.lexsort((-mentions.latest.astype(np.int64) * ~mentions.in_tab, ~mentions.in_tab))
    whose = identities.customer
    anywhere = Picker(whose, count, order)
    columns: dict[str, Any] = {
        "customer": identities.identity,
        ID: first_of(mentions.kinds[ID], whose, count),
        **{kind: anywhere.text(mentions.kinds[kind]) for kind in (PHONE, EMAIL, TAX)},
        NAME: anywhere.text(mentions.details[NAME]),
        **{key: anywhere.text(mentions.details[key]) for key in DETAILS},
        "active": np.ones(count, dtype=bool),
        "in_tab": np.zeros(count, dtype=bool),
    }
    place = anywhere.first(np.ones(len(mentions), dtype=bool))
    columns["row"] = mentions.row[place]
    columns["tab"] = mentions.tab.only(place).series()
    np.logical_or.at(columns["in_tab"], whose[mentions.in_tab & (whose >= 0)], True)
    if rows is not None and len(rows):
        columns |= _own(rows, whose[mentions.of[SourceTab.CUSTOMERS]], count, reading)
    return frame_of(CUSTOMERS_FRAME, columns, count)


class Picker(Struct, frozen=True):
    """Chooses for each customer the first row with a value. ``order``: rows, most important first."""

    whose: Positions
    count: int
    order: Positions

    def first(self, filled: Flags) -> Positions:
        """For each customer the first filled row, -1 where there is none."""
        backwards = self.order[::-1]
        use = backwards[filled[backwards] & (self.whose[backwards] >= 0)]
        found = np.full(self.count, -1, dtype=np.int64)
        found[self.whose[use]] = use  # the last written is the first in order
        return found

    def text(self, column: Coded) -> Text:
        """A text column by customer."""
        found = self.first(column.codes >= 0)
        return Coded(
            codes=np.where(found >= 0, column.codes[found] if len(column.codes) else -1, -1), words=column.words
        ).series()

    def latest(self, dates: Moments) -> Moments:
        """The latest date by customer."""
        numbers = np.full(self.count, np.iinfo(np.int64).min)
        use = self.whose >= 0
        np.maximum.at(numbers, self.whose[use], dates[use].astype(np.int64))  # NaT is the smallest number
        return numbers.astype("datetime64[s]")

    def date(self, dates: Moments) -> Moments:
        """The first date by customer."""
        found = self.first(~np.isnat(dates))
        return np.append(dates, np.datetime64("NaT", "s"))[found]

    def whole(self, numbers: npt.NDArray[np.int64], found: Positions) -> Any:
        """Numbers of the rows found, missing where there is none."""
        return pd.arrays.IntegerArray(np.append(numbers, 0)[found], found < 0)


def _own(rows: SourceRows, whose: Positions, count: int, reading: Reading) -> dict[str, Any]:
    """What only customers tabs say."""
    pick = Picker(whose, count, np.arange(len(rows)))
    visit = visits(rows, reading)
    columns: dict[str, Any] = {
        "last_order_on": pick.latest(visit.last),
        "next_order_on": pick.date(visit.next),
        "card_failed_on": pick.latest(midnight(rows.days("card_failed_on"))),
        "last_contact_on": pick.latest(midnight(rows.days("last_contact_on"))),
        "customer_type": pick.text(rows.words("customer_type")),
        "products": pick.text(rows.words("products")),
        "opted_out": _any(rows, "opted_out", True, whose, count),
        "active": ~_any(rows, "active", False, whose, count),
        "tags": pick.text(_all_tags(rows)),
        **_category(rows, pick),
    }
    every = rows.series("every_n")
    if every is not None:
        n = every.to_numpy(dtype=np.int64)
        found = pick.first(n > 0)
        columns["every_n"] = pick.whole(n, found)
        unit = rows.words("every_unit")
        columns["every_unit"] = Coded(codes=np.append(unit.codes, -1)[found], words=unit.words).series()
    return columns


def _any(rows: SourceRows, key: str, wanted: bool, whose: Positions, count: int) -> Flags:
    out = np.zeros(count, dtype=bool)
    column = rows.series(key)
    if column is not None:
        said = column.eq(wanted).to_numpy(dtype=bool, na_value=False)
        out[whose[said & (whose >= 0)]] = True
    return out


def _all_tags(rows: SourceRows) -> Coded:
    """A customer row's own tags and products, each once."""
    tags, products = rows.words("tags").series(), rows.words("products").series()
    both = tags.str.cat(products, sep=",", na_rep="")
    words = coded(both.where(both != ","))
    return Coded(codes=words.codes, words=split_products(words.words.str.strip(",")))


def _category(rows: SourceRows, pick: Picker) -> dict[str, Any]:
    """The category, and whether it is blank in a tab that fills it in elsewhere. An unreadable cell is no blank one."""
    category = rows.words("category")
    filled = category.codes >= 0
    faulty = rows.faulty.get("category", np.zeros(len(rows), dtype=bool))
    in_use = np.zeros(len(rows.tab.words), dtype=bool)
    in_use[rows.tab.codes[filled]] = True
    blank = in_use[rows.tab.codes] & ~filled
    found = pick.first(filled)
    text = pd.Series(pick.text(category), dtype="str")
    unread = (found < 0) & (pick.first(faulty) >= 0)
    missing = (found < 0) & (pick.first(blank & ~faulty) >= 0) & ~unread
    return {"category": text.mask(pd.Series(unread), UNKNOWN), "category_missing": missing}
