"""Names of organisations: labelled mentions grouped, two lists linked, a million records beside peers."""

from __future__ import annotations

import random
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations
from math import inf, log
from multiprocessing import get_context

import ibis
import pyarrow as pa
import section
import splink.comparison_library as splink
from learning import SEED, Learner, counted, crossed, lexicon_and_known, rows, scores
from opencc import OpenCC
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from haihe.boards.registry.bulk import candidates, key_rows
from haihe.boards.registry.clusters import clusters_of
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.resolution import Mention, linked, resolved
from haihe.boards.registry.weights import match_of, weights
from haihe.store.bulk import run

ORGANISATIONS, RECORDS = 300_000, 1_000_000
PEER_RECORDS = 20_000
CHUNK = 20_000

NOISE = {
    "the place left out": 0.30,
    "the legal form left out": 0.35,
    "only brand and first trade": 0.15,
    "one character for another of the same sound": 0.05,
    "the place in brackets behind the trade": 0.06,
    "traditional characters": 0.04,
    "full-width brackets and spaces": 0.05,
}
"""How often each thing happens to a record, each on its own."""


def made(lexicon: Lexicon) -> tuple[list[tuple[str, str]], list[int]]:
    """Records (name, adcode of the context) recombined from parts of real names, and whose each one is."""
    chance = random.Random(SEED)
    forms = [form_of(lexicon, row["fullname"]) for row in rows("organisations/listed_companies_2025-06.csv")]
    brands = [
        word.text for form in forms for word in form.words if word.does == "brand" and len(word.text) > 1
    ]
    heads, tails = sorted({one[0] for one in brands}), sorted({one[1:3] for one in brands})
    runs = sorted({tuple(w.text for w in form.words if w.does == "trade") for form in forms} - {()})
    cities = [place for place in lexicon.places.by_code.values() if place.level == "city"]
    legal = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
    alike = defaultdict(list)
    for character in sorted({*"".join(brands)}):
        alike["".join(lazy_pinyin(character))].append(character)
    traditional = OpenCC("s2t")
    bodies: dict[tuple[str, str, str], None] = {}
    while len(bodies) < ORGANISATIONS:
        brand = chance.choice(heads) + chance.choice(tails)
        bodies[chance.choice(cities).adcode, brand, "|".join(chance.choice(runs)[:3])] = None
    found, gold = [], []
    numbered = [(number, *body, chance.choice(legal)) for number, body in enumerate(bodies)]
    while len(found) < RECORDS:
        chance.shuffle(numbered)
        for body in numbered[: RECORDS - len(found)]:
            found.append((noisy(body, lexicon, alike, traditional, chance), body[1]))
            gold.append(body[0])
    return found, gold


def noisy(
    body: tuple[int, str, str, str, str],
    lexicon: Lexicon,
    alike: Mapping[str, Sequence[str]],
    traditional: OpenCC,
    chance: random.Random,
) -> str:
    """One record of a body, spoiled as NOISE says."""
    _, adcode, brand, trade, legal = body
    happens = [chance.random() < often for often in NOISE.values()]
    place, trades = lexicon.places.by_code[adcode].name, trade.split("|")
    if happens[2]:
        trades, legal = trades[:1], ""
    if happens[1]:
        legal = ""
    if happens[3]:
        at = chance.randrange(len(brand))
        others = [one for one in alike["".join(lazy_pinyin(brand[at]))] if one != brand[at]]
        brand = brand[:at] + chance.choice(others or [brand[at]]) + brand[at + 1 :]
    if happens[4]:
        name = f"{brand}{''.join(trades)}({place.removesuffix('市')}){legal}"
    else:
        place = "" if happens[0] else chance.choice((place, place.removesuffix("市")))
        name = f"{place}{brand}{''.join(trades)}{legal}"
    if happens[5]:
        name = traditional.convert(name)
    return name.replace("(", "（").replace(")", "）").replace(brand, f"{brand}\u3000") if happens[6] else name


_state: dict[str, object] = {}


def _parse(part: Sequence[tuple[str, str]]) -> list[Form]:
    lexicon = _state["lexicon"]
    assert isinstance(lexicon, Lexicon)
    return [form_of(lexicon, name, region) for name, region in part]


def _score(part: Sequence[tuple[int, int]]) -> list[float]:
    forms, worth = _state["forms"], weights()
    assert isinstance(forms, list)
    found = (match_of(forms[a], forms[b], worth) for a, b in part)
    return [-inf if match.barred else match.odds for match in found]


def chunks(items: Sequence[object]) -> Iterator[Sequence[object]]:
    return (items[at : at + CHUNK] for at in range(0, len(items), CHUNK))


def in_bulk(lexicon: Lexicon, records: Sequence[tuple[str, str]]) -> tuple[list[int], dict[str, float]]:
    """The group of each record, and the seconds that each step took."""
    took: dict[str, float] = {}
    begun = time.perf_counter()

    def done(step: str) -> None:
        took[step] = time.perf_counter() - begun - sum(took.values())

    numbers: dict[tuple[str, str], int] = {}
    of = [numbers.setdefault(record, len(numbers)) for record in records]
    distinct = list(numbers)
    _state["lexicon"] = lexicon
    fork = get_context("fork")
    with ProcessPoolExecutor(2, fork) as pool:
        forms = [form for part in pool.map(_parse, chunks(distinct)) for form in part]
    done("parsed")
    answer = run(candidates(ibis.memtable(pa.table(key_rows(forms)))))
    found = list(zip(answer["first"].to_pylist(), answer["second"].to_pylist(), strict=True))
    found.sort()
    done("blocked")
    _state["forms"] = forms
    with ProcessPoolExecutor(2, fork) as pool:
        odds = [value for part in pool.map(_score, chunks(found)) for value in part]
    done(f"{len(found):,} pairs scored")
    worth = weights()
    groups = clusters_of(
        len(distinct), dict(zip(found, odds, strict=True)), log(worth.threshold / (1 - worth.threshold))
    )
    done("grouped")
    return [groups[number] for number in of], took


