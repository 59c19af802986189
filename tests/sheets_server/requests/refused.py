"""The kinds of request that are answered 501, and why. Every kind Google knows is either handled or here (a test)."""

from __future__ import annotations

_PICTURES = "charts and other drawn objects are pictures; nothing of ours reads or writes them"
_DATA_SOURCES = "connected data sources need BigQuery or Looker behind them"
_COMMENTS = "threaded comments belong to Drive's collaboration, which is not modelled"
_PARTIAL = "moving part of a row splits rules and filters in ways Google does not document"

REFUSED: dict[str, str] = {
    **dict.fromkeys(("addChart", "updateChartSpec", "addSlicer", "updateSlicerSpec"), _PICTURES),
    **dict.fromkeys(("deleteEmbeddedObject", "updateEmbeddedObjectPosition", "updateEmbeddedObjectBorder"), _PICTURES),
    **dict.fromkeys(
        ("addDataSource", "updateDataSource", "deleteDataSource", "refreshDataSource", "cancelDataSourceRefresh"),
        _DATA_SOURCES,
    ),
    **dict.fromkeys(
        ("insertComment", "updateCommentPost", "deleteComment", "addCommentReply", "deleteCommentReply"), _COMMENTS
    ),
    **dict.fromkeys(("insertRange", "deleteRange"), _PARTIAL),
    "autoFill": "Google's guess of how a series goes on is not documented",
    "randomizeRange": "its result is chance",
    "pasteData": "it parses HTML and delimited text by rules that are not documented",
    "textToColumns": "its detection of separators is not documented",
}
