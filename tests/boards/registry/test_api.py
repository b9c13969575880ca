from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from typer.testing import CliRunner

from haihe.app.api import create_api
from haihe.app.cli import app
from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.accounts.actions import asking
from haihe.boards.registry import Pack
from haihe.kit import resources
from haihe.store.opening import Store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TABLE = "stock_code,name,adcode\n600001.SH,甲公司,120114\n600002.SH,乙公司,999999\n"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"registry-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@pytest.fixture
def public(filled: Store) -> Iterator[TestClient]:
    """A program that is not signed in."""
    with TestClient(create_api(), headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture
def operator(public: TestClient) -> TestClient:
    """A program that asks as the operator."""
    public.app.dependency_overrides[asking] = lambda: OPERATOR  # type: ignore[attr-defined]
    return public


def test_every_entity_comes_once_page_by_page(public: TestClient) -> None:
    seen: list[int] = []
    asked: dict[str, Any] = {"limit": 200}
    while True:
        page = valid("entities", public.get("/api/v1/entities", params=asked).json())
        seen += [one["id"] for one in page["rows"]]
        if page["next"] is None:
            break
        asked["cursor"] = page["next"]
    facets = valid("facets", public.get("/api/v1/entities/facets").json())
    assert len(seen) == len(set(seen)) == sum(one["count"] for one in facets["kinds"])


def test_a_filter_and_words_narrow_the_list(public: TestClient, jingjinji: Pack) -> None:
    bearers = {
        one.name
        for one in jingjinji.organisations
        if any("天津" in name for name in (one.name, *(each.text for each in one.names)))
    }
    asked = {"adcode": "120000", "kind": ["university", "park"], "q": "天津"}
    rows = public.get("/api/v1/entities", params=asked).json()["rows"]
    assert {one["kind"] for one in rows} == {"university", "park"}
    assert all(one["name"] in bearers or "天津" in one["place"] for one in rows)


def test_the_list_of_one_kind_is_a_register_of_what_it_records(public: TestClient, jingjinji: Pack) -> None:
    asked = {"kind": "laboratory", "format": "csv"}
    rows = list(
        csv.DictReader(public.get("/api/v1/entities", params=asked).text.lstrip("\ufeff").splitlines())
    )
    stated = {one.name: one.properties.get("status") for one in jingjinji.organisations}
    assert {row["name"]: row["status"] or None for row in rows} == {
        row["name"]: stated[row["name"]] for row in rows
    }
    assert {"筹建", ""} <= {row["status"] for row in rows}
    parks = public.get("/api/v1/entities", params=asked | {"kind": "park"}).text
    assert "天津经济技术开发区" in parks
    assert "国家级,经济技术开发区" in parks
    both = public.get("/api/v1/entities", params=asked | {"kind": ["park", "laboratory"]}).text
    assert "status" not in both.splitlines()[0]


def test_an_entity_and_a_place_are_as_their_schemas_say(public: TestClient) -> None:
    for words in ("武清", "联合办", "天津大学", "天开"):
        found = public.get("/api/v1/entities", params={"q": words}).json()["rows"]
        card = valid("entity", public.get(f"/api/v1/entities/{found[0]['id']}").json())
        assert card["entity"] == found[0]
    for adcode in ("990000", "120114", "133100"):
        assert valid("place", public.get(f"/api/v1/places/{adcode}").json())["place"]["adcode"] == adcode
    page = valid("places", public.get("/api/v1/places", params={"level": "city"}).json())
    assert len(page["rows"]) == 11


def test_figures_are_numbers_with_a_source(public: TestClient) -> None:
    indicators = valid("indicators", public.get("/api/v1/indicators").json())
    for one in indicators:
        values = public.get(f"/api/v1/indicators/{one['id']}/values").json()
        assert valid("values", values)["rows"]
    assert valid("publications", public.get("/api/v1/publications").json())
    answer = public.get("/api/v1/indicators/gdp/values", params={"period": "2024"}).json()
    assert {one["adcode"] for one in answer["rows"]} >= {"110000", "120000", "130000"}


@pytest.mark.parametrize("path", ["/entities", "/places", "/indicators/gdp/values"])
def test_a_list_can_be_taken_away_whole(public: TestClient, path: str) -> None:
    text = public.get(f"/api/v1{path}?format=csv").content.decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    book = load_workbook(io.BytesIO(public.get(f"/api/v1{path}?format=xlsx").content), read_only=True)
    sheet = [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert sheet[0] == header
    assert len(sheet) == len(rows) + 1 > 25
    assert "source_id" in header


def test_a_map_is_sent_once(public: TestClient) -> None:
    first = public.get("/api/v1/maps/county.geojson")
    assert first.headers["content-type"] == "application/geo+json"
    assert len({feature["properties"]["adcode"] for feature in first.json()["features"]}) == 199
    again = public.get("/api/v1/maps/county.geojson", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = public.get("/api/v1/maps/city.geojson", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/entities/999999", 404),
        (f"/entities/{2**63}", 422),
        ("/places/999999", 404),
        ("/places/x", 422),
        ("/indicators/nothing/values", 404),
        ("/indicators/gdp/values?period=%00", 422),
        ("/maps/region.geojson", 422),
        ("/entities?limit=100000", 422),
        ("/entities?cursor=nonsense", 422),
        ("/entities?kind=%00", 422),
        ("/entities?adcode=x", 422),
        ("/entities?q=%00", 200),
    ],
)
def test_a_strange_request_gets_a_clear_answer(public: TestClient, path: str, status: int) -> None:
    answer = public.get(f"/api/v1{path}")
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_public_may_not_load(public: TestClient) -> None:
    assert asking not in public.app.dependency_overrides  # type: ignore[attr-defined]
    answer = public.post("/api/v1/loads", data={"kind": "company"}, files={"file": ("t.csv", TABLE)})
    assert (answer.status_code, answer.json()["title"]) == (401, "This needs an account.")
    assert not public.get("/api/v1/entities", params={"q": "甲公司"}).json()["rows"]
    assert PUBLIC.account is None


def test_a_table_is_stored_and_its_bad_row_named_in_the_readers_language(operator: TestClient) -> None:
    asked: dict[str, Any] = {"data": {"kind": "company"}, "files": {"file": ("t.csv", TABLE)}}
    answer = operator.post("/api/v1/loads", **asked, headers={"accept-language": "zh"})
    outcome = valid("load", answer.json())
    assert outcome["counts"]["entity"]["added"] == 1
    assert outcome["rejects"]["t.csv"] == [
        {"row": 3, "column": "adcode", "value": "999999", "reason": "没有这个行政区划代码。"}
    ]
    assert operator.get("/api/v1/entities", params={"q": "甲公司"}).json()["rows"][0]["place"] == "武清区"
    again = operator.post("/api/v1/loads", **asked).json()
    assert again["counts"]["entity"]["unchanged"] == 1


def test_a_bad_table_is_a_problem(operator: TestClient) -> None:
    for content, words in ((b"", "empty"), (b"\0\1", "not a text"), (b"colour\nred\n", "colour")):
        files = {"file": ("t.csv", content)}
        answer = operator.post("/api/v1/loads", data={"kind": "company"}, files=files)
        assert answer.status_code == 422
        assert words in answer.json()["title"]


def test_the_tables_of_the_packs_are_as_the_formats_say() -> None:
    for pack in ("jingjinji", "sample"):
        written = resources.definition(f"packs/{pack}/pack.yaml")
        tables = dict.fromkeys(written["organisations"], "organisations-table")
        tables |= dict.fromkeys(written["observations"], "values-table")
        for name, form in tables.items():
            text = resources.text(f"packs/{pack}/{name}").removeprefix("\ufeff")
            assert valid(form, list(csv.DictReader(io.StringIO(text))))


@pytest.fixture
def command(filled: Store, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on the store that is open."""
    monkeypatch.setattr("haihe.app.cli._OPENS_ITSELF", ("load",))
    return CliRunner()


def test_the_command_writes_the_bad_rows_beside_the_table(command: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text(TABLE, encoding="utf-8")
    result = command.invoke(
        app, ["load", str(file), "--kind", "company", "--json"], env={"LC_ALL": "en_GB.UTF-8"}
    )
    assert result.exit_code == 0, result.output
    outcome = valid("load", json.loads(result.stdout))
    assert outcome["counts"]["entity"]["added"] == 1
    rows = list(csv.DictReader(io.StringIO((tmp_path / "firms.rejects.csv").read_text("utf-8-sig"))))
    valid("rejects", rows)
    assert [(one["row"], one["column"], one["value"]) for one in rows] == [("3", "adcode", "999999")]
    assert "place" in rows[0]["reason"]


def test_the_command_stores_nothing_when_strict(
    command: CliRunner, public: TestClient, tmp_path: Path
) -> None:
    file = tmp_path / "firms.csv"
    file.write_text(TABLE, encoding="utf-8")
    result = command.invoke(app, ["load", str(file), "--kind", "company", "--strict"])
    assert result.exit_code == 1
    assert (tmp_path / "firms.rejects.csv").exists()
    assert not public.get("/api/v1/entities", params={"q": "甲公司"}).json()["rows"]


def test_the_command_loads_a_pack(command: CliRunner, public: TestClient) -> None:
    assert command.invoke(app, ["load", "--pack", "sample"]).exit_code == 0
    assert public.get("/api/v1/entities", params={"q": "样例"}).json()["rows"]
    assert command.invoke(app, ["load"]).exit_code != 0
