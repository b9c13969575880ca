"""What stands in a register: as a tree that is drawn as it is opened, as a list by page, or by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from haihe import ui as look
from haihe.boards.ledger import cells, rows, views_page
from haihe.boards.ledger.kinds import Kind
from haihe.boards.ledger.money import summed
from haihe.boards.ledger.records import Plan, Sought, Standing
from haihe.boards.ledger.summary import asked, matching
from haihe.boards.ledger.views_page import drawn, frame_chosen
from haihe.kit.errors import N_
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.ui import language, link, tr, write

ROOTS_OPENED = 20
_BESIDE = "flex-direction: row; max-width: 40rem"


async def show(kind: Kind, found: Sequence[Standing], view: str) -> None:
    """The nodes of a register, or those that the address asks for."""
    sought = asked(found, views_page.sought())
    labels = rows.columns_of(kind, language())
    if view == "stages":
        _lanes(kind, found if sought is None else sought)
    elif sought is None:
        await _tree(labels, found)
    else:
        await _list(labels, sought)


def sums(held: Plan, found: Sequence[Standing], *, whole: bool) -> None:
    """The money that a register adds up to; for whoever sees a part of it, that its numbers are of that."""
    if not (whole or held.published_at):
        words = N_("You see what your own units have a part in; the numbers here are of that and not of all.")
        write(tr(words), "p", "hai-note")
        return
    money = summed(one.money for one in found if one.node.parent is None)
    for label, words in cells.money_words(held.kind, money, language()):
        write(tr(N_("{label}: {words}"), label=label, words=words), "p", "hai-note")


def find(promises: Sequence[Standing]) -> None:
    """The form that asks for words or a unit beside what the address asks for already."""
    shares = [(share.entity or share.name, share.name) for one in promises for share in one.node.shares]
    units = {str(key): name for key, name in shares}
    kept = ((name, each) for name in ("view", *views_page.asked()) for each in look.chosen(name))
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    parts = [hidden.format(*each) for each in kept if each[0] not in ("unit", "q")]
    words, unit = ((*look.chosen(name), "")[0] for name in ("q", "unit"))
    box = Markup('<input type="search" name="q" value="{}" maxlength="{}" placeholder="{}" aria-label="{}">')
    label = tr(N_("Words of a title or text"))
    parts.append(box.format(words, QUERY_CHARACTERS_MAX, label, label))
    option = Markup('<option value="{}"{}>{}</option>')
    offered = (
        {"": tr(N_("All units"))} | ({unit: unit} if unit else {}) | dict(sorted(units.items(), key=_name))
    )
    choices = (
        option.format(key, Markup(" selected") if key == unit else Markup(""), name)
        for key, name in offered.items()
    )
    select = Markup('<select name="unit" aria-label="{}">{}</select>')
    parts.append(select.format(tr(N_("Unit")), Markup("").join(choices)))
    parts.append(Markup('<button class=hai-button style="flex: none">{}</button>').format(tr(N_("Find"))))
    write(Markup("").join(parts), "form", "hai-form").style(_BESIDE).props("role=search")


def _name(unit: tuple[str, str]) -> str:
    return unit[1]


async def _tree(labels: Mapping[str, str], found: Sequence[Standing]) -> None:
    under: dict[int | None, list[Standing]] = {}
    for one in found:
        under.setdefault(one.node.parent, []).append(one)

    def lines(parent: int | None) -> list[look.Node]:
        held = under.get(parent, [])
        return [
            look.Node(str(one.node.id), line, bool(one.children))
            for one, line in zip(held, _lines(held), strict=True)
        ]

    async def children(node_id: str) -> Sequence[look.Node]:
        return lines(int(node_id))

    roots = lines(None)
    columns = [look.Column(*label) for label in labels.items()]
    opened = [root.id for root in roots][:ROOTS_OPENED]
    await look.tree_table(columns, roots, children, caption="", opened=opened)


async def _list(labels: Mapping[str, str], sought: Sequence[Standing]) -> None:
    async def fetch(wanted: look.Wanted) -> look.Rows:
        found = matching(sought, Sought(words=wanted.words or None))
        return look.Rows(_lines(found[wanted.offset : wanted.offset + wanted.limit]), len(found))

    columns = [look.Column(*label, sortable=False) for label in labels.items()]
    await look.data_table("list", columns, fetch, caption="")


def _lines(found: Sequence[Standing]) -> list[look.Cells]:
    frame, said = frame_chosen(), language()
    return [
        {name: drawn(content) for name, content in cells.node_cells(one, frame, said).items()}
        for one in found
    ]


def _lanes(kind: Kind, found: Sequence[Standing]) -> None:
    with look.cards():
        for lane in cells.lanes(kind, found, language()):
            with look.card(f"{lane.label} · {lane.count}", href=look.address(view=[], stage=[lane.name])):
                for lines in lane.cards:
                    write(drawn(lines), "p")
                if lane.more:
                    words = tr(N_("{count} more in this stage"), count=f"{lane.more:,}")
                    write(link(words, look.address(view=[], stage=[lane.name])), "p")
