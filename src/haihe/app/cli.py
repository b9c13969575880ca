"""`haihe`, the command: the same actions as the pages, for whoever holds the data folder."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, closing
from datetime import date, datetime
from os import cpu_count
from pathlib import Path
from typing import Annotated

import typer

from haihe.app import backups, worker
from haihe.app.say import complain, line, told
from haihe.boards.accounts.cli import audit, user
from haihe.boards.accounts.records import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.ledger.cli import list_kinds, plan
from haihe.boards.office import chase_actions, escalation_actions
from haihe.boards.office.cli import office
from haihe.boards.reader.cli import (
    Outcome,
    outcome_line,
    print_score,
    read_file,
    read_folder,
    show,
    try_facts,
    try_file,
    write_facts,
    write_rejects,
)
from haihe.boards.registry.cli import load, registry
from haihe.kit.errors import N_, HaiheError, Invalid
from haihe.kit.words import explain, terminal_language
from haihe.store.opening import opened, the_store
from haihe.store.settings import settings_of

app = typer.Typer(
    help="Haihe (海河): coordinated development of neighbouring jurisdictions.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(user, name="user")
app.add_typer(audit, name="audit")
app.add_typer(plan, name="plan")
app.add_typer(office, name="office")
app.add_typer(registry, name="registry")
app.command("load")(load)
app.command("kinds")(list_kinds)
for one in (backups.backup, backups.restore, backups.rehearse):
    app.command()(one)

_OPENS_ITSELF = ("up", "doctor", "registry", "rehearse")


@app.callback()
def open_store(context: typer.Context) -> None:
    """Open the store for the command, and close it after."""
    if context.invoked_subcommand not in _OPENS_ITSELF and "--help" not in sys.argv:
        stack = ExitStack()
        context.call_on_close(stack.close)
        stack.enter_context(opened(settings_of(), _silent))


def _silent(template: str, /, **facts: object) -> None:
    """Opening says nothing, so that what a command answers stands alone."""


@app.command()
def up() -> None:
    """Start everything and serve the site until Ctrl-C."""
    from haihe.app import main  # noqa: PLC0415  the pages take two seconds to import

    main.up(settings_of(), line)


@app.command()
def read(
    file: Annotated[
        Path, typer.Argument(help="The document to read, or a folder of documents.", exists=True)
    ],
    into: Annotated[str | None, typer.Option(help="Make a draft of the plan of this name from it.")] = None,
    dated: Annotated[datetime | None, typer.Option(help="The document's date.", formats=["%Y-%m-%d"])] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print each fact as a line of JSON.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print the canonical text and nothing else.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the facts to a file: .jsonl, .csv or .jsonld (web annotations)."),
    ] = None,
    score: Annotated[
        Path | None,
        typer.Option(
            help="Compare with labels, a NAME.gold.json or a folder of them; store nothing.", exists=True
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(help="How many processes read a folder; by itself one a core.", min=1, max=64),
    ] = None,
) -> None:
    """Read a Chinese document, or a folder of them: parts, measures, who answers for them, figures, names."""
    store, day = the_store(), dated.date() if dated else None
    if score is not None:
        print_score(store, score, file, as_json=as_json)
    elif file.is_dir():
        _one_only(text=text, out=out)
        outcomes = read_folder(store, file, day, processes or cpu_count() or 1, keep=not dry_run)
        _follow(outcomes, file, into, as_json=as_json)
    elif dry_run and out is not None:
        try_facts(store, file, out, day)
    elif dry_run:
        try_file(store, file, day, as_json=as_json, text=text)
    else:
        document = read_file(store, file, day)
        if into is not None:
            _draft(into, document.id)
        if out is not None:
            write_facts(store, out, document)
        show(store, document, as_json=as_json, text=text)


def _one_only(*, text: bool, out: Path | None) -> None:
    if text or out is not None:
        raise Invalid(
            N_("--text and --out are for one document, and this is a folder."),
            advice=N_("Read one file of it with that option; what is stored already is not read again."),
        )


def _draft(plan: str, document: int) -> None:
    drafted = ledger.draft_from(the_store(), OPERATOR, plan, document)
    line(
        N_("{plan} has {added} new drafts; {unchanged} were there. Review them in the site: /plan/{id}"),
        plan=plan,
        added=drafted.added,
        unchanged=drafted.unchanged,
        id=drafted.plan,
    )


def _follow(outcomes: Generator[Outcome], folder: Path, into: str | None, *, as_json: bool) -> None:
    """Tell what becomes of the files of a folder, drafting a plan; the exit code is 1 if any was rejected."""
    counts, rejects = Counter[str](), dict[str, str]()
    try:
        with closing(outcomes):
            for outcome in outcomes:
                error = outcome.error
                if into is not None and outcome.document is not None:
                    error = _refusal(into, outcome.document)
                if error is not None:
                    rejects[outcome.file] = " ".join(explain(error, terminal_language(os.environ)))
                counts[outcome.state] += 1
                if as_json:
                    typer.echo(outcome_line(outcome, rejects.get(outcome.file)))
    except KeyboardInterrupt:
        line(N_("Stopped after {count} files; the same command goes on from there."), count=counts.total())
        raise
    for file, reason in rejects.items():
        line("{file}: {reason}", file=file, reason=reason)
    line(
        N_("{read} files read, {known} known already, {rejected} rejected."),
        read=counts["read"],
        known=counts["known"],
        rejected=counts["rejected"],
    )
    beside = write_rejects(folder, rejects)
    if beside is not None:
        line(N_("The reasons are in {file}."), file=beside)
        raise typer.Exit(1)


def _refusal(plan: str, document: int) -> HaiheError | None:
    """Why no plan can be drafted from a document."""
    try:
        _draft(plan, document)
    except HaiheError as error:
        return error
    return None


@app.command()
def work(
    on: Annotated[
        datetime | None, typer.Option(help="Work out the lights of this day.", formats=["%Y-%m-%d"])
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Go on until the standard input closes.")] = False,
) -> None:
    """Run the long work that waits, the lights and the reminders of a day."""
    store = the_store()
    if stay:
        worker.stay(store)
        return
    day = _day_that_came(on)
    lit = ledger.compute_lights(store, OPERATOR, day)
    chase_actions.remind_due(store, OPERATOR, day)
    escalation_actions.escalate_due(store, OPERATOR, day)
    chase_actions.deliver(store)
    line(
        N_("{count} lights of {day} worked out, {changed} of them changed; {jobs} jobs run."),
        count=lit.promises,
        changed=lit.changed,
        day=day,
        jobs=worker.run_all(store),
    )


def _day_that_came(on: datetime | None) -> date:
    """The day that work is asked for, today in the region by itself; raises Invalid for one to come."""
    today = ledger.today()
    if on and on.date() > today:
        raise Invalid(
            N_("{day} is still to come; today is {today}."),
            advice=N_("Give today or a day before it: what this notes of a day stays noted."),
            day=on.date(),
            today=today,
        )
    return on.date() if on else today


@app.command()
def doctor() -> None:
    """Look at what Haihe needs and say what to do; the exit code is 1 when something is missing."""
    from haihe.app.doctor import findings  # noqa: PLC0415  the engine takes one

    found = list(findings(settings_of()))
    for one in found:
        line("{mark} {name}: {seen}", mark="●" if one.sound else "■", name=told(one.name), seen=one.seen)
        if not one.sound and one.advice:
            line(N_("What to do: {advice}"), advice=told(one.advice))
    if not all(one.sound for one in found):
        raise typer.Exit(1)


def run() -> None:
    """The entry point: a HaiheError is printed and ends with exit code 1, Ctrl-C with 130."""
    try:
        app()
    except HaiheError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
