"""Reminding, from the setting up of a channel to the answer of the other side."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.accounts.actions import asking, audit_verdict
from haihe.boards.ledger import Return, Share
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, channel_actions, chase_actions
from haihe.boards.office.channels import Message
from haihe.boards.office.chase_actions import Sought, Wish
from haihe.boards.office.chase_api import router
from haihe.boards.office.cli import office as command
from haihe.boards.office.contacts import Contact
from haihe.boards.office.delivery_actions import delivered
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from haihe.store.audit import AUDIT
from haihe.store.opening import Store, the_store
from haihe.store.session import reading

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[4] / "docs/formats"
DUE = date(2026, 11, 13)
BEFORE, LATE = date(2026, 11, 11), date(2026, 11, 18)
PERIOD = "2026-10"
KEY = "SEC0123456789abcdef"
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


def order(plan: int) -> actions.Order:
    return actions.Order(plan, PERIOD)


def told(store: Store, plan: int, **wish: Any) -> dict[str, tuple[str, str]]:
    found = chase_actions.remind(store, OPERATOR, order(plan), Wish(**{"on": BEFORE} | wish))
    return {one.state.unit.name: (one.stage, one.fate) for one in found}


def sent(store: Store, plan: int, **sought: Any) -> list[tuple[str, str, str]]:
    found, total = chase_actions.history(store, OPERATOR, Sought(plan, **sought))
    assert total == len(found)
    return [(one.name, one.channel, one.state) for one in found]


def test_secrets_go_in_and_never_come_out(store: Store, standin: Any) -> None:
    added = channel_actions.add_channel(store, OPERATOR, "dingtalk", "专班群", standin.settings("dingtalk"))
    assert (added.host, set(added.secrets)) == ("127.0.0.1", {"address", "key"})
    changed = channel_actions.change_channel(store, OPERATOR, added.id, "工作群", {"form": "markdown"})
    assert (changed.name, changed.form, changed.secrets) == ("工作群", "markdown", added.secrets)
    channel_actions.try_channel(store, OPERATOR, added.id, "zh")
    assert standin.taken["dingtalk"][0]["markdown"]["title"] == "试发消息"
    with pytest.raises(Invalid, match="form cannot be x"):
        channel_actions.change_channel(store, OPERATOR, added.id, "", {"address": "", "key": "", "form": "x"})
    away = {"address": standin.settings("dingtalk")["address"].replace("127.0.0.1", "127.0.0.2")}
    moved = channel_actions.change_channel(store, OPERATOR, added.id, "", away)
    assert moved.secrets == ("address",), "the key would have gone to whoever owns the new host"
    with reading(store.engine) as connection:
        audit = [str(row) for row in connection.execute(AUDIT.select())]
    assert audit
    assert not [row for row in audit if KEY in row or "access_token" in row]
    with pytest.raises(Forbidden):
        channel_actions.channels(store, Asker("viewer", (Grant("viewer"),), 1))
    channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    with pytest.raises(Conflict):
        channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    channel_actions.remove_channel(store, OPERATOR, added.id)
    assert [one.name for one in channel_actions.channels(store, OPERATOR)] == ["群"]


def test_units_are_reminded_once_a_day_through_a_robot(store: Store, standin: Any, plan: int) -> None:
    channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    channel_actions.put_contacts(store, OPERATOR, [Contact("", UNITS[0], "liaison", "wecom", "zhangsan")])
    shown = chase_actions.reminders(store, OPERATOR, order(plan), Wish(channel="wecom", on=BEFORE))
    assert shown[0].text == (
        f"{UNITS[0]}：贵单位承担的《样例计划》1 项任务中，2026-10 尚有 1 项未报送，请于 2026-11-13 前交回"
        "（还有 2 个工作日）：\n1.1.1 推进第1件实事（时限：2026-12-31）"
    )
    node = next(iter(actions.cycle(store, OPERATOR, order(plan)).units[2].waiting)).node
    ledger.report_on(store, OPERATOR, node, Return(PERIOD, ledger.today(), 0.5))
    assert told(store, plan, channel="wecom") == dict.fromkeys(UNITS[:2], ("before", "posted"))
    assert told(store, plan, channel="wecom") == dict.fromkeys(UNITS[:2], ("before", "today"))
    assert sent(store, plan) == [(UNITS[1], "群", "waiting"), (UNITS[0], "群", "waiting")]
    assert chase_actions.deliver(store) == 2
    assert sent(store, plan, state="sent") == [(UNITS[1], "群", "sent"), (UNITS[0], "群", "sent")]
    first = standin.taken["wecom"][0]
    assert first["text"] == {"content": shown[0].text, "mentioned_list": ["zhangsan"]}
    again = told(store, plan, channel="wecom", again=True, units=frozenset(UNITS[:1]))
    assert again == {UNITS[0]: ("before", "posted")}
    assert told(store, plan, units=frozenset({UNITS[1]}), again=True) == {UNITS[1]: ("before", "noted")}
    assert sent(store, plan)[0] == (UNITS[1], "", "sent")
    assert {
        unit: one.on for unit, one in chase_actions.last_reminded(store, plan, PERIOD).items()
    } == dict.fromkeys(UNITS[:2], BEFORE)
    assert audit_verdict(store, OPERATOR).whole


def test_what_a_channel_refuses_is_seen_and_can_be_sent_again(store: Store, standin: Any, plan: int) -> None:
    channel = channel_actions.add_channel(store, OPERATOR, "webhook", "平台", standin.settings("webhook"))
    standin.broken = [400, 503]
    told(store, plan, channel=channel.id)
    assert chase_actions.deliver(store) == 3
    assert Counter(state for _, _, state in sent(store, plan)) == {"dead": 1, "waiting": 1, "sent": 1}
    (dead,), _ = chase_actions.history(store, OPERATOR, Sought(plan, state="dead"))
    (waiting,), _ = chase_actions.history(store, OPERATOR, Sought(plan, state="waiting"))
    assert (dead.note, waiting.note) == ("HTTP 400", "HTTP 503")
    chase_actions.resend(store, OPERATOR, dead.id)
    chase_actions.withdraw(store, OPERATOR, waiting.id)
    with pytest.raises(NotFound):
        chase_actions.withdraw(store, OPERATOR, waiting.id)
    assert chase_actions.deliver(store) == 1
    assert Counter(state for _, _, state in sent(store, plan)) == {"withdrawn": 1, "sent": 2}
    assert standin.taken["hook"][-1] | {"text": "", "title": ""} == {
        "type": "reminder", "title": "", "text": "", "plan": "样例计划", "period": PERIOD, "unit": dead.name,
        "return_by": "2026-11-13", "stage": "before", "workdays_left": 2, "items": 1, "open": 1,
    }  # fmt: skip
    channel_actions.switch_channel(store, OPERATOR, channel.id, active=False)
    with pytest.raises(Conflict, match="switched off"):
        told(store, plan, channel="平台", again=True)


def test_a_late_unit_is_told_by_mail_with_its_workbook_and_its_leader_in_copy(
    store: Store, plan: int, mailbox: tuple[Any, dict[str, str]]
) -> None:
    box, given = mailbox
    channel_actions.add_channel(store, OPERATOR, "mail", "邮件", given)
    posts = [("liaison", "a@example.org"), ("division", "b@example.org"), ("leader", "c@example.org")]
    reached = [Contact("", UNITS[0], post, "mail", address) for post, address in posts]  # type: ignore[arg-type]
    others = [Contact("", UNITS[1], "liaison", "mail", "gone@example.org")]
    channel_actions.put_contacts(store, OPERATOR, reached + others)
    assert told(store, plan, channel="mail", on=LATE) == {
        UNITS[0]: ("escalated", "posted"),
        UNITS[1]: ("escalated", "posted"),
        UNITS[2]: ("escalated", "nobody"),
    }
    assert chase_actions.deliver(store) == 2
    (letter,) = box.letters
    assert letter["To"] == "a@example.org, b@example.org, c@example.org"
    assert letter["Subject"] == "催报提醒：《样例计划》2026-10"
    body, attached = letter.get_body(), list(letter.iter_attachments())
    assert body is not None
    assert "逾期 3 个工作日" in body.get_content()
    assert attached[0].get_filename() == f"{UNITS[0]}-样例计划-{PERIOD}.xlsx"
    assert load_workbook(io.BytesIO(attached[0].get_content())).worksheets
    assert [state for name, _, state in sent(store, plan) if name == UNITS[1]] == ["dead"]
    full = delivered(store, "mail", given, Message("a", "b", ("full@example.org",)), "k")
    part = delivered(store, "mail", given, Message("a", "b", ("full@example.org", "a@example.org")), "k")
    assert [(one.taken, one.again) for one in (full, part)] == [(False, True), (False, False)]
    assert delivered(store, "mail", given, Message("a", "b", ("a@example.org",)), "k").taken
    assert box.letters[-1]["Message-ID"] == box.letters[-2]["Message-ID"]


def test_the_daily_round_reminds_at_each_stage_and_not_on_days_off(
    store: Store, standin: Any, plan: int
) -> None:
    channel = channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    assert chase_actions.remind_due(store, OPERATOR, BEFORE) == 0
    chase_actions.switch_round(store, OPERATOR, plan, channel.id, on=True)
    days = [DUE + timedelta(days=number) for number in range(-5, 13)]
    given = {day: chase_actions.remind_due(store, OPERATOR, day) for day in days}
    assert {day.isoformat() for day, count in given.items() if count == 3} == {
        "2026-11-10", "2026-11-13", "2026-11-16", "2026-11-18", "2026-11-25",
    }  # fmt: skip
    assert sum(given.values()) == 15
    assert [chase_actions.remind_due(store, OPERATOR, day) for day in (days[2], days[-1])] == [0, 0]
    chase_actions.switch_round(store, OPERATOR, plan, channel.id, on=False)
    assert chase_actions.rounds(store, OPERATOR) == []


def test_all_units_reach_a_robot_that_takes_twenty_a_minute(
    store: Store,
    standin: Any,
    plan_of: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = plan_of(*([Share(f"样例{number}局", "lead")] for number in range(23)))
    actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD, DUE))
    channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    assert len(told(store, plan, channel="wecom")) == 23
    assert chase_actions.deliver(store) == 20
    standin.asked.clear()
    later = datetime.now(UTC) + timedelta(seconds=70)
    monkeypatch.setattr(chase_actions, "_now", lambda: later)
    assert chase_actions.deliver(store) == 3
    assert len(standin.taken["wecom"]) == 23
    assert {state for _, _, state in sent(store, plan)} == {"sent"}


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: OPERATOR}
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def test_the_office_reminds_over_http(client: TestClient, standin: Any, plan: int, store: Store) -> None:
    setting = {"name": "群", "settings": standin.settings("wecom")}
    channel = valid("channel", client.post("/api/v1/office/channels/wecom", json=setting).json())
    assert "address" not in channel["options"]
    assert client.post(f"/api/v1/office/channels/{channel['id']}/try").status_code == 204
    standin.asked["wecom"] = 20
    with pytest.raises(Unavailable, match="45009"):
        client.post(f"/api/v1/office/channels/{channel['id']}/try")
    standin.asked.clear()
    given = [{"name": UNITS[0], "post": "liaison", "kind": "wecom", "address": "zhangsan"}]
    assert client.put("/api/v1/office/contacts", json=given).status_code == 204
    words = {"text": "{unit} 请尽快报送《{plan}》，时限 {day}"}
    for stage in ("before", "day", "overdue", "escalated"):
        assert client.put(f"/api/v1/office/wordings/{stage}/zh", json=words).status_code == 204
    with pytest.raises(Invalid):
        client.put("/api/v1/office/wordings/before/zh", json={"text": "{unit.key.__class__} {plan} {day}"})
    address = f"/api/v1/office/plans/{plan}/reminders?period={PERIOD}"
    shown = valid("chase", client.get(f"{address}&channel=wecom").json())
    assert shown["reminders"][0]["addresses"] == ["zhangsan"]
    assert sent(store, plan) == []
    done = valid(
        "chase", client.post(address, json={"units": list(UNITS[:2]), "channel": channel["id"]}).json()
    )
    assert (done["fates"], done["channel"]) == ({"posted": 2}, "群")
    assert done["reminders"][0]["text"].startswith(f"{UNITS[0]} 请尽快报送《样例计划》，时限 2026-11-13")
    assert client.post(address, json={"units": [UNITS[2]]}).json()["fates"] == {"noted": 1}
    history = valid("reminded", client.get(f"/api/v1/office/reminders?plan={plan}&channel=群").json())
    assert [one["unit"] for one in history["reminders"]] == [UNITS[1], UNITS[0]]
    table = client.get(f"/api/v1/office/reminders?plan={plan}&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [(row["Reminded unit"], row["Through"], row["What became of it"]) for row in rows] == [
        (UNITS[2], "by hand", "sent"),
        (UNITS[1], "群", "waits to be sent"),
        (UNITS[0], "群", "waits to be sent"),
    ]
    assert client.delete(f"/api/v1/office/channels/{channel['id']}").status_code == 204
    assert chase_actions.deliver(store) == 2
    assert {state for _, _, state in sent(store, plan, channel="群")} == {"dead"}


def run(*words: str, code: int = 0, **options: Any) -> Result:
    answer = CliRunner().invoke(
        command, list(words), catch_exceptions=False, env={"LC_ALL": "zh_CN.UTF-8"}, **options
    )
    assert answer.exit_code == code, answer.output
    return answer


def test_the_office_reminds_at_the_command_line(
    store: Store,
    standin: Any,
    plan: int,
    tmp_path: Path,
    mailbox: tuple[Any, dict[str, str]],
) -> None:
    box, mail = mailbox
    address = standin.settings("wecom")["address"]
    said = run("channels", "add", "wecom", "群", "--set", "form=markdown", input=f"{address}\n")
    assert "key=right" not in said.output
    pairs = [word for name, value in mail.items() for word in ("--set", f"{name}={value}")]
    run("channels", "add", "mail", "邮件", *pairs, input="\n")
    listed = [
        valid("channel", json.loads(line)) for line in run("channels", "list", "--json").stdout.splitlines()
    ]
    assert [(one["name"], one["options"].get("form")) for one in listed] == [
        ("群", "markdown"),
        ("邮件", None),
    ]
    table = tmp_path / "地址.csv"
    table.write_text(
        f"单位,岗位,联系方式,地址\n{UNITS[0]},联络员岗,邮箱,a@example.org\n{UNITS[1]},局长,邮箱,b@x\n",
        "utf-8",
    )
    bad = run("channels", "contacts", str(table), code=1)
    assert "地址.csv:3" in bad.stderr
    assert "已保存 1 个地址" in bad.stderr
    assert "a@example.org" in run("channels", "contacts").stdout
    remind = ("remind", "样例计划", "--period", PERIOD)
    dry = valid("chase", json.loads(run(*remind, "--channel", "mail", "--dry-run", "--json").stdout))
    assert (dry["dry_run"], dry["fates"]) == (True, {"ready": 1, "nobody": 2})
    assert sent(store, plan) == []
    assert "没有可发送的地址 2" in run(*remind, "--send", "--channel", "mail").stderr
    assert len(box.letters) == 1
    done = valid("chase", json.loads(run(*remind, "--send", "--channel", "群", "--json").stdout))
    assert done["fates"] == {"today": 1, "posted": 2}
    assert standin.taken["wecom"][0]["markdown"]["content"].startswith("**催报提醒：《样例计划》2026-10**")
    assert "已登记" in run(*remind, "--by-hand", "--unit", UNITS[0], "--again").stdout
    with pytest.raises(Invalid, match="2 channels"):
        run(*remind, "--send")
    run("channels", "switch", "邮件", "--off")
    run("channels", "switch", "群", "--on", "--plan", "样例计划")
    assert len(chase_actions.rounds(store, OPERATOR)) == 1
    run("channels", "remove", "邮件")
    assert "邮件" not in run("channels", "list").stdout
