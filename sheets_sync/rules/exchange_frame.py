"""From the tasks of each exchange rule, as arrays, to one candidates' frame with everything the texts may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from msgspec import Struct

from sheets_sync.rules.calendar import Days, Wholes, to_dates
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.frame import TEXT, WHOLE, build, empty
from sheets_sync.rules.lookup import Positions

Words: TypeAlias = npt.NDArray[np.object_]
_LONGEST = 80
"""Letters of a reason or a list of products inside a why."""
_NAMED = {"exchange": "exchange_id", "order": "order_id", "products": "products", "reason": "reason"}
_BESIDE = {"city": "city", "posting_code": "posting_code", "voucher_code": "voucher_code"}


class Part(Struct, frozen=True, kw_only=True):
    """The tasks of one rule: arrays with one element a task; ``at``: its row in ``Tables.exchanges``.

    ``late``: first late day; ``gone``, ``occurrence``: NaT = none, ``occurrence`` then is "1". ``amount``: the column
    shown, else what was paid. ``numbers`` (one for all, or one a task) and ``dates``: parameters of the texts.
    """

    rule: str
    at: Positions
    due: Days
    since: Days
    late: Days
    gone: Days
    occurrence: Days
    variant: Words
    message: Words
    amount: str
    numbers: Mapping[str, Wholes | int]
    dates: Mapping[str, Days]


def frame_of(exchanges: pd.DataFrame, parts: Sequence[Part]) -> pd.DataFrame:
    """The candidates' frame of all parts; besides their own parameters each row has those of ``about``."""
    parts = [part for part in parts if len(part.at)]
    if not parts:
        return empty()
    rows = exchanges.iloc[np.concatenate([part.at for part in parts])].reset_index(drop=True)
    sizes = [len(part.at) for part in parts]

    def each(values: Sequence[object]) -> pd.Series[Any]:
        out: pd.Series[Any] = pd.Series(np.repeat(np.array(values, dtype=object), sizes), dtype=TEXT)
        return out

    def joined(name: str) -> pd.Series[Any]:
        return to_dates(np.concatenate([getattr(part, name) for part in parts]), rows.index)

    def words(name: str) -> pd.Series[Any]:
        out: pd.Series[Any] = pd.Series(np.concatenate([getattr(part, name) for part in parts]), dtype=TEXT)
        return out

    occurrence = np.datetime_as_string(np.concatenate([part.occurrence for part in parts]), unit="D").astype(object)
    by_voucher = np.repeat([part.amount == "voucher_amount" for part in parts], sizes)
    message = words("message").where(np.repeat([RULES[part.rule].message for part in parts], sizes))
    return build(
        rule=each([part.rule for part in parts]),
        subject=rows["subject"],
        occurrence=pd.Series(np.where(occurrence == "NaT", "1", occurrence), dtype=TEXT),
        customer=rows["customer"],
        visible_on=joined("due"),
        since=joined("since"),
        late_on=joined("late"),
        gone_on=joined("gone"),
        amount=rows["voucher_amount"].where(by_voucher, rows["refund_amount"]).fillna(rows["paid"]),
        currency=rows["currency"],
        tab=rows["tab"],
        row=rows["row"],
        variant=words("variant"),
        message_variant=message,
        priority=pd.Series(np.repeat([RULES[part.rule].priority for part in parts], sizes)),
        **about(rows),
        **_parameters(parts, sizes),
    )


def _parameters(parts: Sequence[Part], sizes: Sequence[int]) -> dict[str, pd.Series[Any]]:
    out: dict[str, pd.Series[Any]] = {}
    index = pd.RangeIndex(sum(sizes))
    for name in dict.fromkeys(name for part in parts for name in part.dates):
        none = np.datetime64("NaT", "D")
        days = [part.dates.get(name, np.full(size, none)) for part, size in zip(parts, sizes, strict=True)]
        out[f"p_{name}"] = to_dates(np.concatenate(days), index)
    for name in dict.fromkeys(name for part in parts for name in part.numbers):
        known = np.repeat([name in part.numbers for part in parts], sizes)
        values = [np.broadcast_to(part.numbers.get(name, 0), size) for part, size in zip(parts, sizes, strict=True)]
        out[f"p_{name}"] = pd.Series(np.concatenate(values), dtype=WHOLE).where(known)
    return out


def about(rows: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """What every text may name of exchanges (or orders): exchange, order, products, reason, city, codes, requested_on;
    and ``order_on``, the day of it.

    ``about`` is the first four in one, "E-77 · P-1043 · dress · too big", else the subject.
    """
    known = {name: [_short(text) for text in rows[key].fillna("")] for name, key in _NAMED.items() if key in rows}
    whole = [" · ".join(filter(None, texts)) for texts in zip(*known.values(), strict=True)]
    subject = rows["subject"].tolist()
    out = {
        f"p_{name}": pd.Series([text or None for text in texts], index=rows.index, dtype=TEXT)
        for name, texts in known.items()
    }
    out["p_about"] = pd.Series([w or s for w, s in zip(whole, subject, strict=True)], index=rows.index, dtype=TEXT)
    out |= {f"p_{name}": rows[key] for name, key in _BESIDE.items() if key in rows}
    if "requested_on" not in rows:
        return out | {"order_on": rows["ordered_on"]}
    return out | {"order_on": rows["requested_on"], "p_requested_on": rows["requested_on"]}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
