"""Names of organisations: labelled mentions grouped, two lists linked, a million records beside peers."""

from __future__ import annotations

import os
import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import combinations
from threading import Event, Thread

import psutil
import pyarrow as pa
import section
import splink.comparison_library as splink
from learning import SEED, Learner, counted, crossed, lexicon_and_known, rows, scores
from opencc import OpenCC
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from haihe.boards.registry.bulk_actions import resolved_in_bulk
from haihe.boards.registry.clusters import clusters_of
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.lists import linked
from haihe.boards.registry.resolution import Mention, resolved
from haihe.boards.registry.weights import weights

ORGANISATIONS, RECORDS = 300_000, 1_000_000
PEER_RECORDS = 20_000

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


def in_bulk(lexicon: Lexicon, records: Sequence[tuple[str, str]]) -> list[int]:
    """The groups of the records by the product's own way for very many mentions."""
    found, _ = resolved_in_bulk([Mention(*record) for record in records], lexicon, weights())
    return [one.group for one in found]


class Memory:
    """The most that this process and its workers hold together, looked at twice a second while it is open."""

    def __enter__(self) -> Memory:
        self.bytes_max, self._over = 0, Event()
        self._watch = Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._over.wait(0.5):
            held = 0
            for one in (me, *me.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    held += one.memory_info().rss
            self.bytes_max = max(self.bytes_max, held)


def processor_seconds() -> float:
    """What this process and its ended workers have used of all cores."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


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
    begun, before = time.perf_counter(), processor_seconds()
    with Memory() as memory:
        found = in_bulk(lexicon, records)
    seconds, worked = time.perf_counter() - begun, processor_seconds() - before
    few = sorted(range(len(records)), key=lambda number: gold[number])[:PEER_RECORDS]
    part, few_gold = [records[number] for number in few], [gold[number] for number in few]
    sides = {
        "Haihe": lambda: in_bulk(lexicon, part),
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
        f"{seconds:.0f} s, {worked:.0f} s of all cores, at most {memory.bytes_max / 1e9:.1f} GB."
        f"\n\n{noise}\n\n{section.table(head, lines)}"
    )


def main() -> None:
    lexicon, known = lexicon_and_known()
    parts = (mentions_part(lexicon, known), listed_part(lexicon), bulk_part(lexicon))
    section.write("Linking", "\n\n".join((*parts, section.versions("splink", "duckdb", "rapidfuzz"))))


if __name__ == "__main__":
    main()
