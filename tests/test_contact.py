"""Links to customers: they open, they stay short, and nothing from a cell gets into them unescaped."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.contact import MAX_LINK, contact, phone_language, shortened, tracking_link


def test_a_phone_opens_whatsapp_with_the_message() -> None:
    found = contact("+5543999911234", None, "Oi Ana, tudo bem? & até já", "Check-in")
    assert found.whatsapp is not None
    url = urlsplit(found.whatsapp)
    assert (url.netloc, url.path) == ("wa.me", "/5543999911234")
    assert parse_qs(url.query) == {"text": ["Oi Ana, tudo bem? & até já"]}


def test_without_a_phone_a_mail_opens_with_subject_and_message() -> None:
    found = contact(None, "ana@example.com", "Olá\nAna", "Check-in")
    assert found.whatsapp is None
    assert found.email is not None
    assert found.email.startswith("mailto:ana@example.com?subject=Check-in&body=Ol%C3%A1%0AAna")


@pytest.mark.parametrize(
    "phone", ["43 99991-1234", "javascript:alert(1)", "+55", "=HYPERLINK(1)", "+55439999112345678"]
)
def test_what_is_no_international_number_makes_no_link(phone: str) -> None:
    found = contact(phone, None, "Oi", "x")
    assert (found.whatsapp, found.phone) == (None, None)


@pytest.mark.parametrize("email", ["ana", "ana@", "a b@example.com", "a@b.c?cc=x@y.zz", 'x"@example.com\r\nBcc: y'])
def test_what_is_no_address_makes_no_mail_link(email: str) -> None:
    assert contact(None, email, "Oi", "x").email is None


def test_a_long_message_is_cut_at_a_sentence() -> None:
    message = "Primeira frase. " * 400
    found = contact("+5543999911234", "ana@example.com", message, "x")
    for link in (found.whatsapp, found.email):
        assert link is not None
        assert len(link) <= MAX_LINK
        assert unquote(link).endswith("frase.")


@given(st.text(max_size=400), st.integers(9, 300))
def test_a_shortened_message_is_a_beginning_of_it_and_fits(message: str, length: int) -> None:
    message = message.encode("utf-8", "ignore").decode()
    kept = shortened(message, length)
    assert "".join(message.split()).startswith("".join(kept.split()))
    from urllib.parse import quote

    assert len(quote(kept, safe="")) <= length


def test_the_language_of_a_phone_is_its_country_s() -> None:
    phones = {"+5543999911234": "pt-BR", "+351912345678": "pt-BR", "+34612345678": "es", "+5215512345678": "es",
              "+31612345678": "nl", "+447400123456": "en", "+12125550123": "en", "+18095551234": "es", "+4915112345678": None, "nonsense": None}  # fmt: skip
    assert {p: phone_language(p) for p in phones} == phones


def test_a_tracking_link_is_the_team_s_or_the_carrier_s_and_codes_are_checked() -> None:
    assert tracking_link("AA123456789BR", "Correios", "").endswith("objeto=AA123456789BR")
    assert tracking_link("AA123456789BR", "", "https://r.example/{code}") == "https://r.example/AA123456789BR"
    assert tracking_link("ABC12345", "Azul", "") == ""
    assert tracking_link("x&y=<script>", "DHL", "https://r.example/{code}") == ""
