"""`haihe office map` and `haihe office take-back`."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
import yaml

from haihe.boards.accounts import OPERATOR
from haihe.boards.office import mapping_actions, preview_actions
from haihe.boards.office.mapping import as_yaml, mappings_of
from haihe.boards.office.mapping_intake import schemes
from haihe.boards.office.preview_actions import Upload
from haihe.boards.office.previews import EFFECT_LABELS, PreviewRow, rejects_of
from haihe.kit.errors import N_
from haihe.kit.sheets import sheet
from haihe.kit.text import decoded
from haihe.kit.words import Language, say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import the_store
from haihe.store.session import row_json

tables = typer.Typer(help="Tables that others made.")


@tables.command("map")
def map_table(
    file: Annotated[Path, typer.Argument(help="The file with tables.", exists=True, dir_okay=False)],
    into: Annotated[str, typer.Option(help="The register, begun where there is none of this name.")] = "",
    kind: Annotated[
        str | None, typer.Option(help="Its kind where it is new; by default the likeliest.")
    ] = None,
    mapping: Annotated[
        Path | None, typer.Option(help="A mapping to use, as --save writes it.", exists=True, dir_okay=False)
    ] = None,
    save: Annotated[Path | None, typer.Option(help="Write the mapping to this YAML file.")] = None,
    period: Annotated[
        str | None, typer.Option(help="The period that it reports on: 2026-11, 2026Q4, 2026.")
    ] = None,
    prefer: Annotated[
        bool, typer.Option("--prefer", help="Take its reports where the period has some already.")
    ] = False,
    year: Annotated[int | None, typer.Option(help="The year of days that name none.")] = None,
    place: Annotated[str | None, typer.Option(help="The code of the place that its units are of.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take it up without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON.")] = False,
) -> None:
    """Map the tables of any file to a register: show what would change, and take it up on confirmation."""
    store, language = the_store(), terminal_language(os.environ)
    with named(file):
        content = file.read_bytes()
    upload = Upload(
        file.name, content, into, kind, {}, period, prefer=prefer, year=year, adcode=place, language=language
    )
    if mapping:
        with named(mapping):
            written = yaml.safe_load(decoded(mapping.read_bytes(), mapping.name))
        chosen = mappings_of(written, schemes())
        upload = replace(upload, mappings={one.shape: one for one in chosen}, kind=kind or chosen[0].kind)
    found = preview_actions.preview(store, OPERATOR, upload)
    row = preview_actions.row_of(found, language)
    if save:
        kept = yaml.safe_dump(
            as_yaml([one.mapping for one in found.mapped]), allow_unicode=True, sort_keys=False
        )
        save.write_text(kept, "utf-8")
    if not as_json:
        _show(row, language)
    if into and not dry_run:
        question = say(N_("Take this up into {name}?"), language, name=into)
        if yes or typer.confirm(question, err=True):
            done = mapping_actions.take_up(store, OPERATOR, upload, found.digest)
            row = mapping_actions.done_row(done, language)
    if as_json:
        typer.echo(row_json(row))
    elif row.uptake is not None:
        words = N_("Taken up as number {uptake}; haihe office take-back {uptake} takes it back.")
        typer.echo(say(words, language, uptake=row.uptake), err=True)
    if row.rejects:
        beside = file.with_name(f"{file.stem}.rejects.csv")
        beside.write_bytes(sheet(*rejects_of(row, language), "csv"))
        typer.echo(str(beside), err=True)


@tables.command("take-back")
def take_back(
    number: Annotated[int, typer.Argument(help="The number that map gave it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print a line of JSON.")] = False,
) -> None:
    """Take back what a table brought into a register, while nobody has reported on it or changed it."""
    done = mapping_actions.take_back(the_store(), OPERATOR, number)
    if as_json:
        typer.echo(row_json(mapping_actions.uptake_row(done)))
    else:
        words = N_("{file} is taken back: {new} new items rejected, {changed} changed ones restored.")
        facts = {"file": done.file, "new": len(done.new), "changed": len(done.changed)}
        typer.echo(say(words, terminal_language(os.environ), **facts))


def _show(row: PreviewRow, language: Language) -> None:
    """The mapping, what it changes and what is wrong, line by line."""
    for shape in row.shapes:
        for column in shape.columns:
            typer.echo(f"{column.heading or '–'}\t{column.label}\t{column.sure:.0%}\t{column.reason}")
        for wrong in shape.sums_wrong:
            typer.echo(wrong.words, err=True)
    for change in row.changes:
        effect = say(EFFECT_LABELS[change.effect], language)
        typer.echo(f"{effect}\t{change.number}\t{change.title}\t{'; '.join(change.differences)}")
    for reject in row.rejects:
        typer.echo(f"{reject.cell}\t{reject.value}\t{reject.reason}", err=True)
    words = N_("{new} new, {changed} changed, {same} as they are; {rejects} cells cannot be read.")
    typer.echo(say(words, language, rejects=len(row.rejects), **row.counts), err=True)
