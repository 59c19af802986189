"""The locale files themselves, read once each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

LANGUAGES = ("pt-BR", "es", "nl", "en")


@lru_cache
def read(language: str) -> Mapping[str, Any]:
    """A language's file as it stands. Raises KeyError for a language that we do not speak."""
    if language not in LANGUAGES:
        raise KeyError(language)
    file = resources.files("sheets_sync") / "locales" / f"{language.replace('-', '_')}.toml"
    return tomllib.loads(file.read_text("utf-8"))
