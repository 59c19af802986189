"""Connected components on arrays: rows that share a value, directly or over others, get one label."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sheets_sync.tables.pieces import Positions


def components(count: int, columns: Sequence[Positions], links: tuple[Positions, Positions] | None = None) -> Positions:
    """A label for each of ``count`` rows: the smallest row it is connected with.

    ``columns``: a code a row, -1 = none; rows with an equal code are connected. ``links``: (row, code) pairs instead,
    for rows with several codes.
    """
    pairs = [(np.flatnonzero(codes >= 0), codes[codes >= 0]) for codes in columns]
    pairs += [links] if links else []
    pairs = [(row, np.unique(code, return_inverse=True)[1]) for row, code in pairs if len(row)]
    label = np.arange(count)
    while True:
        before = label.copy()
        for row, code in pairs:
            least = np.full(int(code.max()) + 1, count, dtype=np.int64)
            np.minimum.at(least, code, label[row])
            np.minimum.at(label, row, least[code])
        label = label[label]  # a row's label is itself a row with a label
        if (label == before).all():
            return label


def groups_of(label: Positions) -> tuple[Positions, Positions]:
    """Each row's place among the distinct labels (-1 stays), and those labels, ascending."""
    groups = np.unique(label[label >= 0])
    position = np.searchsorted(groups, label)
    return np.where(label >= 0, position, -1), groups
