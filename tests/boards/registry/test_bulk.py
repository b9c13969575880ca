from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations, product
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from haihe.boards.registry import Pack, PlaceIndex, cli, place_index_of, resolution_actions
from haihe.boards.registry import comparers as compare
from haihe.boards.registry.bulk import BLOCK_MAX, RARE_MAX, blocked, pairs_of
from haihe.boards.registry.bulk_actions import resolved_in_bulk
from haihe.boards.registry.columns import COLUMNS, columns_of, firsts_of, level_of
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.identifiers import identifier_of
from haihe.boards.registry.intake import gazetteer
from haihe.boards.registry.levels import settings_of, weighed
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.resolution import Mention, known_of, resolved, unplaced
from haihe.boards.registry.weights import match_of, weights
from haihe.kit.errors import Invalid, Unavailable
from haihe.store import bulk as engines
from haihe.store.bulk import engine, run, table_of

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis 12

SURE = [  # a code, an entity or the text itself says what names leave open
    Mention("民政职业大学", None, identifier_of("4111014139")),
    Mention("北京社会管理职业学院", None, identifier_of("4111014139")),
    Mention("民政职业大学", None, identifier_of("4111010001")),
    Mention("海河样例大学（原渤海样例学院）"),
    Mention("渤海样例学院"),
    Mention("600000浦发银行"),
    Mention("浦发银行600001"),
    Mention("浦发银行"),
    Mention("市工信局"),
    Mention("市工信局", "天津市武清区"),
    Mention("区工信局", "120000"),
    Mention("工信局", "120116"),
    Mention("桥西区政府"),
    Mention("天津市科学技术委员会"),
]
NASTY = [
    *("天" * 10_000, "a" * 10_000, "第一" * 5_000, "集团" * 5_000, "0" * 10_000, "😀" * 10_000),
    *("'; DROP TABLE compared; --", "<script>alert(1)</script>", "\0", "", "（）", "市", "大学", "={{x}}"),
]


@pytest.fixture(scope="module")
def lexicon(jingjinji: Pack, places: PlaceIndex) -> Lexicon:
    every = {place.adcode: place for place in (*gazetteer(), *places.by_code.values())}
    return lexicon_of(place_index_of(every.values()), (one.name for one in known_of(jingjinji.organisations)))


def rows(shared: Path, file: str) -> list[dict[str, str]]:
    with (shared / "data" / file).open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def table(lexicon: Lexicon, mentions: Sequence[Mention]) -> pa.Table:
    names = pa.table(columns_of(lexicon, mentions), ibis.schema(COLUMNS).to_pyarrow()).drop_columns("former")
    numbers = {"unique_id": range(len(mentions)), "former_of": [None] * len(mentions), **firsts_of(mentions)}
    for column, found in numbers.items():
        names = names.append_column(column, pa.array(found, pa.int64()))
    return names


def test_a_sound_of_too_many_names_brings_none_together() -> None:
    sounds = ["a"] * BLOCK_MAX + ["b"] * (BLOCK_MAX + 1)
    each = range(len(sounds))
    held = {
        "unique_id": each,
        "sound": sounds,
        "whole": [str(at) for at in each],
        "keys": [["k"]] * len(each),
    }
    found = run(blocked(ibis.memtable(pa.table(held)))).to_pydict()
    assert set(found["sound"]) == {"a", None}
    assert sorted(found["whole"]) == sorted(str(at) for at in each)
    assert set(found["keys"]) == {None}


def test_keys_that_few_names_share_bring_them_together() -> None:
    keys = [["few"]] * RARE_MAX + [["many"]] * (RARE_MAX + 1) + [["few at once", "one"], ["few at once"], []]
    each = [str(at) for at in range(len(keys))]
    names = ibis.memtable(
        pa.table({"unique_id": range(len(keys)), "sound": each, "whole": each, "keys": keys})
    )
    found = run(blocked(names).order_by("unique_id")).to_pydict()["keys"]
    assert found == [["few"]] * RARE_MAX + [None] * (RARE_MAX + 1) + [["few at once"]] * 2 + [None]


