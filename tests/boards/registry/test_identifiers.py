from __future__ import annotations

import csv
from pathlib import Path

import pytest

from haihe.boards.registry import Identifier
from haihe.boards.registry.identifiers import identifier_of, same_body


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("91110000600037341L", "uscc:91110000600037341L"),
        (" 91110000600037341l ", "uscc:91110000600037341L"),
        ("4112010056", "moe:4112010056"),
        ("600717", "stock:600717.SH"),
        ("000725.SZ", "stock:000725.SZ"),
        ("sh600717", "stock:600717.SH"),
        ("60003734-1", "organisation:600037341"),
    ],
)
def test_a_code_is_known_by_its_form(written: str, key: str) -> None:
    found = identifier_of(written)
    assert found
    assert found.key == key


@pytest.mark.parametrize("written", ["", "91110000600037342L", "60003734-2", "12", "天津", "1112010056"])
def test_what_is_no_code_is_none(written: str) -> None:
    assert identifier_of(written) is None


def test_an_old_code_is_inside_the_unified_one() -> None:
    unified, old = identifier_of("91110000600037341L"), identifier_of("60003734-1")
    assert unified
    assert old
    assert same_body(unified, old)
    assert same_body(unified, Identifier("moe", "4112010056")) is None
    assert same_body(old, Identifier("organisation", "600037342")) is False


def test_every_code_of_the_ministry_and_the_exchanges_is_one(shared: Path) -> None:
    for file, column, scheme in (
        ("moe_universities_2017.csv", "code", "moe"),
        ("listed_companies_2025-06.csv", "ts_code", "stock"),
    ):
        with (shared / "data/organisations" / file).open(encoding="utf-8-sig") as table:
            codes = [row[column] for row in csv.DictReader(table)]
        assert [identifier_of(code) for code in codes] == [Identifier(scheme, code) for code in codes]
