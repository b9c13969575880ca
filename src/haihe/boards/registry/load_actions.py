"""Loading the registry: a pack or a person's table, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of, names_of
from haihe.boards.registry import intake, links, load_tables, properties, tables
from haihe.boards.registry.answers import Outcome, Tally, Upload
from haihe.boards.registry.clashes import clash_rejects, distinct
from haihe.boards.registry.completion_tables import bring_in_line
from haihe.boards.registry.grids import csv_of, is_workbook
from haihe.boards.registry.kinds import kinds, linking
from haihe.boards.registry.link_tables import keep_ties
from haihe.boards.registry.load_tables import keep_rows
from haihe.boards.registry.name_actions import places_in
from haihe.boards.registry.property_tables import keep_given, keep_values, kinds_of
from haihe.boards.registry.records import Identifier, Level, Observation, Organisation
from haihe.boards.registry.rows import Known, lines_of
from haihe.boards.registry.states import body_of, place_rows, value_row
from haihe.boards.registry.tables import INDICATOR_VALUE, PLACE
from haihe.boards.registry.templates import KINDS, LINK_KIND, PROPERTY_KIND, VALUE_KIND
from haihe.kit import resources
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing
from haihe.store.sources import keep

RIGHT = "load_pack"
"""What somebody must be allowed who loads a table."""

_PAST_MAX = 20
_LOCK = 20_140_226
_LOCK_WAIT = "600s"
_MAP_LEVELS: tuple[Level, ...] = ("province", "city", "county")


@dataclass(frozen=True, slots=True)
class Load:
    """A table that was loaded: when, by whom, of which kind, and how many rows moved and were bad."""

    at: datetime
    by: str
    file: str
    kind: str
    added: int
    changed: int
    bad: int


def load_pack(store: Store, asker: Asker, pack: str, report: Callable[[str], None]) -> Outcome:
    """Bring the registry in line with a pack, in one transaction; what a person wrote stays.

    Nothing is written where nothing changed. Raises NotFound for no such pack.
    """
    require(asker, RIGHT)
    digest = intake.digest_of(pack)
    with reading(store.engine) as connection:
        held = connection.execute(select(tables.PACK.c.digest).where(tables.PACK.c.id == pack)).scalar()
    if held == digest:
        return Outcome(True, {}, {})
    report(N_("Reading the pack."))
    read = intake.pack_of(pack)
    rejects = dict(read.rejects)
    with _loading(store, asker) as session:
        report(N_("Storing places, organisations, figures and maps."))
        counts = {
            "pack": keep_rows(
                session, tables.PACK, [{"id": pack, "title": dict(read.title), "digest": digest}]
            ),
            "place": keep_rows(session, PLACE, place_rows(read.places)),
        }
        bodies = [*map(body_of, read.places), *read.organisations]
        counts["entity"], clashes = _keep_entities(session, bodies, pack)
        counts["indicator"] = keep_rows(
            session, tables.INDICATOR, [asdict(one) | {"pack": pack} for one in read.indicators.values()]
        )
        counts["value"] = _keep_values(session, read.observations, pack)
        counts["property"] = keep_values(session, read.values, pack)
        counts["link"] = keep_ties(session, read.ties, pack)
        if counts["entity"].moved or _lacks_maps(session, pack):
            counts["map"] = keep_rows(session, tables.REGION_MAP, _map_rows(store, pack))
        known = Known({place.adcode for place in read.places}, read.references)
        for upload in _uploads(pack):
            rejects[upload.name] = rejects.get(upload.name, ()) + clash_rejects(upload, known, clashes)
        rejects = {name: found for name, found in rejects.items() if found}
        _end(session, f"pack/{pack}", {}, Outcome(True, counts, rejects))
    return Outcome(True, counts, rejects)


def load_file(
    store: Store, asker: Asker, upload: Upload, *, strict: bool = False, dry: bool = False
) -> Outcome:
    """Store the good rows of a person's table, CSV or xlsx, in one transaction.

    `strict` stores nothing if any is bad; `dry` only says what would be stored. Raises Invalid for a kind
    that is not known and for a file that is no such table.
    """
    require(asker, RIGHT)
    if upload.kind not in (*kinds(), *KINDS):
        raise Invalid(
            N_("There is no kind {kind}."),
            advice=N_("The kinds are {known}."),
            kind=upload.kind,
            known=", ".join([*kinds(), *KINDS]),
        )
    if is_workbook(upload.name):
        upload = replace(upload, content=csv_of(upload.content, upload.name).encode())
    with _loading(store, asker) as session:
        adcodes = set(session.execute(select(PLACE.c.adcode)).scalars())
        known = Known(
            adcodes, {one.id: one for one in intake.publications_of(tables.packs_in(session.connection))}
        )
        if upload.kind == VALUE_KIND:
            indicators = tables.indicators_in(session.connection)
            figures = intake.observations_of(upload.content, upload.name, indicators, known)
            counts = {"value": _keep_values(session, figures.rows, None)}
            rejects = figures.rejects
        elif upload.kind == PROPERTY_KIND:
            lines = lines_of(upload.content, upload.name, properties.COLUMNS, known)
            values = properties.values_of(lines, kinds_of(session, properties.keys_in(lines.rows)))
            counts = {"property": keep_given(session, values.rows)}
            bring_in_line(session, places_in(session.connection).by_code.values())
            rejects = values.rejects
        elif upload.kind == LINK_KIND:
            lines = lines_of(upload.content, upload.name, links.COLUMNS, known)
            ties = links.ties_of(lines, kinds_of(session, links.keys_in(lines.rows)))
            counts = {"link": keep_ties(session, ties.rows, None)}
            rejects = ties.rejects
        else:
            found = intake.organisations_of(upload.content, upload.name, kinds()[upload.kind], known)
            counts = {}
            counts["entity"], clashes = _keep_entities(session, found.rows, None)
            rejects = found.rejects + clash_rejects(upload, known, clashes)
        outcome = Outcome(True, counts, {upload.name: rejects} if rejects else {})
        if strict and rejects:
            return Outcome(False, {}, outcome.rejects)
        if dry:
            return replace(outcome, stored=False)
        _end(session, f"table/{upload.name}", {"kind": upload.kind}, outcome)
    return outcome


def past(store: Store, asker: Asker) -> list[Load]:
    """The tables that were loaded last and moved something, the newest first."""
    require(asker, RIGHT)
    loaded = (AUDIT.c.action == "load") & AUDIT.c.subject.startswith("table/", autoescape=True)
    with reading(store.engine) as connection:
        query = select(AUDIT).where(loaded).order_by(AUDIT.c.id.desc()).limit(_PAST_MAX)
        rows = connection.execute(query).all()
        names = names_of(connection, {row.actor for row in rows})
    found = []
    for row in rows:
        moved = Tally(*map(sum, zip(*row.detail["moved"].values(), strict=True)))
        file = row.subject.removeprefix("table/")
        bad = row.detail["rejects"]
        by = names.get(row.actor, row.actor)
        found.append(Load(row.at, by, file, row.detail["kind"], moved.added, moved.changed, bad))
    return found


@contextmanager
def _loading(store: Store, asker: Asker) -> Iterator[Session]:
    """A transaction that loads, after every other load has ended."""
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(select(func.set_config("lock_timeout", _LOCK_WAIT, True)))
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield session


def _end(session: Session, subject: str, detail: Mapping[str, str], outcome: Outcome) -> None:
    """Commit a load that moved something; one that did not is no deed."""
    if not any(tally.moved for tally in outcome.counts.values()):
        return
    moved = {name: [tally.added, tally.changed] for name, tally in outcome.counts.items() if tally.moved}
    rejects = sum(len(found) for found in outcome.rejects.values())
    session.record("load", subject, {**detail, "moved": moved, "rejects": rejects})
    session.commit()


def _keep_entities(
    session: Session, bodies: Sequence[Organisation], pack: str | None
) -> tuple[Tally, dict[str, Identifier]]:
    identifiers = (identifier for body in bodies for identifier in body.identifiers)
    good, clashes = distinct(bodies, load_tables.holders_of(session, identifiers))
    tally = load_tables.keep_entities(session, good, pack)
    if tally.moved:
        load_tables.keep_links(session, linking())
    bring_in_line(session, places_in(session.connection).by_code.values())
    return tally, clashes


def _keep_values(session: Session, observations: Sequence[Observation], pack: str | None) -> Tally:
    keep(session, (one.source for one in observations))
    return keep_rows(session, INDICATOR_VALUE, [value_row(one, pack) for one in observations])


def _lacks_maps(session: Session, pack: str) -> bool:
    drawn = select(tables.REGION_MAP.c.level).where(tables.REGION_MAP.c.pack == pack)
    return session.execute(drawn).first() is None


def _map_rows(store: Store, pack: str) -> list[dict[str, Any]]:
    """The maps of a pack, kept as files; none where it draws no provinces."""
    try:
        maps = {level: intake.map_of(pack, level) for level in _MAP_LEVELS}
    except NotFound:
        return []
    return [
        {"level": level, "pack": pack, "sha256": store.files.keep(content)} for level, content in maps.items()
    ]


def _uploads(pack: str) -> Iterator[Upload]:
    for name, kind in resources.definition(f"packs/{pack}/pack.yaml")["organisations"].items():
        yield Upload(name, resources.data(f"packs/{pack}/{name}"), kind)
