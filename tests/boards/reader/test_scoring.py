"""The score of a reading, held against the referees of the labelled documents and counting by hand."""

from __future__ import annotations

import importlib.util
import json
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.boards.reader import Gazetteer, reading_of, row_of
from haihe.boards.reader.documents import facts_in
from haihe.boards.reader.scoring import RESAMPLES, Agreement, Labelled, Score, score_of

ROOT = Path(__file__).parents[3]
SEED = 20230601


def score(*documents: Labelled) -> Score:
    return score_of(documents, np.random.default_rng(SEED))


@cache
def referee(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labels_at(file: Path) -> dict[str, Any]:
    return json.loads(file.read_bytes())  # type: ignore[no-any-return]


def text_beside(file: Path) -> str:
    return file.with_name(file.name.replace(".gold.json", ".txt")).read_bytes().decode()


@pytest.fixture(scope="module")
def pages(shared: Path, gazetteer: Gazetteer) -> list[Labelled]:
    """The newspaper page and the pages, as they are read."""
    folder = shared / "documents"
    return [
        read(file, gazetteer)
        for file in sorted([*folder.glob("*.gold.json"), *folder.glob("pages/*.gold.json")])
    ]


@pytest.fixture(scope="module")
def plans(shared: Path, gazetteer: Gazetteer) -> list[Labelled]:
    return [read(file, gazetteer) for file in sorted((shared / "documents/plans").glob("*.gold.json"))]


def read(file: Path, gazetteer: Gazetteer) -> Labelled:
    text = text_beside(file)
    found = reading_of(text, dated=None, gazetteer=gazetteer)
    return Labelled(
        file.name.removesuffix(".gold.json"), text, [row_of(one) for one in facts_in(found)], labels_at(file)
    )


def as_referee(one: Agreement) -> dict[str, Any]:
    return {
        "tp": one.right,
        "pred": one.read,
        "gold": one.labelled,
        "precision": one.precision.value,
        "recall": one.recall.value,
        "f1": one.f1.value,
    }


def agrees_on_facts(ours: Score, theirs: Mapping[str, Any]) -> None:
    assert ours.traps == theirs["figures_on_numeral_terms"]
    assert ours.documents == theirs["documents"]
    for kind, want in theirs["kinds"].items():
        given = ours.kinds[kind]
        for way, one in (("exact", given.exact), ("overlap", given.overlap)):
            assert as_referee(one) == pytest.approx(want[way]), (kind, way)
        for name, fields in (("fields", given.fields), ("fields_exact", given.fields_exact)):
            told = {
                field.replace("_where_labelled", "_where_gold_has_one"): [share.right, share.of]
                for field, share in fields.items()
            }
            assert told == {field: [one["right"], one["of"]] for field, one in want[name].items()}, (
                kind,
                name,
            )


def agrees_on_assignments(ours: Score, theirs: Mapping[str, Sequence[int]]) -> None:
    kind = ours.kinds["assignment"]
    for name, counts in theirs.items():
        one = kind.overlap if name == "spans" else kind.parts[name]
        assert [one.right, one.read, one.labelled] == [*counts], name


def judged(documents: Sequence[Labelled], referee_of: ModuleType) -> dict[str, list[int]]:
    """What the referee of assignments counts, all documents together."""
    total = {field: [0, 0, 0] for field in referee_of.FIELDS}
    for one in documents:
        first, last = one.labels["annotated_range"]
        rows = [row for row in one.rows if row["kind"] == "assignment" and first <= row["start"] < last]
        for field, counts in referee_of.count(one.labels["assignments"], rows, loose=False).items():
            total[field] = [sum(pair) for pair in zip(total[field], counts, strict=True)]
    return total


def damaged(labels: Sequence[Mapping[str, Any]], kind: str, chance: random.Random) -> list[dict[str, Any]]:
    """Labels as a poor reader would give them: some lost, doubled, moved, or with fields of others."""
    rows = []
    for label in labels:
        for _ in range(chance.choice((0, 1, 1, 1, 1, 2))):
            row = {**label, "kind": kind}
            if chance.random() < 0.3:
                row["start"] = max(row["start"] + chance.randint(-2, 2), 0)
                row["end"] += chance.randint(-3, 3)
            for name in label.keys() - {"start", "end", "quote", "kind", "task_start"}:
                if chance.random() < 0.15:
                    row[name] = chance.choice(labels).get(name)
            rows.append(row)
    chance.shuffle(rows)
    return rows


def spoilt(one: Labelled, lists: Mapping[str, str], chance: random.Random) -> Labelled:
    rows = [row for kind, key in lists.items() for row in damaged(one.labels.get(key, []), kind, chance)]
    return Labelled(one.name, one.text, rows, one.labels)


def test_the_referee_says_the_same_of_what_is_read(pages: list[Labelled], shared: Path) -> None:
    theirs = referee(shared / "documents/score.py").score([(one.rows, one.labels) for one in pages])
    agrees_on_facts(score(*pages), theirs)


def test_the_referee_says_the_same_of_assignments(plans: list[Labelled], shared: Path) -> None:
    agrees_on_assignments(score(*plans), judged(plans, referee(shared / "documents/score_assignments.py")))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_referees_say_the_same_of_damaged_readings(
    seed: int, pages: list[Labelled], plans: list[Labelled], shared: Path
) -> None:
    chance = random.Random(seed)
    facts = referee(shared / "documents/score.py")
    spoilt_pages = [spoilt(one, facts.KINDS, chance) for one in pages]
    agrees_on_facts(score(*spoilt_pages), facts.score([(one.rows, one.labels) for one in spoilt_pages]))
    spoilt_plans = [spoilt(one, {"assignment": "assignments"}, chance) for one in plans]
    agrees_on_assignments(
        score(*spoilt_plans), judged(spoilt_plans, referee(shared / "documents/score_assignments.py"))
    )


def fact(kind: str, text: str, quote: str, **fields: object) -> dict[str, Any]:
    start = text.index(quote)
    return {"kind": kind, "start": start, "end": start + len(quote), "quote": quote, **fields}


TEXT = "一季度签约74个项目。总投资502亿元，由市发改委牵头。"


def test_every_fault_is_told_with_its_place() -> None:
    amount = fact(
        "figure", TEXT, "502亿元", value=502, unit="亿元", qualifier=None, change=None, normalized_value=502e8
    )
    count = fact(
        "figure", TEXT, "74个", value=74, unit="个", qualifier=None, change=None, normalized_value=74
    )
    rows = [
        {**amount, "unit": "元"},
        {**count, **fact("figure", TEXT, "74个项目")},
        fact("date", TEXT, "一季度"),
    ]
    found = score(Labelled("a", TEXT, rows, {"figures": [amount, count], "dates": []}))
    faults = {(one.fault, one.quote): one for one in found.faults}
    assert faults.keys() == {
        ("miss", "74个"),
        ("false_alarm", "74个项目"),
        ("false_alarm", "一季度"),
        ("wrong", "502亿元"),
    }
    assert faults["miss", "74个"].instead == "74个项目"
    assert faults["wrong", "502亿元"].fields == {"unit": ("亿元", "元")}
    for one in found.faults:
        assert TEXT[one.start : one.end] == one.quote
        assert one.quote in one.context


def test_an_assignment_is_wrong_where_somebody_else_leads() -> None:
    label = fact("assignment", TEXT, "由市发改委牵头", lead=["市发改委"], cooperate=[], due=None)
    found = score(Labelled("a", TEXT, [{**label, "lead": ["市科技局"]}], {"assignments": [label]}))
    assert found.kinds["assignment"].parts["tuple"].f1.value == 0
    assert found.kinds["assignment"].overlap.f1.value == 1
    assert [(one.fault, one.fields) for one in found.faults] == [
        ("wrong", {"lead": (["市发改委"], ["市科技局"])})
    ]


def test_a_kind_that_nobody_labelled_is_not_scored() -> None:
    found = score(Labelled("a", TEXT, [fact("figure", TEXT, "74个")], {"dates": []}))
    assert [*found.kinds] == ["date"]
    assert found.kinds["date"].exact.f1.value is None


def test_the_interval_is_that_of_drawing_documents_by_hand() -> None:
    """With two documents, right in all and in none of ten figures, a draw has 0, 10 or 20 of 20: ¼, ½, ¼."""
    text = "".join(f"{number}个" for number in range(10))
    labels = [{"start": 2 * at, "end": 2 * at + 2, "quote": text[2 * at : 2 * at + 2]} for at in range(10)]
    good = [{"kind": "figure", **label} for label in labels]
    bad = [{**row, "start": row["start"] + 1, "end": row["end"] + 1} for row in good]
    one = Labelled("good", text, good, {"figures": labels})
    other = Labelled("bad", text, bad, {"figures": labels})
    rate = score(one, other).kinds["figure"].exact.f1
    assert rate.value == 0.5
    assert (rate.low, rate.high) == (0.0, 1.0)
    many = score(*([one] * 30 + [other] * 10)).kinds["figure"].exact.f1
    chance = random.Random(0)
    draws = sorted(sum(chance.random() < 0.75 for _ in range(40)) / 40 for _ in range(20_000))
    assert many.low == pytest.approx(draws[500], abs=0.03)
    assert many.high == pytest.approx(draws[19_500], abs=0.03)


def test_one_document_is_drawn_by_its_sentences() -> None:
    labels = [fact("figure", TEXT, "74个"), fact("figure", TEXT, "502亿元")]
    found = score(Labelled("a", TEXT, labels[:1], {"figures": labels}))
    assert found.resampled == "sentences"
    rate = found.kinds["figure"].exact.recall
    assert (rate.value, rate.low, rate.high) == (0.5, 0.0, 1.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    labels = [fact("figure", TEXT, "74个"), fact("figure", TEXT, "502亿元")]
    document = Labelled("a", TEXT, labels[:1], {"figures": labels})
    assert score(document) == score(document)
    assert RESAMPLES == 2_000
