"""Reading documents into the store, and what each asker sees of them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.reader import actions, cli, search_actions
from haihe.boards.reader.actions import LONG_CHARACTERS
from haihe.boards.reader.documents import Fact, Listing, ReadOptions, Sought, address_of
from haihe.kit.errors import Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.kit.limits import TEXT_BYTES_MAX
from haihe.kit.words import explain
from haihe.store import work
from haihe.store.opening import Store
from haihe.store.schema import metadata
from haihe.store.search import Asked, Hit
from haihe.store.session import reading, writing

pytestmark = pytest.mark.database

TEXT = (
    "推动京津冀协同发展情况\n\n"
    "今年一季度，天津市落地项目74个，总投资502亿元，同比增长3.5%。\n"
    "下一步抓好三项工作：一是提升承载力，建好武清区产业园。二是抓好10条产业链。三是5月31日前完成评估。\n"
)
CONTENT = TEXT.encode()
FORMATS = Path(__file__).parents[3] / "docs/formats"
VIEWER = Asker("viewer", (Grant("viewer"),), 7)
SUPERVISOR = Asker("supervisor", (Grant("supervisor"),), 8)


def found(store: Store, asker: Asker, words: str) -> list[Hit]:
    """The documents that a search finds."""
    return list(search_actions.documents(store, asker, Asked(words, slice(0, 50), "zh")).rows)


def rows(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    with reading(store.engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def facts(store: Store, document: int, *kinds: str) -> list[Fact]:
    return actions.facts_of(store, OPERATOR, document, Sought(kinds, limit=10_000)).rows


def deeds(store: Store) -> list[str]:
    """The actions of the audit chain, in order."""
    audit = metadata.tables["audit"]
    with reading(store.engine) as connection:
        return list(connection.execute(select(audit.c.action).order_by(audit.c.id)).scalars())


def test_every_fact_is_its_words_in_the_stored_text_and_has_its_source(store: Store) -> None:
    document = actions.read_document(
        store, OPERATOR, CONTENT, "情况.txt", ReadOptions(tier="official", url="https://example.org/1")
    )
    assert document.title == "推动京津冀协同发展情况"
    assert document.characters == len(TEXT)
    text = actions.text_at(store, OPERATOR, document.id)
    assert text == TEXT
    found = facts(store, document.id)
    assert {"74个", "502亿元", "3.5%"} <= {fact.quote for fact in found if fact.kind == "figure"}
    assert {fact.kind for fact in found} == {"figure", "date", "place", "task"}
    assert len(found) == document.facts == document.open_facts
    for fact in found:
        assert text[fact.start : fact.end] == fact.quote
        context = actions.source_context(store, OPERATOR, fact.source_id)
        assert context.source.quote == fact.quote
        assert context.source.span == (fact.start, fact.end)
        assert (context.source.tier, context.source.url) == ("official", "https://example.org/1")
        assert context.before.removeprefix("…") + fact.quote + context.after.removesuffix("…") in text
        assert context.document == document
    assert store.files.content(document.file_sha256) == CONTENT


def test_a_quote_leads_to_its_mark_in_the_document(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    fact = facts(store, document.id, "figure")[0]
    context = actions.source_context(store, OPERATOR, fact.source_id)
    assert address_of(context) == f"/document/{document.id}#span-{fact.id}"


def test_the_same_text_twice_is_one_document_and_no_deed(store: Store) -> None:
    first = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    before = rows(store)
    assert actions.read_document(store, OPERATOR, CONTENT, "b.txt") == first
    assert actions.read_document(store, OPERATOR, TEXT.encode("gb18030"), "c.md") == first
    assert rows(store) == before
    assert deeds(store) == ["read_document"]


def test_two_readers_of_the_same_file_at_once_make_one_document(store: Store) -> None:
    ready = Barrier(4)

    def read(_: int) -> int:
        ready.wait()
        return actions.read_document(store, OPERATOR, CONTENT, "a.txt").id

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(read, range(4))) == {1}
    assert deeds(store) == ["read_document"]
    assert rows(store)["fact"] == len(facts(store, 1))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("binary.txt", bytes(range(256)) * 40),
        ("wrong.txt", "Überprüfung à la carte, naïve.".encode("latin-1")),
        ("long.txt", b"a" * (TEXT_BYTES_MAX + 1)),
        ("plan.docx", b"PK\x03\x04"),
    ],
)
def test_bad_input_stores_nothing(store: Store, name: str, content: bytes) -> None:
    before, kept = rows(store), set(store.files.folder.rglob("*"))
    for take in (actions.read_document, actions.submit_document):
        with pytest.raises(Invalid, match=name):
            take(store, OPERATOR, content, name)
    assert rows(store) == before
    assert set(store.files.folder.rglob("*")) == kept


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a/b", "https://", "https://[a", "https://a/\0"]
)
def test_an_address_that_is_none_of_the_web_is_refused(store: Store, url: str) -> None:
    with pytest.raises(Invalid, match="no address"):
        actions.read_document(store, OPERATOR, CONTENT, "a.txt", ReadOptions(url=url))
    assert rows(store)["document"] == 0


def test_trying_a_document_stores_nothing(store: Store) -> None:
    text, found = actions.try_document(store, OPERATOR, CONTENT, "a.txt", ReadOptions(date(2023, 6, 1)))
    assert text == TEXT
    assert found.figures
    assert not any(rows(store).values())


def test_another_date_dates_the_open_facts_anew_and_leaves_the_decided(store: Store) -> None:
    undated = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    day, quarter = (
        next(fact for fact in facts(store, undated.id, "date") if words in fact.quote)
        for words in ("5月31日", "季度")
    )
    held = {fact.id for fact in facts(store, undated.id)}
    assert day.fields["iso"] is None
    actions.decide_fact(store, OPERATOR, quarter.id, "accepted")
    before = rows(store)
    dated = actions.read_document(store, OPERATOR, CONTENT, "a.txt", ReadOptions(date(2023, 6, 1)))
    assert (dated.id, dated.dated) == (undated.id, date(2023, 6, 1))
    after = {fact.id: fact for fact in facts(store, undated.id)}
    assert after[day.id].fields["iso"] == "2023-05-31"
    assert after[quarter.id].fields == quarter.fields
    assert {number for number, fact in after.items() if fact.kind != "due"} == held
    assert rows(store)["audit"] == before["audit"] + 1
    actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    assert rows(store)["audit"] == before["audit"] + 1


def test_the_public_sees_published_documents_and_their_accepted_facts(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    first, second = facts(store, document.id, "figure")[:2]
    for look in (
        lambda: actions.document_at(store, PUBLIC, document.id),
        lambda: actions.text_at(store, PUBLIC, document.id),
        lambda: actions.facts_of(store, PUBLIC, document.id),
        lambda: actions.reading_at(store, PUBLIC, document.id),
    ):
        with pytest.raises(NotFound):
            look()
    bare = actions.source_context(store, PUBLIC, first.source_id)
    assert bare.source.quote == first.quote, "whoever holds the address of a sentence may read it"
    assert (bare.document, bare.before, bare.after, bare.fact_id) == (None, "", "", None)
    assert actions.documents(store, PUBLIC).rows == []
    assert found(store, PUBLIC, "产业链") == []
    assert actions.documents(store, VIEWER).rows == [document]
    actions.publish_document(store, SUPERVISOR, document.id)
    actions.decide_fact(store, SUPERVISOR, first.id, "accepted")
    actions.decide_fact(store, SUPERVISOR, second.id, "rejected")
    seen = actions.document_at(store, PUBLIC, document.id)
    assert (seen.facts, seen.open_facts) == (1, 0)
    assert [fact.id for fact in actions.facts_of(store, PUBLIC, document.id).rows] == [first.id]
    assert actions.source_context(store, PUBLIC, first.source_id).document == seen
    actions.publish_document(store, SUPERVISOR, document.id, published=False)
    assert actions.documents_listed(store, PUBLIC, Listing()) == ([], 0)


def test_who_may_not_read_publish_or_decide_is_told(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    fact = facts(store, document.id)[0]
    before = rows(store)
    for asker, error in ((PUBLIC, Unknown), (VIEWER, Forbidden)):
        for deed in (
            lambda asker: actions.read_document(store, asker, CONTENT, "a.txt"),
            lambda asker: actions.submit_document(store, asker, CONTENT, "a.txt"),
            lambda asker: actions.publish_document(store, asker, document.id),
            lambda asker: actions.decide_fact(store, asker, fact.id, "accepted"),
            lambda asker: actions.accept_facts(store, asker, document.id),
        ):
            with pytest.raises(error):
                deed(asker)
    assert rows(store) == before


def test_a_decision_can_be_taken_back_and_each_is_a_deed(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    fact = facts(store, document.id)[0]
    assert actions.decide_fact(store, OPERATOR, fact.id, "accepted")[0].state == "accepted"
    assert actions.decide_fact(store, OPERATOR, fact.id, "accepted")[0].state == "accepted"
    assert actions.decide_fact(store, OPERATOR, fact.id, "rejected")[0].state == "rejected"
    assert actions.decide_fact(store, OPERATOR, fact.id, "found") == [replace(fact, revision=3)]
    assert deeds(store) == ["read_document", "accept_fact", "reject_fact", "undo_fact"]
    with pytest.raises(NotFound):
        actions.decide_fact(store, OPERATOR, 10**9, "accepted")


def test_all_open_facts_of_a_kind_are_accepted_at_once(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt")
    figures = facts(store, document.id, "figure")
    actions.decide_fact(store, OPERATOR, figures[0].id, "rejected")
    assert actions.accept_facts(store, OPERATOR, document.id, ("figure",)) == len(figures) - 1
    assert [fact.state for fact in facts(store, document.id, "figure")].count("accepted") == len(figures) - 1
    assert actions.document_at(store, OPERATOR, document.id).open_facts == document.facts - len(figures)
    assert actions.accept_facts(store, OPERATOR, document.id, ("figure",)) == 0


def test_pages_of_facts_and_documents_join_without_a_gap(store: Store) -> None:
    for number in range(5):
        actions.read_document(store, OPERATOR, f"第{number}期简报。{TEXT}".encode(), f"{number}.txt")
    whole, cursor = [], None
    while page := actions.facts_of(store, OPERATOR, 1, Sought(cursor=cursor, limit=3)):
        whole += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert whole == facts(store, 1)
    first = actions.documents(store, OPERATOR, limit=2)
    second = actions.documents(store, OPERATOR, cursor=first.next, limit=2)
    assert [one.id for one in first.rows + second.rows] == [5, 4, 3, 2]
    listed, total = actions.documents_listed(
        store, OPERATOR, Listing(sort="title", descending=False, limit=2)
    )
    assert ([one.id for one in listed], total) == ([1, 2], 5)


def test_a_search_finds_titles_before_texts_and_shows_the_words(store: Store) -> None:
    actions.read_document(store, OPERATOR, "通武廊规划\n正文。".encode(), "a.txt")
    actions.read_document(
        store, OPERATOR, ("另一份\n" + "甲" * 500 + "讲到通武廊规划一事。").encode(), "b.txt"
    )
    hits = found(store, OPERATOR, "通武廊规划")
    assert [hit.address for hit in hits] == ["/document/1", "/document/2"]
    assert all("通武廊规划" in hit.words for hit in hits)
    assert found(store, OPERATOR, "雄安") == []


def long_text() -> str:
    """Too long to be read at once, with more pairs and longer runs than a search vector takes."""
    chance = random.Random(5)
    han = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(LONG_CHARACTERS))
    return TEXT + "A" * 5_000 + "\n" + han + "。\n" + TEXT


def run(store: Store) -> None:
    assert work.run_next(store.engine, {"read": actions.read_job}, lambda: datetime.now(UTC))


def test_a_long_text_is_read_by_the_worker(store: Store) -> None:
    content = long_text().encode()
    receipt = actions.submit_document(store, SUPERVISOR, content, "long.txt", ReadOptions(date(2023, 6, 1)))
    assert receipt.document is None
    assert receipt.job is not None
    assert actions.documents(store, OPERATOR).rows == []
    run(store)
    job = work.job_at(store.engine, receipt.job)
    assert (job.state, job.progress) == ("done", 1.0)
    document = actions.document_at(store, OPERATOR, job.result)
    assert (document.name, document.dated) == ("long.txt", date(2023, 6, 1))
    assert actions.submit_document(store, SUPERVISOR, content, "long.txt").document == document
    assert found(store, OPERATOR, "协同发展情况")[0].address == f"/document/{document.id}"


def test_a_long_reading_that_is_cancelled_stores_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = actions.submit_document(store, OPERATOR, long_text().encode(), "long.txt")
    assert receipt.job is not None
    with writing(store.engine, actions.actor_of(OPERATOR)) as session:
        work.cancel(session, receipt.job)
        session.commit()
    assert not work.run_next(store.engine, {"read": actions.read_job}, lambda: datetime.now(UTC))

    receipt = actions.submit_document(store, OPERATOR, long_text().encode(), "long.txt")
    put = actions.put_facts

    def cancel_meanwhile(*arguments: object) -> None:
        put(*arguments)
        with writing(store.engine, actions.actor_of(OPERATOR)) as session:
            work.cancel(session, receipt.job)
            session.commit()

    monkeypatch.setattr(actions, "put_facts", cancel_meanwhile)
    monkeypatch.setattr(actions, "_FACTS_AT_ONCE", 5)
    run(store)
    assert work.job_at(store.engine, receipt.job).state == "stopped"
    assert rows(store)["document"] == rows(store)["fact"] == 0


def test_the_rows_of_the_press_page_hold_in_its_text(store: Store, shared: Path) -> None:
    content = (shared / "documents/press-2023-06.txt").read_bytes()
    document = actions.read_document(store, OPERATOR, content, "press-2023-06.txt")
    text = content.decode()
    found = facts(store, document.id)
    assert all(text[fact.start : fact.end] == fact.quote for fact in found)
    quotes = {fact.quote for fact in found if fact.kind == "figure"}
    assert {"7个", "25项", "98个", "1239项", "261家", "74个", "502亿元"} <= quotes


def test_the_command_prints_the_text_itself_and_every_record_as_its_schema_says(
    store: Store, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "情况.txt"
    file.write_bytes(b"\xef\xbb\xbf" + CONTENT)
    document = cli.read_file(store, file, date(2023, 6, 1))
    cli.show(store, document, text=True)
    assert capsysbinary.readouterr().out == file.read_bytes()
    cli.show(store, document, as_json=True)
    printed = capsysbinary.readouterr().out
    before = rows(store)
    cli.try_file(store, file, date(2023, 6, 1), as_json=True)
    assert capsysbinary.readouterr().out == printed
    assert rows(store) == before
    schema = json.loads((FORMATS / "reader-record.schema.json").read_text(encoding="utf-8"))
    records = [json.loads(line) for line in printed.decode().splitlines()]
    text = file.read_bytes().decode()
    for record in records:
        Draft202012Validator(schema).validate(record)
        assert text[record["start"] : record["end"]] == record["quote"]
    assert {"article", "heading", "paragraph", "list", "task", "figure", "date", "place", "due"} == {
        record["kind"] for record in records
    }


def test_the_referee_reads_what_the_command_prints(
    store: Store, shared: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    press = shared / "documents/press-2023-06.txt"
    cli.show(store, cli.read_file(store, press, None), as_json=True)
    found = tmp_path / "press.jsonl"
    found.write_bytes(capsysbinary.readouterr().out)
    referee = [
        sys.executable,
        shared / "documents/score.py",
        found,
        press.with_suffix(".gold.json"),
        "--json",
    ]
    verdict = json.loads(subprocess.run(referee, check=True, capture_output=True).stdout)
    assert verdict["kinds"]["figure"]["exact"]["f1"] > 0.8
    assert verdict["kinds"]["date"]["exact"]["f1"] > 0.8
    assert verdict["figures_on_numeral_terms"] == 0


def test_an_error_speaks_of_the_file_in_chinese(store: Store) -> None:
    with pytest.raises(HaiheError) as refusal:
        actions.try_document(store, OPERATOR, b"PK\x03\x04", "方案.docx", ReadOptions())
    message, advice = explain(refusal.value, "zh")
    assert message.startswith("方案.docx")
    assert message.isascii() is False
    assert advice.isascii() is False
