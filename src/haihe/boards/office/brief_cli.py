"""`haihe office brief`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.office import brief_actions
from haihe.boards.office.answers import BriefRow, brief_row
from haihe.boards.office.briefs import Issue, Stamp
from haihe.boards.office.webpage import html_of
from haihe.kit.errors import N_
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import Store, the_store
from haihe.store.session import row_json

commands = typer.Typer()


@commands.command("brief")
def brief(
    name: Annotated[str, typer.Argument(help="The name of the plan.")],
    period: Annotated[str, typer.Option(help="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")],
    kind: Annotated[str, typer.Option(help="month, quarter, circular or meeting.")] = "month",
    out: Annotated[Path | None, typer.Option(help="The docx to write.", dir_okay=False)] = None,
    html: Annotated[bool, typer.Option("--html", help="Write it as HTML beside the docx, too.")] = False,
    template: Annotated[
        Path | None, typer.Option(help="A Word template of your own.", exists=True, dir_okay=False)
    ] = None,
    issuer: Annotated[str, typer.Option(help="In whose name; it heads and signs the brief.")] = "",
    issue: Annotated[bool, typer.Option("--issue", help="Issue it, which locks the period.")] = False,
    reason: Annotated[str, typer.Option(help="Why an issued brief is superseded.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Keep and write nothing.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print all that it says as a line of JSON.")
    ] = False,
) -> None:
    """Draft a brief of a plan, see what changed since the draft before, and issue it."""
    store, language = the_store(), terminal_language(os.environ)
    order = brief_actions.Order(name, brief_actions.kind_of(kind), period, language)
    issuing = _issuing(issuer, template, reason)
    drafted = brief_actions.draft(store, OPERATOR, order, dry_run=dry_run)
    number = drafted.draft.id if drafted.draft and not dry_run else None
    issued = brief_actions.issue(store, OPERATOR, number, issuing) if issue and number else None
    files = _write(store, number, issued, issuing, (out, html)) if out and number else ()
    row = brief_row(drafted.brief, number, drafted.changes if drafted.before else None, issued, files)
    typer.echo(row_json(row) if as_json else _told(row))


def _issuing(issuer: str, template: Path | None, reason: str) -> brief_actions.Issuing:
    if template is None:
        return brief_actions.Issuing(issuer, reason=reason)
    with named(template):
        content = template.read_bytes()
    return brief_actions.Issuing(issuer, content, template.name, reason)


def _write(
    store: Store, draft: int, issued: Issue | None, issuing: brief_actions.Issuing, wanted: tuple[Path, bool]
) -> tuple[str, ...]:
    """Write the files that are wanted: the docx, and beside it the HTML."""
    out, html = wanted
    if issued:
        content = brief_actions.file_at(store, OPERATOR, issued.id)
    else:
        content = brief_actions.draft_file(store, OPERATOR, draft, issuing)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    if not html:
        return (str(out),)
    said = brief_actions.draft_at(store, OPERATOR, draft).brief
    beside = out.with_suffix(".html")
    beside.write_text(html_of(said, issued.stamp if issued else Stamp(issuing.issuer)), encoding="utf-8")
    return str(out), str(beside)


def _told(row: BriefRow) -> str:
    lines = [row.title, row.headline]
    for section in row.sections:
        lines += ["", section.heading, *section.sentences]
        lines += ["\t".join(cells) for cells in (section.columns, *section.rows) if cells]
    if row.changes:
        lines += ["", say(N_("Changed since the draft before:"), row.language)]
        lines += [f"{'+' if one.added else '-'} {one.section} {one.words}" for one in row.changes]
    if row.issue:
        words = N_("Issued as {number}, SHA-256 {sha256}.")
        lines += ["", say(words, row.language, number=row.issue.number, sha256=row.issue.sha256)]
    return "\n".join([*lines, *row.files])
