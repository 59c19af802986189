"""Products as tags: split on ``, ; /`` and line breaks, trimmed, each once whatever its case and accents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sheets_sync.fold import fold_name
from sheets_sync.model import Tables
from sheets_sync.tables.pieces import Positions, Text, arrow, coded, folded_names, text_series

_SIGNS = re.compile(r"[,;/\n\r]+")
_ANY_SIGN = r"[,;/\n\r]"
JOINT = ", "


def tags_in(*texts: str) -> tuple[str, ...]:
    """The tags of some texts, in order, each once, in the person's spelling."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _SIGNS.split(text):
            if part.strip():
                found.setdefault(fold_name(part), " ".join(part.split()))
    return tuple(found.values())


def split_products(words: Text) -> Text:
    """Each distinct text as its tags, joined with commas."""
    several = np.flatnonzero(words.str.contains(_ANY_SIGN, regex=True).to_numpy(dtype=bool))
    if not len(several):
        return words
    out = words.to_numpy(dtype=object)
    out[several] = join_tags(np.arange(len(several)), words.iloc[several].reset_index(drop=True), len(several))
    return text_series(out)


def join_tags(of: Positions, texts: Text, length: int) -> Text:
    """The tags of texts by the row they belong to (``of``, any order; rows of ``length``), joined with commas.

    Each tag once, in its first spelling; rows without a tag are NaN.
    """
    order = np.argsort(of, kind="stable")
    parts = pc.split_pattern_regex(arrow(texts).take(pa.array(order)), pattern=_ANY_SIGN + "+")
    parent = of[order][pc.list_parent_indices(parts).to_numpy(zero_copy_only=False)]
    tags = coded(text_series(pc.utf8_trim_whitespace(pc.list_flatten(parts))))
    same = coded(folded_names(tags.words).where(tags.words != "")).codes[tags.codes]  # nothing between two commas
    once = (same >= 0) & ~pd.Series(parent * (int(same.max(initial=0)) + 1) + same).duplicated().to_numpy()
    values = arrow(tags.only(once).series())
    offsets = np.searchsorted(parent[once], np.arange(length + 1)).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), values), pa.scalar(JOINT, pa.large_string()))
    return text_series(pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.large_string()), joined))


def tags_of(tables: Tables, customer: str) -> tuple[str, ...]:
    """All tags of one customer: the person's own, then the products of the orders, newest first."""
    own = tables.customers.loc[tables.customers["customer"] == customer, "tags"]
    orders = tables.orders.loc[tables.orders["customer"] == customer, ["ordered_at", "products"]]
    bought = orders.sort_values("ordered_at", ascending=False)["products"]
    return tags_in(*_known(own), *_known(bought))


def _known(texts: Iterable[Any]) -> list[str]:
    return [str(t) for t in texts if isinstance(t, str)]
