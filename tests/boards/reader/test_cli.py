"""`haihe read` of files and folders, with scores and files of facts."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import psutil
import pytest
import yaml
from jsonschema import Draft202012Validator
from sqlalchemy import func, select
from typer.testing import CliRunner

from haihe.app.cli import app
from haihe.boards.accounts import OPERATOR
from haihe.boards.reader import actions, cli
from haihe.boards.reader.documents import Listing, ReadOptions
from haihe.kit import resources
from haihe.kit.errors import HaiheError, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.schema import metadata
from haihe.store.session import reading

pytestmark = pytest.mark.database

ROOT = Path(__file__).parents[3]
TEXT = "一季度，天津市引进项目{number}个，总投资502亿元。\n下一步：一是建设平台。二是引进企业。\n"


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / f"docs/formats/{name}.schema.json").read_text("utf-8")))


def rows(store: Store) -> dict[str, int]:
    with reading(store.engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four texts, of which one is empty, and what is not to be read."""
    place = tmp_path / "文件"
    (place / "b").mkdir(parents=True)
    (place / ".trash").mkdir()
    for number, name in enumerate(
        ("c.txt", "a.txt", "b/d.md", "~$a.txt", ".e.txt", ".trash/f.txt", "g.exe", "b.rejects.csv")
    ):
        (place / name).write_text(TEXT.format(number=number + 2), "utf-8")
    (place / "b/empty.txt").touch()
    return place


def outcomes(store: Store, folder: Path, **more: Any) -> list[cli.Outcome]:
    return [*cli.read_folder(store, folder, None, 1, **more)]


def test_a_folder_is_read_in_the_order_of_its_names_and_what_is_bad_is_told(
    store: Store, folder: Path
) -> None:
    found = outcomes(store, folder)
    assert [(one.file, one.state, one.document) for one in found] == [
        ("a.txt", "read", 1),
        ("b/d.md", "read", 2),
        ("b/empty.txt", "rejected", None),
        ("c.txt", "read", 3),
    ]
    assert isinstance(found[2].error, Invalid)
    assert "empty.txt" in str(found[2].error)
    by_hand = actions.read_document(store, OPERATOR, (folder / "a.txt").read_bytes(), "a.txt")
    assert (by_hand.id, by_hand.facts) == (1, found[0].facts)
    for one in found:
        schema("reader-outcome").validate(json.loads(cli.outcome_line(one, one.error and "why")))


def test_what_is_stored_is_not_read_again_unless_its_day_is_another(store: Store, folder: Path) -> None:
    first = [cli.read_file(store, folder / name).id for name in ("a.txt", "b/d.md", "c.txt")]
    before = rows(store)
    (folder / "a.txt").rename(folder / "z.txt")
    again = outcomes(store, folder)
    assert [one.state for one in again] == ["known", "rejected", "known", "known"]
    assert {one.document for one in again} == {*first, None}
    day = date(2023, 6, 1)
    assert rows(store) == before
    assert {one.state for one in cli.read_folder(store, folder, day, 1)} == {"read", "rejected"}
    assert {one.dated for one in actions.documents_listed(store, OPERATOR, Listing())[0]} == {day}


def test_a_folder_that_is_only_tried_stores_nothing(store: Store, folder: Path) -> None:
    before = rows(store)
    found = outcomes(store, folder, keep=False)
    assert [(one.state, one.document) for one in found][:2] == [("read", None)] * 2
    assert found[0].facts
    assert rows(store) == before


def test_a_process_that_is_killed_costs_its_file_alone(store: Store, folder: Path) -> None:
    killer = Thread(target=kill_one)
    killer.start()
    found = outcomes(store, folder)
    killer.join()
    assert [one.state for one in found] == ["rejected", "read", "rejected", "read"]
    assert "a.txt" in str(found[0].error)


def kill_one() -> None:
    """Kill the first process that reads as soon as it is there, as the system does for lack of memory."""
    while not (born := children()):
        time.sleep(0.01)
    born[0].kill()


def test_a_reader_that_is_closed_leaves_no_process(store: Store, folder: Path) -> None:
    taken = cli.read_folder(store, folder, None, 2)
    next(taken)
    assert children()
    taken.close()
    assert not children()
    assert rows(store)["document"] == 1


def children() -> list[psutil.Process]:
    """The processes that read for this one; the tracker of multiprocessing stays and is none."""
    return readers_of(psutil.Process())


