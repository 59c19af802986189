"""Which write is the next one: of two workers that read the same state, only one can have it.

Every write first creates a piece of developer metadata whose id is one above that of the last write. Ids are unique in
a spreadsheet, so the second worker's batch fails whole. A worker that is late by many writes finds its id still taken,
because the last ones are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

METADATA_KEY = "sheets-sync"
METADATA_FIELDS = "metadataId,metadataKey"
_FIRST = 1_640_000_000
"""Far from the small ids that people's own scripts choose."""
_KEPT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """``ids``: of the last writes, ascending."""

    ids: tuple[int, ...] = ()

    @classmethod
    def of(cls, metadata: Iterable[Mapping[str, Any]]) -> Generation:
        """What a spreadsheet's own metadata says."""
        found = (m.get("metadataId", 0) for m in metadata if m.get("metadataKey") == METADATA_KEY)
        return cls(ids=tuple(sorted(number for number in found if number >= _FIRST)))

    @property
    def last_id(self) -> int:
        """The id of the last write; 0 where there was none."""
        return self.ids[-1] if self.ids else 0

    @property
    def next_id(self) -> int:
        """The id that the next write creates."""
        return self.ids[-1] + 1 if self.ids else _FIRST

    def guard(self) -> list[dict[str, Any]]:
        """The first requests of a write: take the next id or fail; let the oldest go."""
        made = {
            "metadataId": self.next_id, "metadataKey": METADATA_KEY, "metadataValue": "write",
            "location": {"spreadsheet": True}, "visibility": "DOCUMENT",
        }  # fmt: skip
        requests: list[dict[str, Any]] = [{"createDeveloperMetadata": {"developerMetadata": made}}]
        for old in self.ids[:-_KEPT]:
            lookup = {"developerMetadataLookup": {"metadataId": old}}
            requests.append({"deleteDeveloperMetadata": {"dataFilter": lookup}})
        return requests

    def after(self) -> Generation:
        """Once the write was applied."""
        return Generation(ids=(*self.ids[-_KEPT:], self.next_id))
