"""The command as people type it: results on stdout, sentences on stderr, exit codes that mean something."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from sheets_sync import cli, run
from sheets_sync.backends.excel import swap
from sheets_sync.setting_specs import rules_table
from tests.conftest import DAY

Shop = Callable[..., Path]
ON = ("--on", DAY.isoformat())
FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from sheets_sync.cli import main
main()
"""


def call(*args: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(a) for a in args])


def answer(*args: str | Path, exit_code: int = 0) -> dict[str, Any]:
    done = call(*args, "--json")
    assert done.exit_code == exit_code, done.output
    return json.loads(done.stdout)


def test_run_writes_the_tabs_and_says_so_in_json(shop: Shop) -> None:
    path = shop("en")
    said = answer("run", path, *ON)
    assert (said["outcome"], said["on"], said["language"], said["workbook"]) == (
        "applied",
        "2026-11-20",
        "en",
        "shop.xlsx",
    )
    for counts in said["rows"].values():
        assert counts["read"] == counts["used"] + counts["questioned"] + counts["blank"]
    assert said["changes"]["touchpoints"]["add"] == sum(t["tab"] == "touchpoints" for t in said["tasks"])
    assert openpyxl.load_workbook(path).sheetnames[:5] == [
        "Customers",
        "Orders",
        "Exchanges",
        "Contacts today",
        "Exchanges to do",
    ]
    assert set(said["seconds"]) >= {"read", "total"}


def test_every_task_has_the_documented_fields(shop: Shop) -> None:
    for task in answer("plan", shop(), *ON)["tasks"]:
        assert list(task) == [
            "key", "rule", "tab", "subject", "customer_id", "customer", "status", "visible_on", "due_on", "daily_on",
            "gone_on", "amount", "currency", "why", "message", "contact", "source", "done", "postpone_to", "owner",
            "note",
        ]  # fmt: skip
        assert list(task["contact"]) == ["whatsapp", "phone", "email"]
        assert task["key"].startswith(f"{task['rule']}:{task['subject']}")
        assert task["amount"] is None or "." in task["amount"]


def test_a_second_run_on_the_same_day_touches_nothing(shop: Shop) -> None:
    path = shop("pt-BR")
    assert call("run", path, *ON).exit_code == 0
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert answer("run", path, *ON)["outcome"] == "nothing"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)


def test_plan_and_check_write_nothing(shop: Shop) -> None:
    path = shop("es")
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert answer("plan", path, *ON)["outcome"] == "planned"
    assert call("check", path, *ON).exit_code == 0
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_plan_prints_what_would_change_row_by_row(shop: Shop) -> None:
    path = shop("en")
    assert call("run", path, *ON).exit_code == 0
    lines = call("plan", path, "--on", "2026-11-21").stdout.splitlines()
    assert any(line.startswith("~ ") and " → " in line for line in lines)


def test_set_answers_what_if(shop: Shop) -> None:
    path = shop("en")
    as_is = {t["key"] for t in answer("plan", path, *ON)["tasks"]}
    without = {t["key"] for t in answer("plan", path, *ON, "--set", "check_in.enabled=no")["tasks"]}
    assert {k.split(":")[0] for k in as_is - without} == {"check_in"}


@pytest.fixture
def doubtful(shop: Shop) -> Path:
    path = shop("en")
    book = openpyxl.load_workbook(path)
    book["Orders"]["C5"] = "31/02/2026"
    book.save(path)
    return path


def test_check_exits_10_with_questions_and_names_the_cell(doubtful: Path) -> None:
    said = answer("check", doubtful, *ON, exit_code=10)
    asked = [p for p in said["problems"] if p["severity"] == "question"]
    assert [(p["tab"], p["row"], p["cell"]) for p in asked] == [("Orders", 5, "C5")]
    assert said["rows"]["orders"]["questioned"] == 1