def test_rejects_are_written_beside_their_folder_and_leave_with_the_last(store: Store, folder: Path) -> None:
    beside = cli.write_rejects(folder, {"b/empty.txt": 'It is empty, "quite".'})
    assert beside == folder.parent / "文件.rejects.csv"
    told = csv.DictReader(io.StringIO(beside.read_text("utf-8-sig")))
    assert [*told] == [{"file": "b/empty.txt", "reason": 'It is empty, "quite".'}]
    assert cli.write_rejects(folder, {}) is None
    assert not beside.exists()


@pytest.mark.parametrize("form", ["jsonl", "csv", "jsonld"])
def test_a_file_of_facts_holds_them_as_somebody_decided(store: Store, tmp_path: Path, form: str) -> None:
    document = actions.read_document(
        store, OPERATOR, TEXT.format(number=74).encode(), "a.txt", ReadOptions(url="https://example.org/a")
    )
    (amount,) = [one for one in actions.facts_of(store, OPERATOR, document.id).rows if one.quote == "502亿元"]
    actions.decide_fact(store, OPERATOR, amount.id, "rejected")
    out = tmp_path / f"facts.{form}"
    cli.write_facts(store, out, document)
    if form == "jsonld":
        said = json.loads(out.read_bytes())
        schema("annotation").validate(said)
        assert said["total"] == document.facts - 1
        assert said["label"] == document.title
        assert {item["target"]["source"] for item in said["first"]["items"]} == {"https://example.org/a"}
        return
    if form == "jsonl":
        told = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    else:
        told = [*csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))]
    assert len(told) == document.facts
    assert {row["quote"]: row["state"] for row in told}["502亿元"] == "rejected"
    assert {row["quote"]: str(row["value"]) for row in told if row["kind"] == "figure"}["74个"] == "74"


