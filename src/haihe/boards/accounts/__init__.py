"""Accounts (账号): who may see and do what, and the chain that says who did."""

from haihe.boards.accounts.markings import check_publishable, check_unclassified
from haihe.boards.accounts.origin import is_same_origin
from haihe.boards.accounts.passwords import check_password
from haihe.boards.accounts.permissions import (
    ROLE_LABELS,
    may,
    may_part,
    require,
    require_part,
    table,
    units_of,
)
from haihe.boards.accounts.records import OPERATOR, PUBLIC, Account, Asker, Grant

__all__ = [
    "OPERATOR",
    "PUBLIC",
    "ROLE_LABELS",
    "Account",
    "Asker",
    "Grant",
    "check_password",
    "check_publishable",
    "check_unclassified",
    "is_same_origin",
    "may",
    "may_part",
    "require",
    "require_part",
    "table",
    "units_of",
]
