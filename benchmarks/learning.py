"""The weights of names: learned from labelled mentions and listed companies, tried on folds by organisation.

`learning.py` prints what src/haihe/boards/registry/params/weights.yaml states.
"""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

from haihe.boards.registry import comparers, place_index_of
from haihe.boards.registry.blocking import blocks_of, near
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.intake import gazetteer, pack_of
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.resolution import Mention, known_of, resolved
from haihe.boards.registry.weights import Weights, weights

SEED = 20230601
FOLDS = 5
RIDGE = 1.0
LISTED_SHARE = 0.03
LISTED_SAMPLE = 1_500
LISTED_NEAR = 12
UNLIKE_SAMPLE = 1_200

LEVELS = {
    "words": comparers.WORDS, "place": comparers.PLACES, "kind": comparers.KINDS,
    "form": comparers.FORMS, "branch": comparers.BRANCHES, "ordinal": comparers.ORDINALS,
}  # fmt: skip
COLUMN = {pair: at for at, pair in enumerate((name, one) for name, found in LEVELS.items() for one in found)}


Levels = dict[str, str]


def shared() -> Path:
    return Path(os.environ.get("HAIHE_SHARED", Path(__file__).parents[2] / "shared")) / "data"


def rows(file: str) -> list[dict[str, str]]:
    with (shared() / file).open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def lexicon_and_known() -> tuple[Lexicon, list[Mention]]:
    pack = pack_of("jingjinji")
    known = known_of(pack.organisations)
    places = {place.adcode: place for place in (*gazetteer(), *pack.places)}
    lexicon = lexicon_of(place_index_of(places.values()), (one.name for one in known))
    return lexicon, known


def pairs(labels: Iterable[object]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(labels).values())


def counted(found: Sequence[object], gold: Sequence[object]) -> tuple[int, int, int]:
    return pairs(zip(found, gold, strict=True)), pairs(found), pairs(gold)


def scores(right: int, found: int, gold: int) -> tuple[float, float, float]:
    return right / max(found, 1), right / gold, 2 * right / (found + gold)


def levels_of(a: Form, b: Form) -> Levels:
    return {one.comparer: one.level for one in (compare(a, b) for compare in comparers.COMPARERS)}


def design(examples: Sequence[Levels]) -> np.ndarray:
    matrix = np.zeros((len(examples), len(COLUMN) + 1))
    matrix[:, 0] = 1
    for at, example in enumerate(examples):
        for pair in example.items():
            matrix[at, COLUMN[pair] + 1] = 1
    return matrix


def fitted(matrix: np.ndarray, same: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Ridge logistic regression by Newton's method, the intercept free."""
    ridge = np.eye(matrix.shape[1]) * RIDGE
    ridge[0, 0] = 1e-6
    odds = np.zeros(matrix.shape[1])
    for _ in range(60):
        likely = 1 / (1 + np.exp(-matrix @ odds))
        slope = matrix.T @ (share * (same - likely)) - ridge @ odds
        bend = (matrix.T * (share * likely * (1 - likely) + 1e-9)) @ matrix + ridge
        step = np.linalg.solve(bend, slope)
        odds += step
        if np.abs(step).max() < 1e-6:
            break
    return odds


def weights_of(odds: np.ndarray) -> Weights:
    """The weights of fitted log odds; equal words are worth no less than short ones."""
    shipped = weights()
    levels = {
        name: {one: round(float(odds[COLUMN[name, one] + 1]), 2) for one in found}
        for name, found in LEVELS.items()
    }
    levels["words"]["same"] = max(levels["words"]["same"], levels["words"]["short"])
    return Weights(round(float(odds[0]), 2), levels, shipped.bars, shipped.threshold, shipped.link)


def listed_examples(lexicon: Lexicon) -> tuple[list[Levels], list[bool]]:
    """Short names beside the nearest full names."""
    companies = rows("organisations/listed_companies_2025-06.csv")
    short, full = ([form_of(lexicon, row[column]) for row in companies] for column in ("name", "fullname"))
    blocks = blocks_of(full)
    examples, same = [], []
    for number in random.Random(SEED).sample(range(len(companies)), LISTED_SAMPLE):
        for other in {*near(blocks, short[number])[:LISTED_NEAR], number}:
            examples.append(levels_of(short[number], full[other]))
            same.append(number == other)
    return examples, same


class Learner:
    """The labelled pairs, learned from without the organisations of one fold."""

    def __init__(self, lexicon: Lexicon) -> None:
        labelled = rows("mentions/orgs_dev.csv")
        self.gold = [row["entity_id"] for row in labelled]
        self.mentions = [Mention(row["name"], row["region_context"] or None) for row in labelled]
        forms = [form_of(lexicon, one.name, one.region) for one in self.mentions]
        every = [
            (levels_of(forms[a], forms[b]), self.gold[a], self.gold[b])
            for a, b in combinations(range(len(forms)), 2)
        ]
        chance = random.Random(SEED)
        unlike = [one for one in every if one[0]["words"] == "other" and one[1] != one[2]]
        self.examples = [one for one in every if one[0]["words"] != "other" or one[1] == one[2]]
        self.examples += chance.sample(unlike, UNLIKE_SAMPLE)
        self.listed = listed_examples(lexicon)
        names = sorted({*self.gold})
        chance.shuffle(names)
        self.fold = {name: at % FOLDS for at, name in enumerate(names)}

    def learned(self, without: int | None = None) -> Weights:
        used = [one for one in self.examples if without not in (self.fold[one[1]], self.fold[one[2]])]
        matrix = design([*(one[0] for one in used), *self.listed[0]])
        same = np.array([*(one[1] == one[2] for one in used), *self.listed[1]], float)
        share = np.array([1.0] * len(used) + [LISTED_SHARE] * len(self.listed[1]))
        return weights_of(fitted(matrix, same, share))


def crossed(learner: Learner, lexicon: Lexicon) -> tuple[float, float, float]:
    """Precision, recall and F1 of the mentions of each fold with weights learned from the others."""
    total = np.zeros(3, int)
    for fold in range(FOLDS):
        held = [at for at, name in enumerate(learner.gold) if learner.fold[name] == fold]
        found, _ = resolved([learner.mentions[at] for at in held], lexicon, learner.learned(fold))
        total += counted([one.group for one in found], [learner.gold[at] for at in held])
    return scores(*total)


def learn() -> None:
    lexicon, _ = lexicon_and_known()
    found = Learner(lexicon).learned()
    print(f"prior: {found.prior}\nlevels:")
    for name, levels in found.levels.items():
        print(f"  {name}: {{{', '.join(f'{one}: {worth}' for one, worth in levels.items())}}}")


if __name__ == "__main__":
    learn()
