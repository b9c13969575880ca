"""Who promised what by when, and whether it is happening: plans, reports and lights."""

from haihe.boards.ledger.drafting import Draft, Origin, drafts_of
from haihe.boards.ledger.lights import Promise, Rule, light_of, rule_on
from haihe.boards.ledger.records import (
    Drafted,
    Due,
    Edit,
    Frame,
    Light,
    Node,
    Number,
    Plan,
    Report,
    Return,
    Share,
    Standing,
    Tag,
    Theme,
)
from haihe.boards.ledger.rollup import standings, tally
from haihe.boards.ledger.themes import frames, tags_of

__all__ = [
    "Draft",
    "Drafted",
    "Due",
    "Edit",
    "Frame",
    "Light",
    "Node",
    "Number",
    "Origin",
    "Plan",
    "Promise",
    "Report",
    "Return",
    "Rule",
    "Share",
    "Standing",
    "Tag",
    "Theme",
    "drafts_of",
    "frames",
    "light_of",
    "rule_on",
    "standings",
    "tags_of",
    "tally",
]
