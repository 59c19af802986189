"""Which tabs are source tabs: by title, by headers, in any language; copies, our own tabs, look-alikes."""

from __future__ import annotations

import pytest

from sheets_sync import locale
from sheets_sync.locale import LANGUAGES
from sheets_sync.model import OwnTab, SourceTab, TabPeek
from sheets_sync.tables.headers import meanings_of
from sheets_sync.tables.recognise import Recognition, recognise
from sheets_sync.tables.schema import SOURCES


def peek(title: str, *rows: tuple[str | None, ...], start: int = 1, marker: str | None = None) -> TabPeek:
    return TabPeek(
        title=title, hidden=False, rows={start + i: row for i, row in enumerate(rows) if any(row)}, marker=marker
    )


def found(*peeks: TabPeek, answers: dict[str, str] | None = None) -> Recognition:
    return recognise(peeks, answers or {})


def shape(recognition: Recognition) -> dict[str, tuple[str, int, dict[str, int]]]:
    return {
        layout.title: (layout.source.value, layout.header_row, {c.key: c.position for c in layout.columns})
        for layout in recognition.layouts
    }


ORDERS = ("Nº do pedido", "Cliente", "Data do pedido")


def test_by_title_below_a_title_block_with_foreign_columns_in_any_order() -> None:
    rows = (
        ("Controle de pedidos 2025",),
        (None,),
        ("Total", "Vendedor externo", "DATA DO PEDIDO:", "cliente", "n° pedido*"),
    )
    result = found(peek("Pedidos", *rows))
    assert shape(result) == {"Pedidos": ("orders", 3, {"total": 0, "ordered_on": 2, "customer": 3, "order_id": 4})}
    assert result.language == "pt-BR"
    assert not result.problems


def test_languages_may_be_mixed() -> None:
    result = found(peek("Orders", ("Bestelnummer", "Cliente", "Order date", "Frecuencia")))
    assert shape(result)["Orders"][2] == {"order_id": 0, "customer": 1, "ordered_on": 2, "frequency": 3}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SourceTab)
def test_every_preferred_header_is_its_column(language: str, source: SourceTab) -> None:
    words = locale.load(language)
    headers = tuple(words.header(source, c.key) for c in SOURCES[source].columns)
    result = found(peek(words.source_title(source), headers))
    assert list(shape(result)) == [words.source_title(source)]
    recognised = {c.header: c.key for c in result.layouts[0].columns}
    assert recognised == {h: c.key for h, c in zip(headers, SOURCES[source].columns, strict=True)}
    assert result.language == language


def test_a_missing_required_header_is_a_question_that_names_what_was_found() -> None:
    result = found(peek("Pedidos", ("Cliente", "Data do pedido", "Numeração interna")))
    assert not result.layouts
    (question,) = result.problems
    assert (question.code, question.where.tab, question.identity) == (
        "header_missing",
        "Pedidos",
        "header_missing|Pedidos|order_id|",
    )
    assert question.params["column"] == "Nº do pedido"
    assert question.params["found"] == "Numeração interna"
    answered = found(peek("Pedidos", ("Cliente", "Data do pedido")), answers={question.identity: "not_a_source"})
    assert answered.problems == ()


def test_a_month_without_its_dates_is_asked_about_and_a_summary_is_not() -> None:
    result = found(peek("Pedidos jan", ORDERS), peek("Pedidos fev", ("Nº do pedido", "Cliente", "Quando")))
    assert list(shape(result)) == ["Pedidos jan"]
    assert [(p.code, p.where.tab) for p in result.problems] == [("header_missing", "Pedidos fev")]
    assert not found(peek("Pedidos por mês", ("Mês", "Pedidos", "Total"))).problems
    assert not found(peek("Clientes por cidade", ("Cidade", "UF"))).problems


@pytest.mark.parametrize(
    ("title", "headers"),
    [
        ("Avaliações", ("Pedido", "Cliente", "Data", "Nota")),
        ("Atendimentos", ("Cliente", "Data", "Canal", "Responsável")),
        ("Reseñas", ("Cliente", "Fecha", "Nota")),
    ],
)
def test_a_bare_date_beside_a_name_makes_no_customers_tab(title: str, headers: tuple[str, ...]) -> None:
    assert not shape(found(peek("Pedidos", ORDERS), peek(title, headers))).keys() - {"Pedidos"}
    assert "Plan1" in shape(found(peek("Plan1", ("Cliente", "Data", "Frequência"))))


