"""Sending to robots, webhooks and mail servers, which no other part of the house does."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from haihe.boards.office.channels import Answer, Kind, Message, answer_of, body_of, host_of
from haihe.kit.errors import N_, Forbidden, Invalid
from haihe.kit.sheets import MEDIA_TYPES
from haihe.kit.text import sha256_of
from haihe.store.opening import Store

_TIMEOUT_S = 10
_ANSWER_BYTES_MAX = 65_536
_Address = IPv4Address | IPv6Address
_ALLOWED = "HAIHE_PRIVATE_CHANNELS"


def delivered(store: Store, kind: Kind, settings: Mapping[str, str], message: Message, key: str) -> Answer:
    """Send a message now; `key` tells it from every other, and is the same when it is sent again.

    Raises Forbidden for a host that may not be written to.
    """
    try:
        if kind == "mail":
            return _mailed(store, settings, message, key)
        return _posted(kind, settings, message, key)
    except smtplib.SMTPResponseException as error:
        words = (
            error.smtp_error.decode("utf-8", "replace")
            if isinstance(error.smtp_error, bytes)
            else error.smtp_error
        )
        return Answer(False, f"SMTP {error.smtp_code} {words}", again=error.smtp_code < 500)
    except ssl.SSLCertVerificationError as error:
        return Answer(False, f"{host_of(kind, settings)}: {error.verify_message}")
    except (OSError, HTTPException, smtplib.SMTPException) as error:
        return Answer(False, f"{host_of(kind, settings)}: {error or type(error).__name__}", again=True)


def check_host(host: str) -> None:
    """Raise Forbidden for a host on a private network that is not allowed; one not found may be later."""
    try:
        _addresses_of(host, 443)
    except OSError:
        return


def signed(address: str, key: str, at: datetime) -> str:
    """The address of a 钉钉 robot, signed: HMAC-SHA256 of the time in ms, a line feed and the key."""
    stamp = str(round(at.timestamp() * 1000))
    sign = hmac.digest(key.encode(), f"{stamp}\n{key}".encode(), hashlib.sha256)
    query = urlencode({"timestamp": stamp, "sign": base64.b64encode(sign).decode()})
    return f"{address}{'&' if '?' in address else '?'}{query}"


def webhook_headers(key: str, secret: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0.0: an id, a time in s, and HMAC-SHA256 of both with the body."""
    stamp = str(int(at.timestamp()))
    try:
        material = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        material = secret.encode()
    sign = hmac.digest(material, f"{key}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(sign).decode()}",
    }


def _posted(kind: Kind, settings: Mapping[str, str], message: Message, key: str) -> Answer:
    at, address = datetime.now(UTC), settings["address"]
    content = body_of(kind, settings.get("form", "text"), message)
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "haihe"}
    if kind == "webhook":
        headers |= webhook_headers(f"msg_{sha256_of(key)[:32]}", settings["key"], body, at)
    elif kind == "dingtalk" and settings.get("key"):
        address = signed(address, settings["key"], at)
    status, said = _answered(urlsplit(address), headers, body)
    try:
        read: Any = json.loads(said)
    except ValueError:
        read = None
    return answer_of(kind, status, read if isinstance(read, dict) else None)


