"""Settings: one order of precedence, ranges kept, mistakes told where they are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sheets_sync import config, locale
from sheets_sync.config import Origin, Settings
from sheets_sync.model import Where
from sheets_sync.problems import ConfigError
from sheets_sync.setting_specs import specs

HERE = Where(tab="Ajustes", row=9, cell="C9")


def test_flags_beat_the_tab_beats_the_file_beats_the_default() -> None:
    file = {"check_in.days": 5, "connect.first": 20, "connect.every": 40}
    settings = config.resolve(
        language="nl", file=file, tab={"check_in.days": 7, "connect.first": 19}, flags={"check_in.days": 8}
    )
    assert [settings.number(k) for k in ("check_in.days", "connect.first", "connect.every", "connect.window")] == [
        8,
        19,
        40,
        7,
    ]
    origins = [settings.origin(k) for k in ("check_in.days", "connect.first", "connect.every", "connect.window")]
    assert origins == [Origin.FLAG, Origin.TAB, Origin.FILE, Origin.DEFAULT]


def test_a_blank_value_in_the_tab_leaves_the_default_in_force() -> None:
    values, problems = config.read_tab({"check_in.days": (None, HERE), "connect.first": ("  ", HERE)})
    assert (values, problems) == ({}, ())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("check_in.days", 1000), ("check_in.days", "six"), ("check_in.days", 6.5), ("check_in.share", "2,5"),
        ("check_in.enabled", "perhaps"), ("start_on", "31/02/2026"), ("language", "Klingon"), ("currency", "reais"),
        ("autoship_reminder.anchor", "sideways"), ("timezone", "Mars/Base"), ("message.check_in", "Hi {password}"),
        ("message.check_in", "Hi {name"), ("tracking_link", "javascript:alert(1)"), ("country", "Brazil"), ("country", "XX"),
    ],
)  # fmt: skip
def test_a_value_out_of_range_in_the_tab_is_a_question_and_the_default_stays(key: str, value: object) -> None:
    values, problems = config.read_tab({key: (value, HERE)})  # type: ignore[dict-item]
    assert values == {}
    assert [(p.code, p.where, p.params["key"]) for p in problems] == [("setting_out_of_range", HERE, key)]
    assert problems[0].params["allowed"]


@pytest.mark.parametrize(
    ("key", "value", "read"),
    [
        ("check_in.days", "8", 8), ("check_in.share", "0,25", 0.25), ("check_in.enabled", "não", False),
        ("check_in.enabled", "✓", True),
        ("start_on", "05/03/2026", date(2026, 3, 5)), ("language", "Nederlands", "nl"),
        ("language", "pt-br", "pt-BR"), ("currency", "brl", "BRL"),
        ("message.check_in.es", "¡Hola {name}!", "¡Hola {name}!"),
        ("autoship_reminder.anchor", "after scheduled", "after_scheduled"),
    ],
)  # fmt: skip
def test_values_are_read_as_people_type_them(key: str, value: object, read: object) -> None:
    values, problems = config.read_tab({key: (value, HERE)})  # type: ignore[dict-item]
    assert problems == ()
    assert values == {key: read}


def test_a_setting_that_does_not_exist_is_a_question_in_the_tab_and_an_error_on_the_command_line() -> None:
    _, problems = config.read_tab({"check_in.dayz": (3, HERE)})
    assert [p.code for p in problems] == ["setting_unknown"]
    with pytest.raises(ConfigError) as raised:
        config.read_flags(["check_in.dayz=3"])
    assert raised.value.code == "setting_unknown"


def test_a_flag_without_value_or_out_of_range_is_an_error_that_names_it() -> None:
    for flag, code in (("check_in.days", "flag_without_value"), ("check_in.days=999", "setting_out_of_range")):
        with pytest.raises(ConfigError) as raised:
            config.read_flags([flag])
        assert raised.value.code == code


def test_a_settings_file_is_tables_of_dotted_keys(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('currency = "EUR"\nmanual_update_cities = ["Londrina", "Cambé"]\n[check_in]\ndays = 9\n', "utf-8")
    settings = config.resolve(language="pt-BR", file=config.read_file(file), tab={}, flags={})
    assert settings.number("check_in.days") == 9
    assert settings.words("manual_update_cities") == ("Londrina", "Cambé")
    assert settings.text("currency") == "EUR"


def test_a_settings_file_that_is_none_is_an_error_that_names_it(tmp_path: Path) -> None:
    for content, code in ((None, "settings_unreadable"), ("= =", "settings_not_toml"), ("nope = 1", "setting_unknown")):
        file = tmp_path / "settings.toml"
        if content is not None:
            file.write_text(content, "utf-8")
        with pytest.raises(ConfigError) as raised:
            config.read_file(file)
        assert raised.value.code == code
        assert raised.value.params["file"] == str(file)


def test_locale_currency_and_holidays_follow_the_language_unless_set() -> None:
    assert [Settings.default("es").text(k) for k in ("locale", "currency", "country")] == ["es-ES", "EUR", "ES"]
    assert [Settings.default("en").text(k) for k in ("locale", "currency", "country")] == ["", "", ""]
    assert [Settings.default("es", locale="es-MX").text(k) for k in ("currency", "country")] == ["MXN", "MX"]


@pytest.mark.parametrize(
    ("language", "place", "money_and_holidays"),
    [("es", "es_MX", ["MXN", "MX"]), ("es", "es_AR", ["", "AR"]), ("pt-BR", "en_US", ["BRL", "BR"]), ("pt-BR", "pt_PT", ["EUR", "PT"]),
     ("en", "en_GB", ["", "GB"]), ("nl", "", ["EUR", "NL"])],
)  # fmt: skip
def test_money_and_holidays_are_those_of_the_spreadsheet_s_country(
    language: str, place: str, money_and_holidays: list[str]
) -> None:
    settings = config.resolve(language=language, place=place, file={}, tab={}, flags={})
    assert [settings.text(key) for key in ("currency", "country")] == money_and_holidays


def test_a_team_s_own_message_is_used_in_its_language_only() -> None:
    settings = Settings.default("pt-BR", **{"message.check_in": "Oi {name}", "message.check_in.es": "Hola {name}"})
    assert settings.message("check_in", "pt-BR") == "Oi {name}"
    assert settings.message("check_in", "es") == "Hola {name}"
    assert settings.message("check_in", "nl") is None


def test_every_default_is_within_its_own_range() -> None:
    for spec in specs().values():
        if spec.low is not None:
            assert spec.low <= float(str(spec.default)) <= float(str(spec.high)), spec.key


def test_a_question_about_a_setting_names_it_as_the_settings_tab_does() -> None:
    _, (asked,) = config.read_tab({"check_in.days": (99, Where(tab="Settings", row=24))})
    assert "“Check-In: days after the order”" in locale.load("en").problem(asked.code, asked.params)
