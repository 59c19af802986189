"""Rewriting a tab of ours that exists: what people did to it stays, and moves with its rows.

``rewrite`` is the door (``rewrite.py``); ``writing.py`` and ``frame.py`` decide which cells are written,
``sheet_xml.py`` and ``cells.py`` edit the rows' XML, ``moves.py``, ``references.py`` and ``rectangles.py`` are the
arithmetic of addresses, and the rest moves what has one.

Not followed, as Excel does not or a run must not: formulas and charts of *other* parts that point into the tab, links
that lead to a place in it, threaded comments' and comments' text, cells of a table's calculated column in new rows.
A comment on a row that leaves goes with it.
"""

from sheets_sync.backends.excel.rows.rewrite import rewrite

__all__ = ["rewrite"]