def _answered(to: SplitResult, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    """What a server answers to a POST; redirections are not followed, as they could lead inside."""
    host, secure = to.hostname or "", to.scheme == "https"
    port = to.port or (443 if secure else 80)
    addresses = _addresses_of(host, port)
    if not secure and any(one.is_global for one in addresses):
        raise Forbidden(
            N_("{host} is outside and would be written to without encryption."),
            advice=N_("Use an address that begins with https://."),
            host=host,
        )
    path = f"{to.path or '/'}{'?' if to.query else ''}{to.query}"
    connection = _Connection(addresses, host, port, secure=secure)
    try:
        connection.request("POST", path, body, headers | {"Host": to.netloc})
        answer = connection.getresponse()
        return answer.status, answer.read(_ANSWER_BYTES_MAX)
    finally:
        connection.close()


class _Connection(HTTPConnection):
    """A connection to the very addresses that were checked, if secure under the certificate of the name."""

    def __init__(self, addresses: Sequence[_Address], host: str, port: int, *, secure: bool) -> None:
        self._addresses, self._secure = addresses, secure
        super().__init__(host, port, timeout=_TIMEOUT_S)

    def connect(self) -> None:
        """Open it."""
        bare = _socket_to(self._addresses, self.port)
        self.sock = _covered(bare, self.host) if self._secure else bare


def _mailed(store: Store, settings: Mapping[str, str], message: Message, key: str) -> Answer:
    host, port, security = settings["host"], int(settings["port"]), settings["security"]
    addresses = _addresses_of(host, port)
    if security == "none" and any(one.is_global for one in addresses):
        raise Forbidden(
            N_("{host} is outside and would be written to without encryption."),
            advice=N_("Choose starttls or tls."),
            host=host,
        )
    with _Mail(addresses, secure=security == "tls") as server:
        server.connect(host, port)
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.get("user"):
            server.login(settings["user"], settings.get("password", ""))
        try:
            refused = server.send_message(_letter(store, settings["sender"], message, key))
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
    codes = [code for code, _ in refused.values()]
    notes = [
        f"{who}: SMTP {code} {words.decode('utf-8', 'replace')}" for who, (code, words) in refused.items()
    ]
    nobody = len(codes) == len(message.addresses)
    return Answer(not refused, "; ".join(notes), again=nobody and all(code < 500 for code in codes))


class _Mail(smtplib.SMTP):
    """A mail server at the very addresses that were checked, if secure with TLS from the start."""

    def __init__(self, addresses: Sequence[_Address], *, secure: bool) -> None:
        self._addresses, self._secure = addresses, secure
        super().__init__(timeout=_TIMEOUT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        self._host = host
        bare = _socket_to(self._addresses, port)
        return _covered(bare, host) if self._secure else bare


def _letter(store: Store, sender: str, message: Message, key: str) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = message.title
    letter["From"] = sender
    letter["To"] = ", ".join(message.addresses)
    letter["Date"] = format_datetime(datetime.now(UTC))
    letter["Message-ID"] = f"<{sha256_of(key)[:32]}@{sender.rpartition('@')[2].strip('> ')}>"
    letter.set_content(message.text)
    if message.workbook:
        name, sha256 = message.workbook
        maintype, subtype = MEDIA_TYPES["xlsx"].split("/")
        letter.add_attachment(store.files.content(sha256), maintype=maintype, subtype=subtype, filename=name)
    return letter


def _addresses_of(host: str, port: int) -> list[_Address]:
    """The addresses of a host; raises Forbidden where one of them is private and not allowed."""
    allowed = _allowed()
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = [ip_address(str(entry[4][0]).split("%")[0]) for entry in entries]
    plain = [getattr(one, "ipv4_mapped", None) or one for one in found]
    for one in plain:
        outside = one.is_global and not one.is_multicast
        if not outside and not any(one in network for network in allowed):
            raise Forbidden(
                N_("{host} is on a private network ({address}) that messages may not be sent to."),
                advice=N_("Name the network in the setting {setting}, such as 10.1.0.0/16, and start again."),
                host=host,
                address=one,
                setting=_ALLOWED,
            )
    return plain


def _socket_to(addresses: Sequence[_Address], port: int) -> socket.socket:
    """A socket to the first of the addresses that answers."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((str(address), port), _TIMEOUT_S)
        except OSError:
            continue
    return socket.create_connection((str(addresses[-1]), port), _TIMEOUT_S)


def _covered(bare: socket.socket, host: str) -> socket.socket:
    """A socket under TLS, with the certificate of the host checked."""
    return ssl.create_default_context().wrap_socket(bare, server_hostname=host)


def _allowed() -> list[IPv4Network | IPv6Network]:
    """The private networks that messages may be sent to."""
    words = [word.strip() for word in os.environ.get(_ALLOWED, "").split(",") if word.strip()]
    try:
        return [ip_network(word, strict=False) for word in words]
    except ValueError as error:
        raise Invalid(
            N_("{setting} holds {value}, which is no list of networks."),
            advice=N_("Write networks with commas between them: 10.1.0.0/16,192.168.3.7."),
            setting=_ALLOWED,
            value=",".join(words)[:80],
        ) from error
