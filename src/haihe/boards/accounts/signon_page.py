"""The pages of single sign-on: on to the provider, and back from it."""

from __future__ import annotations

from asyncio import to_thread

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from haihe.boards.accounts import signon_actions
from haihe.boards.accounts.api import kept
from haihe.boards.accounts.signon_api import on_to, redirect_of
from haihe.kit.errors import N_, HaiheError
from haihe.store.opening import the_store
from haihe.ui import page_at
from haihe.ui.frame import frame
from haihe.ui.language import tr


def mount() -> None:
    """Register the pages."""
    page_at("/sign-on")(sign_on)
    page_at("/sign-on/back")(sign_on_back)


async def sign_on(request: Request, back: str = "/") -> Response | None:
    """On to the provider."""
    try:
        return await to_thread(on_to, request, the_store(), back)
    except HaiheError as error:
        _refused(error)
    return None


async def sign_on_back(
    request: Request, code: str = "", state: str = "", iss: str = "", error: str = ""
) -> Response | None:
    """Back from the provider: into a session, or a page that says why not."""
    kept_state = request.cookies.get(signon_actions.COOKIE, "")
    answer = signon_actions.Answer(code, state, kept_state, iss, error)
    try:
        arrival = await to_thread(signon_actions.end_sign_on, the_store(), redirect_of(request), answer)
    except HaiheError as refused:
        _refused(refused)
        return None
    response = RedirectResponse(arrival.back, status_code=303)
    response.delete_cookie(signon_actions.COOKIE, path="/sign-on")
    return kept(request, response, arrival.session) if arrival.session else response


def _refused(error: HaiheError) -> None:
    with frame(tr(N_("Sign in"))):
        raise error
