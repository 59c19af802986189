"""Words meet their plural, their accents and their capitals, and nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.fold import fold, fold_name

ALIKE = [
    ("Nº do Pedido:", "n° do pedido", "N.º DO PEDIDO *", "# do pedido", "№ do pedido"),
    ("Devolução", "devoluções", "DEVOLUCAO"),
    ("devolución", "Devoluciones"),
    ("Item", "itens", "Ítems"),
    ("Orden", "Órdenes", "ordem", "ordens"),
    ("Klant", "klanten", "KLANTEN"),
    ("Cliente", "clientes"),
    ("categoria", "Categorías"),
    ("Category", "categories"),
    ("mês", "meses", "mes"),
    ("responsável", "Responsáveis"),
    ("canal", "canais"),
    ("e-mail", "E mail", "e_mail", " E-Mail: "),
    ("d'água", "dágua", "d’agua"),
    ("✓", "✓\ufe0f", " ✓ "),
    ("não", "NAO", "Não"),
]
APART = [
    ("semanal", "semestral"),
    ("mensal", "mensual"),
    ("bimestral", "bimensal"),
    ("bianual", "bienal"),
    ("Valor", "Vale"),
    ("Data", "Date"),
    ("Nº cliente", "Cliente"),
    ("contato", "contacto"),
    ("no", "nº"),
    ("✓", "✗"),
]


@pytest.mark.parametrize("words", ALIKE)
def test_alike(words: tuple[str, ...]) -> None:
    assert len({fold(w) for w in words}) == 1, [fold(w) for w in words]


@pytest.mark.parametrize("words", APART)
def test_apart(words: tuple[str, ...]) -> None:
    assert len({fold(w) for w in words}) == len(words)


def test_names_keep_their_plural() -> None:
    assert fold_name("José dos SANTOS") == "jose dos santos"
    assert fold_name("Santos") != fold_name("Santo")
    assert fold_name("O'Neill-Müller") == fold_name("ONeill Muller")


@pytest.mark.parametrize("blank", ["", "  ", ":", " * ", "\u00a0"])
def test_blank(blank: str) -> None:
    assert fold(blank) == fold_name(blank) == ""


@given(st.text())
def test_twice_is_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_name(fold_name(text)) == fold_name(text)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "Zs"])))
def test_case_and_spaces_do_not_count(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(f"  {text}\t:")


@given(st.text(min_size=1))
def test_one_space_between_words(text: str) -> None:
    folded = fold(text)
    assert folded == folded.strip()
    assert "  " not in folded


def test_quick() -> None:
    words = [f"Endereço número {i}" for i in range(20_000)]
    start = time.perf_counter()
    for word in words:
        fold(word)
    assert time.perf_counter() - start < 2  # a hundred thousand in a second on any machine; generous for a busy one