def test_the_spellings_of_a_name_share_a_key(lexicon: Lexicon) -> None:
    names = ("天津力生制药股份有限公司", "力生制药", "天津力升制药（集团）", "力生（天津）")
    assert len(set(columns_of(lexicon, [Mention(name) for name in names])["sound"])) == 1


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("天大", "天津大学"),
        ("北中医", "北京中医药大学"),
        ("沧州交院", "沧州交通学院"),
        ("北京健工集团", "北京建工集团有限责任公司"),
        ("Bank of Tianjin", "天津银行股份有限公司"),
        ("天津埋工大学", "天津理工大学"),
        ("天津肿瘤医院", "天津医科大学肿瘤医院"),
        ("雄安集团", "中国雄安集团有限公司"),
    ],
)
def test_short_names_slips_and_translations_share_a_rare_key(
    lexicon: Lexicon, shared: Path, short: str, full: str
) -> None:
    companies = [
        Mention(row["fullname"]) for row in rows(shared, "organisations/listed_companies_2025-06.csv")
    ]
    others = Counter(key for keys in columns_of(lexicon, companies[::5])["keys"] for key in keys)
    one, other = columns_of(lexicon, [Mention(short), Mention(full)])["keys"]
    assert any(others[key] + 2 <= RARE_MAX for key in {*one} & {*other})


def test_splink_finds_the_levels_and_the_odds_that_single_look_ups_find(
    shared: Path, lexicon: Lexicon
) -> None:
    labelled = rows(shared, "mentions/orgs_dev.csv")[::2]
    mentions = [Mention(row["name"], row["region_context"] or None) for row in labelled]
    with engine() as started:
        names = started.kept("names", table(lexicon, mentions)).mutate(sound=ibis.literal("each with each"))
        predicted, _ = started.linked(names, settings_of(weights()), weights().threshold, level_of)
        found = started.run(pairs_of(predicted)).to_pylist()
    assert len(found) == len(mentions) * (len(mentions) - 1) // 2 > 10_000
    forms = [form_of(lexicon, one.name, one.region) for one in mentions]
    levels = {
        (comparer, round(weight, 6)): level
        for comparer, said in weighed(weights()).items()
        for level, weight in said.items()
    }
    for pair in found:
        a, b = forms[pair["first"]], forms[pair["second"]]
        if a.stock and b.stock:
            continue
        once = {one.comparer: one.level for one in (each(a, b) for each in compare.COMPARERS)}
        assert {name: levels[name, round(pair[name], 6)] for name in once} == once
        single = match_of(a, b, weights())
        assert pair["odds"] == (float("-inf") if single.barred else pytest.approx(single.odds, abs=1e-9))
    assert len({(name, pair[name]) for pair in found for name in weights().levels}) > 30


def sharing(
    lexicon: Lexicon, mentions: Sequence[Mention]
) -> Callable[[Sequence[Form]], list[tuple[int, int]]]:
    """All pairs that share a key, found by looking at every key of every name that has a place."""
    apart = unplaced(lexicon, [one for one in mentions if one.entity is None])

    def pairs(forms: Sequence[Form]) -> list[tuple[int, int]]:
        distinct = [one for one in dict.fromkeys(mentions) if one not in apart]
        distinct += [Mention(form.written, form.region) for form in forms[len(distinct) :]]
        columns = columns_of(lexicon, distinct)
        by_key = defaultdict(set)
        for key, most in (("sound", BLOCK_MAX), ("whole", BLOCK_MAX), ("keys", RARE_MAX)):
            for number, value in enumerate(columns[key]):
                for one in value if key == "keys" else filter(None, [value]):
                    by_key[key, one, most].add(number)
        held = (sorted(numbers) for (_, _, most), numbers in by_key.items() if len(numbers) <= most)
        return sorted({pair for numbers in held for pair in combinations(numbers, 2)})

    return pairs


