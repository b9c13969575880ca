"""`haihe office lock`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Lock, Period, period_actions
from haihe.boards.ledger import actions as ledger
from haihe.kit.errors import N_
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import the_store
from haihe.store.session import row_json


@dataclass(frozen=True, slots=True)
class LockRow:
    """What locking a period did or would do: its lights, and the lock where there is one."""

    plan: int
    plan_name: str
    period: str
    promises: int
    reported: int
    issued: int
    locked_at: datetime | None
    locked_by: str | None
    brief_sha256: str | None
    dry_run: bool


def lock(
    name: Annotated[str, typer.Argument(help="The name of the plan.")],
    period: Annotated[str, typer.Option(help="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")],
    brief: Annotated[
        Path | None,
        typer.Option(help="The brief that is issued with it; it is kept.", exists=True, dir_okay=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be locked.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON.")] = False,
) -> None:
    """Lock a period: from then on what is reported for it comes in as a correction with its reason."""
    store, language = the_store(), terminal_language(os.environ)
    plan = ledger.plan_at(store, OPERATOR, name)
    found = period_actions.period_at(store, OPERATOR, plan.id, period)
    if not dry_run:
        sha256 = None
        if brief:
            with named(brief):
                sha256 = store.files.keep(brief.read_bytes())
        period_actions.lock_period(store, OPERATOR, plan.id, period, Lock(sha256, found.digest))
        found = period_actions.period_at(store, OPERATOR, plan.id, period)
    row = _row(found, plan.name, dry_run=dry_run)
    if as_json:
        typer.echo(row_json(row))
        return
    words = (
        N_("{period} of {plan} is locked: {issued} of {promises} lights issued, {reported} reported.")
        if found.locked
        else N_("{period} of {plan} is open: {issued} of {promises} lights issued, {reported} reported.")
    )
    facts = {"issued": row.issued, "promises": row.promises, "reported": row.reported}
    typer.echo(say(words, language, period=period, plan=plan.name, **facts))


def _row(found: Period, plan_name: str, *, dry_run: bool) -> LockRow:
    return LockRow(
        plan=found.plan,
        plan_name=plan_name,
        period=found.period,
        promises=len(found.lights),
        reported=sum(one.reported for one in found.lights),
        issued=found.confirmed,
        locked_at=found.locked_at,
        locked_by=found.locked_by,
        brief_sha256=found.brief,
        dry_run=dry_run,
    )
