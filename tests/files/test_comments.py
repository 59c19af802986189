"""Comments, threads and links that people leave on the rows of a real file: beside their task, then in the history."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.comments import Comment

from sheets_sync import cli, sample, starter
from sheets_sync.model import SourceTab
from tests.conftest import DAY
from tests.files import people

TITLE, HISTORY = "Contacts today", "History"
FIRST, KEY, NOTE, OWN_WORDS = 5, 11, 15, 10
LINK = "https://drive.example/receipt"


def call(*given: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli.main, [*given, "--json", "--verbose"])
    assert done.exit_code == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def run(path: Path, days: int = 0) -> dict[str, Any]:
    day = (DAY + timedelta(days=days)).isoformat()
    done = call("run", str(path), "--on", day)
    assert call("run", str(path), "--on", day)["outcome"] == "nothing"
    return done


def rows(sheet: Any) -> dict[str, int]:
    return {sheet.cell(row, KEY).value: row for row in range(FIRST, sheet.max_row + 1) if sheet.cell(row, KEY).value}


def hung(path: Path) -> dict[str, tuple[str | None, str | None]]:
    """Key → comment and link on its note."""
    sheet = openpyxl.load_workbook(path)[TITLE]
    notes = {key: sheet.cell(row, NOTE) for key, row in rows(sheet).items()}
    return {
        key: (cell.comment.text if cell.comment else None, cell.hyperlink.target if cell.hyperlink else None)
        for key, cell in notes.items()
    }


def told_in_history(path: Path) -> str:
    sheet = openpyxl.load_workbook(path)[HISTORY]
    return "\n".join(str(sheet.cell(row, OWN_WORDS).value) for row in range(FIRST, sheet.max_row + 1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of the day, with a link on every note and a comment on every other one."""
    made = tmp_path / "shop.xlsx"
    starter.compose("en", SourceTab, sample.rows(DAY)).save(made)
    run(made)
    with people.opened(made) as book:
        for n, (key, row) in enumerate(rows(book[TITLE]).items()):
            people.put(book[TITLE], row, NOTE - 1, f"note {key}")
            cell = book[TITLE].cell(row, NOTE)
            cell.hyperlink = f"{LINK}?{key.replace(':', '-')}"
            if n % 2 == 0:
                cell.comment = Comment(f"about {key}", "Maria")
    run(made)
    return made


def test_they_stay_beside_their_task_while_rows_come_and_go(path: Path) -> None:
    before = hung(path)
    run(path, 1)
    after = hung(path)
    stayed = before.keys() & after.keys()
    assert stayed and stayed != before.keys()
    assert {key: after[key] for key in stayed} == {key: before[key] for key in stayed}


def test_what_leaves_is_told_in_the_history(path: Path) -> None:
    before = hung(path)
    run(path, 1)
    left = before.keys() - hung(path).keys()
    told = told_in_history(path)
    assert any(before[key][0] for key in left)
    assert all(f"Comment (Note): {before[key][0]}" in told for key in left if before[key][0])
    assert all(f"Link (Note): {before[key][1]}" in told for key in left)


def sort_a_part(path: Path, columns: range, *, carried: bool) -> None:
    """Move the cells of some columns up by a row, with what hangs on the notes (``carried``) or without."""
    with people.opened(path) as book:
        sheet = book[TITLE]
        places = sorted(rows(sheet).values())
        order = [*places[1:], places[0]]
        on_notes = {row: (sheet.cell(row, NOTE).comment, sheet.cell(row, NOTE).hyperlink) for row in places}
        people.sort(sheet, places, order, columns)
        for row, source in zip(places, order, strict=True):
            comment, link = on_notes[source if carried else row]
            sheet.cell(row, NOTE).comment = Comment(comment.text, "Maria") if comment else None
            sheet.cell(row, NOTE).hyperlink = link.target


THEIRS, OURS_AND_KEY = range(NOTE - 4, NOTE), range(NOTE - 4)


