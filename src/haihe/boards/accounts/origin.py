"""Whether a request comes from Haihe's own pages (protection against CSRF), and an address leads there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_origin(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request is safe, from the same origin, or not from a browser at all.

    A browser says where a request comes from in `Sec-Fetch-Site`, an older one in `Origin`; a page of
    another site can forge neither (W3C Fetch Metadata Request Headers §2.3; RFC 6454 §7).

    >>> is_same_origin("POST", {"sec-fetch-site": "cross-site"})
    False
    >>> is_same_origin("POST", {"origin": "http://h:8080", "host": "h:8080"})
    True
    """
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


def inside_of(back: str) -> str:
    """The address to go back to: itself where it is inside this site, else home.

    >>> inside_of("/plans?x=1"), inside_of("//evil.example"), inside_of("http://evil.example")
    ('/plans?x=1', '/', '/')
    """
    return back if back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() else "/"