def test_a_file_of_facts_is_refused_with_what_to_do(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(TEXT, "utf-8")
    for out in (tmp_path / "facts.docx", tmp_path / "facts", tmp_path / "none/facts.csv"):
        with pytest.raises(HaiheError) as refused:
            cli.try_facts(store, file, out)
        assert refused.value.advice
        assert not out.exists()
    cli.try_facts(store, file, tmp_path / "facts.csv")
    assert (tmp_path / "facts.csv").stat().st_size
    assert not rows(store)["document"]


# Scores


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A text and its labels, one of which the reader will not find."""
    text = TEXT.format(number=74)
    labels = [
        {"start": text.index(quote), "end": text.index(quote) + len(quote), "quote": quote}
        for quote in ("74个", "502亿", "天津市")
    ]
    more = {"value": 1, "unit": "个", "qualifier": None, "change": None, "normalized_value": 1}
    (tmp_path / "a.txt").write_text(text, "utf-8")
    gold = {"figures": [label | more for label in labels[:2]], "places": [labels[2] | {"adcode": "120000"}]}
    schema("reader-labels").validate(gold)
    (tmp_path / "a.gold.json").write_text(json.dumps(gold), "utf-8")
    return tmp_path


def scored(capsys: pytest.CaptureFixture[str], store: Store, labels: Path, texts: Path) -> Any:
    cli.print_score(store, labels, texts, as_json=True)
    said = json.loads(capsys.readouterr().out)
    schema("reader-score").validate(said)
    return said


def test_a_score_says_how_well_and_what_is_wrong_and_stores_nothing(
    store: Store, labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows(store)
    said = scored(capsys, store, labelled / "a.gold.json", labelled / "a.txt")
    assert said == scored(capsys, store, labelled, labelled)
    figures = said["kinds"]["figure"]
    assert (figures["exact"]["right"], figures["exact"]["labelled"]) == (1, 2)
    assert figures["overlap"]["right"] == 2
    assert said["kinds"]["place"]["fields"]["adcode"] == {"right": 1, "of": 1}
    assert ("miss", "502亿", "502亿元") in {
        (one["fault"], one["quote"], one["instead"]) for one in said["faults"]
    }
    cli.print_score(store, labelled, labelled, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("a\t") for line in lines) == len(said["faults"])
    assert rows(store) == before


def test_labels_of_another_text_are_refused(store: Store, labelled: Path) -> None:
    (labelled / "a.txt").write_text(f"另：{TEXT}", "utf-8")
    with pytest.raises(Invalid, match="does not stand at"):
        cli.print_score(store, labelled, labelled, as_json=False)
    for broken in ("{", "[]", '{"figures": [{"start": 1}]}'):
        (labelled / "a.gold.json").write_text(broken, "utf-8")
        with pytest.raises(Invalid, match="no file of labels"):
            cli.print_score(store, labelled, labelled, as_json=False)


def test_a_text_or_labels_that_are_not_there_are_named(store: Store, labelled: Path) -> None:
    (labelled / "a.txt").unlink()
    with pytest.raises(NotFound, match=r"a for the labels"):
        cli.print_score(store, labelled, labelled, as_json=False)
    (labelled / "a.gold.json").unlink()
    with pytest.raises(NotFound, match="no labels"):
        cli.print_score(store, labelled, labelled, as_json=False)


def test_labels_have_the_form_that_is_described(shared: Path) -> None:
    files = sorted((shared / "documents").rglob("*.gold.json"))
    assert len(files) > 10
    for file in files:
        schema("reader-labels").validate(json.loads(file.read_bytes()))


def test_the_stated_accuracy_is_the_measured_one(
    store: Store, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is not: haihe read TEXTS --score LABELS --json | .venv/bin/python tools/accuracy.py"""
    said = scored(capsys, store, shared / "documents", shared / "documents")
    program = [sys.executable, ROOT / "tools/accuracy.py", "-"]
    written = subprocess.run(
        program, input=json.dumps(said), capture_output=True, text=True, check=True
    ).stdout
    stated = resources.definition("boards/reader/params/accuracy.yaml")
    measured = yaml.safe_load(written)
    assert {**stated, "measured_on": None} == {**measured, "measured_on": None}


# In a process of its own


@pytest.fixture
def environment(store: Store) -> dict[str, str]:
    """The settings of a command that works on the store."""
    return os.environ | {
        "HAIHE_HOME": str(store.heads.parent),
        "HAIHE_DATABASE_URL": store.url,
        "HAIHE_DATABASE_OWNER_URL": store.owner_url,
        "LANG": "en_US.UTF-8",
        "LC_ALL": "",
    }


@pytest.fixture
def haihe(environment: dict[str, str]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command; whatever still runs at the end is killed."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with ExitStack() as stack:

        def start(*words: str) -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "haihe.app.cli", *words]
            started = subprocess.Popen(command, env=environment, text=True, start_new_session=True, **pipes)
            stack.enter_context(started)
            stack.callback(started.kill)
            return started

        yield start


@pytest.mark.parametrize("sign", [signal.SIGINT, pytest.param(signal.SIGKILL, marks=pytest.mark.soak)])
def test_a_reading_that_is_stopped_goes_on_where_it_was(
    haihe: Callable[..., subprocess.Popen[str]],
    environment: dict[str, str],
    tmp_path: Path,
    sign: signal.Signals,
) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02}.txt").write_text(TEXT.format(number=number + 2) * 40, "utf-8")
    first = haihe("read", str(folder), "--json", "--processes", "2")
    assert first.stdout
    line = first.stdout.readline()
    assert line, first.communicate()[1]
    assert json.loads(line)["file"] == "00.txt"
    readers = readers_of(psutil.Process(first.pid))
    assert len(readers) == 2
    if sign is signal.SIGINT:
        os.killpg(first.pid, sign)
    else:
        first.kill()
    told, complaint = first.communicate(timeout=60)
    done = 1 + told.count("\n")
    assert first.returncode == (130 if sign is signal.SIGINT else -9), complaint
    assert done < 12
    if sign is signal.SIGINT:
        assert "the same command goes on from there" in complaint
        assert "Traceback" not in complaint
    until = time.monotonic() + 10
    while time.monotonic() < until and any(alive(one) for one in readers):
        time.sleep(0.05)
    assert not any(alive(one) for one in readers)
    second = CliRunner().invoke(app, ["read", str(folder), "--json", "--processes", "1"], env=environment)
    assert second.exit_code == 0, second.output
    states = [json.loads(line)["state"] for line in second.stdout.splitlines()]
    assert len(states) == 12
    assert states.count("known") >= done
    assert states == sorted(states), "what was stored comes first, in the order of the names"


def readers_of(parent: psutil.Process) -> list[psutil.Process]:
    found = []
    for one in parent.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            found += [one] if "spawn_main" in " ".join(one.cmdline()) else []
    return found


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
