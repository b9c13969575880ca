"""What a reporter of one district reads and changes of another's drafts: nothing, at any door.

The doors are taken from the OpenAPI document and from the addresses of the pages, so that a new one is tried
as soon as it is there.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice, product
from pathlib import Path
from typing import Any
from zlib import error as ZipError

import httpx2
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from tests.boards.conftest import agencies

import haihe
from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import (
    Amount,
    Edit,
    Judgement,
    Return,
    Step,
    actions,
    evidence_actions,
    period_actions,
)
from haihe.boards.ledger.kinds import kinds
from haihe.boards.office import actions as office
from haihe.boards.office import brief_actions
from haihe.boards.reader import actions as reader
from haihe.store.opening import Store
from haihe.store.schema import metadata

pytestmark = pytest.mark.database

TODAY = actions.today()
PERIOD = f"{TODAY:%Y-%m}"
BEFORE = f"{TODAY.replace(day=1) - timedelta(days=1):%Y-%m}"
OURS, THEIRS = "样例甲区发展改革局", "样例乙区发展改革局"
SECRET, HINT = "qz8xw3kv7j", "mh5rt2"
"""Two words that stand in all that is said of the other district; only the second is ever asked for."""
SAID = f"{HINT}{SECRET}，{HINT}"
OPEN, MINE = "公开的实事", "甲区的实事r4tn6w"
TRIES_MAX, OFFICE_TRIES = 6, 3


@dataclass
class House:
    """Two districts in one unpublished plan, and one register of the other district alone."""

    store: Store
    ours: int
    theirs: int
    reporter: Asker
    token: str
    known: dict[str, list[Any]] = field(default_factory=dict)

    def values(self, name: str, schema: Mapping[str, Any]) -> list[Any]:
        """What to try for a parameter: what the house has of that name, else every number that it has."""
        options = [schema_of(one) for one in (schema, *schema.get("anyOf", ()))]
        kinds = {one.get("type") for one in options}
        if chosen := next((one["enum"] for one in options if "enum" in one), None):
            return [one for one in self.known.get(name, chosen) if one in chosen] or list(chosen)
        if name in self.known:
            return self.known[name]
        return self.known["node"] if "integer" in kinds else [True] if "boolean" in kinds else [HINT]


def secret_item(title: str, **more: Any) -> Edit:
    due = TODAY + timedelta(days=9)
    return Edit(title, f"原文{SAID}", "item", due_on=due, lead=(THEIRS,), weight=2, **more)


def told(store: Store, node: int) -> list[int]:
    """Everything that can be said of a node, each with the secret; the numbers of its evidence."""
    proof = evidence_actions.keep_evidence(store, OPERATOR, node, f"{SECRET}.txt", SAID.encode()).id
    actions.move_node(store, OPERATOR, node, Step("under_way", f"推进{SAID}"))
    amount = Amount(f"落地{SAID}", Decimal(3), "个")
    for period, progress in ((BEFORE, 0.1), (PERIOD, 0.4)):
        day = TODAY if period == PERIOD else TODAY.replace(day=1) - timedelta(days=1)
        given = Return(
            period, day, progress, f"进展{SAID}", TODAY + timedelta(days=60), "low", f"困难{SAID}",
            (amount,), (proof,),
        )  # fmt: skip
        actions.report_on(store, OPERATOR, node, given)
    judged = Judgement(PERIOD, "overdue", f"核定{SAID}")
    period_actions.issue_light(store, OPERATOR, node, judged)
    actions.edit_node(store, OPERATOR, node, secret_item(f"事项{SAID}之二"))
    return [proof]


@pytest.fixture(scope="module")
def house(empty: Callable[[], Store]) -> House:
    store = empty()
    ours, theirs = agencies(store, OURS, THEIRS).values()
    plan = actions.begin_register(store, OPERATOR, "样例两区计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("产业协同", f"总述{SAID}", "aspect"))
    task = actions.add_node(
        store, OPERATOR, plan, aspect, Edit("共建园区", f"任务{SAID}", "task", lead=(THEIRS,), due_on=TODAY)
    )
    mine = Edit(MINE, "修一条路。", "item", due_on=TODAY, lead=(OURS,))
    own = actions.add_node(store, OPERATOR, plan, task, mine)
    item = actions.add_node(store, OPERATOR, plan, task, secret_item(f"事项{SAID}"))
    evidence = told(store, item)
    content = f"任务如下:\n一是推进草案{SAID}工作12项。（责任单位：{THEIRS}）\n二是共建平台{SAID}。\n"
    document = reader.read_document(store, OPERATOR, content.encode(), f"{SECRET}.txt").id
    drafted = actions.draft_from(store, OPERATOR, f"样例乙区{SAID}", document).plan
    drafts = [one.node.id for one in actions.tree_of(store, OPERATOR, drafted, TODAY, review=True)]
    asked = actions.begin_register(store, OPERATOR, f"请求{SAID}", "request")
    request = actions.add_node(
        store, OPERATOR, asked, None,
        Edit(f"商请{SAID}", SAID, "request", lead=(THEIRS,), values={"asked_by": THEIRS}),
    )  # fmt: skip
    held = actions.begin_register(store, OPERATOR, f"会议{SAID}", "meeting")
    level = next(iter(kinds()["meeting"].below(None))).name
    meeting = actions.add_node(store, OPERATOR, held, None, Edit(f"会商{SAID}", SAID, level))
    public = actions.begin_register(store, OPERATOR, "样例公开计划", "plan")
    above = actions.add_node(store, OPERATOR, public, None, Edit("公开", "", "aspect"))
    actions.add_node(store, OPERATOR, public, above, Edit(OPEN, "", "task", lead=(THEIRS,), due_on=TODAY))
    hidden = actions.add_node(
        store, OPERATOR, public, above, replace(secret_item(f"退回{SAID}"), kind="task")
    )
    actions.reject(store, OPERATOR, public, [hidden])
    actions.publish(store, OPERATOR, public)
    office.dispatch(store, OPERATOR, office.Order(plan, PERIOD))
    order = brief_actions.Order(plan, "month", PERIOD)
    draft = brief_actions.draft(store, OPERATOR, order).draft
    assert draft
    password = accounts.add_account(store, OPERATOR, "甲区填报", "", [Grant("reporter", ours)])
    session = accounts.sign_in(store, "甲区填报", password)
    accounts.set_password(store, session, password, "a password of several words")
    made = House(store, ours, theirs, accounts.asker_of(store, session), session)
    nodes = [item, task, drafts[-1], request, meeting, hidden]
    made.known = {
        "node": nodes, "under": nodes, "parent": nodes, "plan": [plan, drafted, asked, held, public],
        "unit": [str(theirs), THEIRS], "entity": [theirs], "document": [document], "evidence": evidence,
        "period": [PERIOD], "q": [HINT], "words": [HINT], "query": [HINT],
        "draft": [draft.id], "code": ["1-1-3f9a1c8b"],
        "workbook": [1, 2], "docket": [1], "review": [True], "format": ["json", "xlsx", "docx"],
        "by": ["unit"], "key": [str(theirs), THEIRS], "measure": ["promises", "in_order", "reported"],
        "month": [f"{TODAY + timedelta(days=9):%Y-%m}"], "kind": ["plan", "month"], "adcode": ["110000"],
        "account": [1], "own": [own],
    }  # fmt: skip
    return made


def client_of(asker: Asker) -> TestClient:
    app = create_api()
    app.dependency_overrides[asking] = lambda: asker
    return TestClient(app, base_url="http://127.0.0.1", headers={"accept-language": "zh-CN"})


API: dict[str, Any] = create_api().openapi()


def operations(*methods: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for path, each in API["paths"].items():
        for method, operation in each.items():
            if method in methods:
                yield method, path, operation


def requests(house: House, path: str, operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The addresses and queries of an operation to be tried: each with what the house has."""
    said = operation.get("parameters", ())
    places = {one["name"]: house.values(one["name"], one["schema"]) for one in said if one["in"] == "path"}
    query = {
        one["name"]: house.values(one["name"], one["schema"])
        for one in said
        if one["in"] == "query" and (one.get("required") or one["name"] in house.known)
    }
    narrow = {name: query.pop(name) for name in ("parent", "unit", "kind", "theme") if name in query}
    whole = [dict(zip(query, values, strict=True)) for values in product(*query.values())]
    less = [whole[0] | {name: values[0]} for name, values in narrow.items()]
    for number, chosen in enumerate(islice(product(*places.values()), TRIES_MAX)):
        address = path.format(**dict(zip(places, chosen, strict=True)))
        for asked in (*whole, *less)[: 1 if number else None]:
            yield address, asked


