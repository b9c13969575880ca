"""Single sign-on against a provider that runs: discovery, PKCE, signatures, and what must not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import text

from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.accounts.actions import asker_of, set_disabled
from haihe.boards.accounts.signon import provider_of
from haihe.boards.accounts.signon_actions import (
    Answer,
    Arrival,
    begin_sign_on,
    end_sign_on,
    link_identity,
    subject_of,
    unlink_identity,
)
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unavailable, Unknown
from haihe.store.opening import Store
from haihe.store.session import noting

from .provider import CLIENT, SECRET, Provider, provider

pytestmark = pytest.mark.database
BACK = "http://127.0.0.1:8080/sign-on/back"
Member = Callable[..., int]


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with provider() as started:
        yield started


@pytest.fixture
def trusted(running: Provider, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """The provider without a fault, and the house that trusts it."""
    running.fault, running.subject = "", "sub-1"
    monkeypatch.setenv("HAIHE_OIDC_ISSUER", running.issuer)
    monkeypatch.setenv("HAIHE_OIDC_CLIENT", CLIENT)
    monkeypatch.setenv("HAIHE_OIDC_SECRET", SECRET)
    return running


def sent_back(url: str, kept: str) -> Answer:
    """What the browser brings back from the provider, with the cookie that it kept."""
    with httpx2.Client(trust_env=False) as browser:
        answer = browser.get(url)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(BACK)
    said = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return Answer(said.get("code", ""), said["state"], kept, said["iss"], said.get("error", ""))


def signed_on(store: Store, asker: Asker | None = None) -> Arrival:
    url, state = begin_sign_on(store, BACK, "/plans", *([asker] if asker else []))
    return end_sign_on(store, BACK, sent_back(url, state))


def test_who_is_linked_signs_in_by_subject_through_new_keys_and_new_names(
    kept: Store, trusted: Provider, member: Member
) -> None:
    desk = member("desk@example.cn", Grant("viewer"))
    with pytest.raises(Forbidden) as refused:
        signed_on(kept)
    assert refused.value.facts["subject"] == "sub-1", "the same e-mail address is no link"
    link_identity(kept, OPERATOR, desk, "sub-1")
    arrival = signed_on(kept)
    assert arrival.back == "/plans"
    assert arrival.session
    assert asker_of(kept, arrival.session).account == desk
    trusted.rotate()
    assert signed_on(kept).session, "a key that was not there before is fetched"
    trusted.subject = "sub-2"
    with pytest.raises(Forbidden, match="no open account"):
        signed_on(kept)
    trusted.subject = "sub-1"
    set_disabled(kept, OPERATOR, desk, disabled=True)
    with pytest.raises(Forbidden):
        signed_on(kept)
    set_disabled(kept, OPERATOR, desk, disabled=False)
    unlink_identity(kept, OPERATOR, desk)
    with pytest.raises(Forbidden):
        signed_on(kept)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        *[
            (fault, Unknown)
            for fault in (
                "refused", "issuer of answer", "issuer", "audience", "audiences", "expired", "early", "nonce",
                "no nonce", "no subject", "subject of no text", "at_hash", "unsigned", "key of another",
                "unknown key", "key as secret",
            )
        ],
        ("issuer of discovery", Unavailable),
        ("no JSON", Unavailable),
    ],
)  # fmt: skip
def test_what_does_not_hold_does_not_pass(
    kept: Store, trusted: Provider, fault: str, error: type[HaiheError]
) -> None:
    url, state = begin_sign_on(kept, BACK, "/")
    trusted.fault = fault
    answer = sent_back(url, state)
    with pytest.raises(error):
        end_sign_on(kept, BACK, answer)


def test_an_answer_serves_once_and_only_in_the_browser_that_began(kept: Store, trusted: Provider) -> None:
    member_id = 1
    link_identity(kept, OPERATOR, member_id, "sub-1")
    url, state = begin_sign_on(kept, BACK, "/")
    answer = sent_back(url, state)
    for forged in (
        replace(answer, kept=""),
        replace(answer, kept="x", state="x"),
        replace(answer, state="x"),
    ):
        with pytest.raises(Unknown, match="begun elsewhere"):
            end_sign_on(kept, BACK, forged)
    assert end_sign_on(kept, BACK, answer).session
    with pytest.raises(Unknown, match="used already"):
        end_sign_on(kept, BACK, answer)

    _, fresh = begin_sign_on(kept, BACK, "/")
    with pytest.raises(Unknown, match="invalid_grant"):
        end_sign_on(kept, BACK, replace(answer, state=fresh, kept=fresh))

    url, state = begin_sign_on(kept, BACK, "/")
    answer = sent_back(url, state)
    with noting(kept.engine) as connection:
        connection.execute(text("UPDATE sign_on_start SET began_at = began_at - interval '11 minutes'"))
    with pytest.raises(Unknown, match="has ended"):
        end_sign_on(kept, BACK, answer)


def test_a_code_of_somebody_else_fails_for_want_of_the_verifier(kept: Store, trusted: Provider) -> None:
    stolen = sent_back(*begin_sign_on(kept, BACK, "/"))
    _, own = begin_sign_on(kept, BACK, "/")
    with pytest.raises(Unknown, match="invalid_grant"):
        end_sign_on(kept, BACK, replace(stolen, state=own, kept=own))


def test_one_links_ones_own_account_and_an_identity_has_one_account(
    kept: Store, trusted: Provider, member: Member
) -> None:
    trusted.subject = "sub-own"
    own, other = member("own", Grant("viewer")), member("other", Grant("viewer"))
    arrival = signed_on(kept, Asker("own", (Grant("viewer"),), own))
    assert arrival == Arrival(None, "/plans")
    assert subject_of(kept, own) == "sub-own"
    with pytest.raises(Conflict, match="another account"):
        link_identity(kept, OPERATOR, other, "sub-own")
    viewer = Asker("other", (Grant("viewer"),), other)
    with pytest.raises(Forbidden):
        unlink_identity(kept, viewer, own)
    with pytest.raises(Forbidden):
        link_identity(kept, viewer, other, "sub-x")
    unlink_identity(kept, Asker("own", (Grant("viewer"),), own), own)
    assert subject_of(kept, own) is None


def test_a_provider_that_is_gone_is_said_so(
    kept: Store, trusted: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIHE_OIDC_ISSUER", "http://127.0.0.1:9")
    with pytest.raises(Unavailable, match="does not answer"):
        begin_sign_on(kept, BACK, "/")
    monkeypatch.delenv("HAIHE_OIDC_ISSUER")
    with pytest.raises(NotFound):
        begin_sign_on(kept, BACK, "/")


@pytest.mark.parametrize(
    "environment",
    [
        {"HAIHE_OIDC_ISSUER": "https://id.example.cn"},
        {"HAIHE_OIDC_ISSUER": "http://id.example.cn", "HAIHE_OIDC_CLIENT": "haihe"},
        {"HAIHE_OIDC_ISSUER": "id.example.cn", "HAIHE_OIDC_CLIENT": "haihe"},
    ],
    ids=str,
)
def test_a_provider_that_cannot_be_trusted_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="HAIHE_OIDC_ISSUER"):
        provider_of(environment)
