"""Rewriting a tab of ours that exists: what people did to it stays, and moves with its rows.

``rewrite`` is the door (``rewrite.py``); ``writing.py`` and ``frame.py`` decide which cells are written,
``sheet_xml.py`` and ``cells.py`` edit the rows' XML, ``moves.py``, ``references.py`` and ``rectangles.py`` are the
arithmetic of addresses, and the rest moves what has one.

Not followed: formulas, charts and names of other parts that point into the tab (they stay byte for byte), links that
lead to a place in it (Excel does not either). New rows leave people's own columns blank, a table's calculated column
too. A comment goes with the row it hangs on. Beyond Excel: a range over all of our rows goes on covering all of them.
"""

from sheets_sync.backends.excel.rows.rewrite import rewrite

__all__ = ["rewrite"]
