"""A brief from draft to issue, over the actions, HTTP, the command and a browser."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Judgement, Return, Share, period_actions
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import brief_actions
from haihe.boards.office.brief_actions import Issuing, Order
from haihe.boards.office.brief_api import DOCX, router
from haihe.boards.office.brief_cli import commands
from haihe.boards.office.briefs import Draft, figures_in, told
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.kit.periods import first_day_of, neighbour
from haihe.store import sources
from haihe.store.opening import Store, the_store
from haihe.store.session import reading

pytestmark = pytest.mark.database

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs/formats/office-brief.schema.json").read_text(encoding="utf-8")
)
TODAY = ledger.today()
PERIOD = neighbour(f"{TODAY:%Y-%m}")
DAY = first_day_of(f"{TODAY:%Y-%m}")
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


def valid(row: Any) -> Any:
    """The row, which must be as its schema says."""
    Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(row)
    return row


@pytest.fixture
def plan(plan_of: Callable[..., int], store: Store) -> int:
    """A plan of three units of which one has reported for the period."""
    plan = plan_of(*([Share(unit, "lead")] for unit in UNITS))
    report(store, items(store, plan)[0], "完成选址")
    return plan


def items(store: Store, plan: int) -> list[int]:
    return [one.node.id for one in ledger.promises_of(store, OPERATOR, plan, TODAY)]


def report(store: Store, node: int, note: str, progress: float = 0.5) -> None:
    ledger.report_on(store, OPERATOR, node, Return(PERIOD, DAY.replace(day=1), progress, note))


def drafted(store: Store, order: Order) -> Draft:
    found = brief_actions.draft(store, OPERATOR, order).draft
    assert found
    return found


def words_of(content: bytes) -> str:
    return "\n".join(one.text for one in Document(BytesIO(content)).paragraphs)


def test_a_brief_goes_from_draft_to_issue_and_is_superseded_never_changed(store: Store, plan: int) -> None:
    order = Order(plan, "month", PERIOD)
    first = drafted(store, order)
    assert "均未经确认" in told(first.brief.headline, "zh")
    assert brief_actions.draft(store, OPERATOR, order).draft == first
    confirmed = period_actions.confirm_lights(store, OPERATOR, plan, PERIOD)
    again = brief_actions.draft(store, OPERATOR, order)
    assert again.draft
    assert any(one.added and "亮灯已确认的3项中" in one.words for one in again.changes)
    assert (confirmed, again.before) == (3, True)
    with pytest.raises(Conflict):
        brief_actions.issue(store, OPERATOR, first.id, Issuing())
    assert not brief_actions.issues(store, OPERATOR, plan)
    issued = brief_actions.issue(store, OPERATOR, again.draft.id, Issuing("样例办"))
    assert (issued.stamp.number, issued.stamp.version, issued.stamp.issuer) == (1, 1, "样例办")
    content = brief_actions.file_at(store, OPERATOR, issued.id)
    assert "模拟数据" in words_of(content)
    assert f"{TODAY.year}年第1期" in words_of(content)
    store.files.path_of(issued.sha256).unlink()
    assert brief_actions.file_at(store, OPERATOR, issued.id) == content

    (lock,) = period_actions.periods_of(store, OPERATOR, plan)
    assert (lock.period, lock.brief) == (PERIOD, issued.sha256)
    node = items(store, plan)[0]
    with pytest.raises(Conflict):
        report(store, node, "迟到的报送")
    period_actions.correct(store, OPERATOR, node, Return(PERIOD, DAY, 0.4, "完成选址"), "误报")
    better = drafted(store, order)
    assert "对已锁定报送期作出更正1处。" in [
        told(line, "zh") for one in better.brief.sections for line in one.sentences
    ]
    with pytest.raises(Conflict, match="issued already"):
        brief_actions.issue(store, OPERATOR, better.id, Issuing("样例办"))
    newer = brief_actions.issue(store, OPERATOR, better.id, Issuing("样例办", reason="更正一处误报"))
    assert (newer.stamp.number, newer.stamp.version, newer.supersedes) == (1, 2, issued.id)
    assert [one.superseded_by for one in brief_actions.issues(store, OPERATOR, plan)] == [None, newer.id]
    assert "（第2版）" in words_of(brief_actions.file_at(store, OPERATOR, newer.id))
    assert brief_actions.file_at(store, OPERATOR, issued.id) == content
    with pytest.raises(Conflict):
        brief_actions.issue(store, OPERATOR, better.id, Issuing(reason="再来一次"))
    with reading(store.engine) as connection:
        for figure in figures_in(better.brief):
            assert sources.source_at(connection, figure.source.id) == figure.source


def test_what_may_be_issued_by_whom_and_when(store: Store, plan: int) -> None:
    viewer = Asker("viewer", (Grant("viewer"),), 1)
    order = Order(plan, "circular", PERIOD)
    assert brief_actions.draft(store, viewer, order, dry_run=True).draft is None
    with pytest.raises(Forbidden):
        brief_actions.draft(store, viewer, order)
    stale = drafted(store, order)
    with pytest.raises(Forbidden):
        brief_actions.issue(store, viewer, stale.id, Issuing())
    with pytest.raises(Unknown):
        brief_actions.issues(store, PUBLIC, plan)
    wrong = [
        ("month", "2026Q3"),
        ("quarter", PERIOD),
        ("month", "2026-13"),
        ("month", f"{TODAY.year + 1}-12"),
    ]
    for kind, period in wrong:
        with pytest.raises(Invalid):
            brief_actions.draft(store, OPERATOR, Order(plan, kind, period))  # type: ignore[arg-type]

    report(store, items(store, plan)[1], "补报")
    with pytest.raises(Conflict):
        brief_actions.issue(store, OPERATOR, stale.id, Issuing())
    paper = drafted(store, Order(plan, "meeting", PERIOD))
    brief_actions.issue(store, OPERATOR, paper.id, Issuing())
    assert not period_actions.periods_of(store, OPERATOR, plan)

    month, quarter = f"{TODAY:%Y-%m}", f"{TODAY.year}Q{(TODAY.month + 2) // 3}"
    node = items(store, plan)[0]
    period_actions.issue_light(store, OPERATOR, node, Judgement(month, "behind", "现场核查未开工"))
    figures = drafted(store, Order(plan, "quarter", quarter)).brief.figures
    assert [figures[name].words for name in ("behind", "confirmed")] == ["1", "1"]

    found = drafted(store, Order(plan, "month", PERIOD))
    outcomes = at_once(2, lambda: brief_actions.issue(store, OPERATOR, found.id, Issuing()).stamp.number)
    assert sorted(outcomes, key=str) == [1, Conflict]
    assert [one.kind for one in brief_actions.issues(store, OPERATOR, plan)] == ["month", "meeting"]


def at_once(count: int, deed: Callable[[], object]) -> list[object]:
    """What each of several threads gets of the same deed: its answer, or the kind of its error."""
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(deed())
        except HaiheError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: OPERATOR}
    with TestClient(app, headers={"accept-language": "zh"}) as client:
        yield client


def test_over_http_a_draft_is_made_looked_at_and_issued(client: TestClient, plan: int) -> None:
    address, query = "/api/v1/office/briefs", f"plan={plan}&kind=month&period={PERIOD}"
    now = valid(client.get(f"{address}/now?{query}").json())
    made = valid(client.post(f"{address}?{query}").json())
    assert (now["draft"], now["digest"]) == (None, made["digest"])
    own = Document()
    own.add_paragraph("{{ issuer }}｜{{ headline }}")
    file = BytesIO()
    own.save(file)
    sent = {"template": ("own.docx", file.getvalue(), DOCX)}
    draft = f"{address}/drafts/{made['draft']}"
    shown = client.post(f"{draft}/file", data={"issuer": "样例办"}, files=sent)
    assert words_of(shown.content) == f"样例办｜{made['headline']}"
    issued = client.post(f"{draft}/issue", data={"issuer": "样例办"}, files=sent).json()
    assert client.get(f"{address}?plan={plan}").json() == [issued]
    assert "样例办" in client.get(f"{address}?plan={plan}&format=csv").content.decode("utf-8-sig")
    said = valid(client.get(f"{address}/{issued['id']}").json())
    assert (said["digest"], said["issue"]) == (made["digest"], issued)
    assert client.get(f"{address}/{issued['id']}?format=docx").headers["content-type"] == DOCX
    assert made["title"] in client.get(f"{address}/{issued['id']}?format=html").text
    assert "{{ headline }}" in words_of(client.get(f"{address}/template").content)
    with pytest.raises(NotFound):
        client.get(f"{address}/99")


def test_the_command_writes_and_issues(store: Store, plan: int, tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        words = ("样例计划", "--period", PERIOD, "--json", *words)
        answer = CliRunner().invoke(commands, words, catch_exceptions=False, env={"LC_ALL": "zh_CN.UTF-8"})
        assert answer.exit_code == 0, answer.output
        return valid(json.loads(answer.output))

    out = tmp_path / "briefs/月报.docx"
    dry = run("--out", str(out), "--issue", "--dry-run")
    assert (dry["draft"], dry["issue"], dry["files"], out.exists()) == (None, None, [], False)
    made = run("--out", str(out), "--html", "--issuer", "样例办")
    assert made["files"] == [str(out), str(out.with_suffix(".html"))]
    assert "草稿" in words_of(out.read_bytes())
    assert made["changes"] is None
    issued = run("--out", str(out), "--issuer", "样例办", "--issue")
    assert issued["issue"]["number"] == f"{TODAY.year}年第1期"
    assert "草稿" not in words_of(out.read_bytes())
    with pytest.raises(Invalid, match="kind"):
        run("--kind", "annual")