def test_while_an_id_cannot_be_read_tasks_of_orders_that_are_not_found_are_held(tmp_path: Path) -> None:
    path, day = tmp_path / "shop.xlsx", date(2026, 11, 12)
    book = openpyxl.Workbook()
    for line in (["Order ID", "Customer", "Order date"], ["P-1", "Ann Lee", day], ["P-2", "Bea Roe", day]):
        book.active.append(line)
    book.save(path)
    assert [t["status"] for t in answer("run", path, *ON)["tasks"]] == ["open", "open"]
    book = openpyxl.load_workbook(path)
    for cell, value in (("A2", "P-9"), ("A4", "#N/A"), ("B4", "Cy Poe"), ("C4", day)):
        book.worksheets[0][cell] = value
    book.save(path)
    held = {t["key"]: t["status"] for t in answer("run", path, "--on", "2026-11-21")["tasks"]}
    assert held["check_in:P-1:1"] == "held", "the row that cannot be read may be P-1"


def test_strict_with_questions_exits_10_and_writes_nothing(doubtful: Path) -> None:
    before = doubtful.read_bytes()
    assert call("run", doubtful, *ON, "--strict").exit_code == 10
    assert answer("run", doubtful, *ON, "--strict", exit_code=10)["outcome"] == "planned"
    assert doubtful.read_bytes() == before


def test_questions_do_not_stop_the_other_rows(doubtful: Path) -> None:
    said = answer("run", doubtful, *ON)
    assert said["outcome"] == "applied"
    assert said["changes"]["questions"]["add"] == 1
    assert len(said["tasks"]) > 20


def test_out_leaves_the_workbook_as_it_is(shop: Shop, tmp_path: Path) -> None:
    path = shop("nl")
    before = path.read_bytes()
    assert answer("run", path, *ON, "--out", tmp_path / "uit.xlsx")["outcome"] == "applied"
    assert path.read_bytes() == before
    assert "Contacten vandaag" in openpyxl.load_workbook(tmp_path / "uit.xlsx").sheetnames
    assert call("run", path, *ON, "--out", tmp_path / "uit.xlsx").exit_code == 2


@pytest.mark.parametrize("out", ["uit.xlsm", "uit.csv", "uit"])
def test_out_under_the_name_of_another_kind_of_file_is_declined(shop: Shop, tmp_path: Path, out: str) -> None:
    (tmp_path / "orders.csv").write_text("Order ID;Customer;Order date\nO1;Ann Lee;2026-11-14\n", "utf-8")
    for path in (shop("en"), tmp_path / "orders.csv"):
        said = call("run", path, *ON, "--out", tmp_path / out)
        assert (said.exit_code, "--out uit.xlsx" in said.stderr, (tmp_path / out).exists()) == (2, True, False)


def test_results_of_a_csv_never_go_into_a_shop_s_own_workbook(shop: Shop, tmp_path: Path) -> None:
    table, path = tmp_path / "orders.csv", shop("en")
    table.write_text("Order ID;Customer;Order date\nO1;Ann Lee;2026-11-14\n", "utf-8")
    answer("run", path, *ON)
    before = path.read_bytes()
    assert call("run", table, *ON, "--out", path).exit_code == 2
    assert path.read_bytes() == before
    for _ in range(2):  # beside, born and kept up to date
        assert call("run", table, *ON, "--out", tmp_path / "beside.xlsx").exit_code == 0


def test_where_nothing_can_be_put_the_sentence_says_why(shop: Shop, tmp_path: Path) -> None:
    path = shop("en")
    said = call("run", path, *ON, "--language", "en", "--out", tmp_path / "nowhere" / "x.xlsx")
    assert (said.exit_code, "does not exist" in said.stderr) == (4, True), said.stderr
    assert call("demo", path).exit_code == 2
    answer("run", path, *ON)
    path.chmod(0o444)
    for args, offered in ((("run", path, "--on", "2026-11-21"), True), (("undo", path), False)):
        said = call(*args)
        assert (said.exit_code, "--out" in said.stderr) == (4, offered), said.stderr


