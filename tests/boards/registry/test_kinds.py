from __future__ import annotations

import pytest

from haihe.boards.registry.kinds import (
    NO_IDENTIFIER,
    NO_SUCH_CODE,
    NOT_A_NUMBER,
    NOT_ITS_FORM,
    REQUIRED,
    faults_of,
    identifiers_of,
    kinds,
    line_of_kind,
    linking,
    properties_of,
)
from haihe.boards.registry.links import link_kinds

UNIVERSITY = {"ministry_code": "4111010001", "level": "本科"}


def test_every_kind_comes_down_to_entity_and_says_its_name_in_both_languages() -> None:
    for kind in kinds().values():
        top = kind
        while top.extends:
            top = kinds()[top.extends]
        assert top.name == "entity"
        labels = [kind.label, kind.plural, *(prop.label for prop in kind.properties.values())]
        assert all(label["zh"] and label["en"] for label in labels)


def test_a_kind_has_what_it_extends_and_its_own_code_makes_the_key() -> None:
    assert "rank" in kinds()["laboratory"].properties
    assert "note" in kinds()["laboratory"].properties
    cells = {"stock_code": "600000.SH", "unit_code": "x-1"}
    assert [one.key for one in identifiers_of(kinds()["company"], cells)] == ["stock:600000.SH", "unit:x-1"]


def test_a_date_may_be_as_partial_as_its_source() -> None:
    for day in ("2023", "2023-07", "2023-07-20"):
        assert faults_of(kinds()["park"], {"unit_code": "x", "approved_on": day}) == []


def test_only_an_organisation_counts_as_one() -> None:
    assert [name for name in kinds() if "organisation" not in line_of_kind(name)] == [
        *("airport", "award", "discipline", "entity", "facility", "port", "post", "standard", "station")
    ]


def test_a_property_that_ties_is_one_in_every_kind_and_names_a_kind_of_tie() -> None:
    """Ties are made of properties by their name alone."""
    types = {(prop.name, prop.type) for kind in kinds().values() for prop in kind.properties.values()}
    assert {kind for name, kind in types if name in linking()} == {"entity"}
    assert set(linking()) <= link_kinds().keys()


def test_a_good_row_has_no_faults() -> None:
    assert faults_of(kinds()["university"], UNIVERSITY) == []
    assert properties_of(kinds()["university"], UNIVERSITY) == {"level": "本科"}


@pytest.mark.parametrize(
    ("kind", "cells", "fault"),
    [
        ("university", UNIVERSITY | {"ministry_code": "411101000"}, ("ministry_code", NOT_ITS_FORM)),
        (
            "university",
            UNIVERSITY | {"ministry_code": "４１１１０１０００１"},
            ("ministry_code", NOT_ITS_FORM),
        ),
        ("university", UNIVERSITY | {"level": ""}, ("level", REQUIRED)),
        ("company", {"stock_code": "600000.HK"}, ("stock_code", NOT_ITS_FORM)),
        ("company", {"stock_code": "999999.SH"}, ("stock_code", NO_SUCH_CODE)),
        ("company", {"credit_code": "91110000600037342L"}, ("credit_code", NO_SUCH_CODE)),
        ("university", UNIVERSITY | {"ministry_code": "0000000000"}, ("ministry_code", NO_SUCH_CODE)),
        ("company", {"industry": "银行"}, ("stock_code", NO_IDENTIFIER)),
        ("company", {"credit_code": "91110000I00001234X"}, ("credit_code", NOT_ITS_FORM)),
        ("park", {"unit_code": "x", "area_km2": "nan"}, ("area_km2", NOT_A_NUMBER)),
        ("park", {"unit_code": "x", "area_km2": "1e3"}, ("area_km2", NOT_A_NUMBER)),
        ("park", {"unit_code": "x", "approved_on": "2023-02-30"}, ("approved_on", NOT_ITS_FORM)),
        ("park", {"unit_code": "x", "approved_on": "20230201"}, ("approved_on", NOT_ITS_FORM)),
        ("airport", {"iata_code": "tsn"}, ("iata_code", NOT_ITS_FORM)),
        ("standard", {"number": "GB/T 1.1"}, ("number", NOT_ITS_FORM)),
        ("agency", {"unit_code": "x", "parent": "天津市"}, ("parent", NOT_ITS_FORM)),
    ],
)
def test_a_fault_names_its_column_and_reason(
    kind: str, cells: dict[str, str], fault: tuple[str, str]
) -> None:
    assert faults_of(kinds()[kind], cells) == [fault]


def test_an_unknown_property_is_left_out_and_never_zero() -> None:
    cells = {"unit_code": "x", "area_km2": ""}
    assert properties_of(kinds()["park"], cells) == {}
    assert properties_of(kinds()["park"], cells | {"area_km2": "0"}) == {"area_km2": 0.0}
