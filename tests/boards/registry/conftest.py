"""The two packs, read once."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook

from haihe.boards.registry import Pack, PlaceIndex, place_index_of
from haihe.boards.registry.intake import pack_of


@pytest.fixture(scope="session")
def jingjinji() -> Pack:
    return pack_of("jingjinji")


@pytest.fixture(scope="session")
def sample() -> Pack:
    return pack_of("sample")


@pytest.fixture(scope="session")
def places(jingjinji: Pack) -> PlaceIndex:
    return place_index_of(jingjinji.places)


def workbook(*rows: tuple[object, ...]) -> bytes:
    """An xlsx file of one sheet."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
