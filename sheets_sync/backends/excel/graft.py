"""Our tabs put into a person's workbook, and nothing else changed.

Only ``[Content_Types].xml``, the workbook part, its relationships and the stylesheet are edited, by inserting
bytes; our own sheets are written; every other member is copied raw. New tabs go to the end, so that whatever counts
tabs (``localSheetId``, ``activeTab``) stays right. The result is checked before it takes the workbook's name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheets_sync.backends.excel import born, check, swap
from sheets_sync.backends.excel.look import look
from sheets_sync.backends.excel.package import Package
from sheets_sync.backends.excel.parts import Book, Sheet, related, rels_name
from sheets_sync.backends.excel.readback import rows as stored_rows
from sheets_sync.backends.excel.readback import shared_string
from sheets_sync.backends.excel.repack import NewMember, pack, rewrite
from sheets_sync.backends.excel.sheet_parts import Look, RewrittenParts, SheetParts
from sheets_sync.backends.excel.splice import FILTER_NAME, TITLES_NAME, Splice
from sheets_sync.backends.excel.style_use import pointed_at
from sheets_sync.backends.excel.styles import Styles
from sheets_sync.backends.excel.titles import free_title
from sheets_sync.backends.own_tabs import marker
from sheets_sync.locale import load
from sheets_sync.model import Applied, OwnTab, Plan, Problem, TabPlan
from sheets_sync.problems import BackendError, Refusal

_ADDRESSED = ("comments", "threadedComment", "vmlDrawing", "table", "drawing", "pivotTable")
"""Parts of a sheet that hang on addresses in it."""
_LEVEL = 3
"""Of our own sheets' compression: a tenth more bytes than 6 for less than half of the time."""
_RELS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
)


def apply(
    path: Path,
    plan: Plan,
    *,
    out: Path | None = None,
    seen: swap.Fingerprint | None = None,
    wrote: Callable[[str], None] = lambda _: None,
) -> Applied:
    """Make the workbook at ``path`` as ``plan`` says; the result goes to ``out`` where that is given.

    ``seen``: the fingerprint under which the plan's facts were read; ``wrote`` hears the SHA-256 of what was written.
    Raises Refusal ``changed_under_us``,
    BackendError ``structure_locked`` (a tab must be added and may not), ``damaged``, and what ``swap`` raises.
    A plan that is empty touches nothing; with ``out`` it makes a copy.
    """
    if plan.empty and out is None:
        return Applied(changed=False)
    swap.check_writable(out or path)
    with Package(path) as package:
        found = package.fingerprint[:2]
        if seen is not None and found != seen:
            raise Refusal("changed_under_us", file=path.name)
        graft = Graft(package, plan)

        def approve(beside: Path) -> None:
            check.approve(beside, package, graft.facts())
            package.close()  # Windows replaces no file that is open

        pieces = rewrite(package, graft.replaced, graft.added, frozenset(graft.splice.removed))
        wrote(swap.replace(out or path, pieces, approve=approve, seen=None if out else found))
    return Applied(changed=True, problems=tuple(graft.problems))


