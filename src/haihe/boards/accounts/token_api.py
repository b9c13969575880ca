"""API tokens over HTTP: `/api/v1/tokens`."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from haihe.boards.accounts import token_actions
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.accounts.tokens import DAYS, DAYS_MAX, Token, Wish
from haihe.kit.errors import N_, Unknown
from haihe.kit.limits import NAME_CHARACTERS_MAX

router = APIRouter(prefix="/tokens")


class NewToken(BaseModel):
    """A token to be made for oneself: what it is for, its actions, and how many days it lasts."""

    name: str = Field(min_length=1, max_length=NAME_CHARACTERS_MAX)
    actions: list[str] = Field(min_length=1, max_length=100)
    days: int = Field(default=DAYS, ge=1, le=DAYS_MAX)


class Secret(BaseModel):
    """A token; it is shown only now."""

    token: str


@router.get("")
def list_tokens(store: Opens, asker: Asks) -> list[Token]:
    """One's own tokens, and for whoever manages tokens everybody's."""
    return token_actions.tokens(store, asker)


@router.post("", status_code=201)
def add_token(store: Opens, asker: Asks, token: NewToken) -> Secret:
    """Make a token for oneself; it is sent as `Authorization: Bearer TOKEN`."""
    if asker.account is None:
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    wish = Wish(token.name, tuple(token.actions), token.days)
    return Secret(token=token_actions.add_token(store, asker, asker.account, wish))


@router.delete("/{token}", status_code=204)
def revoke_token(store: Opens, asker: Asks, token: int) -> None:
    """End a token at once."""
    token_actions.revoke_token(store, asker, token)
