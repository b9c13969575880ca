from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.registry import Known, Reference, lines_of
from haihe.boards.registry.rows import CITED, NO_SOURCE, NO_SPAN, NO_TIER, UNEVEN
from haihe.kit.errors import Invalid, Reject
from haihe.kit.text import sha256_of

COLUMNS = {"name": True, "size": False} | dict.fromkeys(CITED, False)
PAGE = Reference("page", "一页", "press", url="https://example.org/", read_on=date(2026, 11, 22), sha256="ab")
KNOWN = Known({"120000"}, {"page": PAGE})


def read(text: str) -> tuple[list[dict[str, str]], list[Reject]]:
    loaded = lines_of(text.encode(), "file.csv", COLUMNS, KNOWN)
    return [dict(line.cells) for line in loaded.rows], list(loaded.rejects)


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    text = "name,size\n一,1\n\n三,\n"
    loaded = lines_of(text.encode(), "file.csv", COLUMNS, KNOWN)
    assert [(line.number, line.cells["name"]) for line in loaded.rows] == [(2, "一"), (4, "三")]


def test_gb18030_and_a_byte_order_mark_are_read() -> None:
    for content in ("name\n海河\n".encode("gb18030"), "\ufeffname\n海河\n".encode()):
        assert lines_of(content, "file.csv", COLUMNS, KNOWN).rows[0].cells["name"] == "海河"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"name\n\x00\x01\n", "not a text"),
        ("name\n海河\n".encode()[:-2] + b"\xff\n", "neither UTF-8 nor GB18030"),
        (b'name\n"open', "row 2 cannot be read"),
        (b'name\n"two\nlines"\n"open', "row 3 cannot be read"),
        (b"name,colour\n", "not known: colour"),
        (b"name,name\n", "twice: name"),
        (b"size\n", "lacks columns: name"),
    ],
)
def test_a_bad_file_is_refused_with_its_name(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        lines_of(content, "file.csv", COLUMNS, KNOWN)
    assert "file.csv" in str(refused.value)
    assert refused.value.advice


def test_unknown_columns_are_answered_with_those_that_are_known() -> None:
    with pytest.raises(Invalid) as refused:
        read("name,colour\n")
    assert refused.value.facts["known"] == "name, size, source, tier, quote, locator"


@pytest.mark.parametrize(
    ("row", "reject"),
    [
        ("a,page,press,q,char=1;2", ("locator", "char=1;2", NO_SPAN)),
        ("a,pages,press,,", ("source", "pages", NO_SOURCE)),
        ("a,page,gossip,,", ("tier", "gossip", NO_TIER)),
        ("a,page", ("", "a,page", UNEVEN)),
    ],
)
def test_a_bad_row_names_row_column_value_and_reason(row: str, reject: tuple[str, str, str]) -> None:
    rows, rejects = read(f"name,source,tier,quote,locator\nb,page,press,,\n{row}\n")
    assert [cells["name"] for cells in rows] == ["b"]
    assert rejects == [Reject(3, *reject)]


def test_a_row_is_its_own_source_and_carries_the_address_of_its_publication() -> None:
    text = "name,source,tier\n海河,page,official\n"
    source = lines_of(text.encode(), "file.csv", COLUMNS, KNOWN).rows[0].source
    assert (source.kind, source.locator, source.quote) == ("row", "row=2", "海河,page,official")
    assert source.document_sha256 == sha256_of(text)
    assert (source.url, source.read_on, source.tier) == (PAGE.url, PAGE.read_on, "official")


def test_a_row_with_a_quote_cites_that_sentence() -> None:
    text = 'name,source,quote,locator\n海河,page,五河汇海,"char=3,7"\n'
    source = lines_of(text.encode(), "file.csv", COLUMNS, KNOWN).rows[0].source
    assert (source.kind, source.span, source.quote, source.tier) == ("sentence", (3, 7), "五河汇海", "press")
    assert source.document_sha256 == "ab"


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n,\"'"), max_size=8).map(
    str.strip
)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), max_size=12))
def test_what_csv_writes_is_read_back(table: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["name", "size"], *table])
    rows, rejects = read(stream.getvalue())
    assert [[row["name"], row["size"]] for row in rows] == [row for row in table if any(row)]
    assert not rejects


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: f"name,size\n{text}".encode("utf-8", "ignore"))
)
def test_whatever_comes_in_is_read_or_refused_and_no_row_is_lost(content: bytes) -> None:
    try:
        loaded = lines_of(content, "file.csv", COLUMNS, KNOWN)
    except Invalid:
        return
    text = content.decode("utf-8").removeprefix("\ufeff")
    table = list(csv.reader(io.StringIO(text, newline="")))[1:]
    written = {number for number, row in enumerate(table, start=2) if any(cell.strip() for cell in row)}
    assert {line.number for line in loaded.rows} | {one.row for one in loaded.rejects} == written
