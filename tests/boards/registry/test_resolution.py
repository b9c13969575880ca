from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.registry import Organisation, Pack, PlaceIndex, candidates, name_index_of, place_index_of
from haihe.boards.registry.bulk_actions import resolved_in_bulk
from haihe.boards.registry.formers import UNTIL_OR_LATER
from haihe.boards.registry.identifiers import identifier_of
from haihe.boards.registry.intake import gazetteer
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.lists import linked
from haihe.boards.registry.mentions import OTHERWISE, answers_of, mention_table
from haihe.boards.registry.resolution import MAY_MEAN, NOBODY, SEVERAL, Grouped, Mention, known_of, resolved
from haihe.boards.registry.weights import weights


@pytest.fixture(scope="module")
def lexicon(jingjinji: Pack, places: PlaceIndex) -> Lexicon:
    every = {place.adcode: place for place in (*gazetteer(), *places.by_code.values())}
    return lexicon_of(place_index_of(every.values()), (one.name for one in known_of(jingjinji.organisations)))


@pytest.fixture(scope="module")
def offices(jingjinji: Pack) -> list[Organisation]:
    heard = (
        *("工业和信息化", "发展和改革", "桥西区", "天津市人民", "河北省教育厅"),
        *("保定高新", "唐山高新", "天津大学"),
    )
    return [one for one in jingjinji.organisations if any(word in one.name for word in heard)]


@pytest.fixture(scope="module")
def agencies(offices: list[Organisation]) -> list[Mention]:
    return known_of(offices)


def rows(shared: Path, file: str) -> list[dict[str, str]]:
    with (shared / "data" / file).open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def groups(lexicon: Lexicon, *names: str | Mention) -> list[int]:
    mentions = [Mention(name) if isinstance(name, str) else name for name in names]
    return [one.group for one in resolved(mentions, lexicon, weights())[0]]


