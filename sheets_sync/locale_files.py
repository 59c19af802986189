"""The locale files themselves. Each has two parts: words, which input is recognised by too, and sentences.

The words of all four languages are needed at every run, the sentences only of the languages that speak; reading TOML
is slow enough to notice, so the parts are read apart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("pt-BR", "es", "nl", "en")
_SENTENCES = "\n# ── sentences ──"
"""The line that parts a locale file."""


@lru_cache
def _parts(language: str) -> tuple[str, str]:
    if language not in LANGUAGES:
        raise KeyError(language)
    path = Path(__file__).with_name("locales") / f"{language.replace('-', '_')}.toml"
    words, _, sentences = path.read_text("utf-8").partition(_SENTENCES)
    return words, "#" + sentences


@lru_cache
def read_words(language: str) -> Mapping[str, Any]:
    """The words of a language. Raises KeyError for a language that we do not speak."""
    return tomllib.loads(_parts(language)[0])


@lru_cache
def read(language: str) -> Mapping[str, Any]:
    """Words and sentences of a language. Raises KeyError for a language that we do not speak."""
    return {**read_words(language), **tomllib.loads(_parts(language)[1])}
