"""What other people's programs make of the registry: a client of reconciliation and FollowTheMoney."""

from __future__ import annotations

import json
from importlib import import_module
from itertools import product
from typing import Any

import pytest

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry.interchange import Said, entities_of, schema_of, statements_of
from haihe.boards.registry.interchange_actions import export
from haihe.boards.registry.kinds import kinds, line_of_kind
from haihe.boards.registry.links import link_kinds
from haihe.boards.registry.validity import UNKNOWN, Validity
from haihe.store.opening import Store


@pytest.mark.database
@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")
def test_a_column_of_a_data_frame_is_reconciled(site: str, filled: Store) -> None:
    pandas, reconciler = import_module("pandas"), import_module("reconciler")
    endpoint = f"{site}/reconcile"
    found = reconciler.reconcile(
        pandas.Series(["天大", "京东方", "市工信局"]), reconciliation_endpoint=endpoint
    )
    assert found.set_index("input_value")["name"]["天大"] == "天津大学"
    companies = reconciler.reconcile(
        pandas.Series(["京东方"]), type_id="company", top_res="all", reconciliation_endpoint=endpoint
    )
    assert set(companies["type_id"]) == {"company"}
    assert companies["name"][0] == "京东方科技集团股份有限公司"
    for adcode, bureau in (("120000", "天津市科学技术局"), ("130400", "邯郸市科学技术局")):
        placed = {"place": pandas.Series([adcode])}
        (best,) = reconciler.reconcile(
            pandas.Series(["市科技局"]), property_mapping=placed, reconciliation_endpoint=endpoint
        ).to_dict("records")
        assert (best["name"], bool(best["match"])) == (bureau, True)


def faults_of(lines: str) -> list[str]:
    """What the library finds wrong: properties, values, and ends that are missing or of another kind."""
    model = import_module("followthemoney").model
    told = [json.loads(line) for line in lines.splitlines()]
    proxies = {one["id"]: model.get_proxy(one, cleaned=False) for one in told}
    assert len(proxies) == len(told)
    faults = []
    for one in told:
        model[one["schema"]].validate(one)
        kept: dict[str, Any] = proxies[one["id"]].to_dict()["properties"]
        lost = one["properties"].keys() - kept.keys()
        faults += [f"{one['schema']} has no {name}" for name in lost]
        for prop, value in proxies[one["id"]].itervalues():
            if prop.range and value not in proxies:
                faults.append(f"{prop} of {one['id']} leads nowhere")
            elif prop.range and not proxies[value].schema.is_a(prop.range):
                faults.append(f"{prop} of {one['id']} is a {proxies[value].schema.name}")
    return faults


@pytest.mark.database
@pytest.mark.exchange
def test_the_library_reads_the_whole_pack(filled: Store) -> None:
    lines = export(filled, OPERATOR, "json").decode()
    assert lines.count("\n") > 1500
    assert faults_of(lines) == []


@pytest.mark.exchange
def test_the_library_reads_every_tie_between_every_two_kinds() -> None:
    exported = [kind for kind in kinds() if schema_of(kind)]
    said = [
        Said(f"{side}:{kind}", f"{side}:{kind}", kind, "name", "name", kind, "s", "sample", None)
        for side, kind in product("ab", exported)
    ]
    said += [
        Said(f"a:{start}", f"a:{start}", start, "tie", tie, f"b:{end}", "s", "sample", None, validity, end)
        for tie, kind in link_kinds().items()
        for start, end in product(exported, exported)
        for validity in (UNKNOWN, Validity("2001", "2002"))
        if kind.start in line_of_kind(start) and kind.end in line_of_kind(end)
    ]
    assert faults_of("\n".join(entities_of(statements_of(said)))) == []
