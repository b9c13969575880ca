"""The small pieces that stand inside a sentence or a cell: pure HTML, escaped, drawn with `write`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from markupsafe import Markup, escape
from nicegui import ui

from haihe.kit.errors import N_
from haihe.ui.language import phrase, tr
from haihe.ui.theme import LIGHTS, unit_colour

UNKNOWN = N_("unknown")


def html(template: str, *values: object) -> Markup:
    """HTML with values put in, each escaped where it is not HTML: as `Markup.format`, in a tenth of the time.

    The template is ours and has nothing but `{}`.
    """
    return Markup(template.format(*map(escape, values)))  # noqa: S704  the values are escaped


def joined(parts: Iterable[Markup], between: str = "") -> Markup:
    """Pieces of HTML after each other, with plain text of ours between them."""
    return Markup(between.join(parts))  # noqa: S704  the parts are HTML


def write(content: Markup | str, tag: str = "div", classes: str = "") -> ui.html:
    """Draw HTML where the page stands; a plain string is escaped."""
    return ui.html(str(Markup.escape(content)), sanitize=False, tag=tag).classes(classes)


def button(words: str, on_press: Callable[..., object] | None = None, *, main: bool = False) -> ui.button:
    """A button; the one main act of a page is filled, the others are quiet."""
    return ui.button(words, on_click=on_press).props("no-caps unelevated" if main else "no-caps flat dense")


def link(text: object, href: str) -> Markup:
    """A link."""
    return html('<a href="{}">{}</a>', href, text)


def icon(name: str) -> Markup:
    """A Material icon, of no meaning by itself."""
    return html('<i class="q-icon material-icons notranslate" aria-hidden="true">{}</i>', name)


def number_link(text: object, source_id: str) -> Markup:
    """A number that opens its source: in the drawer, or at `/source/ID` in a tab of its own."""
    return html('<a class="hai-number" href="/source/{}" data-source="{}">{}</a>', source_id, source_id, text)


def value(content: object) -> Markup:
    """What a cell shows: HTML as it is, a date as 2023-06-01, nothing known as that word."""
    if content is None:
        return html('<span class="hai-unknown">{}</span>', tr(UNKNOWN))
    if isinstance(content, date):
        return html('<time datetime="{0}">{0}</time>', content.isoformat())
    return Markup.escape(content)


def light(state: str, reason: str | None = None) -> Markup:
    """A light 亮灯 with its shape and word; its reason is one click away."""
    if not reason:
        return _face(state)
    return html('<details class="hai-why"><summary>{}</summary><p>{}</p></details>', _face(state), reason)


def _face(state: str, after: str = "") -> Markup:
    look = LIGHTS[state]
    return html(
        '<span class="hai-light" data-state="{}"><b aria-hidden="true">{}</b>{}{}</span>',
        state,
        look.shape,
        tr(look.word),
        after,
    )


def light_strip(counts: Mapping[str, int]) -> Markup:
    """How many stand at each light: one bar in proportion, and the same in shapes and numbers under it."""
    present = [(state, counts[state]) for state in LIGHTS if counts.get(state)]
    bar = joined(html('<i data-state="{}" style="flex-grow:{}"></i>', *each) for each in present)
    key = joined(_face(state, f" {count:,}") for state, count in present)
    return html(
        '<div class="hai-strip"><div class="hai-strip-bar" aria-hidden="true">{}</div>'
        '<div class="hai-strip-key">{}</div></div>',
        bar,
        key,
    )


def chips(labels: Iterable[object]) -> Markup:
    """Short labels, such as the themes of an item."""
    return joined(html('<span class="hai-chip">{}</span>', label) for label in labels)


def unit_mark(name: str, adcode: str) -> Markup:
    """An administrative unit's name with the colour of its jurisdiction before it."""
    return html('<span class="hai-unit"><i style="background:{}"></i>{}</span>', unit_colour(adcode), name)


def share_bar(share: float | None, text: object = None) -> Markup:
    """A share from 0 to 1 as a bar with its words, by default in per cent; None is unknown."""
    if share is None:
        return value(None)
    assert 0 <= share <= 1, share
    return html(
        '<span class="hai-share"><i aria-hidden="true"><b style="width:{}%"></b></i>{}</span>',
        f"{100 * share:.1f}",
        f"{share:.0%}" if text is None else text,
    )


def sample_mark() -> Markup:
    """The mark 样本 that stands wherever data are samples."""
    return html(
        '<span class="hai-sample" title="{}">{}</span>',
        tr(N_("Made-up data that shows how Haihe works.")),
        tr(N_("sample")),
    )


def download_links(hrefs: Mapping[str, str]) -> Markup:
    """The files that a picture or a table can be taken away as: format, such as CSV, to address."""
    if not hrefs:
        return Markup("")
    files = Markup(" ").join(html('<a href="{}" download>{}</a>', href, name) for name, href in hrefs.items())
    return html('<span class="hai-downloads">{}</span>', phrase(N_("Download {files}"), files=files))
