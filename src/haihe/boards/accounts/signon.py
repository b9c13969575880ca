"""Single sign-on (单点登录) by OpenID Connect: the provider that the house trusts, whom it vouches for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from haihe.kit.errors import N_, Invalid

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that the house trusts, and who the house is there.

    `label` is what the button calls it; without `secret` the house is a public client (RFC 6749 §2.1).
    """

    issuer: str
    client: str
    secret: str | None
    label: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a provider vouches for. Only `subject` within `issuer` is never given to somebody else.

    E-mail addresses and names are (OpenID Connect Core 1.0 §5.7), so they identify nobody here.
    """

    issuer: str
    subject: str


def provider_of(environment: Mapping[str, str]) -> Provider | None:
    """The provider that an environment names, None where it names none.

    Raises Invalid for an issuer without a client and for one that is not https (OpenID Connect Discovery 1.0
    §3), this machine excepted.
    """
    issuer, client = environment.get("HAIHE_OIDC_ISSUER"), environment.get("HAIHE_OIDC_CLIENT")
    if not issuer:
        return None
    if not client:
        raise Invalid(
            N_("HAIHE_OIDC_ISSUER is set, but HAIHE_OIDC_CLIENT is not."),
            advice=N_("Set it to the client identifier that the provider gave."),
        )
    url = urlsplit(issuer)
    if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
        raise Invalid(
            N_("HAIHE_OIDC_ISSUER is {issuer}; the address of a provider begins with https://."),
            advice=N_("Use the address that the provider's discovery document gives as issuer."),
            issuer=issuer,
        )
    return Provider(
        issuer,
        client,
        environment.get("HAIHE_OIDC_SECRET") or None,
        environment.get("HAIHE_OIDC_LABEL") or url.hostname or issuer,
    )