def test_both_paths_group_the_labelled_mentions_alike_for_the_same_reasons(
    shared: Path, lexicon: Lexicon, jingjinji: Pack
) -> None:
    labelled = [
        Mention(row["name"], row["region_context"] or None) for row in rows(shared, "mentions/orgs_dev.csv")
    ]
    mentions = [*labelled, *SURE, *(Mention(name) for name in NASTY), *labelled]
    known = known_of(jingjinji.organisations)
    found, entities = resolved_in_bulk(mentions, lexicon, weights(), known)
    single, ours = resolved(mentions, lexicon, weights(), known, sharing(lexicon, [*mentions, *known]))
    assert [(one.group, one.reasons, one.facts) for one in found] == [
        (one.group, one.reasons, one.facts) for one in single
    ]
    assert [one.score for one in found] == pytest.approx([one.score for one in single])
    assert entities == ours
    assert len(set(entities.values())) > 30


def test_names_of_one_sound_and_nasty_ones_are_all_there(lexicon: Lexicon) -> None:
    alike = [Mention(f"{a}{b}测试{c}有限公司") for a, b, c in product("青轻清卿氢", "山杉衫珊删", "科可客")]
    mentions = [*alike, *(Mention(name) for name in NASTY)] * 50 + [Mention("天津大学")] * 10_000
    found, _ = resolved_in_bulk(mentions, lexicon, weights())
    assert len(found) == len(mentions)
    assert len({one.group for one in found[-10_000:]}) == 1
    nasty = [one.group for one in found[len(alike) : len(alike) + len(NASTY)]]
    assert len(set(nasty)) == len(NASTY)


def test_the_labelled_mentions_are_grouped_in_bulk_as_the_index_groups_them(
    shared: Path, lexicon: Lexicon
) -> None:
    labelled = rows(shared, "mentions/orgs_dev.csv")
    mentions = [Mention(row["name"], row["region_context"] or None) for row in labelled]
    single, bulk = (
        [one.group for one in answer(mentions, lexicon, weights())[0]]
        for answer in (resolved, resolved_in_bulk)
    )
    same = [
        (a, b)
        for a, b in combinations(range(len(labelled)), 2)
        if labelled[a]["entity_id"] == labelled[b]["entity_id"]
    ]
    by_index = [(a, b) for a, b in same if single[a] == single[b]]
    joined = [(a, b) for a, b in combinations(range(len(labelled)), 2) if bulk[a] == bulk[b]]
    assert sum(bulk[a] == bulk[b] for a, b in by_index) >= 0.95 * len(by_index)
    assert len({*joined} & {*same}) >= 0.95 * len(joined)


def test_names_of_many_parts_come_back_in_order(lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch) -> None:
    mentions = [Mention(f"天津第{number}测试有限公司") for number in "一二三四五"]
    whole = table_of(partial(columns_of, lexicon), mentions, COLUMNS)
    monkeypatch.setattr(engines, "_PART", 2)
    assert table_of(partial(columns_of, lexicon), mentions, COLUMNS) == whole


def test_a_large_table_is_resolved_in_bulk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolution_actions, "_BULK_FROM", 3)
    (tmp_path / "in.csv").write_text("name\n天津力生制药股份有限公司\n力生制药\n天津大学\n", encoding="utf-8")
    answer = CliRunner().invoke(
        cli.registry, ["resolve", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--self"]
    )
    assert answer.exit_code == 0, answer.output
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as out:
        found = list(csv.DictReader(out))
    assert [row["entity_id"] for row in found] == ["1", "1", "2"]
    assert all(row["reason"] for row in found)


@pytest.mark.parametrize("value", ["hdfs://here", "DuckDB", "local[two]"])
def test_an_engine_that_is_no_spark_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="HAIHE_ENGINE"), engine(value):
        pass


def test_a_spark_without_its_extra_or_java_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAIHE_ENGINE", "local[2]")
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    with pytest.raises(Unavailable) as missing, engine():
        pass
    assert "haihe[spark]" in missing.value.advice
    monkeypatch.setattr(engines, "find_spec", lambda _: object())
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Unavailable) as missing, engine():
        pass
    assert "Java" in missing.value.advice
