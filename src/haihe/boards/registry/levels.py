"""The comparers as Splink puts them: each level a condition in SQL with the weight of `params/weights.yaml`.

The conditions are written for DuckDB and Spark alike, with the columns of `columns.py` once as `_l` and once
as `_r`. What no condition tells of the words of two names is asked of the comparer itself, as `level_of`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, Final

from haihe.boards.registry import comparers
from haihe.boards.registry.columns import level_of
from haihe.boards.registry.resolution import FORMER, SAME_CODE, SAME_ENTITY, SURE
from haihe.boards.registry.weights import SILENT, Weights

Levels = Sequence[tuple[str, str]]
"""The levels of a comparer, each with its condition: the first that holds counts, and the last one always."""

BAR = -690.0
"""The log odds of a level that bars, about the least that Splink takes."""

WEIGHT_DIGITS = 6
"""The digits by which the weights of a comparer are told apart."""

_ELSE = "ELSE"
_APART = 10.0**-WEIGHT_DIGITS


def _either(condition: str) -> str:
    """A condition on one name and the other, whichever is which."""
    ways = (condition.format(a=a, b=b) for a, b in (("l", "r"), ("r", "l")))
    return " OR ".join(f"({way})" for way in ways)


_READ = f"{level_of.__name__}(said_l, said_r)"
_FAR = (
    "NOT latin_l AND NOT latin_r AND content_l <> '' AND content_r <> ''"
    " AND length(translate(content_l, spelled_r, '')) > 1 AND length(translate(content_r, spelled_l, '')) > 1"
)
_ASKED = dict.fromkeys(("other", "sound", "short", "typo", *comparers.WORDS))
"""The levels that the comparer is asked for, those of most pairs first: each costs a call."""
WORDS: Final[Levels] = (
    ("same", "content_l = content_r AND content_l <> '' AND NOT latin_l AND NOT latin_r"),
    ("other", _FAR),
    *((level, f"{_READ} = '{level}'") for level in _ASKED),
    ("other", _ELSE),
)

_OPEN = "placed_{a} AND NOT placed_{b} AND (branded_{a} OR seated_{a} OR seated_{b} OR NOT spread_{b})"
_NEAR = "arrays_overlap(adcodes_{a}, region_above_{b}) OR array_contains(above_{a}, region_{b})"
_NONE = "NOT placed_l AND NOT placed_r"
_BOTH = "region_l <> '' AND region_r <> ''"
_NESTED = (
    "kind_l NOT IN ('government', 'park') AND kind_r NOT IN ('government', 'park')"
    " AND (branded_l OR branded_r)"
    " AND (arrays_overlap(adcodes_l, above_r) OR arrays_overlap(adcodes_r, above_l))"
)
PLACES: Final[Levels] = (
    ("same", "arrays_overlap(adcodes_l, adcodes_r)"),
    ("nested", _NESTED),
    (
        "around",
        _either(
            f"{_OPEN} AND (kind_l = 'government' OR kind_r = 'government')"
            " AND NOT array_contains(adcodes_{a}, region_{b}) AND (" + _NEAR + ")"
        ),
    ),
    (
        "context",
        _either(f"{_OPEN} AND ({_NEAR})")
        + f" OR ({_NONE} AND {_BOTH} AND ({_either('array_contains(region_above_{b}, region_{a})')}))",
    ),
    (
        "elsewhere",
        _either(f"{_OPEN} AND region_{{b}} <> '' AND (anchored_{{b}} OR kind_{{b}} = 'company')")
        + f" OR ({_NONE} AND {_BOTH} AND (anchored_l OR anchored_r))",
    ),
    (
        "unknown",
        _either(f"{_OPEN} AND region_{{b}} = '' AND anchored_{{b}}")
        + f" OR ({_NONE} AND NOT ({_BOTH})"
        + " AND (anchored_l OR anchored_r OR kind_l = 'company' OR kind_r = 'company'))",
    ),
    ("missing", _either(f"{_OPEN} AND region_{{b}} = ''") + f" OR ({_NONE} AND NOT ({_BOTH}))"),
    ("different", _ELSE),
)
KINDS: Final[Levels] = (
    ("unknown", "kind_l = '' OR kind_r = ''"),
    ("same", "kind_l = kind_r"),
    ("different", _ELSE),
)
_LISTED = "legal_l IN ('stock', 'limited') AND legal_r IN ('stock', 'limited')"
FORMS: Final[Levels] = (
    (
        "parent",
        _either("grouped_{a} AND NOT grouped_{b} AND legal_{b} = 'stock'")
        + f" OR ({_LISTED} AND legal_l <> legal_r AND grouped_l <> grouped_r)",
    ),
    ("changed", f"{_LISTED} AND legal_l <> legal_r"),
    ("group", "grouped_l <> grouped_r"),
    ("same", _LISTED),
    ("open", _ELSE),
)
_HERE = "arrays_overlap(branch_adcodes_l, branch_adcodes_r) OR NOT seated_l OR NOT seated_r"
BRANCHES: Final[Levels] = (
    ("none", "NOT parted_l AND NOT parted_r"),
    (
        "same",
        f"parted_l AND parted_r AND ({_HERE}) AND (branch_l = branch_r OR branch_l = '' OR branch_r = '')",
    ),
    (
        "prefix",
        _either(
            "parted_{a} AND NOT parted_{b} AND branch_{a} = '' AND NOT placed_{a} AND legal_{b} = ''"
            " AND arrays_overlap(branch_adcodes_{a}, adcodes_{b})"
        ),
    ),
    ("different", _ELSE),
)
_NUMBERLESS = "ordinals_l = '' AND ordinals_r = ''"
ORDINALS: Final[Levels] = (
    ("same", "ordinals_l = ordinals_r AND ordinals_l <> ''"),
    ("none", f"({_NUMBERLESS}) OR ((ordinals_l = '' OR ordinals_r = '') AND (latin_l OR latin_r))"),
    ("different", _ELSE),
)
_OLD = "old_code_l IS NOT NULL AND old_code_r IS NOT NULL"
_TOLD = " OR ".join(
    (
        "former_of_l = unique_id_r OR former_of_r = unique_id_l",
        "(entity_l IS NOT NULL AND entity_r IS NOT NULL)",
        "scheme_l = scheme_r",
        f"({_OLD})",
        "(stock_l IS NOT NULL AND stock_r IS NOT NULL)",
    )
)
TOLD: Final[Levels] = (
    ("former", "former_of_l = unique_id_r OR former_of_r = unique_id_l"),
    ("entity", "entity_l = entity_r"),
    ("different", "entity_l <> entity_r"),
    ("code", "scheme_l = scheme_r AND code_l = code_r"),
    ("different", "scheme_l = scheme_r"),
    ("code", "old_code_l = old_code_r"),
    ("different", _OLD),
    ("code", "stock_l = stock_r"),
    ("different", "stock_l <> stock_r"),
    ("none", _ELSE),
)

CONDITIONS: Final[Mapping[str, Levels]] = {
    "told": TOLD, "words": WORDS, "place": PLACES, "kind": KINDS, "form": FORMS, "branch": BRANCHES,
    "ordinal": ORDINALS,
}  # fmt: skip
REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "told": {"former": FORMER, "entity": SAME_ENTITY, "code": SAME_CODE},
    "words": comparers.WORDS, "place": comparers.PLACES, "kind": comparers.KINDS, "form": comparers.FORMS,
    "branch": comparers.BRANCHES, "ordinal": comparers.ORDINALS,
}  # fmt: skip
BLOCKING: Final = (
    "l.unique_id = r.same_code",
    "l.unique_id = r.same_entity",
    "l.unique_id = r.former_of",
    "l.sound = r.sound",
    "l.whole = r.whole",
)
"""Which names Splink compares: those of one code, entity or former name, sound of the brand, or words.

