from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.registry import Identifier, Organisation, Reference
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.clashes import clash_rejects, distinct
from haihe.boards.registry.rows import Known
from haihe.kit.source import Source

CREDIT = "91110000" + "0" * 9
identifiers = st.builds(Identifier, st.sampled_from(["stock", "uscc"]), st.sampled_from("abcd"))


@given(
    st.lists(st.lists(identifiers, min_size=1, max_size=2, unique=True), max_size=6),
    st.dictionaries(identifiers, st.integers(1, 3)),
)
def test_what_is_left_can_be_stored_in_any_order(
    written: list[list[Identifier]], holders: dict[Identifier, int]
) -> None:
    bodies = [Organisation("company", str(n), tuple(ids), Source("row")) for n, ids in enumerate(written)]
    good, clashes = distinct(bodies, holders)
    owners = [{holders[one] for one in body.identifiers if one in holders} for body in good]
    assert all(len(owner) <= 1 for owner in owners)
    seen = [one for body in good for one in body.identifiers]
    assert len(seen) == len(set(seen))
    held = [owner for owners_of_one in owners for owner in owners_of_one]
    assert len(held) == len(set(held))
    assert all(body in good or body.key in clashes for body in bodies)
    alone = [body for body in bodies if not set(body.identifiers) & {*holders, *_others(bodies, body)}]
    assert all(body in good for body in alone)


def _others(bodies: list[Organisation], mine: Organisation) -> set[Identifier]:
    return {one for body in bodies if body is not mine for one in body.identifiers}


def test_a_clash_is_a_reject_with_its_row_even_where_the_row_quotes_a_sentence() -> None:
    content = (
        "stock_code,credit_code,name,source,quote\n"
        f"600001.SH,{CREDIT}A,甲公司,,\n"
        "\n"
        f"600002.SH,{CREDIT}B,乙公司,paper,乙公司成立\n"
    ).encode()
    known = Known((), {"paper": Reference("paper", "a paper", "press")})
    clash = {"stock:600002.SH": Identifier("uscc", f"{CREDIT}B")}
    (reject,) = clash_rejects(Upload("t.csv", content, "company"), known, clash)
    assert (reject.row, reject.column, reject.value) == (4, "credit_code", f"{CREDIT}B")
