"""Every language says everything, with the same placeholders, and no word means two things in one place."""

from __future__ import annotations

import ast
import itertools
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sheets_sync import locale, setting_specs, template
from sheets_sync.fold import fold
from sheets_sync.locale import LANGUAGES, load
from sheets_sync.locale_files import read
from sheets_sync.locale_index import labels
from sheets_sync.model import End, OwnTab, SourceTab, Status
from sheets_sync.tables import schema

PACKAGE = Path(locale.__file__).parent
RULES = setting_specs.rules_table()
SENTENCES = ("why", "message", "problems", "effects", "errors", "silences", "settings", "units", "text")
MODEL = "en"


def leaves(table: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, entry in table.items():
        if isinstance(entry, dict):
            yield from leaves(entry, (*path, key))
        else:
            yield (*path, key), entry


def shape(text: str) -> set[tuple[str, str, bool]]:
    """Places of a sentence: name, how it is shown, whether it may be missing."""
    return {(place.name, place.spec, optional) for place, optional in template.places(text)}


# ── all four say the same ───────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_keys(language: str) -> None:
    here, model = dict(leaves(read(language))), dict(leaves(read(MODEL)))
    assert sorted(here.keys() ^ model.keys()) == []
    assert {k for k in here if isinstance(here[k], list) != isinstance(model[k], list)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_same_placeholders(language: str) -> None:
    here = dict(leaves(read(language)))
    for path, entry in leaves(read(MODEL)):
        if path[0] in SENTENCES and path[0] != "settings":
            assert shape(here[path]) == shape(entry), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_said_whole(language: str) -> None:
    for path, entry in leaves(read(language)):
        if path[0] in SENTENCES:
            assert isinstance(entry, str), path
            assert entry.strip(), path
            assert entry == entry.strip(), path
            assert "  " not in entry, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_every_category(language: str) -> None:
    """One, other; what a language has beyond (es: many) falls back to other."""

    def check(table: Mapping[str, Any], path: str) -> None:
        for key, entry in table.items():
            if isinstance(entry, dict):
                if "other" in entry and set(entry) <= {"one", "other", "many"}:
                    assert "one" in entry, f"{path}.{key}"
                else:
                    check(entry, f"{path}.{key}")

    check({k: v for k, v in read(language).items() if k in SENTENCES}, "")


# ── everything that can be asked for is there ───────────────────────────────


def _calls() -> Iterator[tuple[Path, str, ast.Call]]:
    """(file, function name, call) of every call in the package."""
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                yield file, getattr(node.func, "attr", getattr(node.func, "id", "")), node


def _constants(file: Path, node: ast.expr | None) -> Iterator[str]:
    """The texts that an expression may be: literals, choices between them, constants of the same file."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(file, node.body)
        yield from _constants(file, node.orelse)
    elif isinstance(node, ast.Name) and node.id.isupper():
        for statement in ast.parse(file.read_text("utf-8")).body:
            if isinstance(statement, ast.Assign) and [getattr(t, "id", "") for t in statement.targets] == [node.id]:
                yield from _constants(file, statement.value)


def _codes(*functions: str) -> set[str]:
    """First arguments (or ``code=``) of the calls of these functions."""
    found: set[str] = set()
    for file, name, call in _calls():
        if name in functions:
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "code")]
            found |= {text for node in given for text in _constants(file, node)}
    return found


PROBLEM_CODES = sorted(_codes("question", "notice", "ask", "tell", "Doubt"))
ERROR_CODES = sorted(_codes("BackendError", "Refusal", "ConfigError", "SheetsSyncError"))


@pytest.mark.parametrize("code", PROBLEM_CODES)
def test_every_problem_has_a_sentence(code: str) -> None:
    assert [lang for lang in LANGUAGES if code not in read(lang)["problems"]] == []


@pytest.mark.parametrize("code", ERROR_CODES)
def test_every_error_has_a_sentence(code: str) -> None:
    assert [lang for lang in LANGUAGES if code not in read(lang)["errors"]] == []


def _given() -> Iterator[tuple[str, str, set[str]]]:
    """(section, code, names of its parameters) where the call says them all literally."""
    for file, name, call in _calls():
        named = {k.arg: k.value for k in call.keywords}
        for code in _constants(file, call.args[0] if call.args else None):
            if name in {"BackendError", "Refusal", "ConfigError"} and None not in named:
                yield "errors", code, {arg for arg in named if arg}
            if name in {"question", "notice"}:
                params = named.get("params", ast.Dict(keys=[], values=[]))
                if isinstance(params, ast.Dict) and all(isinstance(k, ast.Constant) for k in params.keys):
                    yield (
                        "problems",
                        code,
                        {str(k.value) for k in params.keys if isinstance(k, ast.Constant)} | {"count"},
                    )


def test_every_sentence_gets_its_parameters() -> None:
    for section, code, names in _given():
        for _, text in leaves({code: read(MODEL)[section].get(code, "")}):
            needed = {name for name, _, may_miss in shape(text) if not may_miss}
            assert needed <= names, (section, code)


def test_every_text_asked_for_is_there() -> None:
    asked = {
        text
        for file, name, call in _calls()
        if name == "text" and not file.is_relative_to(PACKAGE / "tables")  # where `text` takes a column's key
        for text in _constants(file, call.args[0] if call.args else None)
    }
    asked -= set(setting_specs.specs())  # Settings.text takes a setting's key
    for language in LANGUAGES:
        assert sorted(asked - read(language)["text"].keys()) == []


def test_every_answer_to_choose_from_has_words() -> None:
    offered = {
        text
        for file, _, call in _calls()
        for keyword in call.keywords
        if keyword.arg == "choices" and isinstance(keyword.value, ast.Tuple)
        for node in keyword.value.elts
        for text in _constants(file, node)
    }
    known = set(read(MODEL)["answers"])
    canonical = {value for tab in schema.SOURCES.values() for column in tab.columns for value in column.choices}
    settings = {choice for spec in setting_specs.specs().values() for choice in spec.choices}
    assert sorted(offered - known - canonical - settings) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_spoken_of(language: str) -> None:
    words, table = load(language), read(language)
    for rule, row in RULES.items():
        assert words.task(rule)
        assert table["why"][rule]
        assert bool(row.get("message")) == (rule in table["message"])
        if row.get("message"):
            assert "plain" in table["message"][rule]
    assert set(table["why"]) == set(RULES) == set(table["tasks"])
    assert set(table["message"]) <= set(RULES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_explained(language: str) -> None:
    words = load(language)
    for key in setting_specs.specs():
        assert words.setting(key), key
        assert words.setting_name(key), key
    assert "{name}" in words.setting("message.check_in")
    assert words.task("check_in") in words.setting_name("message.check_in.nl")
    named = {words.setting_name(key) for key in setting_specs.specs()}
    assert len(named) == len(setting_specs.specs())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_column_status_and_end_has_a_name(language: str) -> None:
    words = load(language)
    for own in OwnTab:
        assert words.title(own)
        assert len(words.title(own)) <= 31  # Excel's limit
    for spec in schema.OWN.values():
        headers = [words.column(column.key) for column in spec.columns]
        assert len({h.casefold() for h in headers}) == len(headers), spec.own
    for source, tab in schema.SOURCES.items():
        assert words.source_title(source)
        for column in tab.columns:
            assert words.header(source, column.key), (source, column.key)
            for value in column.choices:
                key = f"{source.value[:-1]}_status" if column.key == "status" else column.key
                assert words.value(key, value), (source, column.key, value)
        assert set(read(language)["headers"][source.value]) == {c.key for c in tab.columns}
    for status in (*Status, "open_today"):
        assert words.status(status)
    for end in End:
        assert words.end(end)
    for reason in read(language)["silences"]:
        assert words.silence(reason)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_canonical_value_is_foreign_to_the_schema(language: str) -> None:
    values = read(language)["values"]
    known = {"order_status": set(schema.ORDER_STATUSES), "exchange_status": set(schema.EXCHANGE_STATUSES)}
    for tab in schema.SOURCES.values():
        for column in tab.columns:
            if column.choices and column.key != "status":
                known.setdefault(column.key, set()).update(column.choices)
    assert {k: set(v) for k, v in values.items()} == known


# ── no word means two things in one place ───────────────────────────────────

TABLES = ["columns", "source_titles", "titles", "statuses", "answers", "frequencies", "language_names"]


@pytest.mark.parametrize("path", [*((t,) for t in TABLES), *(("values", v) for v in read(MODEL)["values"])])
def test_one_meaning_a_word(path: tuple[str, ...]) -> None:
    meanings: dict[str, set[str]] = {}
    for word, key in labels(*path):
        assert word, path
        meanings.setdefault(word, set()).add(key)
    assert {word: keys for word, keys in meanings.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("column", read(MODEL)["values"])
def test_values_are_sure_without_joining_words_too(column: str) -> None:
    assert locale.value_index(column).doubtful == set()


def test_no_header_means_two_things_in_one_tab() -> None:
    index = locale.header_index()
    assert index.doubtful == set()
    for word in index:
        for source in SourceTab:
            assert len({m.key for m in index[word] if m.source is source}) <= 1, (word, source)


def test_a_preferred_header_is_never_another_ones() -> None:
    """Each language's first label of a column is that column, whatever the other languages say."""
    for language, (source, tab) in itertools.product(LANGUAGES, schema.SOURCES.items()):
        for column in tab.columns:
            found = locale.header_index()[fold(load(language).header(source, column.key))]
            assert {m.key for m in found if m.source is source} == {column.key}, (language, source, column.key)


def test_output_titles_are_never_input() -> None:
    assert set(locale.own_titles()) & set(locale.tab_titles()) == set()
    for title in locale.own_titles():
        assert title not in locale.tab_titles(), title


def test_yes_and_no_stay_apart() -> None:
    assert locale.yes_words() & locale.no_words() == set()
    assert all(locale.yes_words())


def test_titles_of_one_language_differ() -> None:
    for language in LANGUAGES:
        titles = [load(language).title(own).casefold() for own in OwnTab]
        assert len(set(titles)) == len(titles)


# ── what the source documents write ─────────────────────────────────────────

HEADERS = [
    ("customers", "Cliente", "name"),
    ("customers", "Nº cliente", "customer_id"),
    ("customers", "Contato", "phone"),
    ("customers", "Contacto", "name"),
    ("customers", "Último pedido", "last_order_on"),
    ("customers", "Próximo pedido", "next_order_on"),
    ("customers", "Besteldatum", "latest_or_next_on"),
    ("customers", "Estado", "state"),
    ("customers", "ID", "customer_id"),
    ("orders", "Cliente", "customer"),
    ("orders", "Código do cliente", "customer_id"),
    ("orders", "Nome do cliente", "name"),
    ("orders", "Pedido", "order_id"),
    ("orders", "N° PEDIDO", "order_id"),
    ("orders", "pedido nº", "order_id"),
    ("orders", "Order #", "order_id"),
    ("orders", "Datum", "ordered_on"),
    ("orders", "Fecha", "ordered_on"),
    ("orders", "Importe", "total"),
    ("orders", "Bedrag", "total"),
    ("orders", "Estado", "status"),
    ("orders", "Entregue em", "delivered_on"),
    ("orders", "DataPedido", "ordered_on"),
    ("orders", "order_id", "order_id"),
    ("orders", "Bestel-nummer", "order_id"),
    ("orders", "Envío", "freight"),
    ("orders", "Track & Trace", "tracking_code"),
    ("exchanges", "Código", "exchange_id"),
    ("exchanges", "Nº", "exchange_id"),
    ("exchanges", "Date", "requested_on"),
    ("exchanges", "Chegou em", "delivered_on"),
    ("exchanges", "Terugontvangen", "delivered_on"),
    ("exchanges", "Recebido em", "received_on"),
    ("exchanges", "Vale", "voucher_code"),
    ("exchanges", "Estorno", "refund_amount"),
    ("exchanges", "Gerado em (Yami / fora)", "voucher_source"),
    ("exchanges", "Validade", "posting_code_expires_on"),
    ("exchanges", "Validade do vale", "voucher_expires_on"),
]


@pytest.mark.parametrize(("source", "header", "key"), HEADERS)
def test_headers(source: str, header: str, key: str) -> None:
    assert {m.key for m in locale.header_index()[fold(header)] if m.source == source} == {key}


@pytest.mark.parametrize("header", ["Entregue em", "Delivered on", "Fecha de entrega", "Bezorgd op", "Entregue"])
def test_delivered_to_the_customer_is_not_back_at_the_shop(header: str) -> None:
    assert {m.key for m in locale.header_index().get(fold(header), ()) if m.source is SourceTab.EXCHANGES} == set()


def test_what_lost_is_an_alternative() -> None:
    assert {m.key for m in locale.header_alternatives()[fold("Estado")]} == {"state"}
    assert fold("Status") not in locale.header_alternatives()


def test_a_plain_yes_under_a_header() -> None:
    def answers(header: str) -> set[tuple[str, str]]:
        return {(m.yes, m.no) for m in locale.header_index()[fold(header)] if m.source is SourceTab.ORDERS}

    assert answers("Pago") == answers("Betaald") == {("paid", "pending")}
    assert answers("Cartão recusado") == {("failed", "")}
    assert answers("Status do pagamento") == {("", "")}


def test_own_headers() -> None:
    index = locale.own_header_index(OwnTab.TOUCHPOINTS)
    for word, key in (("Feito", "done"), ("Concluído", "done"), ("Snooze until", "postpone_to"), ("Klaar", "done")):
        assert index[fold(word)] == key


FREQUENCIES = [
    ("semanal", ("days", 7)),
    ("quinzenal", ("days", 14)),
    ("a cada 15 dias", ("days", 14)),
    ("cada 15 días", ("days", 14)),
    ("om de week", ("days", 14)),
    ("Mensal", ("months", 1)),
    ("30 dias", ("months", 1)),
    ("tweemaandelijks", ("months", 2)),
    ("bimestral", ("months", 2)),
    ("per kwartaal", ("months", 3)),
    ("semestral", ("months", 6)),
    ("elk half jaar", ("months", 6)),
    ("bianual", ("months", 6)),
    ("bienal", ("months", 24)),
    ("anual", ("months", 12)),
]


@pytest.mark.parametrize(("word", "meaning"), FREQUENCIES)
def test_frequencies(word: str, meaning: tuple[str, int]) -> None:
    found = locale.frequency_index()[fold(word)]
    assert isinstance(found, locale.FrequencyMeaning)
    assert (found.unit, found.n) == meaning


@pytest.mark.parametrize("word", ["bimensal", "bimensual", "bimonthly", "bi-monthly", "biweekly"])
def test_false_friends_are_asked_about(word: str) -> None:
    found = locale.frequency_index()[fold(word)]
    assert isinstance(found, locale.Ambiguous)
    assert all(locale.frequency_answers()[choice] for choice in found.choices)
    for language in LANGUAGES:
        told = {load(language).answer(choice) for choice in found.choices}
        assert len(told) == 2
        assert {locale.answer_index()[fold(words)] for words in told} == set(found.choices)


@pytest.mark.parametrize("word", ["semestrall", "semanual", "bimensall", "mensa", "trimensal"])
def test_frequencies_are_never_guessed(word: str) -> None:
    assert fold(word) not in locale.frequency_index()


def test_every_n() -> None:
    every = locale.every_words()
    assert fold("a cada") in every.before
    assert every.units[fold("semanas")] == ("days", 7)
    assert every.units[fold("jaren")] == every.units[fold("years")] == ("months", 12)
    assert every.numbers[fold("três")] == every.numbers[fold("drie")] == every.numbers[fold("tres")] == 3
    assert list(every.before) == sorted(every.before, key=len, reverse=True)


def test_small_vocabularies() -> None:
    assert fold("Cópia de") in locale.copy_prefixes()
    assert fold("TOTAL GERAL:") in locale.total_words()
    assert {fold(w) for w in ("Sim", "x", "✓", "ja", "Yes", "1", "VERDADEIRO")} <= locale.yes_words()
    assert {fold(w) for w in ("Não", "no", "nee", "FALSE", "0")} <= locale.no_words()
    assert fold("rasgado") in locale.defect_words()
    assert all(" " not in word for word in locale.defect_words())
    assert locale.months()[fold("março")] == locale.months()["mrt"] == 3
    assert set(locale.months().values()) == set(range(1, 13))
    assert locale.language_index()[fold("Português")] == "pt-BR"
    assert locale.language_index()[fold("Dutch")] == "nl"
    assert locale.status_index()[fold("Vence amanhã")] == "expires_tomorrow"
    assert locale.tab_titles()[fold("Trocas e devoluções")] is SourceTab.EXCHANGES
    assert locale.own_titles()[fold("Contatos de hoje")] is OwnTab.TOUCHPOINTS


# ── sentences ───────────────────────────────────────────────────────────────

ALL_GIVEN = {
    "date": date(2025, 1, 15),
    "number": 3,
    "text": "Ana",
}
_DATES = ("_on", "deadline")


def why(language: str, rule: str, variant: str, **params: Any) -> str:
    return load(language).whys(rule, variant, {name: (value,) for name, value in params.items()}, [0])[0]


def message(language: str, rule: str, variant: str, **params: Any) -> str:
    return load(language).messages(rule, variant, {name: (value,) for name, value in params.items()}, [0])[0]


def value_of(name: str, spec: str) -> Any:
    if name.endswith(_DATES) or spec == "year":
        return ALL_GIVEN["date"]
    return ALL_GIVEN["number"] if spec or name in {"number", "count", "exchanges"} else ALL_GIVEN["text"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["why", "message"])
def test_no_optional_part_leaves_a_hole(language: str, kind: str) -> None:
    """With everything, with each optional place missing alone, and with none: never a double space or empty pair."""
    for rule, variants in read(language)[kind].items():
        for variant, text in variants.items():
            places = shape(text)
            optional = sorted({name for name, _, may_miss in places if may_miss})
            given = {name: value_of(name, spec) for name, spec, _ in places}
            for missing in ([], *([o] for o in optional), optional):
                left = {k: v for k, v in given.items() if k not in missing}
                said = (why if kind == "why" else message)(language, rule, variant, **left)
                assert "  " not in said, said
                assert not any(hole in said for hole in ("()", "( ", " )", " ,", " ;", " .", "{", "}", "[", "]")), said
                assert said == said.strip(), said
                assert said[0] not in ",;·:", said


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_are_short_enough_for_a_link(language: str) -> None:
    for variants in read(language)["message"].values():
        for text in variants.values():
            assert len(text) < 300, text


def test_check_in_shows_its_arithmetic() -> None:
    days = {"ordered_on": date(2025, 1, 15), "visible_on": date(2025, 1, 21), "gone_on": date(2025, 1, 28)}
    params = {"order": "P-1043", "days": 6, **days}
    assert why("en", "check_in", "plain", **params) == "Order P-1043 of 15 Jan + 6 days = 21 Jan; gone on 28 Jan"
    assert why("pt-BR", "check_in", "", **params) == "Pedido P-1043 de 15/01 + 6 dias = 21/01; sai em 28/01"
    assert "15-01 + 1 dag = 21-01" in why("nl", "check_in", "plain", **params | {"days": 1})


def test_a_missing_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        why("es", "check_in", "plain", order="P-1")
    with pytest.raises(KeyError):
        why("es", "check_in", "no such variant")
    with pytest.raises(KeyError):
        load("fr")


def test_an_unknown_message_variant_is_plain() -> None:
    assert message("nl", "connect", "whatever", name="Ana").startswith("Hoi Ana!")


def test_plurals() -> None:
    assert [load("pt-BR").effect(n) for n in (0, 1, 2)] == ["—", "1 tarefa em espera", "2 tarefas em espera"]
    assert load("es").effect(1_000_000)  # CLDR's "many"


def test_dates_and_money() -> None:
    day = date(2025, 1, 5)
    assert [load(lang).date(day) for lang in LANGUAGES] == ["05/01", "05/01", "05-01", "5 Jan"]
    assert [load(lang).date(day, year=True) for lang in LANGUAGES] == [
        "05/01/2025",
        "05/01/2025",
        "05-01-2025",
        "5 Jan 2025",
    ]
    assert load("pt-BR").money(123456, "BRL") == "R$ 1.234,56"
    assert load("es").money(123456, "EUR") == "1.234,56 €"
    assert load("nl").money(123456, "EUR") == "€ 1.234,56"
    assert load("en").money(-123456, "EUR") == "-€1,234.56"
    assert load("nl").money(123456, None) == "1.234,56"


def test_money_inside_a_sentence_has_its_currency() -> None:
    amounts = {"given_amount": 123456, "voucher_amount": 123456, "refund_amount": 0, "paid_amount": 10000}
    params = {"about": "E-7", **amounts, "seen_on": date(2025, 1, 15), "currency": "BRL"}
    assert "R$ 1.234,56" in why("pt-BR", "compensation_check", "over", **params)


def test_values_cannot_break_out_of_a_sentence() -> None:
    nasty = "A{na}\n[x]\u202e\ud800\x00"
    said = message("pt-BR", "connect", "plain", name=nasty)
    assert "A{na} [x]" in said
    assert said.isprintable()


@pytest.mark.parametrize("bad", ["{a.b}", "{a[0]}", "{0}", "{}", "{a!r}", "{a", "a}", "{a:>{b}}"])
def test_templates_cannot_look_inside(bad: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (one kind of error for all of them)
        template.parts(bad)


def test_optional_parts() -> None:
    def said(text: str, **params: Any) -> str:
        return template.render(text, params, lambda value, _: str(value))

    assert said("a[ ({b})] c", b="x") == "a (x) c"
    assert said("a[ ({b})] c", b="") == said("a[ ({b})] c") == "a c"
    assert said("a[ {b}{c}]", b=1) == "a"
    assert said("a [see below] {b}", b=0) == "a [see below] 0"
    assert said("{{a}} {b}", b=1) == "{a} 1"


def test_many_sentences_at_once_are_those_of_each_row() -> None:
    columns: dict[str, list[Any]] = {"b": ["x", None, "", "y"], "c": [1, 2, 3, None]}

    def said(text: str, rows: list[int]) -> list[str]:
        return template.render_rows(text, columns, rows, lambda value, spec, row: f"{row}:{value}{spec}")

    assert said("a[ ({b})] {c:days}", [2, 0, 1]) == ["a 2:3days", "a (x) 0:1days", "a 1:2days"]
    assert said("100 %", [0, 3]) == ["100 %", "100 %"]
    with pytest.raises(KeyError):
        said("{c}", [0, 3])


def test_sentences_by_code() -> None:
    words = load("en")
    assert words.error("empty_file", {"file": "a.xlsx"}).startswith("a.xlsx is empty")
    one, two = (words.problem("ticks_without_date", {"column": "Inspected on", "count": n}) for n in (1, 2))
    assert one != two.replace("2", "1")
    assert words.text("report_no_questions")
    assert words.silence("opted_out") == read("en")["silences"]["opted_out"]
    with pytest.raises(TypeError):
        words.problem("ticks_without_date", {"column": "x", "count": "2"})


def test_a_number_inside_a_sentence() -> None:
    show = load("nl").shown({})
    assert [show(2.5, ""), show(3, "days"), show(1.0, "days"), show(True, "")] == ["2,5", "3 dagen", "1 dag", "Ja"]


def test_a_persons_own_message() -> None:
    words = load("pt-BR")
    assert locale.fill_own("Oi {name}! ({products}) Veja {tracking_link}.", {"name": "Ana"}, words) == "Oi Ana! Veja."
    assert locale.fill_own("Em {next_on}, ok?", {"next_on": date(2025, 1, 5)}, words) == "Em 05/01, ok?"
    assert {"name", "next_on", "products"} <= locale.message_placeholders("autoship_reminder")


def test_babel_only_where_it_is_needed() -> None:
    code = (
        "import sys; from sheets_sync import locale; locale.header_index(); w = locale.load('nl');"
        "import datetime; w.date(datetime.date(2025, 1, 5)); w.messages('connect', 'plain', {}, [0]);"
        "assert 'babel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
