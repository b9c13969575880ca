"""How a judgement is written: who gave it, in a post or as a rule."""

from __future__ import annotations

from collections.abc import Mapping

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry.judgements import Judgement
from haihe.kit.errors import N_
from haihe.ui.language import tr


def giver_words(one: Judgement, givers: Mapping[str, str]) -> str:
    """Who gave a judgement: the account by its name, the operator at the machine, or a rule."""
    if one.rule:
        return tr(N_("a rule"))
    return (
        tr(N_("the operator")) if one.judged_by == OPERATOR.name else givers.get(one.judged_by, one.judged_by)
    )
