"""The pieces that the pages of the registry are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from haihe.boards.registry.answers import Entity
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.labels import TIER_LABELS
from haihe.boards.registry.states import PLACE_KIND
from haihe.kit.errors import N_
from haihe.ui.language import language, tr
from haihe.ui.markup import link, sample_mark, unit_mark, write
from haihe.ui.table import Column


def kind_words(kind: str, count: int = 1) -> str:
    """A kind in words, of one or of several."""
    if kind == PLACE_KIND:
        return tr(N_("Administrative place")) if count == 1 else tr(N_("Administrative places"))
    return (kinds()[kind].label if count == 1 else kinds()[kind].plural)[language()]


def columns_of(labels: Mapping[str, str], numeric: str = "") -> list[Column]:
    """Columns by their templates, one of them of numbers."""
    return [Column(name, tr(label), numeric=name == numeric) for name, label in labels.items()]


def files_of(path: str, **query: Sequence[str]) -> dict[str, str]:
    """The addresses of a list as files, by format."""
    return {
        form: f"{path}?{urlencode({**query, 'format': form.lower()}, doseq=True)}" for form in ("CSV", "xlsx")
    }


def switch(label: str, ways: Iterable[tuple[Markup | str, str, bool]]) -> None:
    """Ways to see a page as links: the words of each, its address, and whether it is the one at hand."""
    links = (
        Markup('<a href="{}"{}>{}</a>').format(href, Markup(' aria-current="true"') if now else "", words)
        for words, href, now in ways
    )
    drawn = write(Markup("<div>{}</div>").format(Markup("").join(links)), "nav", "hai-facets")
    drawn.props["aria-label"] = label


def home_of(one: Entity) -> Markup | None:
    """The place of an entity, which leads to its page."""
    marked = unit_mark(one.place, one.adcode) if one.place and one.adcode else None
    return link(marked, f"/place/{one.adcode}") if marked else None


def tier_of(tier: str) -> Markup | str:
    """A tier in words; a sample is marked."""
    return sample_mark() if tier == "sample" else tr(TIER_LABELS[tier])


def number_words(amount: float) -> str:
    """A number with its thousands marked."""
    return f"{amount:,.10g}"