@pytest.mark.parametrize(
    ("columns", "carried"),
    [
        pytest.param(THEIRS, True, id="theirs, comments sorted too"),
        pytest.param(THEIRS, False, id="theirs, comments left behind"),
        pytest.param(OURS_AND_KEY, False, id="ours and the key"),
    ],
)
def test_a_half_sorted_tab_is_put_right_with_what_hangs_on_it(path: Path, columns: range, carried: bool) -> None:
    before = hung(path)
    sort_a_part(path, columns, carried=carried)
    done = run(path)
    assert "part_sorted" in {problem["code"] for problem in done["problems"]}
    assert hung(path) == before
    assert _shapes(path) == {cell for cell, _ in _comments(path)}, "a comment's yellow box is at its cell"


def test_addresses_that_excel_made_links_of_go_home_and_are_told_once(path: Path) -> None:
    def typed(key: str) -> str:
        return f"www.{key.replace(':', '-')}.example"

    with people.opened(path) as book:
        for key, row in rows(book[TITLE]).items():
            people.put(book[TITLE], row, NOTE - 1, typed(key))
            book[TITLE].cell(row, NOTE).hyperlink = f"http://{typed(key)}/"
    run(path)
    sort_a_part(path, THEIRS, carried=True)
    run(path)
    assert {key: link for key, (_, link) in hung(path).items()} == {key: f"http://{typed(key)}/" for key in hung(path)}
    run(path, 1)
    assert "Link (Note)" not in told_in_history(path)


def test_a_row_that_leaves_as_a_half_sort_is_put_right_takes_its_comment_along(path: Path) -> None:
    before = hung(path)
    sort_a_part(path, THEIRS, carried=True)
    run(path, 1)
    after, told = hung(path), told_in_history(path)
    assert before.keys() - after.keys()
    assert {key: after[key] for key in before.keys() & after.keys()} == {
        key: before[key] for key in before.keys() & after.keys()
    }
    assert all((before[key][0] or "") in told for key in before.keys() - after.keys())
    assert len({cell for cell, _ in _comments(path)}) == len(_refs(path)), "no cell has two"


def test_a_told_text_longer_than_a_cell_goes_on_below(path: Path) -> None:
    with people.opened(path) as book:
        row = next(row for key, row in rows(book[TITLE]).items() if key.startswith("check_in"))
        book[TITLE].cell(row, NOTE).comment = Comment("long " * 8_000 + "the end", "Maria")
    run(path)
    run(path, 30)
    told = told_in_history(path).replace("\n", "")
    assert "long " * 8_000 + "the end" in told


def test_a_thread_is_told_with_names(path: Path) -> None:
    sheet = openpyxl.load_workbook(path)[TITLE]
    key = next(key for key, (comment, _) in hung(path).items() if comment and key.startswith("check_in"))
    _thread(path, TITLE, f"O{rows(sheet)[key]}", {"Maria": "Asked for a refund", "João": "Done & paid"})
    run(path, 1)
    run(path, 30)
    assert key not in hung(path)
    told = told_in_history(path)
    assert "Comment (Note): Maria: Asked for a refund\nJoão: Done & paid" in told
    assert f"about {key}" not in told, "that is the thread once more, for programs that know none"


def test_two_undos_lose_none(path: Path) -> None:
    run(path, 1)
    with people.opened(path) as book:
        born = [row for row in rows(book[TITLE]).values() if book[TITLE].cell(row, NOTE).value is None]
        book[TITLE].cell(born[0], NOTE).comment = Comment("said once", "Maria")
    for _ in range(2):
        assert CliRunner().invoke(cli.main, ["undo", str(path)]).exit_code == 0
    run(path, 1)
    run(path, 2)
    assert "said once" in told_in_history(path)


def test_undo_loses_none(path: Path) -> None:
    before = hung(path)
    run(path, 1)
    with people.opened(path) as book:
        book["Orders"]["Z1"] = "theirs"  # so that the backup itself cannot be put back
    done = CliRunner().invoke(cli.main, ["undo", str(path)])
    assert done.exit_code == 0, done.stderr
    told, after = told_in_history(path), hung(path)
    gone = {key for key in before if after.get(key) != before[key]}
    assert gone
    assert all((before[key][0] or "") in told and str(before[key][1]) in told for key in gone)