def pairwise(found: Sequence[int], gold: Sequence[str]) -> tuple[float, float]:
    """Precision and F1 over all pairs."""

    def pairs(labels: Iterable[object]) -> int:
        return sum(count * (count - 1) // 2 for count in Counter(labels).values())

    right = pairs(zip(found, gold, strict=True))
    return right / pairs(found), 2 * right / (pairs(found) + pairs(gold))


def test_the_labelled_mentions_are_grouped(shared: Path, lexicon: Lexicon, jingjinji: Pack) -> None:
    labelled = rows(shared, "mentions/orgs_dev.csv")
    mentions = [Mention(row["name"], row["region_context"] or None) for row in labelled]
    gold = [row["entity_id"] for row in labelled]
    for known in ((), known_of(jingjinji.organisations)):
        found, _ = resolved(mentions, lexicon, weights(), known)
        precision, f1 = pairwise([one.group for one in found], gold)
        assert precision >= 0.95
        assert f1 >= 0.93


def test_short_and_full_names_of_listed_companies_are_linked(shared: Path, lexicon: Lexicon) -> None:
    companies = rows(shared, "organisations/listed_companies_2025-06.csv")
    left, right = ([Mention(row[column]) for row in companies] for column in ("name", "fullname"))
    links = linked(left, right, lexicon, weights())
    correct = sum(one == other for one, other, _ in links)
    assert correct / len(companies) >= 0.97
    assert (len(links) - correct) / len(companies) <= 0.005


def test_universities_are_the_same_by_code_whatever_they_are_called(shared: Path, lexicon: Lexicon) -> None:
    now, then = (
        {row["code"]: row["name"] for row in rows(shared, f"organisations/{file}")}
        for file in ("bth_universities_moe2025.csv", "moe_universities_2017.csv")
    )
    both = [code for code in now if code in then]
    mentions = [Mention(names[code], None, identifier_of(code)) for names in (now, then) for code in both]
    found = [one.group for one in resolved(mentions, lexicon, weights())[0]]
    assert found[: len(both)] == found[len(both) :]
    assert len(set(found)) == len(both)


def test_a_code_joins_what_names_do_not_and_parts_what_they_do(lexicon: Lexicon) -> None:
    code, other = identifier_of("4111014139"), identifier_of("4111010001")
    renamed = (Mention("民政职业大学", None, code), Mention("北京社会管理职业学院", None, code))
    assert groups(lexicon, *renamed) == [0, 0]
    assert groups(lexicon, Mention("天津大学", None, code), Mention("天津大学", None, other)) == [0, 1]


def test_a_former_name_in_brackets_joins(lexicon: Lexicon) -> None:
    assert groups(lexicon, "民政职业大学（原北京社会管理职业学院）", "北京社会管理职业学院", "北京大学") == [
        0,
        0,
        1,
    ]


def test_a_short_name_goes_to_the_likelier_of_two(lexicon: Lexicon) -> None:
    full = ("天津港股份有限公司", "天津港（集团）有限公司")
    assert groups(lexicon, *full, "天津港") == [0, 1, 0]


def test_a_known_organisation_gives_its_key(lexicon: Lexicon, jingjinji: Pack) -> None:
    known = known_of(jingjinji.organisations)
    found, entities = resolved([Mention("天大"), Mention("海洋局")], lexicon, weights(), known)
    assert [entities.get(one.group) for one in found] == ["moe:4112010056", None]


def test_each_resolved_name_says_why(lexicon: Lexicon) -> None:
    found, _ = resolved([Mention("北理工"), Mention("北京理工大学")], lexicon, weights())
    assert all(0 < one.score < 1 and one.reasons for one in found)


OPEN = [
    *(
        Mention(name)
        for name in ("市工信局", "市规资局", "市政府", "省教育厅", "桥西区政府", "高新区管委会", "人民医院")
    ),
    *(Mention("市工信局", region) for region in ("130000", "某地")),
]
BESIDE = [
    *OPEN,
    *(
        Mention(name)
        for name in ("天津市工信局", "石家庄市工信局", "保定高新区管委会", "天津市人民医院", "天大")
    ),
    *(Mention("市工信局", region) for region in ("120000", "130100", "130600")),
    *(Mention("市政府", region) for region in ("120000", "110000")),
    Mention("市工信局", None, identifier_of("4112010056")),
]


@settings(max_examples=30)
@given(st.sampled_from(OPEN), st.lists(st.sampled_from(BESIDE), max_size=8))
def test_a_name_that_leaves_its_place_open_means_the_same_whatever_stands_beside_it(
    lexicon: Lexicon, agencies: list[Mention], one: Mention, beside: list[Mention]
) -> None:
    def answer(*mentions: Mention) -> tuple[object, ...]:
        found, entities = resolved(mentions, lexicon, weights(), agencies)
        return entities.get(found[0].group), found[0].score, found[0].reasons, found[0].facts

    assert answer(one, *beside) == answer(one)
    found = groups(lexicon, one, *beside, one)
    assert [number for number, other in enumerate(beside, 1) if found[number] == found[0]] == [
        number for number, other in enumerate(beside, 1) if other == one
    ]


def test_a_name_that_leaves_its_place_open_says_who_may_be_meant(
    lexicon: Lexicon, agencies: list[Mention]
) -> None:
    found, entities = resolved([Mention("市发改委"), Mention("桥西区政府")], lexicon, weights(), agencies)
    assert [one.reasons for one in found] == [(MAY_MEAN,)] * 2
    assert not {one.group for one in found} & entities.keys()
    for name in ("北京市发展和改革委员会", "天津市发展和改革委员会"):
        assert name in found[0].facts["names"]
    assert found[1].facts["names"] == "张家口市桥西区人民政府 / 石家庄市桥西区人民政府"


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12
@pytest.mark.parametrize("resolve", [resolved, resolved_in_bulk])
def test_a_name_that_means_two_organisations_alike_is_neither(
    lexicon: Lexicon, jingjinji: Pack, resolve: Callable[..., Grouped]
) -> None:
    names = ["唐山港", "南开", "唐山港集团", "南开大学"]
    table = mention_table("\n".join(["name", *names]).encode(), "t.csv", lexicon)
    answers = answers_of(table, *resolve(table.named, lexicon, weights(), known_of(jingjinji.organisations)))
    assert [(one.entity, one.facts.get("names")) for one in answers] == [
        (None, "唐山港 / 唐山港集团股份有限公司"),
        (None, "南开区人民政府 / 南开大学"),
        ("stock:601000.SH", None),
        ("moe:4112010055", None),
    ]
    assert answers[0].reasons == (SEVERAL,)


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12
@pytest.mark.parametrize("resolve", [resolved, resolved_in_bulk])
def test_every_name_of_the_pack_means_its_own_organisation_or_says_whose_it_is_too(
    lexicon: Lexicon, jingjinji: Pack, resolve: Callable[..., Grouped]
) -> None:
    bodies, known = jingjinji.organisations, known_of(jingjinji.organisations)
    rows = io.StringIO()
    csv.writer(rows).writerows([("name", "region_context"), *((one.name, one.adcode) for one in bodies)])
    table = mention_table(rows.getvalue().encode(), "t.csv", lexicon)
    answers = answers_of(table, *resolve(table.named, lexicon, weights(), known))
    others = [
        (one.name, found) for one, found in zip(bodies, answers, strict=True) if found.entity != one.key
    ]
    assert [name for name, found in others if found.entity] == []
    assert {name for name, _ in others} == {"天津港", "唐山港"}


def test_a_row_with_another_code_does_not_take_the_name_from_a_row_without_one(
    lexicon: Lexicon, jingjinji: Pack
) -> None:
    content = "name,identifier\n河北工业大学,\n河北工业大学,4112010052\n从来没有的大学,4112010052\n"
    table, known = mention_table(content.encode(), "t.csv", lexicon), known_of(jingjinji.organisations)
    found, entities = resolved(table.named, lexicon, weights(), known)
    own, *others = answers_of(table, found, entities, {one.name for one in known})
    assert own.entity == "moe:4113010080"
    assert [(one.entity, one.reasons) for one in others] == [(None, (OTHERWISE,)), (None, (NOBODY,))]


@pytest.mark.parametrize(
    ("name", "region", "meant"),
    [
        ("市工信局", "120114", "天津市工业和信息化局"),
        ("市工信局", "天津市武清区", "天津市工业和信息化局"),
        ("市工信局", "天津市滨海新区", "天津市工业和信息化局"),
        ("区工信局", "天津市滨海新区", "滨海新区工业和信息化局"),
        ("工信局", "120116", "滨海新区工业和信息化局"),
        ("工信局", "120000", "天津市工业和信息化局"),
        ("区工信局", "120114", None),
        ("省工信局", "120000", None),
        ("国家发展改革委", None, None),
    ],
)
def test_the_context_of_a_district_holds_what_is_above_it(
    lexicon: Lexicon, offices: list[Organisation], name: str, region: str | None, meant: str | None
) -> None:
    """One by one and in a table alike; who is called so is not the one of another level."""
    names = {one.key: one.name for one in offices}
    found, entities = resolved([Mention(name, region)], lexicon, weights(), known_of(offices))
    assert names.get(entities.get(found[0].group, "")) == meant
    index = name_index_of(offices, lexicon.places)
    nearest = [one.name for one in candidates(index, name, region)][:1]
    assert nearest == [meant] or (meant is None and (not nearest or found[0].reasons == (MAY_MEAN,)))


def test_a_former_name_is_said_to_be_one_with_its_end(lexicon: Lexicon, jingjinji: Pack) -> None:
    """天津市科学技术委员会 became 天津市科学技术局 in the reform of November 2018."""
    known = known_of(jingjinji.organisations)
    now, then = Mention("天津市科学技术局"), Mention("天津市科学技术委员会")
    found, entities = resolved([now, then], lexicon, weights(), known)
    assert entities[found[0].group] == entities[found[1].group] == "unit:120000-kxjs"
    assert found[1].reasons[0] == UNTIL_OR_LATER
    assert found[1].facts == {"until": "2018-11"}
    assert (UNTIL_OR_LATER in found[0].reasons, found[0].facts) == (False, {})


NASTY = [
    "天" * 10_000, "a" * 10_000, "(" * 10_000, "第一" * 5_000, "集团" * 5_000, "of " * 3_000, "0" * 10_000,
    "'; DROP TABLE entity; --", "😀" * 300, "<script>alert(1)</script>", "\0", "", "（）", "有限公司",
    "市", "大学",
]  # fmt: skip


def test_nasty_names_stand_alone(lexicon: Lexicon) -> None:
    assert groups(lexicon, *NASTY) == list(range(len(NASTY)))


def test_a_million_equal_names_are_one(lexicon: Lexicon) -> None:
    assert set(groups(lexicon, *[Mention("天津测试科技有限公司")] * 1_000_000)) == {0}


def test_a_code_says_who_is_meant_whatever_the_name(lexicon: Lexicon, jingjinji: Pack) -> None:
    known = known_of(jingjinji.organisations)
    keys = {one.name: one.entity for one in known}
    told = {
        "某某大学": "4112010056",
        "北京大学": "4112010056",
        "天津大学": "4111010001",
        "某某公司": "600717",
    }
    mentions = [Mention(name, None, identifier_of(code)) for name, code in told.items()]
    found, entities = resolved(mentions, lexicon, weights(), known)
    meant = ["天津大学", "天津大学", "北京大学", "天津港股份有限公司"]
    assert [entities.get(one.group) for one in found] == [keys[name] for name in meant]
