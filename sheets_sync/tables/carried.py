"""Which subjects of tasks the source tabs still carry: a row that cannot be read is not a row that is gone."""

from __future__ import annotations

from collections.abc import Iterable

from sheets_sync.model import SourceTab, Tables, Unread
from sheets_sync.tables.pieces import is_in


def carried(tables: Tables, source: SourceTab, subjects: Iterable[str]) -> set[str]:
    """Those of ``subjects`` that a row of ``source`` still has: read, questioned or held.

    Customers are carried by any source that names them.
    """
    wanted = set(subjects)
    unread = tables.unread.get(source, Unread())
    found = wanted & (unread.subjects | unread.customers)
    found |= {old for old in wanted - found if old in tables.aliases}
    frame, key = {
        SourceTab.CUSTOMERS: (tables.customers, "customer"),
        SourceTab.ORDERS: (tables.orders, "subject"),
        SourceTab.EXCHANGES: (tables.exchanges, "subject"),
    }[source]
    return found | set(frame.loc[is_in(frame[key], list(wanted - found)), key])
