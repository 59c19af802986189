"""Where what people hung on cells goes when a half-sorted tab is put right: alike for all backends that move it."""

from __future__ import annotations

from sheets_sync.model import OWN_COLUMN, RemoveRow, TabPlan, UpdateRow


def brought(plan: TabPlan, *, links: bool) -> dict[tuple[int, int], int]:
    """(Row, position) of a cell → the row to which its comment, or its link, goes; all as they are before the plan."""
    found = plan.found
    places = {c.key or OWN_COLUMN + c.header: c.position for c in found.columns} if found else {}
    changes: tuple[UpdateRow | RemoveRow, ...] = (*plan.updates, *plan.removes)
    return {
        (there, places[column]): change.row
        for change in changes
        for (column, link), there in change.found_at.items()
        if link is links and column in places
    }
