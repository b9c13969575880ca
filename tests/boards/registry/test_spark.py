from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path

import pytest

from haihe.boards.registry import PlaceIndex
from haihe.boards.registry.bulk_actions import resolved_in_bulk
from haihe.boards.registry.lexicon import lexicon_of
from haihe.boards.registry.resolution import Mention
from haihe.boards.registry.weights import weights

RECORDS = 50_000
CONTEXTS = (None, "110000", "120000", "130100", "130600")

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning"),  # Ibis 12
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


def spellings(name: str, full: str) -> tuple[str, ...]:
    bare = full.removesuffix("股份有限公司").removesuffix("有限公司")
    return (full, name, bare, f"{bare}集团有限公司", f"{bare}（天津）有限公司", f"{full}北京分公司")


def test_spark_makes_the_groups_that_this_process_makes(
    shared: Path, places: PlaceIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as table:
        companies = [(row["name"], row["fullname"]) for row in csv.DictReader(table)]
    every = (
        Mention(name, region) for region in CONTEXTS for company in companies for name in spellings(*company)
    )
    mentions = list(islice(every, RECORDS))
    lexicon = lexicon_of(places)
    monkeypatch.delenv("HAIHE_ENGINE", raising=False)
    here = resolved_in_bulk(mentions, lexicon, weights())
    monkeypatch.setenv("HAIHE_ENGINE", "local[2]")
    assert resolved_in_bulk(mentions, lexicon, weights()) == here
    assert 5_000 < len({one.group for one in here[0]}) < 25_000
