"""Single sign-on over HTTP: the form that links an account, and links kept by an administrator."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from haihe.boards.accounts import signon_actions
from haihe.boards.accounts.permissions import refusal_of
from haihe.boards.accounts.records import PUBLIC, Asker
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.kit.errors import N_, Unknown
from haihe.store.opening import Store

router = APIRouter(prefix="/accounts")
forms = APIRouter(include_in_schema=False)


class Link(BaseModel):
    """The provider's identifier (`sub`) of whoever uses an account."""

    subject: str = Field(min_length=1, max_length=255)


@router.put("/{account}/identity", status_code=204)
def link_identity(store: Opens, asker: Asks, account: int, link: Link) -> None:
    """Link an account to an identity at the house's provider."""
    signon_actions.link_identity(store, asker, account, link.subject)


@router.delete("/{account}/identity", status_code=204)
def unlink_identity(store: Opens, asker: Asks, account: int) -> None:
    """Take the link of an account away."""
    signon_actions.unlink_identity(store, asker, account)


@forms.post("/sign-on/link")
def link_form(request: Request, store: Opens, asker: Asks) -> RedirectResponse:
    """On to the provider, to link what comes back to one's own account; a form, so that no other site can."""
    if asker.account is None:
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    if asker.must_change or asker.scope is not None:
        raise refusal_of(asker)
    return on_to(request, store, "/account", asker)


def on_to(request: Request, store: Store, back: str, asker: Asker = PUBLIC) -> RedirectResponse:
    """Send the browser on to the provider, with the state of this sign-on in a cookie."""
    url, state = signon_actions.begin_sign_on(store, redirect_of(request), back, asker)
    answer = RedirectResponse(url, status_code=303)
    answer.set_cookie(
        signon_actions.COOKIE,
        state,
        max_age=int(signon_actions.LASTS.total_seconds()),
        path="/sign-on",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


def redirect_of(request: Request) -> str:
    """Where the provider sends the browser back to; the house is registered there with this address."""
    return f"{request.base_url}sign-on/back"