def _refs(path: Path) -> list[str]:
    """The cell of each comment as stored, of all tabs but those for input."""
    with zipfile.ZipFile(path) as stored:
        parts = [stored.read(name).decode() for name in stored.namelist() if "comments/" in name]
    return [ref for part in parts for ref in re.findall(r'<comment [^>]*ref="O(\d+)"', part) if int(ref) >= FIRST]


def _comments(path: Path) -> list[tuple[tuple[int, int], str]]:
    """(Row, position) of each comment, and its text."""
    cells = [cell for row in openpyxl.load_workbook(path)[TITLE].iter_rows() for cell in row if cell.comment]
    return [((cell.row, cell.column - 1), cell.comment.text) for cell in cells if cell.comment]


def _shapes(path: Path) -> set[tuple[int, int]]:
    """(Row, position) to which the boxes of comments belong; the input tabs have some on their headers."""
    with zipfile.ZipFile(path) as stored:
        drawings = [stored.read(name).decode() for name in stored.namelist() if name.endswith(".vml")]
    places = (re.findall(r"<\w+:Row>(\d+)</\w+:Row>\s*<\w+:Column>(\d+)<", text) for text in drawings)
    return {(int(row) + 1, int(column)) for found in places for row, column in found if int(row) + 1 >= FIRST}


def _thread(path: Path, tab: str, address: str, said: dict[str, str]) -> None:
    """Make the comment on a cell a thread, as Excel stores it: parts of their own beside the comment."""
    with zipfile.ZipFile(path) as stored:
        parts = {name: stored.read(name) for name in stored.namelist()}
    sheet = _part_of(parts, tab)
    rels = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
    space = 'xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"'
    ids = {who: f"{{{n:08}-0000-0000-0000-000000000000}}" for n, who in enumerate(said)}
    people_xml = "".join(
        f'<person displayName="{who}" id="{i}" userId="{who}" providerId="None"/>' for who, i in ids.items()
    )
    thread = "".join(
        f'<threadedComment ref="{address}" dT="2026-11-21T10:00:00.00" personId="{ids[who]}" id="{ids[who]}">'
        f"<text>{escape(text)}</text></threadedComment>"
        for who, text in said.items()
    )
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f"<ThreadedComments {space}>{thread}</ThreadedComments>".encode()
    )
    parts["xl/persons/person.xml"] = f"<personList {space}>{people_xml}</personList>".encode()
    office = "http://schemas.microsoft.com/office/2017/10/relationships"
    for name, kind, target in (
        (rels, "threadedComment", "/xl/threadedComments/threadedComment1.xml"),
        ("xl/_rels/workbook.xml.rels", "person", "/xl/persons/person.xml"),
    ):
        relation = f'<Relationship Id="rIdT" Type="{office}/{kind}" Target="{target}"/></Relationships>'
        parts[name] = parts[name].replace(b"</Relationships>", relation.encode())
    kinds = "".join(
        f'<Override PartName="{part}" ContentType="application/vnd.ms-excel.{kind}+xml"/>'
        for part, kind in (
            ("/xl/threadedComments/threadedComment1.xml", "threadedcomments"),
            ("/xl/persons/person.xml", "person"),
        )
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", f"{kinds}</Types>".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as stored:
        for name, content in parts.items():
            stored.writestr(name, content)


def _part_of(parts: dict[str, bytes], tab: str) -> str:
    relation = re.search(rf'name="{tab}"[^>]*r:id="(\w+)"', parts["xl/workbook.xml"].decode())
    assert relation is not None
    rels = parts["xl/_rels/workbook.xml.rels"].decode()
    found = next(one for one in re.findall("<Relationship [^>]*>", rels) if f'Id="{relation[1]}"' in one)
    return "xl/" + re.sub(r'.*Target="/?(?:xl/)?([^"]*)".*', r"\1", found)
