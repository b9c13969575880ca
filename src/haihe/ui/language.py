"""The language of the page at hand, and words in it."""

from __future__ import annotations

from markupsafe import Markup
from nicegui import ui

from haihe.kit.words import LANGUAGES, Language, catalogue, language_of, say

COOKIE = "haihe_language"


def language() -> Language:
    """The reader's language: the one chosen on the site, else the browser's, else the default."""
    request = ui.context.client.request
    chosen = next((one for one in LANGUAGES if one == request.cookies.get(COOKIE)), None)
    return chosen or language_of(request.headers.get("accept-language", ""))


def tr(template: str, **facts: object) -> str:
    """The template in the reader's language, with its facts filled in: plain text."""
    return say(template, language(), **facts)


def phrase(template: str, **facts: object) -> Markup:
    """The template in the reader's language as HTML: facts that are Markup stay so, others are escaped."""
    return Markup(catalogue(language()).get(template, template)).format_map(facts)  # noqa: S704  a template is ours
