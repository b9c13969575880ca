"""Accounts over HTTP: `/api/v1/session`, `/api/v1/accounts`, `/api/v1/audit`, and the forms of the pages."""

from __future__ import annotations

from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from haihe.boards.accounts import actions
from haihe.boards.accounts.actions import COOKIE, LOGIN_LASTS, asking
from haihe.boards.accounts.records import Account, Asker, Grant
from haihe.kit.errors import Unknown
from haihe.store.audit import Verdict
from haihe.store.opening import Store, the_store

router = APIRouter(prefix="/api/v1", tags=["accounts"])
forms = APIRouter(include_in_schema=False)

Asks = Annotated[Asker, Depends(asking)]
Opens = Annotated[Store, Depends(the_store)]
Answer = TypeVar("Answer", bound=Response)


class Credentials(BaseModel):
    """What one signs in with."""

    name: str = Field(max_length=200)
    password: str = Field(max_length=256)


class NewPassword(BaseModel):
    """A password and the one it replaces."""

    old: str = Field(max_length=256)
    new: str = Field(max_length=256)


class NewAccount(BaseModel):
    """An account to be made."""

    name: str = Field(min_length=1, max_length=200)
    title: str = Field(default="", max_length=200)
    grants: list[Grant] = Field(min_length=1)


class OneTimePassword(BaseModel):
    """A password that serves once; it is shown only now."""

    password: str


@router.get("/session")
def session(asker: Asks) -> Asker:
    """Who asks, and with which roles."""
    return asker


@router.post("/session", status_code=204)
def sign_in(request: Request, response: Response, store: Opens, credentials: Credentials) -> None:
    """Sign in; the session is kept in a cookie."""
    _keep(request, response, actions.sign_in(store, credentials.name, credentials.password))


@router.delete("/session", status_code=204)
def sign_out(request: Request, response: Response, store: Opens) -> None:
    """End the session."""
    actions.sign_out(store, request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


@router.put("/session/password", status_code=204)
def set_password(request: Request, store: Opens, words: NewPassword) -> None:
    """Replace one's own password; every other session of the account ends."""
    actions.set_password(store, request.cookies.get(COOKIE, ""), words.old, words.new)


@router.get("/accounts")
def list_accounts(store: Opens, asker: Asks) -> list[Account]:
    """Every account."""
    return actions.accounts(store, asker)


@router.post("/accounts", status_code=201)
def add_account(store: Opens, asker: Asks, account: NewAccount) -> OneTimePassword:
    """Make an account; answers its one-time password."""
    password = actions.add_account(store, asker, account.name, account.title, account.grants)
    return OneTimePassword(password=password)


@router.post("/accounts/{account}/password")
def renew_password(store: Opens, asker: Asks, account: int) -> OneTimePassword:
    """Give an account a new one-time password and end its sessions."""
    return OneTimePassword(password=actions.renew_password(store, asker, account))


@router.post("/accounts/{account}/disable", status_code=204)
def disable_account(store: Opens, asker: Asks, account: int) -> None:
    """Close an account."""
    actions.set_disabled(store, asker, account, disabled=True)


@router.post("/accounts/{account}/enable", status_code=204)
def enable_account(store: Opens, asker: Asks, account: int) -> None:
    """Open a closed account again."""
    actions.set_disabled(store, asker, account, disabled=False)


@router.get("/audit")
def audit(store: Opens, asker: Asks) -> Verdict:
    """Whether the audit chain is whole."""
    return actions.audit_verdict(store, asker)


@forms.post("/sign-in")
def sign_in_form(
    request: Request,
    store: Opens,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=256)] = "",
    back: Annotated[str, Form()] = "/",
) -> RedirectResponse:
    """The form of the page; leads back, or to the page for a new password after a one-time one."""
    try:
        token = actions.sign_in(store, name, password)
    except Unknown:
        return RedirectResponse(f"/sign-in?{urlencode({'wrong': 1, 'back': back})}", status_code=303)
    inside = back.startswith("/") and not back.startswith(("//", "/\\"))
    must_change = actions.asker_of(store, token).must_change
    target = "/account" if must_change else back if inside else "/"
    return _keep(request, RedirectResponse(target, status_code=303), token)


@forms.post("/sign-out")
def sign_out_form(request: Request, store: Opens) -> RedirectResponse:
    """End the session and lead home."""
    actions.sign_out(store, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def _keep(request: Request, response: Answer, token: str) -> Answer:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LOGIN_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response
