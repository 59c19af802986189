"""Every word of the panel is in the locale files, and none is there for nothing; a card imports nothing of a run."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from cloud_function import addon
from sheets_sync.backends.google import hand
from sheets_sync.locale import LANGUAGES
from sheets_sync.locale_files import read
from tests.addon.script_words import KEYS

PANEL = Path(addon.__file__).parent


def _literals(*files: Path) -> set[str]:
    return {
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _spoken(prefixes: tuple[str, ...]) -> set[str]:
    return {key for key in read("en")["text"] if key.startswith(prefixes)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_panel_and_the_menu_say_is_there_and_nothing_else(language: str) -> None:
    asked = {text for text in _literals(*PANEL.glob("*.py")) if text.startswith("panel_")} | set(KEYS.values())
    known = set(read(language)["text"]) | set(read(language)["errors"])
    assert asked <= known
    assert _spoken(("panel_", "menu_")) <= asked


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_its_sentence(language: str) -> None:
    codes = {
        "row_gone", "cell_missing", "cell_changed", "cell_formula", "rows_restless", "never_synced", "day_not_ahead",
        "too_large_for_panel", "addon_not_set_up", "panel_expired",
    }  # fmt: skip
    assert codes <= _literals(Path(hand.__file__), *PANEL.glob("*.py"))
    assert codes <= set(read(language)["errors"])


def test_opening_the_panel_imports_no_frames_and_no_files() -> None:
    code = (
        "import sys; from cloud_function.addon import door, panel, sync_now, list_of_tasks, pages; "
        "from sheets_sync.backends.google import document, hand, own_only; "
        "print([name for name in ('pandas', 'numpy', 'pyarrow', 'fastexcel', 'openpyxl', 'lxml', 'rich', 'babel',"
        " 'sheets_sync.cli', 'sheets_sync.run', 'sheets_sync.rules.engine') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
