"""Which backend a workbook is for: a Google spreadsheet's address or id, or else a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sheets_sync.backends.google.address import spreadsheet_id
from sheets_sync.problems import ConfigError


@contextmanager
def chosen(workbook: str, out: Path | None = None) -> Iterator[Any]:
    """The backend, closed at the end; libraries only of the one that is needed.

    Raises ConfigError ``out_is_for_files``.
    """
    backend = _chosen(workbook, out)
    try:
        yield backend
    finally:
        backend.close()


def _chosen(workbook: str, out: Path | None) -> Any:
    spreadsheet = spreadsheet_id(workbook)
    if spreadsheet is None:
        from sheets_sync.backends.excel import ExcelBackend  # noqa: PLC0415

        return ExcelBackend(Path(workbook), out=out)
    if out is not None:
        raise ConfigError("out_is_for_files")
    from sheets_sync.backends.google import GoogleBackend  # noqa: PLC0415

    return GoogleBackend(spreadsheet)
