"""One site for the browser tests of all boards, and accounts that have signed in to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.store.opening import Store

SignIn = Callable[[str, Grant], str]


@pytest.fixture(scope="session")
def site(database: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the whole site on the store."""
    home = str(database.heads.parent)
    with serve(Path(__file__).with_name("site.py"), home, database.url, database.owner_url) as address:
        yield address


@pytest.fixture
def signed_in(store: Store) -> SignIn:
    """Makes an account of a name with a grant, and gives the token of its session."""

    def sign_in(name: str, grant: Grant) -> str:
        old = accounts.add_account(store, OPERATOR, name, "", [grant])
        token = accounts.sign_in(store, name, old)
        accounts.set_password(store, token, old, "a password of several words")
        return token

    return sign_in


@pytest.fixture
def role() -> str:
    """Whose browser the desk is."""
    return "supervisor"


@pytest.fixture
async def desk(browser: Browser, site: str, signed_in: SignIn, role: str) -> AsyncIterator[Page]:
    """The browser of an account with a role for the whole house; no page may err in it."""
    context = await browser.new_context(
        base_url=site, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    token = signed_in("督查", Grant(role))
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    await context.close()
    assert not faults