def words_of(content: bytes) -> str:
    """The words of an answer, of an archive those of all its files."""
    if content.startswith(b"PK"):
        with suppress(zipfile.BadZipFile, ZipError), zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(words_of(archive.read(name)) for name in archive.namelist())
    return content.decode("utf-8", "replace")


def test_no_answer_of_the_api_has_a_word_of_another_districts_drafts(house: House) -> None:
    leaks, silent, seen = [], [], set()
    office_sees = client_of(OPERATOR)
    reporter = client_of(house.reporter)
    for _, path, operation in operations("get"):
        answered = False
        for number, (address, query) in enumerate(requests(house, path, operation)):
            answer = reporter.get(address, params=query)
            answered = answered or answer.status_code != 422
            assert answer.status_code < 500, (address, query, answer.text)
            if SECRET in words_of(answer.content):
                leaks.append((path, query))
            if (
                path not in seen
                and number < OFFICE_TRIES
                and SECRET in words_of(office_sees.get(address, params=query).content)
            ):
                seen.add(path)
        if not answered:
            silent.append(path)
    assert leaks == []
    assert silent == [], "a door that was not tried: name what its parameters may be in `known`"
    assert len(seen) > 25, "the same walk shows the office what it hides from the reporter"


def test_what_is_handed_out_to_one_district_has_nothing_of_another(house: House) -> None:
    asked = {"period": PERIOD}
    answer = client_of(house.reporter).post(
        f"/api/v1/office/plans/{house.known['plan'][0]}/dispatch", params=asked
    )
    assert answer.status_code == 200, answer.text
    assert MINE[-6:] in words_of(answer.content)
    assert SECRET not in words_of(answer.content)


