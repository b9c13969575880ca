"""What a foreign table would change in a register: its columns mapped, its rows read, nothing stored."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from haihe.boards.accounts import Asker, require
from haihe.boards.ledger import Plan, line_actions
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import mapping_tables as tables
from haihe.boards.office.actions import present_in, today
from haihe.boards.office.branches import branches_of
from haihe.boards.office.mapping import REMEMBERED, Scheme, TableMapping, fitted, mappings_of
from haihe.boards.office.mapping_intake import Context, Reading, Said, schemes
from haihe.boards.office.monthly import Reported, monthly_of
from haihe.boards.office.outlines import Branch, Place, placed
from haihe.boards.office.previews import ChangeRow, EntryRow, PreviewRow, RejectRow, shape_row, target_label
from haihe.boards.office.records import Asked, Merge, Reason
from haihe.boards.office.shapes import by_shape
from haihe.boards.office.sheet_intake import tables_in
from haihe.boards.office.sheets import Table
from haihe.boards.office.subtotals import Sum, summed
from haihe.boards.office.suggestions import likely_kind, suggested
from haihe.boards.registry import Part
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, NotFound, Reject
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.kit.periods import checked_period, last_day_of
from haihe.kit.text import sha256_of
from haihe.kit.words import Language, say
from haihe.store.opening import Store
from haihe.store.session import reading

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file with tables, and what is wanted of it.

    `into` is the register by name, `kind` its kind where it is new, `mappings` are those chosen, by shape.
    `period` is that of what it reports; `prefer` lets it count where the period has reports already. `year`
    and `adcode` are for days without a year and units without a place, where the file does not tell.
    """

    name: str
    content: bytes
    into: str = ""
    kind: str | None = None
    mappings: Mapping[str, TableMapping] = field(default_factory=dict)
    period: str | None = None
    prefer: bool = False
    year: int | None = None
    adcode: str | None = None
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Entry:
    """A node that the rows of a table speak of, and where it stands or will stand."""

    place: Place
    branch: Branch
    said: Said


