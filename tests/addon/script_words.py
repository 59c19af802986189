"""The words of the Apps Script menu, out of the locale files: ``python -m tests.addon.script_words`` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from sheets_sync.locale import LANGUAGES, load

CODE = Path(__file__).parents[2] / "templates" / "apps_script" / "Code.gs"
BEGIN = "/* ── words: out of sheets_sync/locales, by python -m tests.addon.script_words ── */\n"
END = "/* ── end of words ── */\n"
KEYS = {
    "menu": "menu_title", "sync": "panel_sync", "working": "menu_working", "done": "menu_done",
    "nothing": "panel_synced_nothing", "slow": "menu_slow", "refused": "menu_refused", "failed": "menu_failed",
}  # fmt: skip


def block() -> str:
    """The constant that the menu reads."""
    lines = ["const WORDS = {"]
    for language in LANGUAGES:
        words = load(language)
        said = [f"    {name}: {json.dumps(words.text(key), ensure_ascii=False)}," for name, key in KEYS.items()]
        lines += [f"  {language[:2]}: {{", *said, "  },"]
    return "\n".join([*lines, "};\n"])


def with_words(code: str) -> str:
    """The file with the words as they now are."""
    head, _, rest = code.partition(BEGIN)
    return head + BEGIN + block() + END + rest.partition(END)[2]


if __name__ == "__main__":
    CODE.write_text(with_words(CODE.read_text("utf-8")), "utf-8")
