"""The words of pages and messages in the reader's language.

Code carries English templates; `locale/<language>/<room>.po` carries the translations, one catalogue a
room or board (GNU gettext files, read with Babel).
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Literal, get_args

from babel import negotiate_locale
from babel.messages.pofile import read_po

from haihe.kit import resources
from haihe.kit.errors import HaiheError

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "zh"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every translation into a language, of all rooms together; English is its own catalogue and empty."""
    folder = f"locale/{language}"
    found: dict[str, str] = {}
    for name in resources.names(folder, ".po"):
        for message in read_po(io.BytesIO(resources.data(f"{folder}/{name}")), locale=language):
            if message.id and message.string:
                found[str(message.id)] = str(message.string)
    return found


def say(template: str, language: str, **facts: object) -> str:
    """The template in a language, with its facts filled in.

    >>> say("nothing of the sort {n}", "en", n=3)
    'nothing of the sort 3'
    """
    return catalogue(language).get(template, template).format_map(facts)


def explain(error: HaiheError, language: str) -> tuple[str, str]:
    """An error's message and advice in a language."""
    return say(error.message, language, **error.facts), say(error.advice, language, **error.facts)


@lru_cache(maxsize=256)
def language_of(accept_language: str) -> Language:
    """The language that an Accept-Language header asks for, among those that Haihe speaks.

    >>> language_of("en-GB,en;q=0.9"), language_of("fr"), language_of("zh-CN,zh;q=0.9,en;q=0.8")
    ('en', 'zh', 'zh')
    """
    wanted = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    found = negotiate_locale(wanted + [tag.split("_")[0] for tag in wanted], LANGUAGES)
    return next((one for one in LANGUAGES if found and one == found.split("_")[0]), DEFAULT)


def terminal_language(environment: Mapping[str, str]) -> Language:
    """The language that the locale of an environment asks for; the default where it names none (C, POSIX).

    >>> terminal_language({"LANG": "en_US.UTF-8"}), terminal_language({"LC_ALL": "C", "LANG": "en_US"})
    ('en', 'zh')
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        wanted = environment.get(name, "").split(".")[0]
        if wanted:
            return DEFAULT if wanted in ("C", "POSIX") else language_of(wanted)
    return DEFAULT
