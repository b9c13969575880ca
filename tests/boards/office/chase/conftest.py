"""Servers that stand in for robots, webhooks and a mailbox, and answer as the real ones."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Share
from haihe.boards.office import actions
from haihe.store.opening import Store

KEY = "SEC0123456789abcdef"
HOOK_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def hmac_sha256(key: bytes, text: bytes) -> bytes:
    """HMAC by its definition (RFC 2104), for a key of at most a block."""
    inner, outer = (bytes(byte ^ pad for byte in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    return hashlib.sha256(outer + hashlib.sha256(inner + text).digest()).digest()


class Standin(ThreadingHTTPServer):
    """企业微信, 钉钉 and a program with a webhook: each checks what it is sent and answers as it does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.taken: dict[str, list[dict[str, Any]]] = {"wecom": [], "dingtalk": [], "hook": []}
        self.asked: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.broken: list[int] = []

    def settings(self, kind: str) -> dict[str, str]:
        """What a channel of a kind is set up with to reach this server."""
        root = f"http://127.0.0.1:{self.server_port}"
        return {
            "wecom": {"address": f"{root}/wecom?key=right"},
            "dingtalk": {"address": f"{root}/dingtalk?access_token=t", "key": KEY},
            "webhook": {"address": f"{root}/hook", "key": HOOK_KEY},
        }[kind]

    def wecom(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        if query.get("key") != "right":
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        if self.asked["wecom"] > 20:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        kind = body["msgtype"]
        if len(body[kind]["content"].encode()) > {"text": 2048, "markdown": 4096}[kind]:
            return {"errcode": 40058, "errmsg": f"{kind}.content exceed max length"}
        return self.took("wecom", body)

    def dingtalk(self, query: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
        stamp, sign = query.get("timestamp", "0"), query.get("sign", "")
        right = base64.b64encode(hmac_sha256(KEY.encode(), f"{stamp}\n{KEY}".encode())).decode()
        if sign != right or abs(time.time() - int(stamp) / 1000) > 3600:
            return {"errcode": 310000, "errmsg": "sign not match"}
        if self.asked["dingtalk"] > 20:
            return {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}
        said = body["text"]["content"] if body["msgtype"] == "text" else body["markdown"]["text"]
        if body["msgtype"] == "markdown" and not body["markdown"]["title"]:
            return {"errcode": 40035, "errmsg": "title is missing"}
        if not all(f"@{mobile}" in said for mobile in body["at"]["atMobiles"]):
            return {"errcode": 40035, "errmsg": "the content does not mention them"}
        return self.took("dingtalk", body)

    def took(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.taken[name].append(body)
        return {"errcode": 0, "errmsg": "ok"}


class Answers(BaseHTTPRequestHandler):
    server: Standin

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        name, query = (
            address.path.strip("/"),
            {key: values[0] for key, values in parse_qs(address.query).items()},
        )
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked[name] += 1
        status, body = 200, {}
        if self.server.broken:
            status = self.server.broken.pop(0)
        elif name == "hook":
            status = self.hook(content)
        else:
            body = getattr(self.server, name)(query, json.loads(content))
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def hook(self, content: bytes) -> int:
        number, stamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        key = base64.b64decode(HOOK_KEY.removeprefix("whsec_"))
        right = base64.b64encode(hmac_sha256(key, f"{number}.{stamp}.".encode() + content)).decode()
        if self.headers["webhook-signature"] != f"v1,{right}" or abs(time.time() - int(stamp)) > 300:
            return 401
        if number not in self.server.ids:
            self.server.ids.add(number)
            self.server.taken["hook"].append(json.loads(content))
        return 204

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def standin(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standin]:
    """The stand-in server, on a private network that is allowed."""
    monkeypatch.setenv("HAIHE_PRIVATE_CHANNELS", "127.0.0.0/8")
    server = Standin()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Mailbox:
    """Takes letters, but for an address that is full."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: list[str]) -> str:
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        if address.startswith("gone@"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@contextmanager
def mailbox_served(tls_context: ssl.SSLContext | None = None) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A mailbox that is being served, and the settings of a channel to it."""
    box = Mailbox()
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, tls_context=tls_context)
    controller.start()
    yield box, {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "office@example.org"}
    controller.stop()


@pytest.fixture
def serve_mailbox() -> Callable[..., AbstractContextManager[tuple[Mailbox, dict[str, str]]]]:
    """Serves a mailbox, with a certificate where one is given."""
    return mailbox_served


@pytest.fixture
def mailbox(standin: Standin) -> Iterator[tuple[Mailbox, dict[str, str]]]:
    """A mail server, and the settings of a channel to it."""
    with mailbox_served() as served:
        yield served


@pytest.fixture
def plan(store: Store, plan_of: Callable[..., int]) -> int:
    """A plan of three units that were handed their workbooks for a month, due on a Friday."""
    plan = plan_of(*([Share(unit, "lead")] for unit in ("样例市科技局", "样例市商务局", "样例市交通局")))
    actions.dispatch(store, OPERATOR, actions.Order(plan, "2026-10", date(2026, 11, 13)))
    return plan
