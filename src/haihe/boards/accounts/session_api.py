"""Pages that stay open end with their session: signing out, closing an account, changed roles, idle time."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from json import dumps
from time import monotonic
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haihe.boards.accounts.actions import COOKIE, asker_of
from haihe.boards.accounts.origin import inside_of
from haihe.boards.accounts.records import PUBLIC, Asker
from haihe.store.opening import the_store

_CHECKED_S = 10.0
_WATCHED_S = 60.0
_EVENT = re.compile(r'42\d*\["event"')
_ENDED = "/session-ended"
_CODE = f"window.location.assign('{_ENDED}?back=' + encodeURIComponent(window.location.pathname))"
_LEAVE = f"42{dumps(['run_javascript', {'code': _CODE}])}"
"""An event of Socket.IO 5 that NiceGUI's pages understand: go where it is said that the session has ended."""


forms = APIRouter(include_in_schema=False)


@forms.get(_ENDED)
def session_ended(request: Request, back: str = "/") -> RedirectResponse:
    """Back to the page where a session still holds; else to signing in, without the cookie that held it."""
    token, inside = request.cookies.get(COOKIE, ""), inside_of(back)
    if asker_of(the_store(), token) != PUBLIC:
        return RedirectResponse(inside, status_code=303)
    answer = RedirectResponse(f"/sign-in?{urlencode({'ended': 1, 'back': inside})}", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


class Presence:
    """Stands around the websockets of pages that were opened in a session.

    What somebody does in a page counts as use of the session. Once the session has ended, or the account's
    roles are others than when the page was opened, nothing that the page sends is passed on, and it is loaded
    anew with the roles that hold now, or leads to signing in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a connection on, watched where it is a page's with a session."""
        token = HTTPConnection(scope).cookies.get(COOKIE) if scope["type"] == "websocket" else None
        if token is None:
            await self.app(scope, receive, send)
            return
        await _Visit(token, receive, send).run(self.app, scope)


class _Visit:
    """One connection and the session it belongs to."""

    def __init__(self, token: str, receive: Receive, send: Send) -> None:
        self._token, self._receive, self._send = token, receive, send
        self._opened: Asker = PUBLIC
        self._checked_at = 0.0
        self._ended = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        """Serve the connection until it closes."""
        self._opened, self._checked_at = await self._asker(seen=False), monotonic()
        watch = asyncio.create_task(self._watch())
        try:
            await app(scope, self._take, self._send)
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch

    async def _take(self) -> Message:
        while True:
            message = await self._receive()
            acts = message["type"] == "websocket.receive" and _EVENT.match(message.get("text") or "")
            if not acts or await self._goes_on(seen=True):
                return message

    async def _watch(self) -> None:
        while await self._goes_on(seen=False):
            await asyncio.sleep(_WATCHED_S)

    async def _goes_on(self, *, seen: bool) -> bool:
        """Whether the session is as it was when the page was opened; looked up every ten seconds at most."""
        if not self._ended and monotonic() - self._checked_at > _CHECKED_S:
            self._checked_at = monotonic()
            now = await self._asker(seen=seen)
            if now == PUBLIC or now != self._opened:
                self._ended = True
                await self._send({"type": "websocket.send", "text": _LEAVE})
        return not self._ended

    async def _asker(self, *, seen: bool) -> Asker:
        return await asyncio.to_thread(asker_of, the_store(), self._token, seen=seen)
