"""The nouns that pass between rooms: frozen, slotted, keyword-only. No room invents its own.

Glossary
    workbook   the file or spreadsheet a team works in
    tab        one sheet of it; *source* tabs belong to people, *own* tabs to the worker
    key        ``rule:subject:occurrence``, the identity of a task; never a position or a word
    row        a row number as Excel shows it (1-based)
    position   a column's place (0-based: A = 0)
    cents      money as an exact integer of hundredths
"""

from sheets_sync.model.places import Problem, RowRef, Where
from sheets_sync.model.plans import AddRow, Applied, Cell, Plan, RemoveRow, TabPlan, UpdateRow
from sheets_sync.model.reading import CellFault, Grid, GridCell, RawTab, SourceColumn, TabLayout, TabPeek, Workbook
from sheets_sync.model.tables import OWN_COLUMN, FoundTab, Moved, OwnColumn, Remark, RowCounts, Tables, TaskRow, Unread
from sheets_sync.model.tasks import Contact, Task, TaskView
from sheets_sync.model.words import (
    FINAL_ENDS,
    LAYOUT_VERSION,
    MARKER,
    End,
    Kind,
    Outcome,
    Owner,
    OwnTab,
    Severity,
    SourceTab,
    Status,
    Value,
)

__all__ = [
    "FINAL_ENDS",
    "LAYOUT_VERSION",
    "MARKER",
    "OWN_COLUMN",
    "AddRow",
    "Applied",
    "Cell",
    "CellFault",
    "Contact",
    "End",
    "FoundTab",
    "Grid",
    "GridCell",
    "Kind",
    "Moved",
    "Outcome",
    "OwnColumn",
    "OwnTab",
    "Owner",
    "Plan",
    "Problem",
    "RawTab",
    "Remark",
    "RemoveRow",
    "RowCounts",
    "RowRef",
    "Severity",
    "SourceColumn",
    "SourceTab",
    "Status",
    "TabLayout",
    "TabPeek",
    "TabPlan",
    "Tables",
    "Task",
    "TaskRow",
    "TaskView",
    "Unread",
    "UpdateRow",
    "Value",
    "Where",
    "Workbook",
]
