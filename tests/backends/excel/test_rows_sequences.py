"""Days on end: rows are born, change and leave in any order, and all that people wrote arrives in its row.

The model is a list of rows, each with what a person did to it; after every run the tab must say the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sheets_sync.backends.excel.parts import MAIN, OFFICE, Relationship
from sheets_sync.backends.excel.rows import rewrite
from sheets_sync.backends.excel.sheet_parts import RewrittenParts, SheetParts
from sheets_sync.model import AddRow, Cell, OwnTab, RemoveRow, TabPlan, TaskRow, UpdateRow
from tests.backends.excel.raw_tab import LOOK, TITLE, found, sheet, tree, values

FIRST = 5


@dataclass(eq=False)
class Line:
    """A task's row (``key``) or a person's own; its formula names the line ``looks_at`` and the range ``sums``."""

    name: str
    key: str | None
    status: str = "open"
    note: str = ""
    comment: str = ""
    link: str = ""
    height: int = 0
    looks_at: Line | None = None
    sums: tuple[Line, Line] | None = None
    gone: bool = field(default=False)


class Days:
    """The tab and its model."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.parts = self.stored()

    # ── the tab as a person left it ─────────────────────────────────────────

    def at(self, line: Line) -> int:
        return FIRST + self.lines.index(line)

    def formula(self, line: Line) -> str | None:
        """What the formula of a line must say now; None = it has none."""
        if line.looks_at is None and line.sums is None:
            return None
        text = ""
        if line.looks_at is not None:
            text += "#REF!" if line.looks_at.gone else f"A{self.at(line.looks_at)}"
        if line.sums is not None:
            a, b = line.sums
            area = "#REF!" if a.gone else f"E{self.at(a)}:E{self.at(b)}"
            text += f"&SUM({area})"
        return text or None

    def stored(self) -> SheetParts:
        rows, comments, links = [], "", ""
        for line in self.lines:
            n = self.at(line)
            cells = f'<c r="A{n}" t="inlineStr"><is><t>{line.status}</t></is></c>'
            cells += f'<c r="C{n}" t="inlineStr"><is><t>{line.key}</t></is></c>' if line.key else ""
            cells += f'<c r="E{n}" s="7" t="inlineStr"><is><t>{line.note}</t></is></c>' if line.note else ""
            formula = self.formula(line)
            cells += f'<c r="F{n}"><f>{formula.replace("&", "&amp;")}</f><v>1</v></c>' if formula else ""
            height = f' ht="{line.height}" customHeight="1"' if line.height else ""
            rows.append(f'<row r="{n}"{height}>{cells}</row>')
            if line.comment:
                comments += f'<comment ref="E{n}" authorId="0"><text><t>{line.comment}</t></text></comment>'
            if line.link:
                links += f'<hyperlink ref="E{n}" location="{line.link}"/>'
        tail = '<autoFilter ref="A4:E6"/>' + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        noted = f'<comments xmlns="{MAIN}"><authors><author/></authors><commentList>{comments}</commentList></comments>'
        return parts(sheet(rows, tail=tail).encode(), noted.encode())

    # ── a run ───────────────────────────────────────────────────────────────

    def run(self, births: list[tuple[str, int]], removed: list[int], updated: list[int]) -> None:
        """``births``: (name, index of the line below which it is born, -1 = header, len = the end)."""
        ours = [i for i, line in enumerate(self.lines) if line.key]
        gone = {ours[i % len(ours)] for i in removed} if ours else set()
        changed = {ours[i % len(ours)] for i in updated} - gone if ours else set()
        adds: list[AddRow] = []
        after: dict[int, list[Line]] = {}
        for name, where in births:
            at = min(where, len(self.lines) - 1)
            below = None if at < 0 else -1 if where >= len(self.lines) else FIRST + at
            adds.append(AddRow(key=name, cells={"status": Cell(value="new")}, below=below))
            after.setdefault(at, []).append(Line(name, name, "new"))
        keys = [str(line.key) for line in self.lines]
        late = {"status": Cell(value="late")}
        tasks = (
            TaskRow(row=FIRST + i, key=line.key, machine={}, people={}, own={}, links={})
            for i, line in enumerate(self.lines)
        )
        plan = TabPlan(
            own=OwnTab.TOUCHPOINTS, title=TITLE, found=replace(found([]), rows=tuple(tasks)), heading=None,
            adds=tuple(adds),
            updates=tuple(UpdateRow(key=keys[i], row=FIRST + i, cells=late, before={}) for i in sorted(changed)),
            removes=tuple(RemoveRow(key=keys[i], row=FIRST + i, before={}) for i in sorted(gone)),
        )  # fmt: skip
        result = rewrite(self.parts, plan, LOOK)
        for i in changed:
            self.lines[i].status = "late"
        self.follow(after, gone)
        self.check(result)
        self.parts = parts(result.xml, result.related.get("xl/comments1.xml", self.parts.related["xl/comments1.xml"]))

    def follow(self, after: dict[int, list[Line]], gone: set[int]) -> None:
        """The same in the model: births first, ranges pulled in to their survivors, then the dead leave."""
        merged = list(after.get(-1, []))
        for i, line in enumerate(self.lines):
            line.gone = i in gone
            merged += [line, *after.get(i, [])]
        for line in merged:
            if line.sums is None or any(x not in merged for x in line.sums):
                continue
            a, b = (merged.index(end) for end in line.sums)
            alive = [x for x in merged[a : b + 1] if not x.gone]
            line.sums = (alive[0], alive[-1]) if alive else line.sums
        self.lines = [line for line in merged if not line.gone]

    def check(self, result: RewrittenParts) -> None:
        cells = values(result)
        numbers = {n for n in cells if n >= FIRST}
        assert numbers == {self.at(line) for line in self.lines}
        rows = {int(e.get("r", "0")): e for e in tree(result).iter("{*}row")}
        styles = {e.get("r"): e.get("s") for e in tree(result).iter("{*}c")}
        for line in self.lines:
            n, formula = self.at(line), self.formula(line)
            seen = cells[n]
            expected = {"A": line.status, "C": line.key, "E": line.note, "F": formula and f"={formula}"}
            assert seen == {k: v for k, v in expected.items() if v}
            assert not line.note or styles[f"E{n}"] == "7"
            assert (rows[n].get("ht") or "0") == str(line.height or (34 if line.name.startswith("n") else 0))
            if line.key:
                assert result.rows[line.key] == n
        noted = result.related.get("xl/comments1.xml", self.parts.related["xl/comments1.xml"])
        comments = {e.get("ref"): "".join(t.text or "" for t in e.iter("{*}t")) for e in tree(noted).iter("{*}comment")}
        assert comments == {f"E{self.at(line)}": line.comment for line in self.lines if line.comment}
        links = {e.get("ref"): e.get("location") for e in tree(result).iter("{*}hyperlink")}
        assert links == {f"E{self.at(line)}": line.link for line in self.lines if line.link}
        last = max((self.at(line) for line in self.lines if line.key), default=4)
        area = re.fullmatch(r"\$A\$4:\$E\$(\d+)", result.filter_range or "")
        assert area is not None
        assert int(area[1]) >= last


