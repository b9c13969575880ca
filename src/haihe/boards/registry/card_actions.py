"""What is asked of the sources of values that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import actions
from haihe.boards.registry.records import Reference
from haihe.kit.source import Source, Tier
from haihe.store.opening import Store
from haihe.store.session import reading
from haihe.store.sources import source_at


@dataclass(frozen=True, slots=True)
class Cited:
    """A source in brief: its tier, the day it was read, its publication, and the words that it quotes."""

    tier: Tier
    read_on: date | None
    title: str | None
    words: str | None


def cited(store: Store, asker: Asker, source_ids: Iterable[str]) -> dict[str, Cited]:
    """Sources in brief; raises NotFound for one that there is not."""
    require(asker, "see_published")
    found: dict[str, Cited] = {}
    asked = set(source_ids)
    publications = actions.publications(store, asker) if asked else ()
    with reading(store.engine) as connection:
        sources = {source_id: source_at(connection, source_id) for source_id in asked}
    for source_id, source in sources.items():
        quoted = (one for one in publications if _has(one, source))
        publication = actions.named_by(source, publications) or next(quoted, None)
        read_on = source.read_on or (publication.read_on if publication else None)
        words = None if source.kind == "row" else source.quote
        found[source_id] = Cited(source.tier, read_on, publication.title if publication else None, words)
    return found


def _has(publication: Reference, source: Source) -> bool:
    """Whether a publication is the one that a source quotes, by its text or its address."""
    texts = publication.sha256 is not None and publication.sha256 == source.document_sha256
    return texts or (publication.url is not None and publication.url == source.url)
