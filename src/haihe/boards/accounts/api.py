"""Accounts over HTTP: `/api/v1/session`, `/api/v1/accounts`, `/api/v1/audit`, and the forms of the pages."""

from __future__ import annotations

import os
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from haihe.boards.accounts import actions, audit_api, marking_api, session_api, signon_api, token_api
from haihe.boards.accounts.actions import COOKIE
from haihe.boards.accounts.origin import inside_of
from haihe.boards.accounts.records import Account, Asker, Grant
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.accounts.separation_actions import separate, set_grants
from haihe.boards.accounts.throttle import TooMany
from haihe.boards.accounts.timeouts import timeouts_of
from haihe.kit.errors import Unknown
from haihe.store.audit import Verdict

router = APIRouter(prefix="/api/v1", tags=["accounts"])
forms = APIRouter(include_in_schema=False)
for part in (audit_api, marking_api, signon_api, token_api):
    router.include_router(part.router)
for part in (session_api, signon_api):
    forms.include_router(part.forms)

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
    grants: list[Grant] = Field(default=[], max_length=200)


class Separation(BaseModel):
    """The names of the accounts that are to share an administrator's work."""

    system: str = Field(min_length=1, max_length=200)
    security: str = Field(min_length=1, max_length=200)
    audit: str = Field(min_length=1, max_length=200)


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
    token = actions.sign_in(store, credentials.name, credentials.password, _address(request))
    kept(request, response, token)


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


@router.put("/accounts/{account}/grants", status_code=204)
def set_roles(store: Opens, asker: Asks, account: int, grants: list[Grant]) -> None:
    """Replace the roles of an account; its sessions end."""
    set_grants(store, asker, account, grants)


@router.post("/accounts/separate", status_code=201)
def separate_administrators(store: Opens, asker: Asks, names: Separation) -> dict[str, str]:
    """Share an administrator's work among three accounts; answers their one-time passwords by role."""
    return separate(store, asker, names.model_dump())


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
        token = actions.sign_in(store, name, password, _address(request))
    except Unknown:
        return RedirectResponse(f"/sign-in?{urlencode({'wrong': 1, 'back': back})}", status_code=303)
    except TooMany as error:
        return RedirectResponse(f"/sign-in?{urlencode({**error.facts, 'back': back})}", status_code=303)
    must_change = actions.asker_of(store, token).must_change
    target = "/account" if must_change else inside_of(back)
    return kept(request, RedirectResponse(target, status_code=303), token)


@forms.post("/sign-out")
def sign_out_form(request: Request, store: Opens) -> RedirectResponse:
    """End the session and lead home."""
    actions.sign_out(store, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse("/", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def kept(request: Request, response: Answer, token: str) -> Answer:
    """The response, with a session's token in the cookie that scripts and other sites do not get."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(timeouts_of(os.environ).whole.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return response


def _address(request: Request) -> str:
    """Where a request comes from; behind a proxy what it says, when uvicorn trusts it."""
    return request.client.host if request.client else ""
