"""What a new house begins with: the region's pack, and samples that show how the work goes."""

from __future__ import annotations

import calendar
import csv
import io
from datetime import date
from typing import Any, Final

from haihe.app.say import Say
from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Return
from haihe.boards.ledger import actions as ledger
from haihe.boards.reader import actions as reader
from haihe.boards.reader.documents import ReadOptions
from haihe.boards.registry import event_actions
from haihe.boards.registry import load_actions as registry
from haihe.kit import resources
from haihe.kit.errors import N_, NotFound
from haihe.store.opening import Store

REGION: Final = "jingjinji"
SAMPLE: Final = "sample"


def load(store: Store, say: Say, *, sample: bool) -> None:
    """Load the packs; what is loaded already costs a look and changes nothing."""
    registry.load_pack(store, OPERATOR, REGION, say)
    if sample:
        registry.load_pack(store, OPERATOR, SAMPLE, say)
        event_actions.load_sample(store, OPERATOR)
        _load_sample(store, say)


def _load_sample(store: Store, say: Say) -> None:
    """A plan that is accepted, published and reported on, and a draft that waits for review."""
    pack = resources.definition(f"packs/{SAMPLE}/pack.yaml")
    plan, draft = pack["plan"], pack["draft"]
    try:
        ledger.plan_at(store, OPERATOR, draft["title"])
    except NotFound:
        say(N_("Loading the sample plan."))
    else:
        return
    document = _read(store, plan)
    reader.accept_facts(store, OPERATOR, document)
    reader.publish_document(store, OPERATOR, document)
    made = ledger.draft_from(store, OPERATOR, plan["title"], document).plan
    ledger.accept(store, OPERATOR, made)
    ledger.publish(store, OPERATOR, made)
    _report(store, made, resources.text(f"packs/{SAMPLE}/{plan['reports']}"))
    ledger.draft_from(store, OPERATOR, draft["title"], _read(store, draft))


def _read(store: Store, told: dict[str, Any]) -> int:
    content = resources.data(f"packs/{SAMPLE}/{told['text']}")
    return reader.read_document(store, OPERATOR, content, told["text"], ReadOptions(told["dated"], SAMPLE)).id


def _report(store: Store, plan: int, table: str) -> None:
    """The reports of a table, each at the end of its month; `node` is a path of positions, such as 1.1.2."""
    nodes = {
        ".".join(map(str, standing.node.path)): standing.node
        for standing in ledger.tree_of(store, OPERATOR, plan, ledger.today())
    }
    for row in csv.DictReader(io.StringIO(table)):
        node, day = nodes[row["node"]], _month_end(row["period"])
        if node.report is None or node.report.reported_on < day:
            given = Return(
                period=row["period"],
                reported_on=min(day, ledger.today()),
                progress=float(row["progress_percent"]) / 100 if row["progress_percent"] else None,
                note=row["note"],
                forecast_due_on=date.fromisoformat(row["forecast_due"]) if row["forecast_due"] else None,
            )
            ledger.report_on(store, OPERATOR, node.id, given)


def _month_end(period: str) -> date:
    year, month = map(int, period.split("-"))
    return date(year, month, calendar.monthrange(year, month)[1])
