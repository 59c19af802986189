"""Orders that stood only on a customer's row until their own row came: their ticks and notes follow to its id."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.memory import Memory, split_key
from sheets_sync.tables.intervals import interval_days
from sheets_sync.tables.stand_ins import WEEK


def former_stand_ins(orders: pd.DataFrame, customers: pd.DataFrame, memory: Memory) -> dict[str, str]:
    """``customer:day`` of a remembered stand-in that is there no more → subject of the order that took its place: the
    customer's nearest within I/2 of that day (a week without a frequency). Of two as near, none."""
    keys = (split_key(key) for key in (*memory.rows, *memory.finished) if "/" in key)
    known = {(who, occurrence.partition("/")[0]) for _, who, occurrence in keys if "/" in occurrence}
    if not known:
        return {}
    stand_ins = orders[orders["stand_in"]]
    gone = known - set(zip(stand_ins["customer"], stand_ins["ordered_on"].dt.strftime("%Y-%m-%d"), strict=True))
    if not gone:
        return {}
    happened = orders[~(orders["stand_in"] | orders["scheduled"] | orders["credit_note"] | orders["cancelled"])]
    missing = pd.DataFrame(sorted(gone), columns=["customer", "day"]).astype({"customer": orders["customer"].dtype})
    near = missing.merge(happened[["customer", "subject", "ordered_on", "every_n", "every_unit"]], on="customer").merge(
        customers[["customer", "every_n", "every_unit"]], on="customer", suffixes=("", "_usual")
    )
    day = near["day"].to_numpy(dtype="datetime64[D]")
    apart = np.abs((near["ordered_on"].to_numpy(dtype="datetime64[D]") - day).astype(np.int64))
    n = near["every_n"].fillna(near["every_n_usual"]).to_numpy(dtype=np.int64, na_value=0)
    unit = near["every_unit"].where(near["every_n"].notna(), near["every_unit_usual"])
    interval = interval_days(day, n, (unit == "months").to_numpy(dtype=bool))
    near = near.assign(apart=apart)[2 * apart <= np.where(interval > 0, interval, 2 * WEEK)]
    nearest = near[near["apart"] == near.groupby(["customer", "day"])["apart"].transform("min")]
    alone = nearest[~nearest.duplicated(["customer", "day"], keep=False)]
    return dict(zip(alone["customer"] + ":" + alone["day"], alone["subject"], strict=True))