def by_splink(records: Sequence[tuple[str, str]]) -> list[int]:
    """The groups of a plain Splink model: names by Jaro-Winkler, the context, blocks of two characters."""
    database = DuckDBAPI()
    table = pa.table(
        {
            "unique_id": range(len(records)),
            "name": [name for name, _ in records],
            "region": [region for _, region in records],
        }
    )
    settings = SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1 / ORGANISATIONS,
        comparisons=[
            splink.JaroWinklerAtThresholds("name", [0.98, 0.95, 0.92, 0.88, 0.84]),
            splink.ExactMatch("region"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("region", "substr(name, 1, 2)"),
            block_on("region", "substr(name, 3, 2)"),
        ],
    )
    linker = Linker(database.register(table), settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(1e6, seed=SEED)
    for block in (block_on("substr(name, 1, 3)"), block_on("region")):
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    predicted = linker.inference.predict(threshold_match_probability=0.5)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, 0.5)
    found = {row["unique_id"]: row["cluster_id"] for row in clusters.as_record_list()}
    return [found[number] for number in range(len(records))]


def by_loop(records: Sequence[tuple[str, str]]) -> list[int]:
    """The groups of a loop over the names of each context: token-free ratio of rapidfuzz from 80 on."""
    together = defaultdict(list)
    for number, (_, region) in enumerate(records):
        together[region].append(number)
    odds = {
        (a, b): 1.0
        for found in together.values()
        for a, b in combinations(found, 2)
        if fuzz.ratio(records[a][0], records[b][0]) >= 80
    }
    return clusters_of(len(records), odds, 0.0)


def percent(value: float) -> str:
    return f"{value:.1%}"


def mentions_part(lexicon: Lexicon, known: Sequence[Mention]) -> str:
    learner = Learner(lexicon)
    shipped = {
        "each fold with weights learned without its organisations": crossed(learner, lexicon),
        "all, with the shipped weights": grouped(learner, lexicon, ()),
        "all, beside the names of the region's pack": grouped(learner, lexicon, known),
    }
    return section.table(
        ("labelled mentions", "precision", "recall", "F1"),
        ((what, *map(percent, found)) for what, found in shipped.items()),
    )


def grouped(learner: Learner, lexicon: Lexicon, known: Sequence[Mention]) -> tuple[float, float, float]:
    found, _ = resolved(learner.mentions, lexicon, weights(), known)
    return scores(*counted([one.group for one in found], learner.gold))


def listed_part(lexicon: Lexicon) -> str:
    companies = rows("organisations/listed_companies_2025-06.csv")
    left, right = ([Mention(row[column]) for row in companies] for column in ("name", "fullname"))
    links = linked(left, right, lexicon, weights())
    correct = sum(one == other for one, other, _ in links)
    return (
        f"Of the short names of {len(companies):,} listed companies {percent(correct / len(companies))} are "
        f"linked to their full name and {(len(links) - correct) / len(companies):.2%} to another one."
    )


def bulk_part(lexicon: Lexicon) -> str:
    records, gold = made(lexicon)
    begun = time.perf_counter()
    found, took = in_bulk(lexicon, records)
    seconds = time.perf_counter() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    steps = ", ".join(f"{step} {spent:.0f} s" for step, spent in took.items())
    few = sorted(range(len(records)), key=lambda number: gold[number])[:PEER_RECORDS]
    part, few_gold = [records[number] for number in few], [gold[number] for number in few]
    sides = {
        "Haihe": lambda: in_bulk(lexicon, part)[0],
        "Splink, plain": lambda: by_splink(part),
        "rapidfuzz": lambda: by_loop(part),
    }
    lines = []
    for name, side in sides.items():
        begun = time.perf_counter()
        answer = side()
        spent = time.perf_counter() - begun
        lines.append((name, *map(percent, scores(*counted(answer, few_gold))), f"{spent:.0f}"))
    head = (f"{len(part):,} of these records", "precision", "recall", "F1", "seconds")
    noise = section.table(
        ("noise", "share of records"), ((what, f"{often:.0%}") for what, often in NOISE.items())
    )
    whole = ", ".join(
        f"{what} {percent(value)}"
        for what, value in zip(("precision", "recall", "F1"), scores(*counted(found, gold)), strict=True)
    )
    return (
        f"{RECORDS:,} records of {ORGANISATIONS:,} organisations, made of parts of real names: {whole}, "
        f"{seconds:.0f} s ({steps}), at most {memory / 1e6:.1f} GB beside what two workers add to its pages."
        f"\n\n{noise}\n\n{section.table(head, lines)}"
    )


def main() -> None:
    lexicon, known = lexicon_and_known()
    parts = (mentions_part(lexicon, known), listed_part(lexicon), bulk_part(lexicon))
    section.write("Linking", "\n\n".join((*parts, section.versions("splink", "duckdb", "rapidfuzz"))))


if __name__ == "__main__":
    main()