@dataclass(frozen=True, slots=True)
class Mapped:
    """Tables of one shape with their mapping, what their rows say by node, and their sums."""

    mapping: TableMapping
    tables: tuple[Table, ...]
    sums: tuple[Sum, ...]
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would change: its tables by shape, the changes, the bad cells, and the reports."""

    upload: Upload
    kind: str
    plan: Plan | None
    held: Mapping[Place, tuple[str, str]]
    year: int
    mapped: tuple[Mapped, ...]
    changes: line_actions.Imported
    rejects: tuple[Reject, ...]
    reported: int
    merge: Merge | None

    @property
    def digest(self) -> str:
        """What a person confirms: SHA-256 of the changes and the reports."""
        lines = [
            [one.effect, repr(one.line)] for one in self.changes.changes if one.effect in {"new", "changed"}
        ]
        merge = self.merge.digest if self.merge else ""
        return sha256_of(json.dumps([self.upload.into, self.kind, lines, merge], ensure_ascii=False))


def preview(store: Store, asker: Asker, upload: Upload) -> Preview:
    """What a file would change; nothing is stored.

    Raises Invalid for a file without tables, or none of whose columns says what is to be done.
    """
    require(asker, "review_draft")
    found = [summed(table) for table in tables_in(upload.content, upload.name)]
    groups = by_shape([table for table, _ in found])
    plan = _plan(store, asker, upload.into)
    known = schemes()
    kind = plan.kind if plan else upload.kind or likely_kind([group[0] for group in groups.values()], known)
    if kind not in known:
        raise NotFound(
            N_("There is no kind {kind} of register."), advice=N_("haihe kinds lists them."), kind=kind[:40]
        )
    mapped = [
        Mapped(
            _mapping(store, upload, shape, group, known[kind]),
            tuple(group),
            tuple(one for table, sums in found if any(table is each for each in group) for one in sums),
        )
        for shape, group in groups.items()
    ]
    return _previewed(store, asker, upload, known[kind], mapped)


def _plan(store: Store, asker: Asker, name: str) -> Plan | None:
    try:
        return ledger.plan_at(store, asker, name) if name.strip() else None
    except NotFound:
        return None


def _mapping(
    store: Store, upload: Upload, shape: str, group: Sequence[Table], scheme: Scheme
) -> TableMapping:
    """The mapping chosen for a shape, else the one remembered, else the one suggested."""
    chosen = upload.mappings.get(shape)
    if chosen and chosen.kind == scheme.kind:
        fit = fitted(chosen, group[0])
        if fit:
            return fit
    with reading(store.engine) as connection:
        kept = tables.remembered(connection, shape, scheme.kind)
    if kept:
        fit = fitted(mappings_of(kept, {scheme.kind: scheme})[0], group[0])
        if fit:
            return replace(fit, columns=tuple(replace(one, reason=Reason(REMEMBERED)) for one in fit.columns))
    return suggested(group, scheme)


def _previewed(
    store: Store, asker: Asker, upload: Upload, scheme: Scheme, mapped: Sequence[Mapped]
) -> Preview:
    plan = _plan(store, asker, upload.into)
    context = Context(_year(upload, mapped), _places(store, asker))
    upload = replace(upload, adcode=upload.adcode or _home(upload, mapped, context))
    branches = [branches_of(one.tables, one.mapping, scheme, _named(upload, one)) for one in mapped]
    held = _held(store, asker, plan)
    places = placed([branch for some in branches for branch in some], held)
    rejects: list[Reject] = []
    filled = []
    for one, some in zip(mapped, branches, strict=True):
        read = Reading(one.tables, one.mapping, scheme, context)
        entries = []
        for branch in some:
            if branch in places:
                said, wrong = read.said(branch)
                rejects += wrong
                if not wrong:
                    entries.append(Entry(places[branch], branch, said))
        filled.append(replace(one, entries=tuple(entries)))
    changes = line_actions.try_rows(store, asker, rows_of(upload, scheme.kind, filled, held))
    rejects += [_located(reject, filled) for reject in changes.rejects]
    merge = merged_reports(store, asker, upload, plan, filled)
    reported = sum(bool(entry.said.reported) for one in filled for entry in one.entries)
    return Preview(
        upload, scheme.kind, plan, held, context.year, tuple(filled), changes, tuple(rejects), reported, merge
    )


def _named(upload: Upload, one: Mapped) -> str:
    """What is above all rows of some tables where they do not say it."""
    return one.tables[0].title or upload.into or PurePath(upload.name).stem


def _year(upload: Upload, mapped: Iterable[Mapped]) -> int:
    """The year that days without one are of: as said, or in a title, the name of the file or a heading."""
    tables_ = [table for one in mapped for table in one.tables]
    said = [cell.shown for table in tables_ for cell in table.titles]
    said += [upload.name, *(words for table in tables_ for words in table.headings.values())]
    found = next((year[0] for words in said if (year := _YEAR.search(words))), None)
    return upload.year or int(found or today().year)


def _places(store: Store, asker: Asker) -> dict[str, str]:
    rows = registry.places(store, asker, None, Part(TABLE_ROWS_MAX)).rows
    return {place.name: place.adcode for place in rows}


def _home(upload: Upload, mapped: Iterable[Mapped], context: Context) -> str | None:
    """The place that the titles or the name of the file name, in whose context units are meant."""
    said = [cell.shown for one in mapped for table in one.tables for cell in table.titles] + [upload.name]
    found = [name for words in said for name in context.places if name in words]
    return context.places[max(found, key=len)] if found else None


def _held(store: Store, asker: Asker, plan: Plan | None) -> dict[Place, tuple[str, str]]:
    if plan is None:
        return {}
    tree = ledger.tree_of(store, asker, plan.id, today(), review=True)
    return {one.node.path: (one.node.kind, one.node.title) for one in tree}


def rows_of(
    upload: Upload, kind: str, mapped: Iterable[Mapped], held: Mapping[Place, tuple[str, str]]
) -> line_actions.Rows:
    """The entries as rows of the register in the order of the tree, and what it has above them already."""
    rows: dict[Place, tuple[int, dict[str, object]]] = {}
    for entry in (entry for one in mapped for entry in one.entries):
        named = {"level": entry.branch.level, "title": entry.branch.title}
        rows[entry.place] = entry.said.row, {**named, **entry.said.cells}
        for depth in range(1, len(entry.place)):
            above = entry.place[:depth]
            if above in held:
                level, title = held[above]
                rows.setdefault(above, (entry.said.row, {"level": level, "title": title}))
    numbered = [
        (row, {"number": ".".join(map(str, place)), **cells}) for place, (row, cells) in sorted(rows.items())
    ]
    columns = frozenset(name for _, cells in numbered for name in cells)
    name = upload.into.strip() or PurePath(upload.name).stem
    return line_actions.Rows(name, kind, columns, numbered, upload.content, upload.adcode)


def _located(reject: Reject, mapped: Iterable[Mapped]) -> Reject:
    """A reject of the register with the cell that it is about, or the row where none is."""
    for one in mapped:
        places = dict(
            zip((column.target for column in one.mapping.columns), one.tables[0].headings, strict=True)
        )
        for entry in one.entries:
            if entry.said.row == reject.row and entry.branch.rows:
                row = entry.branch.rows[0]
                cell = row.cells.get(places.get(reject.column, -1)) or next(iter(row.cells.values()))
                return replace(reject, column=cell.at, value=reject.value or entry.branch.title)
    return reject


def merged_reports(
    store: Store, asker: Asker, upload: Upload, plan: Plan | None, mapped: Sequence[Mapped]
) -> Merge | None:
    """What a file reports of the items that a register has, None where it is asked for no period."""
    if upload.period is None or plan is None:
        return None
    period = checked_period(upload.period)
    present = present_in(store, asker, plan.id, period)
    numbers = {one.node.path: one.node.id for one in ledger.tree_of(store, asker, plan.id, today())}
    rows = [
        Reported(numbers[entry.place], next(iter(entry.said.reported.values())).at, entry.said.reported)
        for one in mapped
        for entry in one.entries
        if entry.said.reported and entry.place in numbers
    ]
    asked = Asked(plan.id, plan.name, period, last_day_of(period), upload.language)
    file = upload.name, hashlib.sha256(upload.content).hexdigest()
    return monthly_of(asked, file, rows, present, all_of_it=upload.prefer)


def row_of(found: Preview, language: Language) -> PreviewRow:
    """A preview in a language."""
    scheme = schemes()[found.kind]
    taken = line_actions.taken_of(found.changes, language)
    merge = found.merge
    return PreviewRow(
        file=found.upload.name,
        into=found.upload.into,
        kind=found.kind,
        plan=found.plan.id if found.plan else None,
        year=found.year,
        adcode=found.upload.adcode,
        shapes=tuple(shape_row(one.mapping, one.tables, one.sums, scheme, language) for one in found.mapped),
        entries=tuple(_entry_row(one, scheme, language) for each in found.mapped for one in each.entries),
        counts=taken.counts,
        changes=tuple(
            ChangeRow(one.number, one.title, one.effect, tuple(one.differences)) for one in taken.changes
        ),
        rejects=tuple(RejectRow(one.column, one.value, say(one.reason, language)) for one in found.rejects),
        reported=found.reported,
        reports=len(merge.reports) if merge else None,
        conflicts=len({one.node for one in merge.differences if one.outcome == "conflict"}) if merge else 0,
        digest=found.digest,
        applied=False,
        uptake=None,
    )


def _entry_row(entry: Entry, scheme: Scheme, language: str) -> EntryRow:
    said = {**entry.said.cells, **{name: cell.shown for name, cell in entry.said.reported.items()}}
    values = {}
    for name, value in said.items():
        if value is not None:
            money = scheme.fields.get(name) == "money"
            words = say(N_("{amount} × 10,000 yuan"), language, amount=f"{value:,}") if money else str(value)
            values[target_label(scheme, name, language)] = words
    return EntryRow(
        next(iter(entry.branch.rows[0].cells.values())).at if entry.branch.rows else "",
        ".".join(map(str, entry.place)),
        target_label(scheme, entry.branch.level or "", language),
        entry.branch.title,
        values,
    )
