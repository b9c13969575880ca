"""The look's own addresses: its stylesheet and script, and the switches that a cookie keeps."""

from __future__ import annotations

from typing import Literal

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from nicegui import ui

from haihe.kit import resources
from haihe.kit.errors import N_, NotFound
from haihe.ui.language import COOKIE
from haihe.ui.theme import digest, stylesheet

Appearance = Literal["auto", "light", "dark"]

APPEARANCE_COOKIE = "haihe_appearance"
_YEAR_S = 365 * 24 * 3600


def appearance() -> Appearance:
    """The look that the reader chose: light, dark, or as the system has it."""
    chosen = ui.context.client.request.cookies.get(APPEARANCE_COOKIE)
    return "dark" if chosen == "dark" else "light" if chosen == "light" else "auto"


def look_addresses() -> tuple[str, str]:
    """The addresses of the stylesheet and the script, which change with their content."""
    script = resources.text("ui/page.js")
    return f"/look/{digest(stylesheet())}/style.css", f"/look/{digest(script)}/page.js"


def mount(app: FastAPI) -> None:
    """Add `/look/…`, `/language/…` and `/appearance/…` to an app, before NiceGUI is mounted on it."""
    app.get("/look/{digest}/{name}", include_in_schema=False)(_look)
    app.get("/language/{code}", include_in_schema=False)(_language)
    app.get("/appearance/{chosen}", include_in_schema=False)(_appearance)


def _look(name: str) -> Response:
    keep = {"Cache-Control": "public, max-age=31536000, immutable"}
    if name == "style.css":
        return Response(stylesheet(), media_type="text/css", headers=keep)
    if name in ("page.js", "search.js"):
        return Response(resources.text(f"ui/{name}"), media_type="text/javascript", headers=keep)
    if name == "search.css":
        return Response(resources.text(f"ui/{name}"), media_type="text/css", headers=keep)
    raise NotFound(N_("There is no {name} here."), advice=N_("Load the page again."), name=name)


def _language(request: Request, code: Literal["zh", "en"], back: str = "/") -> RedirectResponse:
    return _kept(request, COOKIE, code, back)


def _appearance(request: Request, chosen: Appearance, back: str = "/") -> RedirectResponse:
    return _kept(request, APPEARANCE_COOKIE, chosen, back)


def _kept(request: Request, cookie: str, chosen: str, back: str) -> RedirectResponse:
    """Back to the page the reader came from; an address outside this site leads home instead."""
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    answer = RedirectResponse(back if inside else "/", status_code=303)
    secure = request.url.scheme == "https"
    answer.set_cookie(cookie, chosen, max_age=_YEAR_S, httponly=True, samesite="lax", secure=secure)
    return answer
