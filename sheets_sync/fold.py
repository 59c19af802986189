"""How words are compared: without regard to case, accents, punctuation and plural.

``fold`` is for headers, titles and the words of a vocabulary; ``fold_name`` for people's and products' names, where
a plural is part of the name. Nothing here compares by likeness: *semanal* and *semestral* stay apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

SIGN = "#"
"""What any number sign (nº, n°, N.º, №, #) becomes, as a word of its own; an index of words may ignore it."""
_NUMBER_SIGN = re.compile(r"\bn\s*\.?\s*[º°ª]\.?|[#№]", re.IGNORECASE)
_IGNORED = re.compile(r"[:*\s\ufe0e\ufe0f]+")
_DROPPED = "'’‘`´"  # d'água = dágua

# Endings → what stands for them, applied until nothing changes (so folding twice is folding once). Crude on purpose:
# singular and plural must meet; whether a stem is a word of the language does not matter.
_ENDINGS = (
    ("oes", "ao", 6),  # pt devoluções → devolução
    ("ais", "al", 5),  # pt canais → canal
    ("eis", "el", 6),  # pt responsáveis → responsável
    ("y", "i", 4),  # en categories / category
    ("m", "n", 4),  # pt itens / item, ordens / ordem
    ("en", "", 5),  # nl klanten → klant
    ("e", "", 4),  # es devoluciones, en notes
)


class _Letters(dict[int, str]):
    """Code point → its folded letters; learns each character when it first meets it."""

    def __missing__(self, point: int) -> str:
        plain = chr(point)
        while (further := unicodedata.normalize("NFKD", plain).casefold()) != plain:
            plain = further
        spaced = ("" if unicodedata.combining(c) or c in _DROPPED else c if c.isalnum() else " " for c in plain)
        self[point] = folded = "".join(spaced)
        return folded


_LETTERS = _Letters({ord(SIGN): SIGN})


@lru_cache(maxsize=16_384)
def _singular(word: str) -> str:
    while True:
        before = word
        for ending, instead, least in _ENDINGS:
            if len(word) >= least and word.endswith(ending):
                word = word[: -len(ending)] + instead
        if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
            word = word[:-1]
        if word == before:
            return word


def _words(text: str) -> list[str]:
    if SIGN in text or (not text.isascii() and any(sign in text for sign in "º°ª№")):
        text = _NUMBER_SIGN.sub(f" {SIGN} ", text)
    return text.translate(_LETTERS).split()


def _signs_only(text: str) -> str:
    """A text without letters or digits: the signs themselves (``✓``)."""
    return _IGNORED.sub("", text.casefold())


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The form in which words of a vocabulary are compared; words in singular, one space between them.

    ``fold("Nº dos Pedidos:") == "# dos pedido"``; ``✓`` stays ``✓``; '' for a blank.
    """
    words = _words(text)
    return " ".join([_singular(w) if w.isalpha() else w for w in words]) if words else _signs_only(text)


@lru_cache(maxsize=65_536)
def fold_name(text: str) -> str:
    """The form in which names are compared: as ``fold``, but Santos is not Santo."""
    return " ".join(_words(text)) or _signs_only(text)