def parts(xml: bytes, comments: bytes) -> SheetParts:
    name, kind = "xl/comments1.xml", "comments"
    relation = Relationship(id="rId1", type=f"{OFFICE}/{kind}", kind=kind, target=name, external=False, part=name)
    return SheetParts(
        title=TITLE, part="xl/worksheets/sheet1.xml", xml=xml, rels=None, relationships=(relation,),
        related={name: comments}, shared_strings=lambda: None, date1904=False, strict=False,
    )  # fmt: skip


@st.composite
def tabs(draw: st.DrawFn) -> list[Line]:
    size = draw(st.integers(1, 7))
    lines = [Line(f"t{i}", f"t{i}" if draw(st.integers(0, 3)) else None) for i in range(size)]
    for i, line in enumerate(lines):
        line.note = draw(st.sampled_from(["", f"note {i}"]))
        line.comment = draw(st.sampled_from(["", f"comment {i}"]))
        line.link = draw(st.sampled_from(["", f"Orders!A{i}"]))
        line.height = draw(st.sampled_from([0, 40 + i]))
        line.looks_at = draw(st.sampled_from([None, *lines]))
        if line.key and draw(st.booleans()):  # in a person's own row a range over all of ours grows: another test
            a, b = sorted((draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))))
            line.sums = (lines[a], lines[b])
    return lines


births = st.lists(st.integers(-1, 9), max_size=4)
numbers = st.lists(st.integers(0, 9), max_size=3)


@settings(max_examples=150, deadline=None)
@given(tabs(), st.lists(st.tuples(births, numbers, numbers), min_size=1, max_size=4))
def test_everything_arrives_in_its_row(lines: list[Line], days: list[tuple[list[int], list[int], list[int]]]) -> None:
    tab = Days(lines)
    for day, (born, removed, updated) in enumerate(days):
        tab.run([(f"n{day}{i}", where) for i, where in enumerate(born)], removed, updated)
