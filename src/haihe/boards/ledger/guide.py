"""The page `docs/kinds.md`: every kind of register, its levels, fields and stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from haihe.boards.ledger.kinds import Kind, Level

_HEAD = """# Kinds of register

Written by `haihe kinds --markdown > docs/kinds.md` from `src/haihe/boards/ledger/kinds`. A new kind is a
new file there, of the shape `docs/formats/ledger-kind.schema.json`. Fields in **bold** must be filled in. A
stage is entered once the fields named after it are filled; one marked ▼ also asks that all that stands under
it has ended; what ends a path is marked ■. Levels marked ● are promises: they have units, dates and lights
of their own. Amounts are kept in fen and written in 10,000 yuan.
"""


def page_of(kinds: Iterable[Kind]) -> str:
    """The kinds as a page of Markdown."""
    return "\n".join([_HEAD, *(line for kind in kinds for line in _lines(kind))]).rstrip() + "\n"


def _lines(kind: Kind) -> Iterator[str]:
    hidden = " Offered only with `HAIHE_HIDDEN_KINDS=1`." if kind.hidden else ""
    yield f"## {kind.label['en']} {kind.label['zh']} `{kind.name}`\n"
    units = ", ".join(f"{label['en']} {label['zh']}" for label in kind.roles.values())
    called = f" Its units are called: {units}." if units else ""
    rule = f"Lights by the rule `{kind.light}`."
    yield f"{kind.gist['en']}. Serves {', '.join(kind.serves)}. {rule}{called}{hidden}\n"
    yield "| level | stands under | fields | stages |"
    yield "|---|---|---|---|"
    yield from map(_row, kind.levels.values())
    yield ""


def _row(level: Level) -> str:
    fields = ", ".join(
        f"**{one.label['en']}** ({one.type})" if one.required else f"{one.label['en']} ({one.type})"
        for one in level.fields.values()
    )
    stages = " → ".join(
        stage.label["en"]
        + (f" ({', '.join(level.fields[need].label['en'] for need in stage.needs)})" if stage.needs else "")
        + (" ▼" if stage.when == "below_ended" else "")
        + (" ■" if stage.ends else "")
        for stage in level.stages.values()
    )
    name = f"{level.label['en']} {level.label['zh']}{' ●' if level.promise else ''}"
    return f"| {name} | {', '.join(level.under) or '–'} | {fields or '–'} | {stages or '–'} |"
