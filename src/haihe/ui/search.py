"""The search box of the header, and words that were sought, marked where they stand.

The box is a combobox with a list (WAI-ARIA Authoring Practices, "Editable Combobox With List Autocomplete").
Its script is loaded when the box is first used.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.ui.language import language, tr
from haihe.ui.theme import digest

COMPLETIONS = "/api/v1/search/completions"
STARTER = """<script>{
  const box = () => document.querySelector("[data-completions]");
  const start = () => import(box().dataset.script).then((search) => search.start(box()));
  addEventListener("focusin", (event) => event.target === box() && start());
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    box().focus();
    box().select();
  });
}</script>"""
"""Waits for the box to be used, or for the key / that leads to it."""


def _address(name: str) -> str:
    return f"/look/{digest(resources.text(f'ui/{name}'))}/{name}"


def styles_link() -> Markup:
    """What the head of a page needs that shows what was found."""
    return Markup('<link rel="stylesheet" href="{}">').format(_address("search.css"))


def search_box() -> Markup:
    """The form; without its script it still leads to the page of the search."""
    return Markup(
        '<form class="hai-search" role="search" action="/search">'
        '<input type="search" name="q" maxlength="{longest}" autocomplete="off" role="combobox" '
        'aria-autocomplete="list" aria-expanded="false" aria-controls="search-list" aria-label="{search}" '
        'aria-keyshortcuts="/" placeholder="{search}" data-script="{script}" data-styles="{styles}" '
        'data-completions="{source}" data-lang="{lang}" data-count="{count}" data-none="{none}" '
        'data-all="{everything}">'
        "</form>"
    ).format(
        longest=QUERY_CHARACTERS_MAX,
        search=tr(N_("Search documents, organisations, places, tasks")),
        script=_address("search.js"),
        styles=_address("search.css"),
        source=COMPLETIONS,
        lang=language(),
        count=tr(N_("{count} suggestions; choose with the arrow keys."), count="{count}"),
        none=tr(N_("No suggestions.")),
        everything=tr(N_("Search for “{words}” everywhere"), words="{words}"),
    )


def marked(text: str, pattern: str) -> Markup:
    """A text with what a regular expression finds in it marked."""
    if not pattern:
        return Markup.escape(text)
    parts, end = [Markup("")], 0
    for found in re.finditer(pattern, text, re.IGNORECASE):
        parts += [Markup.escape(text[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        end = found.end()
    return Markup("").join([*parts, Markup.escape(text[end:])])
