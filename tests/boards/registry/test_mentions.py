from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.boards.registry.conftest import workbook
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry import PlaceIndex, actions
from haihe.boards.registry.answers import Sought
from haihe.boards.registry.cli import registry
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.mentions import NO_NAME, UNREAD, WRONG_CODE, answers_of, mention_table
from haihe.boards.registry.resolution import resolved
from haihe.boards.registry.weights import weights
from haihe.kit.errors import Invalid
from haihe.store.opening import Store


@pytest.fixture(scope="module")
def lexicon(places: PlaceIndex) -> Lexicon:
    return lexicon_of(places)


def resolve(tmp_path: Path, content: str | bytes, file: str = "in.csv", out: str = "out.csv") -> Path:
    source = tmp_path / file
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    answer = CliRunner().invoke(registry, ["resolve", str(source), "--out", str(tmp_path / out), "--self"])
    assert answer.exit_code == 0, answer.output
    return tmp_path / out


def cells(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def test_a_table_keeps_its_columns_and_gets_three_more(tmp_path: Path) -> None:
    found = cells(resolve(tmp_path, "id,name,region_context\na,天大,120000\nb,天津大学,\nc,天津工业大学,\n"))
    assert [row["id"] for row in found] == ["a", "b", "c"]
    assert [row["entity_id"] for row in found] == ["1", "1", "2"]
    assert all(0 < float(row["score"]) <= 1 and row["reason"] for row in found)


def test_a_workbook_goes_in_and_out(tmp_path: Path) -> None:
    content = workbook(("name", "year"), ("北理工", 2023), ("北京理工大学", 2024))
    out = resolve(tmp_path, content, "in.xlsx", "out.xlsx")
    rows = list(load_workbook(out).worksheets[0].iter_rows(values_only=True))
    assert rows[0] == ("name", "year", "entity_id", "score", "reason")
    assert rows[1][2] == rows[2][2]


def test_a_table_that_was_resolved_can_be_resolved_again(tmp_path: Path) -> None:
    first = resolve(tmp_path, "name\n天津大学\n")
    again = resolve(tmp_path, first.read_bytes(), "again.csv", "twice.csv")
    assert again.read_bytes() == first.read_bytes()


def test_bad_rows_are_told_in_a_file_of_their_own_and_lost_nowhere(tmp_path: Path) -> None:
    content = "name,identifier\n天津大学,\n,4112010056\n天津港,91110000600037342L\n天津港,1,2\n"
    out = resolve(tmp_path, content)
    assert [row["name"] for row in cells(out)] == ["天津大学", "", "天津港", "天津港"]
    assert [bool(row["entity_id"]) for row in cells(out)] == [True, False, True, False]
    assert all(row["reason"] for row in cells(out))
    rejects = cells(tmp_path / "out.rejects.csv")
    assert [(row["row"], row["column"]) for row in rejects] == [("3", "name"), ("4", "identifier"), ("5", "")]


def test_nothing_in_a_name_is_carried_out_or_lost(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "'; DROP TABLE entity; --", "😀科技有限公司", "=1+1"]
    file = io.StringIO()
    csv.writer(file).writerows([["name"], *([name] for name in names)])
    found = cells(resolve(tmp_path, file.getvalue()))
    assert [row["name"].removeprefix("'") for row in found] == [name.removeprefix("'") for name in names]
    assert len({row["entity_id"] for row in found}) == len(names)


def test_the_address_says_the_region_where_nothing_else_does(lexicon: Lexicon) -> None:
    content = "name,region_context,address\n市工信局,,天津市和平区1号\n市工信局,130600,天津市和平区1号\n"
    content += "市工信局,天津市武清区,\n市工信局,天津武清,\n市工信局,总部,天津市武清区\n"
    content += "市工信局,桥西区,\n市工信局,,\n"
    table = mention_table(content.encode(), "in.csv", lexicon)
    assert [one.region for one in table.named] == ["120101", "130600", *["120114"] * 3, None, None]


def test_a_name_is_resolved_though_its_code_is_wrong(lexicon: Lexicon) -> None:
    content = "name,identifier\n天大,91110000600037342L\n天津大学,\n,4112010056\n天津大学,1,2\n"
    table = mention_table(content.encode(), "in.csv", lexicon)
    answers = answers_of(table, resolved(table.named, lexicon, weights())[0], None)
    assert [one.group for one in answers] == [0, 0, None, None]
    assert [one.reasons[0] for one in answers if one.group is None] == [NO_NAME, UNREAD]
    assert answers[0].reasons == (WRONG_CODE, *answers[1].reasons)
    assert [(one.row, one.column) for one in table.rejects] == [(2, "identifier"), (4, "name"), (5, "")]
    assert [len(row) for row in table.rows] == [2] * 4


@pytest.mark.parametrize(
    ("content", "file"),
    [(b"title\n1\n", "in.csv"), (b"", "in.csv"), (b"PK\x03\x04", "in.xlsx"), (b'name\n"a', "in.csv")],
)
def test_what_is_no_table_of_names_is_refused(lexicon: Lexicon, content: bytes, file: str) -> None:
    with pytest.raises(Invalid):
        mention_table(content, file, lexicon)


@pytest.mark.database
def test_a_table_is_resolved_against_the_registry(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIHE_DATABASE_URL", filled.url)
    monkeypatch.setenv("HAIHE_DATABASE_OWNER_URL", filled.owner_url)
    monkeypatch.setenv("HAIHE_HOME", str(tmp_path / "home"))
    (tmp_path / "in.csv").write_text("name,region_context\n天大,120000\n无人知晓公司,\n", encoding="utf-8")
    answer = CliRunner().invoke(
        registry, ["resolve", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv")]
    )
    assert answer.exit_code == 0, answer.output
    found = cells(tmp_path / "out.csv")
    names = {
        str(one.id): one.name for one in actions.entities(filled, OPERATOR, Sought(words="天津大学")).rows
    }
    assert names[found[0]["entity_id"]] == "天津大学"
    assert (found[1]["entity_id"], found[1]["score"]) == ("", "0.000")
