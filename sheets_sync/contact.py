"""How to reach a customer: links that open a chat, a mail or a call, and the language to write in.

Text from cells reaches a link only percent-encoded, and only where it has the shape of a phone, address or code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from sheets_sync.model import Contact

MAX_LINK = 2_000
"""Longest wa.me link: browsers and WhatsApp cut longer ones anywhere; ours is cut at a sentence."""

_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,24}")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._@-]*")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_CODE = re.compile(r"[A-Za-z0-9-]{5,40}")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")

_LANGUAGE_OF_REGION = {
    region: language
    for language, regions in (
        ("pt-BR", "BR PT AO MZ CV"),
        ("es", "ES MX AR CO CL PE EC UY PY BO VE CR PA GT HN SV NI DO CU PR"),
        ("nl", "NL SR"),
        ("en", "US GB IE AU NZ CA ZA"),
    )
    for region in regions.split()
}

_TRACKING = (
    # (carrier as people write it, shape of its codes, page)
    ("correios", r"[A-Z]{2}[0-9]{9}[A-Z]{2}", "https://rastreamento.correios.com.br/app/index.php?objeto={code}"),
    ("jadlog", r"[0-9]{8,20}", "https://www.jadlog.com.br/jadlog/tracking?cte={code}"),
    ("postnl", r"3S[A-Z0-9]{8,20}", "https://postnl.nl/tracktrace/?B={code}"),
    ("dhl", r"[A-Z0-9]{8,40}", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={code}"),
    ("ups", r"1Z[A-Z0-9]{16}", "https://www.ups.com/track?tracknum={code}"),
)


def tracking_link(code: str, carrier: str, template: str) -> str:
    """Where to follow a parcel: the team's own ``template`` (setting), else the carrier's page; '' where unknown."""
    code = code.strip()
    if not _CODE.fullmatch(code):
        return ""
    if template:
        return template.replace("{code}", quote(code, safe=""))
    named = carrier.casefold()
    for name, shape, page in _TRACKING:
        if re.fullmatch(shape, code.upper()) and (name in named or (not named and name == "correios")):
            return page.replace("{code}", quote(code.upper(), safe=""))
    return ""


def phone_language(phone: str) -> str | None:
    """The language of an E.164 number's country; None where it is none of ours."""
    if not _PHONE.fullmatch(phone):
        return None
    spoken = _spoken(phone[1:5])
    if len(set(spoken.values())) < 2:
        return next(iter(spoken.values()), None)
    return spoken.get(_region(phone)) or next(iter(spoken.values()))


@lru_cache(maxsize=1_024)
def _spoken(digits: str) -> dict[str, str]:
    """The languages of the regions whose calling code a number of these first digits has, the main region first.

    Calling codes are free of prefixes, and only +1 is shared by countries of two languages.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE as REGIONS  # noqa: PLC0415  (only where nobody wrote it down)

    regions = next((found for n in (1, 2, 3) if (found := REGIONS.get(int(digits[:n])))), ())
    return {region: _LANGUAGE_OF_REGION[region] for region in regions if region in _LANGUAGE_OF_REGION}


def _region(phone: str) -> str:
    import phonenumbers  # noqa: PLC0415

    return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""


@lru_cache(maxsize=16_384)
def _encoded_word(word: str) -> str:
    return quote(word, safe="")


def encoded(text: str) -> str:
    """Text percent-encoded, word by word: thousands of messages are made of the same few words."""
    return "%20".join(map(_encoded_word, text.split(" ")))


def shortened(message: str, length: int) -> str:
    """``message`` up to the last whole sentence whose percent-encoded form fits ``length``; a cut one if none does."""
    if len(encoded(message)) <= length:
        return message
    kept = ""
    for sentence in _SENTENCE.split(message):
        longer = f"{kept} {sentence}".strip()
        if len(encoded(longer)) > length:
            break
        kept = longer
    if kept:
        return kept
    room = length
    for end, letter in enumerate(message):
        room -= len(quote(letter, safe=""))
        if room < 0:
            return message[:end]
    return message


def contact(phone: str | None, email: str | None, message: str, subject: str) -> Contact:
    """Links to a customer, WhatsApp first; parts that have no usable shape are left out.

    ``phone`` is E.164; ``message`` fills the chat or mail, ``subject`` the mail's subject.
    """
    dialled = phone if phone and _PHONE.fullmatch(phone) else None
    address = email if email and _EMAIL.fullmatch(email) else None
    whatsapp = mail = None
    whole = encoded(message) if dialled or address else ""

    def fitting(length: int) -> str:
        return whole if len(whole) <= length else encoded(shortened(message, length))

    if dialled:
        whatsapp = f"https://wa.me/{dialled[1:]}"
        if message:
            whatsapp += f"?text={fitting(MAX_LINK - len(whatsapp) - len('?text='))}"
    if address:
        plain = _PLAIN_ADDRESS.fullmatch(address)
        mail = f"mailto:{address if plain else quote(address, safe='@')}?subject={encoded(subject)}"
        if message:
            mail += f"&body={fitting(MAX_LINK - len(mail) - len('&body='))}"
    return Contact(whatsapp=whatsapp, phone=dialled, email=mail)