After these, those that share one of `keys`.
"""


def settings_of(worth: Weights) -> dict[str, Any]:
    """The model as Splink reads it; it keeps of each pair what every comparer weighs, and nothing else."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "unique_id",
        "probability_two_random_records_match": _probability(worth.prior),
        "blocking_rules_to_generate_predictions": [
            *({"blocking_rule": rule, "sql_dialect": "duckdb"} for rule in BLOCKING),
            {"blocking_rule": "l.keys = r.keys", "sql_dialect": "duckdb", "arrays_to_explode": ["keys"]},
        ],
        "comparisons": [
            {
                "output_column_name": comparer,
                "comparison_levels": [
                    *([] if comparer == "told" else [{"sql_condition": _TOLD, "is_null_level": True}]),
                    *(
                        {
                            "sql_condition": condition,
                            "label_for_charts": level,
                            "m_probability": _probability(found[level]),
                            "u_probability": _probability(-found[level]),
                        }
                        for level, condition in CONDITIONS[comparer]
                    ),
                ],
            }
            for comparer, found in weighed(worth).items()
        ],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
    }


def weighed(worth: Weights) -> dict[str, dict[str, float]]:
    """The log odds of each level of each comparer in the model.

    A bar weighs more than all else together. Splink keeps of a pair the weight of a comparison and not its
    level, so equal weights of one comparer are set a millionth apart.
    """
    told = dict.fromkeys(("former", "entity", "code"), SURE - worth.prior) | {"different": BAR, "none": 0.0}
    levels = {"told": told} | {
        comparer: {level: BAR if (comparer, level) in worth.bars else value for level, value in found.items()}
        for comparer, found in worth.levels.items()
    }
    return {comparer: _apart(found) for comparer, found in levels.items()}


def _apart(levels: Mapping[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for level, value in levels.items():
        found[level] = value
        while found[level] in (0.0, *(found[other] for other in found if other != level)):
            found[level] += _APART
    return found


def reasons_of(worth: Weights) -> dict[tuple[str, float], str]:
    """The reason of each level that is one, by its comparer and its weight to six digits."""
    return {
        (comparer, round(weight, WEIGHT_DIGITS)): REASONS[comparer][level]
        for comparer, levels in weighed(worth).items()
        for level, weight in levels.items()
        if level not in SILENT and weight > BAR
    }


def _probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))