class Graft:
    """One plan turned into members: ``replaced`` by stored name, ``added`` in order."""

    def __init__(self, package: Package, plan: Plan) -> None:
        """Compose everything; nothing is written yet."""
        self.package, self.plan = package, plan
        self.book = Book(package)
        self.splice = Splice(package, self.book)
        self.problems: list[Problem] = []
        self.replaced: dict[str, NewMember] = {}
        self.added: list[NewMember] = []
        self._reading: list[check.ReadBack] = []
        self._sheets = {sheet.title.casefold(): sheet for sheet in self.book.sheets}
        part = self.book.related_part("styles")
        self._styles_part = part
        self.styles = Styles(
            package.read(part) if part else None,
            strict=self.book.strict,
            in_use=lambda: pointed_at(package, self.book),
        )
        self._compose()

    def _compose(self) -> None:
        plan, book = self.plan, self.book
        births = [tab for tab in plan.tabs if tab.found is None]
        memory = self._memory_sheet() if plan.memory is not None else None
        if book.structure_locked and (births or (plan.memory is not None and memory is None)):
            raise BackendError("structure_locked")
        taken = [sheet.title for sheet in book.sheets]
        titles: dict[str, str] = {}
        for tab in births:
            titles[tab.title] = free_title(tab.title, taken)
            taken.append(titles[tab.title])
        moved = {old: new for old, new in titles.items() if old != new}
        chained: set[int] = set()
        for tab in plan.tabs:
            if tab.empty:
                continue
            style = look(tab.own, plan.language, self.styles, date1904=book.date1904)
            if tab.found is None:
                self._add(tab, style, titles[tab.title], moved)
            elif self._rewrite(tab, style):
                chained.add(self._sheet(tab).sheet_id)
        if plan.memory is not None:
            self._remember(plan.memory, memory, taken)
        if self.styles.grown:
            name = self._styles_part or self.splice.add_styles()
            self._put(name, self.styles.result())
        self.splice.drop_from_calc_chain(frozenset(chained))
        for name, content in self.splice.changed().items():
            self._put(name, content)

    def _put(self, name: str, content: bytes, level: int = 6) -> None:
        """Write a part: in the place of the one stored so, or as a new one."""
        member = self.package.find(name)
        new = pack(member.name if member else name, content, level)
        if member:
            self.replaced[member.name] = new
        else:
            self.added.append(new)

    # ── tabs to be born ─────────────────────────────────────────────────────

    def _add(self, tab: TabPlan, style: Look, title: str, titles: dict[str, str]) -> None:
        book, splice = self.book, self.splice
        part, index = splice.add_sheet(title, "visible")
        sheet = born.tab(
            tab, style, title=title, titles=titles, main=book.main, office=book.office, date1904=book.date1904
        )
        self.added.append(pack(part, sheet.content, level=_LEVEL))
        relations = "".join(sheet.links.relationships())
        if relations:
            rels = rels_name(part)
            splice.declare_rels(rels)
            self.added.append(pack(rels, f"{_RELS_HEAD}{relations}</Relationships>".encode()))
        splice.define(FILTER_NAME, index, title, sheet.filter_range, hidden=True)
        splice.define(TITLES_NAME, index, title, sheet.repeated)
        self.problems += sheet.problems
        self._reading.append(check.Born(part=part, line=sheet.line, count=sheet.count, date1904=book.date1904))

    # ── tabs that are there ─────────────────────────────────────────────────

    def _sheet(self, tab: TabPlan) -> Sheet:
        """The tab a plan is about. Refusal ``changed_under_us`` where it is there no longer."""
        assert tab.found is not None  # noqa: S101
        sheet = self._sheets.get(tab.found.title.casefold())
        if sheet is None or sheet.part is None:
            raise Refusal("changed_under_us", file=self.package.path.name)
        return sheet

    def _rewrite(self, tab: TabPlan, style: Look) -> bool:
        """Rewrite the rows of a tab; True where formulas of the calculation chain went or moved."""
        from sheets_sync.backends.excel.rows import rewrite as rewrite_rows  # noqa: PLC0415  (not at a first run)

        sheet = self._sheet(tab)
        parts = self.parts_of(sheet)
        new = rewrite_rows(parts, tab, style)
        self._put(parts.part, new.xml)
        if new.rels is not None:
            name = rels_name(parts.part)
            if parts.rels is None:
                self.splice.declare_rels(name)
            self._put(name, new.rels)
        for name, content in new.related.items():
            self._put(name, content)
        self._rename(sheet, new)
        self.problems += new.problems
        self._reading.append(
            check.Rewritten(part=parts.part, tab=tab, old=parts.xml, new=new, date1904=self.book.date1904)
        )
        return new.formulas

    def parts_of(self, sheet: Sheet) -> SheetParts:
        """A tab with all that hangs on its addresses."""
        package, part = self.package, sheet.part or ""
        rels = package.find(rels_name(part))
        stored = package.read(rels) if rels else None
        relations = related(package, part, stored) if stored is not None else ()
        strings = self.book.related_part("sharedStrings")
        return SheetParts(
            title=sheet.title,
            part=part,
            xml=package.read(part),
            rels=stored,
            relationships=relations,
            related={r.part: package.read(r.part) for r in relations if r.part and r.kind in _ADDRESSED},
            shared_strings=lambda: package.read(strings) if strings else None,
            date1904=self.book.date1904,
            strict=self.book.strict,
        )

    def _rename(self, sheet: Sheet, new: RewrittenParts) -> None:
        """Defined names of a rewritten tab that say where its rows are."""
        for element, name, text in self.splice.names_of(sheet.index):
            if name.lower() != FILTER_NAME.lower():
                moved = new.readdress(text)
                if moved != text:
                    self.splice.readdress(element, moved)
        if new.filter_range is not None:
            self.splice.define(FILTER_NAME, sheet.index, sheet.title, new.filter_range, hidden=True)

    # ── the memory ──────────────────────────────────────────────────────────

    def _memory_sheet(self) -> Sheet | None:
        """The tab that holds the memory: one titled like it whose first cell is our marker."""
        wished = load(self.plan.language).title(OwnTab.SYNC).casefold()
        mark = marker(OwnTab.SYNC).rpartition(":")[0]
        for sheet in self.book.sheets:
            titled = sheet.kind == "worksheet" and sheet.title.casefold().startswith(wished)
            if titled and sheet.part and self._first_text(sheet.part).startswith(mark):
                return sheet
        return None

    def _first_text(self, part: str) -> str:
        package = self.package
        member = package.find(part)
        first = next(stored_rows(package.stream(member)), None) if member else None
        cell = first[1].get(0) if first else None
        strings = self.book.related_part("sharedStrings")
        if cell is None:
            return ""
        if cell.kind == "s" and strings and (member := package.find(strings)):
            return shared_string(package.stream(member), int(cell.said))
        return cell.said

    def _remember(self, text: str, sheet: Sheet | None, taken: list[str]) -> None:
        book = self.book
        if sheet is not None and sheet.part:
            part = sheet.part
        else:
            title = free_title(load(self.plan.language).title(OwnTab.SYNC), taken)
            part, _ = self.splice.add_sheet(title, "veryHidden")
        new = born.memory_sheet(text, main=book.main, office=book.office)
        self._put(part, b"".join(new.content), level=1)  # it is compressed already
        self._reading.append(check.Born(part=part, line=new.line, count=new.count, date1904=book.date1904))

    def facts(self) -> check.Facts:
        """What must be true of the file that was written."""
        return check.Facts(
            replaced=frozenset(self.replaced),
            added=tuple(new.name for new in self.added),
            removed=frozenset(self.splice.removed),
            reading=tuple(self._reading),
        )