def test_an_empty_tab_of_a_known_title_is_asked_about() -> None:
    assert [p.code for p in found(peek("Clientes")).problems] == ["header_missing"]


def test_tabs_of_one_kind_are_read_together_and_copies_are_not() -> None:
    tabs = [
        peek(t, ORDERS)
        for t in (
            "Pedidos jan",
            "Pedidos fev",
            "Pedidos (2024)",
            "Pedidos fev (2)",
            "Cópia de Pedidos jan",
            "Copy of Orders",
            "Kopie van Bestellingen",
            "Copia de Pedidos",
        )
    ]
    result = found(*tabs)
    assert list(shape(result)) == ["Pedidos jan", "Pedidos fev", "Pedidos (2024)"]
    assert [p.code for p in result.problems] == ["tab_copy_skipped"] * 5


def test_a_copy_of_something_else_is_no_news() -> None:
    assert found(peek("Cópia de Metas", ("Mês", "Meta"))).problems == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("own", OwnTab)
def test_our_own_tabs_are_never_source_tabs(language: str, own: OwnTab) -> None:
    titled = peek(locale.load(language).title(own), ORDERS)
    renamed = peek("Pedidos", ORDERS, marker=f"sheets-sync:{own}:1")
    assert found(titled, renamed) == Recognition(layouts=(), problems=(), language=None)


def test_by_headers_where_no_title_helps() -> None:
    result = found(
        peek("Planilha1", ("Cliente", "Última compra", "Próxima compra", "Frequência", "Produtos")),
        peek("Plan2", ("Order #", "Customer", "Order date", "Total")),
        peek("Plan3", ("Protocolo", "Nº do pedido", "Data da solicitação", "Tipo", "Motivo")),
    )
    assert [layout.source.value for layout in result.layouts] == ["customers", "orders", "exchanges"]


@pytest.mark.parametrize(
    "headers",
    [
        ("Avaliação", "Nº do pedido", "Cliente", "Data", "Nota", "Título", "Comentário"),  # reviews
        ("Nome", "Cargo", "Ramal"),  # the team
        ("Data", "Cliente", "Tipo", "Assunto", "Canal", "Resolvido"),  # a log of contacts
        ("Mês", "Total", "Meta"),
    ],
)
def test_look_alikes_are_not_source_tabs(headers: tuple[str, ...]) -> None:
    result = found(peek("Outra", headers))
    assert (result.layouts, result.problems) == ((), ())


def test_a_look_alike_beside_a_titled_tab_is_left_out_with_a_notice() -> None:
    result = found(peek("Pedidos", ORDERS), peek("Extrato", ("Pedido", "Cliente", "Data da compra", "Total", "Frete")))
    assert list(shape(result)) == ["Pedidos"]
    assert [p.code for p in result.problems] == ["tab_unlike_others"]


def test_a_summary_that_only_begins_like_a_source_tab_is_no_question() -> None:
    assert found(peek("Pedidos por mês", ("Mês", "Total"), ("2025-01", "12"))).problems == ()


def test_two_columns_of_one_meaning_the_preferred_label_wins() -> None:
    result = found(peek("Clientes", ("Celular", "Cliente", "Telefone")))
    assert shape(result)["Clientes"][2] == {"name": 1, "phone": 2}


def test_a_header_takes_its_other_meaning_where_the_first_is_taken() -> None:
    result = found(peek("Pedidos", (*ORDERS, "Status", "Estado")))
    assert shape(result)["Pedidos"][2] == {"order_id": 0, "customer": 1, "ordered_on": 2, "status": 3, "state": 4}


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("Valor pago (R$)", "total"),
        ("Data do\npedido", "ordered_on"),
        ("Pedido / Order", "order_id"),
        ("Cliente:", "customer"),
        ("Data", "ordered_on"),
        ("Nº", "order_id"),
        ("Valor", "total"),
        ("E-mails", "email"),
    ],
)
def test_headers_as_people_write_them(header: str, key: str) -> None:
    assert {m.key for m in meanings_of(" ".join(header.split()), SourceTab.ORDERS)} == {key}


def test_only_the_first_twenty_rows_are_searched() -> None:
    assert found(peek("Pedidos", ORDERS, start=20)).layouts
    assert not found(peek("Pedidos", ORDERS, start=21)).layouts


def test_no_tab_at_all() -> None:
    assert found() == Recognition(layouts=(), problems=(), language=None)
