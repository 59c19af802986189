"""What ``plan`` says about the sample shop, word for word, in four languages.

A change of rules or words shows here as a difference to be read. ``UPDATE_GOLDEN=1 pytest tests/test_golden_plans.py``
writes the files anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from sheets_sync import cli, locale
from tests.conftest import DAY

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("language", locale.LANGUAGES)
def test_the_plan_for_the_sample_shop_is_the_one_we_read_and_approved(language: str, shop: Callable[..., Path]) -> None:
    path = shop(language)
    assert CliRunner().invoke(cli.main, ["run", str(path), "--on", DAY.isoformat()]).exit_code == 0
    first = CliRunner().invoke(cli.main, ["plan", str(shop(language, "fresh.xlsx")), "--on", DAY.isoformat()])
    following = CliRunner().invoke(cli.main, ["plan", str(path), "--on", "2026-11-23"])
    said = f"{first.stdout}\n── three days later ──\n{following.stdout}"
    file = GOLDEN / f"{language}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8")
