"""Sign-off from the draft to the stamped scan, by the accounts that hold posts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from sqlalchemy import create_engine, text
from tests.boards.conftest import agencies
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Edit, Return
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import brief_actions, post_actions, sign_actions
from haihe.boards.office.codes import code_of
from haihe.boards.office.dockets import DocketDetail
from haihe.boards.office.posts import Deputy
from haihe.boards.office.prints import file_of
from haihe.boards.office.sign_actions import Proposal
from haihe.boards.office.sign_api import router
from haihe.boards.office.sign_cli import sign
from haihe.boards.office.signing import Wish
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
OFFICE, OTHER = "样例联合办公室", "样例市发展改革委"
TITLES = {"拟稿": "drafter", "综合处处长": "division", "副主任": "deputy", "主任": "principal"}
PDF = b"%PDF-1.4 stamped"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@dataclass
class House:
    """A store with two units and accounts of posts; passwords take long, so they are made once."""

    store: Store
    units: dict[str, int]
    askers: dict[str, Asker]


@pytest.fixture(scope="module")
def house(database: Store) -> House:
    emptied(database)
    made = House(database, agencies(database, OFFICE, OTHER), {})
    names = [(name, OFFICE, "reporter") for name in (*TITLES, "新主任")]
    for name, unit, role in [*names, ("外单位", OTHER, "reporter"), ("只读", OFFICE, "viewer")]:
        grant = Grant(role, made.units[unit])
        accounts.add_account(database, OPERATOR, name, name, [grant])
        made.askers[name] = Asker(name, (grant,))
    for one in accounts.accounts(database, OPERATOR):
        made.askers[one.name] = replace(made.askers[one.name], account=one.id)
    return made


def emptied(store: Store, *tables: str) -> None:
    """Empty some tables and what refers to them; by default all."""
    owner = create_engine(store.owner_url)
    with owner.begin() as connection:
        known = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        names = tables or [
            name for name in connection.execute(text(known)).scalars() if name != "alembic_version"
        ]
        connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY CASCADE"))
    owner.dispose()
    if not tables:
        store.heads.unlink(missing_ok=True)


class Desk:
    """An office with four posts, each held by an account; what one asks of sign-off."""

    def __init__(self, house: House) -> None:
        self.store, self.askers = house.store, house.askers
        unit = str(house.units[OFFICE])
        self.posts = {
            title: post_actions.add_post(self.store, OPERATOR, unit, title, level)
            for title, level in TITLES.items()
        }
        for title in TITLES:
            self.hand(title, title)

    def hand(self, post: str, to: str | None) -> None:
        account = self.askers[to].account if to else None
        post_actions.hand_over(self.store, OPERATOR, self.posts[post], account, "轮岗")

    def acts_for(self, post: str, acting: str, who: Asker = OPERATOR) -> int:
        day = post_actions.today()
        wanted = Deputy(0, self.posts[post], self.posts[acting], day, day + timedelta(3), "出差")
        return post_actions.deputise(self.store, who, wanted)

    def put_up(self, text: str = "关于某事的通报\n第一稿", **more: Any) -> int:
        proposal = Proposal("circular", "关于某事的通报", file=("通报.txt", text.encode()), **more)
        return sign_actions.put_up(self.store, self.askers["拟稿"], proposal)

    def revise(self, docket: int, *lines: str) -> None:
        file = "通报.txt", "\n".join(lines).encode()
        sign_actions.revise(self.store, self.askers["拟稿"], docket, self.at(docket).seen, file)

    def at(self, docket: int, who: str = "拟稿") -> DocketDetail:
        return sign_actions.docket_at(self.store, self.askers[who], docket, "zh")

    def do(self, docket: int, who: str, deed: Any, note: str = "", to: int = 0) -> DocketDetail:
        wish = Wish(deed, self.at(docket, who).seen, note, to)
        sign_actions.act(self.store, self.askers[who], docket, wish)
        return self.at(docket, who)


@pytest.fixture
def desk(house: House) -> Desk:
    emptied(house.store, "office_post", "office_docket", "plan")
    return Desk(house)


@pytest.fixture
def client(house: House) -> Callable[[Asker], TestClient]:
    def of(asker: Asker) -> TestClient:
        app = FastAPI()
        app.include_router(router)
        app.dependency_overrides = {the_store: lambda: house.store, asking: lambda: asker}
        return TestClient(app, raise_server_exceptions=True, headers={"accept-language": "zh"})

    return of


@pytest.fixture
def signed(desk: Desk) -> int:
    """A circular that was returned, revised, and signed to the end, once by an acting post."""
    store, askers, docket = desk.store, desk.askers, desk.put_up(urgency="urgent")
    assert sign_actions.dockets(store, askers["综合处处长"], "zh").mine == []
    desk.do(docket, "拟稿", "submit")
    (waiting,) = sign_actions.dockets(store, askers["综合处处长"], "zh").mine
    assert waiting.id == docket
    assert "等待" in waiting.explanation
    with pytest.raises(Forbidden):
        desk.do(docket, "主任", "approve")
    with pytest.raises(Invalid):
        desk.do(docket, "综合处处长", "return")
    back = desk.do(docket, "综合处处长", "return", "请补充依据")
    assert (back.docket.status, back.docket.step) == ("returned", 0)
    assert "请补充依据" in back.docket.explanation
    with pytest.raises(Conflict):
        desk.revise(docket, "关于某事的通报", "第一稿")
    desk.revise(docket, "关于某事的通报", "第二稿，补充依据")
    lines = sign_actions.reading_of(store, askers["拟稿"], docket)
    assert lines == [("same", "关于某事的通报"), ("gone", "第一稿"), ("new", "第二稿，补充依据")]
    desk.do(docket, "拟稿", "submit")
    desk.do(docket, "综合处处长", "approve", "已核")
    with pytest.raises(Forbidden):
        desk.acts_for("副主任", "综合处处长", askers["拟稿"])
    desk.acts_for("副主任", "综合处处长", askers["副主任"])
    with pytest.raises(Conflict):
        desk.acts_for("副主任", "主任")
    assert desk.do(docket, "综合处处长", "approve", "同意").acts[0].acting == f"{OFFICE} 综合处处长"
    desk.hand("主任", "新主任")
    with pytest.raises(Forbidden):
        desk.do(docket, "主任", "approve")
    desk.do(docket, "新主任", "approve")
    return docket


def test_it_is_signed_by_the_posts_and_whoever_held_them_then(desk: Desk, signed: int) -> None:
    found = desk.at(signed)
    assert (found.docket.status, found.docket.step) == ("signed", None)
    names = [step.approval.name for step in found.steps if step.approval]
    assert names == ["拟稿", "综合处处长", "综合处处长", "新主任"]
    desk.hand("综合处处长", "外单位")
    assert [step.approval.name for step in desk.at(signed).steps if step.approval] == names
    assert accounts.audit_verdict(desk.store, OPERATOR).whole


def test_the_sheet_carries_the_signatures_and_a_code_that_says_what_it_is_of(
    desk: Desk, signed: int, client: Callable[[Asker], TestClient]
) -> None:
    office = client(desk.askers["新主任"])
    new, old = desk.at(signed).versions
    html = office.get(f"/api/v1/office/sign/{signed}/sheet").text
    assert all(words in html for words in (new.code, "同意", f"{OFFICE} 综合处处长代"))
    paper = sign_actions.sheet(desk.store, OPERATOR, (signed, None), "zh", "http://office.example")
    docx = file_of(paper, "docx")
    cells = [
        cell.text for table in Document(BytesIO(docx)).tables for row in table.rows for cell in row.cells
    ]
    assert new.sha256 in cells
    assert any("新主任" in cell for cell in cells)
    _reads_as(docx, f"http://office.example/office/code/{signed}-2-{new.sha256}")
    for code, genuine, current, is_signed in (
        (new.code.upper(), True, True, True),
        (old.code, True, False, False),
        (f"{signed}-2-{'0' * 12}", False, False, False),
    ):
        said = valid("code", office.get(f"/api/v1/office/codes/{code}").json())
        assert (said["genuine"], said["current"], said["signed"]) == (genuine, current, is_signed)


def _reads_as(docx: bytes, address: str) -> None:
    """The picture in a document is a QR code of an address, as another library reads it."""
    cv2 = pytest.importorskip("cv2", reason="OpenCV, which reads QR codes, is not installed")
    numpy = pytest.importorskip("numpy")
    (part,) = (one for one in Document(BytesIO(docx)).part.package.iter_parts() if "png" in one.content_type)
    image = cv2.imdecode(numpy.frombuffer(part.blob, numpy.uint8), 0)
    assert cv2.QRCodeDetector().detectAndDecode(image)[0] == address


def test_the_stamped_scan_is_evidence_of_its_version_also_after_a_new_one(
    desk: Desk, signed: int, client: Callable[[Asker], TestClient]
) -> None:
    office, code = client(desk.askers["新主任"]), desk.at(signed).versions[0].code
    for _ in range(2):
        stamped = {"file": ("盖章.pdf", PDF, "application/pdf")}
        office.post(f"/api/v1/office/codes/{code}/scans", files=stamped)
    detail = valid("docket", office.get(f"/api/v1/office/sign/{signed}").json())
    (scan,) = detail["versions"][0]["scans"]
    assert office.get(f"/api/v1/office/sign/{signed}/scans/{scan['id']}").content == PDF
    for false, content, error in ((f"{signed}-2-{'0' * 12}", PDF, Conflict), (code, b"no scan", Invalid)):
        with pytest.raises(error):
            sign_actions.keep_scan(desk.store, desk.askers["新主任"], false, ("盖章.pdf", content))
    desk.revise(signed, "第三稿")
    after = desk.at(signed)
    assert (after.docket.status, after.docket.step) == ("draft", 0)
    assert [(one.number, one.current, one.signed) for one in after.versions] == [
        (3, True, False), (2, False, True), (1, False, False),
    ]  # fmt: skip
    assert [one.sha256 for one in after.versions[1].scans] == [scan["sha256"]]


def test_the_command_line_lists_shows_and_prints(
    desk: Desk, signed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("haihe.boards.office.sign_cli.the_store", lambda: desk.store)
    run = CliRunner()
    (row,) = map(json.loads, run.invoke(sign, ["list", "--json"]).stdout.splitlines())
    assert valid("dockets", [row])[0]["id"] == signed
    shown = json.loads(run.invoke(sign, ["show", str(signed), "--json"]).stdout)
    assert valid("docket", shown)["changed"] is False
    assert "请补充依据" in run.invoke(sign, ["show", str(signed)]).stdout
    for name in ("a.docx", "a.html"):
        words = ["sheet", str(signed), "--out", str(tmp_path / name), "--site", "http://x", "--json"]
        printed = json.loads(run.invoke(sign, words).stdout)
        assert code_of(printed["code"]).docket == signed
        assert (tmp_path / name).stat().st_size > 1000


def test_of_two_at_once_one_signs_and_the_other_is_told_who_did(desk: Desk) -> None:
    docket = desk.put_up()
    desk.do(docket, "拟稿", "submit")
    desk.acts_for("综合处处长", "副主任")
    seen = desk.at(docket).seen

    def approve(who: str) -> HaiheError | None:
        try:
            sign_actions.act(desk.store, desk.askers[who], docket, Wish("approve", seen))
        except Conflict as error:
            return error
        return None

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(approve, ("综合处处长", "副主任")))
    (error,) = [one for one in told if one]
    (act,) = [one for one in desk.at(docket).acts if one.deed == "approve"]
    assert f"({act.name})" in str(error)
    assert f"{act.at:%Y-%m-%d %H:%M:%S}" in str(error)


@pytest.mark.parametrize("kind", ["node", "dispatch", "brief"])
def test_a_change_of_what_is_kept_elsewhere_invalidates_what_was_signed(desk: Desk, kind: str) -> None:
    store, period = desk.store, f"{ledger.today():%Y-%m}"
    plan = ledger.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = ledger.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    task = ledger.add_node(store, OPERATOR, plan, aspect, Edit("落实任务", "", "task"))
    edit = Edit("开通公交", "开通跨市公交。", "item", lead=(OFFICE,), due_on=ledger.today())
    node = ledger.add_node(store, OPERATOR, plan, task, edit)

    def drafted() -> int:
        order = brief_actions.Order(plan, "month", period)
        made = brief_actions.draft(store, OPERATOR, order).draft
        assert made
        return made.id

    subject = {
        "node": lambda: str(node),
        "dispatch": lambda: f"{plan}/{period}",
        "brief": lambda: str(drafted()),
    }
    drafter = desk.askers["拟稿"]
    drafter = replace(drafter, grants=(*drafter.grants, Grant("viewer")))
    docket = sign_actions.put_up(store, drafter, Proposal(kind, subject=subject[kind](), route="deputy"))
    desk.do(docket, "拟稿", "submit")
    assert not desk.do(docket, "综合处处长", "approve").changed
    ledger.edit_node(store, OPERATOR, node, replace(edit, title="开通跨市公交三条"))
    ledger.report_on(store, OPERATOR, node, Return(period, ledger.today(), 0.5, "已开通一条"))
    drafted()
    found = desk.at(docket)
    assert found.changed
    assert "新版本" in found.warning
    with pytest.raises(Conflict):
        desk.do(docket, "副主任", "approve")
    desk.do(docket, "拟稿", "withdraw")
    sign_actions.revise(store, drafter, docket, desk.at(docket).seen)
    assert not desk.at(docket).changed
    lines = sign_actions.reading_of(store, desk.askers["拟稿"], docket)
    assert any(change == "new" and "开通跨市公交三条" in line for change, line in lines)


def test_who_has_no_part_in_it_neither_sees_nor_signs(
    desk: Desk, client: Callable[[Asker], TestClient]
) -> None:
    store, docket = desk.store, desk.put_up()
    outside = desk.askers["外单位"]
    assert sign_actions.dockets(store, outside, "zh").others == []
    for call in (
        lambda: sign_actions.docket_at(store, outside, docket, "zh"),
        lambda: sign_actions.file_at(store, outside, docket, 1),
        lambda: sign_actions.act(store, outside, docket, Wish("submit", 99)),
        lambda: sign_actions.code_at(store, outside, desk.at(docket).versions[0].code, "zh"),
    ):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(Unknown):
        sign_actions.dockets(store, PUBLIC, "zh")
    with pytest.raises(Unknown):
        sign_actions.act(store, OPERATOR, docket, Wish("submit", 99))
    with pytest.raises(Forbidden):
        sign_actions.put_up(store, desk.askers["主任"], Proposal("other", file=("a.txt", b"x")))
    with pytest.raises(Forbidden):
        post_actions.hand_over(store, desk.askers["主任"], desk.posts["主任"], None, "离任")
    desk.hand("拟稿", "只读")
    with pytest.raises(Forbidden):
        desk.do(docket, "只读", "submit")
    desk.hand("拟稿", None)
    found = sign_actions.docket_at(store, OPERATOR, docket, "zh")
    assert "无人任职" in found.docket.explanation
    posts = valid("posts", client(OPERATOR).get("/api/v1/office/posts").json())
    assert [post["holder"] for post in posts if post["title"] == "拟稿"] == [""]
    assert re.search("关于某事的通报", client(OPERATOR).get("/api/v1/office/sign?format=csv").text)
