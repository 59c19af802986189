"""Both families together: windows, switches, silences, what is held; and what to remember. The door of this room."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from msgspec import Struct

from sheets_sync.model import Problem, SourceTab
from sheets_sync.rules import exchanges, frame, touchpoints
from sheets_sync.rules.calendar import Flags, to_days
from sheets_sync.rules.catalog import RULES
from sheets_sync.rules.context import Context, Remembered, Selected
from sheets_sync.rules.lookup import among
from sheets_sync.rules.silences import hush

__all__ = ["Candidates", "Context", "Remembered", "candidates"]

_IN_KEY = ["rule", "subject", "occurrence"]
_RESTS_ON_CYCLE = ("check_in", "connect", "autoship_reminder", "autoship_changed", "reconnect", "failed_card")


class Candidates(Struct, frozen=True, kw_only=True):
    """What the rules want on the day, before anything people wrote is considered.

    ``frame``: ``rules/frame.py``, no key twice; a silenced row is in it only where its key is in memory (its row
    leaves the tab, its words wait), or for a timeline. ``silenced``: customers by reason (those out of the cycle, and
    those with a task that is hushed today). ``planned_without_row``: planned orders that passed without an order row.
    """

    frame: pd.DataFrame
    remembered: Remembered
    silenced: Mapping[str, int]
    problems: tuple[Problem, ...]
    planned_without_row: int


def candidates(context: Context) -> Candidates:
    """All occurrences visible up to the horizon and not gone, of the rules that are on."""
    care, restitution = touchpoints.select(context), exchanges.select(context)
    found = _of_interest(care.frame, context)
    found["silenced"] = hush(found, context)
    silenced = {**_hushed_today(found, context), **care.kept_out}
    found = frame.join([_shown_or_known(found, context), _of_interest(restitution.frame, context)])
    found["held"] |= _held(found, context)
    return Candidates(
        frame=found,
        remembered=_together(care, restitution),
        silenced=silenced,
        problems=(*care.problems, *restitution.problems),
        planned_without_row=care.planned_without_row,
    )


def _together(care: Selected, restitution: Selected) -> Remembered:
    one, other = care.remembered, restitution.remembered
    return Remembered(
        planned=one.planned,
        customer_types=one.customer_types,
        noticed={**one.noticed, **other.noticed},
        needed=one.needed | other.needed,
        reopened=one.reopened | other.reopened,
    )


def keys(found: pd.DataFrame) -> pd.Series[str]:
    """The key of each row: rule:subject:occurrence."""
    joined: pd.Series[str] = found["rule"] + ":" + found["subject"] + ":" + found["occurrence"]
    return joined


def _of_interest(found: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Rows of rules that are on, in their window, not before ``start_on`` unless they are there already."""
    on = [rule for rule in RULES if context.settings.enabled(rule)]
    visible, gone = to_days(found["visible_on"]), to_days(found["gone_on"])
    use = among(found["rule"], on) & (visible <= np.datetime64(context.horizon, "D"))
    use &= np.isnat(gone) | ((gone > context.seen_from) & (gone > visible))
    start = context.settings.day("start_on")
    if start is not None:
        late = to_days(found["due_on"]) < np.datetime64(start, "D")
        use[late] &= keys(found[_IN_KEY][late]).isin(context.memory.rows.keys()).to_numpy(dtype=bool)
    return found if use.all() else found[use].reset_index(drop=True)


def _shown_or_known(found: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Without the silenced rows that nobody has seen yet."""
    if context.since is not None or not len(found):
        return found
    silent = found["silenced"].notna()
    use = ~silent
    use[silent] = keys(found[_IN_KEY][silent]).isin(context.memory.rows.keys())
    return found if use.all() else found[use].reset_index(drop=True)


def _hushed_today(found: pd.DataFrame, context: Context) -> dict[str, int]:
    """Customers with a task that is hushed today, by reason."""
    today, gone = np.datetime64(context.today, "D"), to_days(found["gone_on"])
    now = (to_days(found["visible_on"]) <= today) & (np.isnat(gone) | (gone > today))
    hushed = found[["customer", "silenced"]][now & found["silenced"].notna()].drop_duplicates()
    return {str(reason): int(count) for reason, count in hushed["silenced"].value_counts().items()}


def _held(found: pd.DataFrame, context: Context) -> Flags:
    """Where the customer's rows or the subject's own cannot be read."""
    unread = context.tables.unread

    def subjects(tab: SourceTab) -> Flags:
        return among(found["subject"], unread[tab].subjects if tab in unread else ())

    care = among(found["rule"], [rule.id for rule in RULES.values() if rule.family == "touchpoints"])
    about_exchange = among(found["rule"], [rule.id for rule in RULES.values() if rule.subject == "exchange"])
    unread_customer = unread[SourceTab.CUSTOMERS].customers if SourceTab.CUSTOMERS in unread else frozenset()
    held = care & among(found["customer"], unread_customer)
    held |= among(found["rule"], _RESTS_ON_CYCLE) & among(found["customer"], context.unread_customers)
    return held | np.where(about_exchange, subjects(SourceTab.EXCHANGES), subjects(SourceTab.ORDERS))
