"""What a person asks of a foreign table once it is shown: take it up, take it back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions as ledger
from haihe.boards.ledger import line_actions
from haihe.boards.office import mapping_tables as tables
from haihe.boards.office.actions import keep_returns, returns_of
from haihe.boards.office.mapping_tables import OFFICE_INTAKE, Uptake
from haihe.boards.office.preview_actions import Preview, Upload, merged_reports, preview, row_of, rows_of
from haihe.boards.office.previews import PreviewRow, UptakeRow
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.words import Language
from haihe.store.opening import Store
from haihe.store.session import reading, writing

_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Done:
    """What was taken up: the number by which it can be taken back, None where nothing changed."""

    uptake: int | None
    plan: int
    preview: Preview


def take_up(store: Store, asker: Asker, upload: Upload, confirmed: str) -> Done:
    """Take up what a preview showed, and then what it reports; remember the mappings for their shapes.

    Raises Conflict when what would be done is no longer what was `confirmed`, the digest of the preview, and
    Invalid where there is nothing to take up or no register to take it into.
    """
    found = preview(store, asker, upload)
    if not upload.into.strip():
        raise Invalid(
            N_("Nothing says which register this is for."),
            advice=N_("Give the name of a plan; it is begun where there is none."),
        )
    if found.digest != confirmed:
        raise Conflict(
            N_("What {name} would change is no longer what was shown."),
            advice=N_("Look at the changes again, and confirm those."),
            name=upload.name,
        )
    with writing(store.engine, actor_of(asker)) as session:
        rows = rows_of(found.upload, found.kind, found.mapped, found.held)
        brought = line_actions.bring_rows(session, store, asker, rows)
        plan = brought.imported.plan
        assert plan is not None
        uptake = None
        if brought.new or brought.changed:
            sha256 = hashlib.sha256(upload.content).hexdigest()
            made = Uptake(
                0, plan, upload.name, sha256, brought.new, brought.changed, session.actor.name,
                session.actor.at, None,
            )  # fmt: skip
            uptake = tables.put_uptake(session, [one.mapping for one in found.mapped], made)
        for one in found.mapped:
            tables.remember(session, one.mapping)
        session.record("map_table", f"plan/{plan}", {"file": upload.name, "uptake": uptake})
        session.commit()
    return Done(uptake, plan, _reported(store, asker, found))


def _reported(store: Store, asker: Asker, found: Preview) -> Preview:
    """The preview with the reports that were made of the items, the new ones among them."""
    upload = found.upload
    if upload.period is None or not found.reported:
        return found
    plan = ledger.plan_at(store, asker, upload.into.strip())
    with writing(store.engine, actor_of(asker)) as session:
        held = ledger.hold(session, plan.id)
        merge = merged_reports(store, asker, upload, plan, found.mapped)
        if merge and merge.reports:
            made = ledger.report_all(session, asker, held, returns_of(store, asker, merge))
            keep_returns(session, merge, {made[node].id: taken for node, taken in merge.reports.items()})
            store.files.keep(upload.content)
            session.commit()
    return replace(found, plan=plan, merge=merge)


def take_back(store: Store, asker: Asker, uptake: int) -> Uptake:
    """Take back what a file made and changed; raises Conflict once somebody reported on it or changed it."""
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        found = tables.uptakes_where(session.connection, OFFICE_INTAKE.c.id == uptake)
        if not found:
            raise NotFound(
                N_("There is no such intake {id}."),
                advice=N_("Look at the list on the page of foreign tables."),
                id=uptake,
            )
        (one,) = found
        if one.undone_at:
            raise Conflict(
                N_("{file} is taken back already."),
                advice=N_("Hand it in again to take it up."),
                file=one.file,
            )
        nodes = {"new": one.new, "changed": one.changed}
        line_actions.take_back(session, asker, one.plan, one.at, nodes)
        tables.note_undone(session, uptake)
        session.commit()
    return one


def uptakes(store: Store, asker: Asker) -> list[Uptake]:
    """The files that were taken up last, the latest first."""
    require(asker, "review_draft")
    with reading(store.engine) as connection:
        return tables.uptakes_where(connection, limit=_SHOWN_MAX)


def uptake_row(one: Uptake) -> UptakeRow:
    """A file that was taken up, for programs."""
    return UptakeRow(
        one.id, one.plan, one.file, len(one.new), len(one.changed), one.by, one.at, one.undone_at
    )


def done_row(done: Done, language: Language) -> PreviewRow:
    """What was taken up, in a language."""
    return replace(row_of(done.preview, language), plan=done.plan, applied=True, uptake=done.uptake)