def test_a_place_one_may_not_enter_is_no_fault_of_ours(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def barred(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/barred/shop.xlsx")

    monkeypatch.setattr(run, "sync", barred)
    said = call("plan", shop("en"), "--language", "en")
    assert (said.exit_code, said.stderr.startswith("I have no access to /barred/shop.xlsx.")) == (4, True)


def test_out_is_written_where_there_is_nothing_to_change(shop: Shop, tmp_path: Path) -> None:
    path, out = shop(), tmp_path / "out.xlsx"
    answer("run", path, *ON)
    said = call("run", path, *ON, "--out", out)
    assert said.exit_code == 0, said.output
    assert said.stdout.splitlines()[0] == f"{out} · 20 Nov 2026 · written"
    assert openpyxl.load_workbook(out).sheetnames == openpyxl.load_workbook(path).sheetnames


def test_an_emptied_orders_tab_is_declined_until_forced(shop: Shop) -> None:
    path = shop("en")
    assert call("run", path, *ON).exit_code == 0
    book = openpyxl.load_workbook(path)
    book["Orders"].delete_rows(2, 100)
    book.save(path)
    before = path.read_bytes()
    for door in ("plan", "run"):
        said = answer(door, path, "--on", "2026-11-21", exit_code=3)
        assert said["outcome"] == "refused"
        assert [p["code"] for p in said["problems"] if p["severity"] == "error"] == ["source_emptied"]
    assert call("check", path, "--on", "2026-11-21").exit_code == 3
    assert path.read_bytes() == before
    assert answer("run", path, "--on", "2026-11-21", "--force")["outcome"] == "applied"


def test_a_run_for_an_earlier_day_is_declined_but_a_plan_is_not(shop: Shop) -> None:
    path = shop("en")
    assert call("run", path, *ON).exit_code == 0
    assert answer("run", path, "--on", "2026-11-19", exit_code=3)["outcome"] == "refused"
    assert answer("plan", path, "--on", "2026-11-19")["outcome"] == "planned"


@pytest.mark.parametrize(
    "args",
    [
        ("run",),
        ("run", "x.xlsx", "--on", "tomorrow"),
        ("plan", "x.xlsx", "--on", "9999-12-31"),
        ("plan", "x.xlsx", "--set", "a.b=1"),
        ("nope",),
    ],
)
def test_wrong_usage_exits_2(args: tuple[str, ...]) -> None:
    assert call(*args).exit_code == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"hello"], ids=["empty", "truncated", "text"])
def test_a_file_we_cannot_work_on_exits_4_with_one_problem_and_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)
    said = answer("run", path, exit_code=4)
    assert (said["outcome"], len(said["problems"])) == ("failed", 1)
    plain = call("run", path)
    assert (plain.exit_code, plain.stdout) == (4, "")
    assert len(plain.stderr.strip().splitlines()) == 1
    assert path.read_bytes() == content