def test_a_reporter_reads_its_own_drafts_the_titles_above_them_and_what_is_published(house: House) -> None:
    plan, (own,) = house.known["plan"][0], house.known["own"]
    reporter = client_of(house.reporter)
    rows = reporter.get(f"/api/v1/plans/{plan}/nodes?review=true").json()["rows"]
    assert [row["title"] for row in rows] == ["产业协同", "共建园区", MINE]
    assert [row["lead"] for row in rows[:2]] == [[], []]
    assert reporter.get(f"/api/v1/nodes/{own}").json()["node"]["text"] == "修一条路。"
    assert reporter.get(f"/api/v1/plans/{plan}").json()["accepted"] == 1
    assert OPEN in reporter.get(f"/api/v1/plans/{house.known['plan'][-1]}/nodes").text


def sample_of(schema: Mapping[str, Any]) -> Any:
    """The least value that a schema takes."""
    if "$ref" in schema:
        return sample_of(API["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return sample_of(schema["anyOf"][0])
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return {name: _fitting(name, schema["properties"][name]) for name in schema.get("required", ())}
        case "array":
            return [sample_of(schema.get("items", {}))] * max(schema.get("minItems", 0), 0)
        case "string":
            return str(TODAY) if schema.get("format") == "date" else "x" * max(schema.get("minLength", 1), 1)
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
    return None


FITTING = {"period": PERIOD, "stage": "waiting", "deed": "submit"}


def _fitting(name: str, schema: Mapping[str, Any]) -> Any:
    value = FITTING.get(name)
    return value if value and value in schema.get("enum", [value]) else sample_of(schema)


def body_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """A request that an operation takes."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": sample_of(content["application/json"]["schema"])}
    if not content:
        return {}
    (schema,) = (one["schema"] for one in content.values())
    fields = sample_of(schema)
    files = {
        name: ("a.pdf", b"%PDF-1.4 a")
        for name, value in schema_of(schema)["properties"].items()
        if _file(value)
    }
    return {"data": {name: value for name, value in fields.items() if name not in files}, "files": files}


def schema_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return API["components"]["schemas"][name] if name else schema


def _file(schema: Mapping[str, Any]) -> bool:
    words = str(schema)
    return "binary" in words or "octet-stream" in words


def state_of(store: Store) -> dict[str, str]:
    """A mark of the rows of every table but those that say who came and went."""
    passing = {"login", "audit", "account", "token", "attempt"}
    with store.engine.connect() as connection:
        return {
            name: connection.execute(
                text(f"SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM {name} t")
            ).scalar_one()
            for name in metadata.tables
            if name not in passing
        }


def test_nothing_of_another_district_is_changed_by_its_number(house: House) -> None:
    reporter, before, passed = client_of(house.reporter), state_of(house.store), []
    house = replace(house, known=house.known | {"plan": house.known["plan"][1:4]})
    for method, path, operation in operations("post", "put", "patch", "delete"):
        if "{" not in path:
            continue
        for address, query in requests(house, path, operation):
            answer = reporter.request(method, address, params=query, **body_of(operation))
            if answer.status_code not in (401, 403, 404):
                passed.append((method, address, answer.status_code, answer.text[:200]))
    assert passed == []
    assert state_of(house.store) == before


ADDRESS = re.compile(r'page_at\("([^"]*)"\)')


def pages() -> list[str]:
    """The address of every page, as the boards register them."""
    files = Path(haihe.__file__).parent.rglob("*.py")
    return sorted({one for file in files for one in ADDRESS.findall(file.read_text("utf-8"))})


def test_no_page_has_a_word_of_another_districts_drafts(house: House, site: str) -> None:
    queries = ["", "?review=1", f"?q={HINT}", f"?unit={THEIRS}", f"?period={PERIOD}&view=stages"]
    cookies, words = {accounts.COOKIE: house.token}, {"accept-language": "en"}
    leaks = []
    with httpx2.Client(base_url=site, cookies=cookies, headers=words, timeout=60) as client:
        assert client.get("/my-work").text.count(MINE)
        for path in pages():
            name = re.search(r"\{(\w+)", path)
            known = house.known.get(name[1].removesuffix("_id"), house.known["node"]) if name else [0]
            tries = ((value, query) for value in known[:4] for query in queries)
            for value, query in islice(tries, 4):
                address = re.sub(r"\{[^}]*\}", str(value), path, count=1)
                address = re.sub(r"\{[^}]*\}", PERIOD, address)
                answer = client.get(address + query, follow_redirects=True)
                said = words_of(answer.content)
                if SECRET in said:
                    leaks.append((address + query, said[max(said.index(SECRET) - 200, 0) :][:260]))
    assert leaks == []
