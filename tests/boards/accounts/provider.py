"""An OpenID Connect provider on this machine: discovery, PKCE, codes that serve once, signed ID tokens.

Its faults are those that a client has to see through; `fault` is the one of the next answer.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "haihe", "a secret of this house"


class Provider:
    """The provider's state; `subject` is whoever signs in at it next."""

    def __init__(self, issuer: str) -> None:
        self.issuer, self.subject, self.fault = issuer, "sub-1", ""
        self.codes: dict[str, dict[str, str]] = {}
        self.used: list[str] = []
        self.key: RSAKey | ECKey = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
        self.retired: list[RSAKey | ECKey] = []

    def rotate(self) -> None:
        """Sign with a new key of another kind; the old one stays listed, as providers do."""
        self.retired.append(self.key)
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})

    async def described(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": "https://somebody.else" if self.fault == "issuer of discovery" else self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            }
        )

    async def keys(self, _: Request) -> Response:
        return JSONResponse(KeySet([*self.retired, self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"]) == (CLIENT, "code")
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        back = {"state": asked["state"], "iss": self.issuer}
        if self.fault == "refused":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = asked
        if self.fault == "issuer of answer":
            back["iss"] = "https://somebody.else"
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", status_code=303)

    async def token(self, request: Request) -> Response:
        given = dict(await request.form())
        basic = base64.b64encode(f"{CLIENT}:{SECRET.replace(' ', '+')}".encode()).decode()
        plain = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") not in (f"Basic {basic}", f"Basic {plain}"):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(str(given["code"]), None)
        digest = hashlib.sha256(str(given.get("code_verifier", "")).encode()).digest()
        challenge = plain_text(digest)
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != given["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.fault == "no JSON":
            return Response("<h1>maintenance</h1>", 200)
        access = secrets.token_urlsafe(16)
        signed = self.signed(asked)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": signed})

    def signed(self, asked: dict[str, str]) -> str:
        """The ID token, with the fault that is wanted."""
        now, fault = int(time.time()), self.fault
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "email": "desk@example.cn",
            "email_verified": True,
        }
        claims |= {
            "issuer": {"iss": "https://somebody.else"},
            "audience": {"aud": "another client"},
            "audiences": {"aud": [CLIENT, "another client"], "azp": "another client"},
            "expired": {"exp": now - 3600, "iat": now - 7200},
            "nonce": {"nonce": "another"},
            "early": {"iat": now + 3600, "nbf": now + 3600},
            "at_hash": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
            "subject of no text": {"sub": 7},
        }.get(fault, {})
        if fault == "no nonce":
            del claims["nonce"]
        if fault == "no subject":
            del claims["sub"]
        if fault == "unsigned":
            return f"{signed_text({'alg': 'none'}, claims)}."
        if fault == "key of another":
            stranger = RSAKey.generate_key(2048)
            return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, stranger)
        if fault == "unknown key":
            return jwt.encode({"alg": "RS256", "kid": "nowhere"}, claims, RSAKey.generate_key(2048))
        if fault == "key as secret":
            body = signed_text({"alg": "HS256", "kid": self.key.kid}, claims)
            shared = self.key.as_pem(private=False)
            return f"{body}.{plain_text(hmac.digest(shared, body.encode(), 'sha256'))}"
        algorithm = "RS256" if isinstance(self.key, RSAKey) else "ES256"
        return jwt.encode({"alg": algorithm, "kid": self.key.kid}, claims, self.key)


def plain_text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed_text(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """What a token's signature is over."""
    return ".".join(plain_text(json.dumps(part).encode()) for part in (header, claims))


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider, answering on a free port of this machine."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Provider(f"http://127.0.0.1:{port}")
    routes = [
        Route("/.well-known/openid-configuration", made.described),
        Route("/keys", made.keys),
        Route("/authorize", made.authorize),
        Route("/token", made.token, methods=["POST"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield made
    server.should_exit = True
    thread.join()