def test_a_workbook_without_any_tab_for_us_exits_4(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "Shopping list"
    book.save(tmp_path / "list.xlsx")
    assert answer("run", tmp_path / "list.xlsx", exit_code=4)["problems"][0]["code"] == "no_usable_tab"


def test_where_the_only_tab_lacks_a_header_the_sentence_names_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Pedidos"
    book.active.append(["Nº do pedido", "Cliente", "Quando"])
    book.save(tmp_path / "shop.xlsx")
    (problem,) = answer("run", tmp_path / "shop.xlsx", exit_code=4)["problems"]
    assert problem["params"] == {"tab": "Pedidos", "column": "Data do pedido", "found": "Quando"}


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_disk_that_fills_up_exits_4_and_keeps_the_file(shop: Shop) -> None:
    path = shop()
    before = path.read_bytes()
    done = subprocess.run(
        [
            sys.executable, "-c",
            FULL_DISK,
            "run", str(path), *ON,
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert path.read_bytes() == before
    assert list(path.parent.glob(".~*")) == []


def test_our_own_fault_exits_70_with_a_run_id_and_no_traceback(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("Maria Souza, +55 43 99999-1234")

    monkeypatch.setattr(run, "reconcile", broken)
    done = call("run", shop(), *ON)
    assert done.exit_code == 70
    assert "ZeroDivisionError" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Maria" not in done.stderr
    assert "Traceback" in call("run", shop(), *ON, "--verbose").stderr


@pytest.mark.parametrize("wanted", ["C-03", "lucia.fernandez@example.com", "+34 612 110 003", "lucía fernández"])
def test_timeline_finds_a_customer_by_any_of_their_names(shop: Shop, wanted: str) -> None:
    said = answer("timeline", shop(), wanted, *ON)
    assert (said["customer_id"], said["customer"], said["reason"]) == ("C-03", "Lucía Fernández", None)
    assert said["tags"] == ["Champú", "Acondicionador"]
    days = [t["visible_on"] for t in said["tasks"]]
    assert days == sorted(days)
    states = {t["status"] for t in said["tasks"]}
    assert "planned" in states
    assert states & {"open", "upcoming", "expired"}


def test_half_a_character_in_a_note_is_no_fault(shop: Shop) -> None:
    path = shop()
    answer("run", path, *ON)
    book = openpyxl.load_workbook(path)
    book["Contacts today"]["O6"] = "half _xD83D_ an emoji"
    book.save(path)
    assert "half \ud83d an emoji" in [task["note"] for task in answer("run", path, *ON)["tasks"]]
    assert call("plan", path, *ON).exit_code == 0


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_pipe_of_another_encoding_is_no_fault(shop: Shop, form: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sheets_sync", "plan", str(shop()), *ON, *form],
        capture_output=True, env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if form:
        assert any("−" in task["why"] for task in json.loads(done.stdout)["tasks"])


def test_timeline_says_why_there_is_nothing(shop: Shop) -> None:
    path = shop("en")
    for wanted in ("C-24", "nobody at all"):
        said = answer("timeline", path, wanted, *ON)
        assert said["tasks"] == []
        assert said["reason"]


def test_rules_say_where_each_number_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("[connect]\nfirst = 20\n", "utf-8")
    said = answer("rules", "--set", "check_in.days=8", "--settings", file)
    assert set(said["rules"]) == set(rules_table())
    assert (
        said["rules"]["check_in"]["numbers"]["days"] | {"value": 8, "origin": "flag", "default": 6}
        == said["rules"]["check_in"]["numbers"]["days"]
    )
    assert said["rules"]["connect"]["numbers"]["first"]["origin"] == "file"
    assert said["rules"]["reconnect"]["numbers"]["months"]["origin"] == "default"


def test_undo_puts_the_very_file_back_when_nobody_touched_it(shop: Shop) -> None:
    path = shop("en")
    before = path.read_bytes()
    assert call("run", path, *ON).exit_code == 0
    assert call("undo", path).exit_code == 0
    assert path.read_bytes() == before
    assert call("undo", path).exit_code == 3


def test_undo_keeps_what_people_wrote_since(shop: Shop) -> None:
    path = shop("en")
    assert call("run", path, *ON).exit_code == 0
    first = answer("plan", path, *ON)["tasks"]
    assert call("run", path, "--on", "2026-11-21").exit_code == 0
    book = openpyxl.load_workbook(path)
    sheet = book["Contacts today"]
    head = {sheet.cell(1, c).value: c for c in range(1, sheet.max_column + 1)}
    row = next(r for r in range(5, sheet.max_row + 1) if str(sheet.cell(r, head["key"]).value).startswith("reconnect:"))
    key = sheet.cell(row, head["key"]).value
    sheet.cell(row, head["note"]).value = "spoke to her aunt"
    book.save(path)
    assert call("undo", path).exit_code == 0
    then = answer("plan", path, *ON)
    assert {t["key"]: t["status"] for t in then["tasks"]} == {t["key"]: t["status"] for t in first}
    assert next(t for t in then["tasks"] if t["key"] == key)["note"] == "spoke to her aunt"


def test_a_tick_in_a_row_that_undo_takes_away_comes_back_as_a_tick(shop: Shop) -> None:
    path = shop("en")
    answer("run", path, *ON)
    before = {t["key"] for t in answer("plan", path, *ON)["tasks"]}
    new = next(
        t
        for t in answer("run", path, "--on", "2026-11-22")["tasks"]
        if t["key"] not in before and t["tab"] == "touchpoints"
    )
    book = openpyxl.load_workbook(path)
    sheet = book["Contacts today"]
    head = {sheet.cell(1, c).value: c for c in range(1, sheet.max_column + 1)}
    row = next(r for r in range(5, sheet.max_row + 1) if sheet.cell(r, head["key"]).value == new["key"])
    sheet.cell(row, head["done"]).value = "✓"
    book.save(path)
    assert call("undo", path).exit_code == 0
    again = answer("run", path, "--on", "2026-11-22")
    assert [(t["status"], t["done"]) for t in again["tasks"] if t["key"] == new["key"]] == [("done", True)]
    assert answer("run", path, "--on", "2026-11-22")["outcome"] == "nothing"


def test_undo_never_takes_what_somebody_saved_right_after_the_run_for_the_run_s_own(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop("en")

    def save_at_once(_: Path) -> None:
        book = openpyxl.load_workbook(path)
        book["Orders"]["A1"].comment = openpyxl.comments.Comment("saved in that moment", "Ann")
        book.save(path)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(swap, "_sync_folder", save_at_once)
        answer("run", path, *ON)
    assert call("undo", path).exit_code == 0
    assert openpyxl.load_workbook(path)["Orders"]["A1"].comment.text == "saved in that moment"


def test_undo_names_the_workbook_in_its_language(shop: Shop) -> None:
    path = shop("es")
    answer("run", path, *ON)
    assert call("undo", path).stdout == "shop.xlsx: el archivo de antes de la última ejecución volvió entero.\n"


def test_undo_of_a_workbook_that_is_gone_exits_4(shop: Shop) -> None:
    path = shop()
    answer("run", path, *ON)
    path.unlink()
    done = call("undo", path)
    assert (done.exit_code, done.stdout) == (4, "")


def test_undo_keeps_words_where_the_memory_was_edited(shop: Shop) -> None:
    path = shop()
    answer("run", path, *ON)
    book = openpyxl.load_workbook(path)
    book["Contacts today"]["O6"] = "called twice"
    for row in book["_sync"].iter_rows():
        for cell in row:
            cell.value = "scribble" if cell.value else None
    book.save(path)
    assert call("undo", path).exit_code == 0
    answer("run", path, *ON)
    assert openpyxl.load_workbook(path)["Contacts today"]["O6"].value == "called twice"


@pytest.mark.parametrize(("file", "exit_code"), [("nowhere/shop.xlsx", 4), ("shop.xls", 2), ("shop", 2)])
def test_new_where_no_workbook_can_be_says_so(tmp_path: Path, file: str, exit_code: int) -> None:
    done = call("new", tmp_path / file)
    assert (done.exit_code, done.stdout) == (exit_code, "")
    assert not (tmp_path / file).exists()


def test_a_setting_that_will_not_do_is_told_with_an_example(shop: Shop) -> None:
    done = call("plan", shop(), "--timezone", "Mars")
    assert done.exit_code == 2
    assert "Europe/Amsterdam" in done.stderr


def test_each_undo_takes_back_one_run_more_and_no_word_with_it(shop: Shop) -> None:
    path = shop()
    answer("run", path, "--on", "2026-11-19")
    answer("run", path, *ON)
    book = openpyxl.load_workbook(path)
    notes = {}
    for row in range(5, book["Contacts today"].max_row + 1):
        notes[book["Contacts today"].cell(row, 11).value] = f"note {row}"
        book["Contacts today"].cell(row, 15).value = f"note {row}"
    book.save(path)
    assert [call("undo", path).exit_code for _ in range(3)] == [0, 0, 3]
    assert openpyxl.load_workbook(path)["Contacts today"]["A5"].value is None
    found = {task["key"]: task["note"] for task in answer("run", path, *ON)["tasks"] if task["tab"] == "touchpoints"}
    assert found == notes


def test_undo_loses_no_word_in_rows_of_questions_and_upcoming_that_go_with_it(shop: Shop) -> None:
    path = shop()
    book = openpyxl.load_workbook(path)
    at = next(cell.column for cell in book["Orders"][1] if cell.value == "Order date")
    book["Orders"].cell(2, at).value = "31/02/2026"
    book.save(path)
    answer("run", path, *ON)
    book = openpyxl.load_workbook(path)
    words = {"Questions": "pergunta à Zé", "Upcoming": "ligar antes"}
    for title, word in words.items():
        sheet = book[title]
        sheet.cell(4, 20).value = "Mine"
        row = next(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value is not None)
        sheet.cell(row, 20).value = word
    book.save(path)
    assert call("undo", path).exit_code == 0
    answer("run", path, *ON)
    book = openpyxl.load_workbook(path)
    told = {str(cell.value) for title in ("Questions", "History") for row in book[title].iter_rows() for cell in row}
    assert all(any(word in text for text in told) for word in words.values())


@pytest.mark.parametrize("why", ["read_only", "structure_locked"])
def test_the_doctor_knows_a_file_that_a_run_could_not_write(shop: Shop, why: str) -> None:
    path = shop()
    if why == "read_only":
        path.chmod(0o444)
    else:
        book = openpyxl.load_workbook(path)
        book.security.lockStructure = True
        book.save(path)
    examined, done = call("doctor", path, "--json"), call("run", path, *ON, "--json")
    assert (examined.exit_code, done.exit_code) == (4, 4)
    failed = [check for check in json.loads(examined.stdout)["checks"] if not check["ok"]]
    assert [check["message"] for check in failed] == [json.loads(done.stdout)["problems"][0]["message"]]


def test_undo_of_a_file_that_is_not_there_is_about_the_file(tmp_path: Path) -> None:
    assert call("undo", tmp_path / "missing.xlsx").exit_code == 4


def test_every_command_s_help_has_an_example() -> None:
    for name in ("demo", "new", "plan", "run", "check", "timeline", "rules", "undo", "doctor"):
        done = call(name, "--help")
        assert done.exit_code == 0
        assert f"Example: sheets-sync {name}" in " ".join(done.stdout.split())


def test_the_real_process_keeps_stdout_for_the_result(shop: Shop) -> None:
    command = [sys.executable, "-m", "sheets_sync", "run", str(shop()), *ON, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["outcome"] == "applied"
    assert done.stderr == ""


def test_what_a_rule_asks_about_a_date_points_to_its_cell_under_its_own_header(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Clientes", 0)
    for row in (["Nome", "Último pedido", "Próximo pedido:"], ["Ana", date(2026, 9, 1), date(2026, 11, 10)]):
        sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    (asked,) = answer("check", tmp_path / "shop.xlsx", "--on", "2026-11-22", exit_code=10)["problems"]
    assert (asked["code"], asked["cell"], asked["column"]) == ("planned_order_missing", "C2", "Próximo pedido:")


def test_a_result_beside_an_old_format_can_be_undone(tmp_path: Path) -> None:
    source, result = tmp_path / "pedidos.csv", tmp_path / "tarefas.xlsx"
    source.write_text("Nº do pedido;Cliente;Data do pedido\nP-1;Ana;2026-11-14\n", "utf-8")
    call("run", source, "--out", result, "--on", "2026-11-20")
    before = result.read_bytes()
    assert answer("run", source, "--out", result, "--on", "2026-11-21")["outcome"] == "applied"
    assert call("undo", result).exit_code == 0
    assert result.read_bytes() == before
    assert "nothing to undo" in call("undo", result, "--language", "en").output


def test_a_reader_that_has_seen_enough_is_nobody_s_fault(shop: Shop) -> None:
    command = f"'{sys.executable}' -u -m sheets_sync plan '{shop()}' --language en | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.count("\n") == 1
    assert "fault" not in done.stderr


def test_a_workbook_s_own_language_is_spoken_where_nothing_can_be_done_too(shop: Shop) -> None:
    path = shop("pt-BR")
    call("run", path, *ON)
    book = openpyxl.load_workbook(path)
    for title in ("Clientes", "Pedidos", "Trocas"):
        del book[title]
    book.create_sheet("Compras")["A1"] = "Lista"
    book.save(path)
    assert "que eu possa usar. Crie uma com: sheets-sync new" in call("run", path, *ON).stderr
    assert "that I can use" in call("run", path, *ON, "--language", "en").stderr
    said = answer("run", path, *ON, exit_code=4)
    assert said["language"] == "pt-BR"
    assert said["problems"][0]["message"].endswith("que eu possa usar.")
