"""The channels that reminders go through: what each is set up with, the body it takes, what its answers mean.

企业微信 group robot: developer.work.weixin.qq.com/document/path/91770; 钉钉 group robot:
open.dingtalk.com/document/robots/custom-robot-access; a general webhook after Standard Webhooks 1.0.0
(github.com/standard-webhooks/standard-webhooks); e-mail by SMTP (RFC 5321).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX

Kind = Literal["wecom", "dingtalk", "webhook", "mail"]

KIND_LABELS: Mapping[Kind, str] = {
    "wecom": N_("WeCom robot"),
    "dingtalk": N_("DingTalk robot"),
    "webhook": N_("Webhook"),
    "mail": N_("E-mail"),
}
"""Every kind of channel and its words."""

MINUTE_MAX: Mapping[Kind, int] = {"wecom": 20, "dingtalk": 20}
"""How many messages a robot takes in a minute; the others set no limit."""

BYTES_MAX: Mapping[tuple[Kind, str], int] = {
    ("wecom", "text"): 2048,
    ("wecom", "markdown"): 4096,
    ("dingtalk", "text"): 20_000,
    ("dingtalk", "markdown"): 20_000,
}
"""How long the content of a robot's message may be in UTF-8; the others set no limit."""

ONCE: Mapping[Kind, str] = {
    "wecom": N_("Sent at least once; a crash in the moment of sending may send one message twice."),
    "dingtalk": N_("Sent at least once; a crash in the moment of sending may send one message twice."),
    "webhook": N_("Counted once by a receiver that knows the header webhook-id again."),
    "mail": N_("Sent at least once; a second copy has the same Message-ID, which many mailboxes drop."),
}
"""What sending once means on a channel."""

_SETTING_CHARACTERS_MAX = 1000
_TOO_FAST_S: Mapping[Kind, Mapping[int, int]] = {
    "wecom": {45009: 60, 45033: 60, -1: 0},
    "dingtalk": {130101: 600, 410100: 600, -1: 0},
}
"""The answers of robots that another try may change, and the seconds to wait before it."""


CHOICE_LABELS: Mapping[str, str] = {
    "text": N_("plain text"),
    "markdown": "Markdown",
    "starttls": "STARTTLS",
    "tls": "TLS",
    "none": N_("without encryption"),
    "yes": N_("yes"),
    "no": N_("no"),
}
"""The choices of settings and their words."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a channel is set up with: a secret is never shown; of `choices` the first holds by default."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    choices: tuple[str, ...] = ()


_ADDRESS = Field("address", N_("Address (webhook)"), secret=True)
_FORM = Field("form", N_("Form of the message"), choices=("text", "markdown"))
FIELDS: Mapping[Kind, tuple[Field, ...]] = {
    "wecom": (_ADDRESS, _FORM),
    "dingtalk": (_ADDRESS, Field("key", N_("Key to sign with (SEC…)"), secret=True, required=False), _FORM),
    "webhook": (_ADDRESS, Field("key", N_("Key to sign with (whsec_…)"), secret=True)),
    "mail": (
        Field("host", N_("Mail server")),
        Field("port", N_("Port"), choices=("587", "465", "25")),
        Field("security", N_("Encryption"), choices=("starttls", "tls", "none")),
        Field("sender", N_("From")),
        Field("user", N_("Account at the mail server"), required=False),
        Field("password", N_("Password at the mail server"), secret=True, required=False),
        Field("workbook", N_("Attach the workbook"), choices=("yes", "no")),
    ),
}
"""What each kind is set up with."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way out: `options` are shown, of the secrets only the names of those that are set.

    `host` is where it leads.
    """

    id: int
    kind: Kind
    name: str
    active: bool
    options: Mapping[str, str]
    secrets: tuple[str, ...]
    host: str

    @property
    def form(self) -> str:
        """How messages are written: text or markdown."""
        return self.options.get("form", "text")

    @property
    def bytes_max(self) -> int | None:
        """How long a message may be in UTF-8; None without limit."""
        return BYTES_MAX.get((self.kind, self.form))


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `addresses` are members to mention (userid, mobile number) or mailboxes.

    `workbook` is the name and the SHA-256 of a kept file to go with it.
    """

    title: str
    text: str
    addresses: tuple[str, ...] = ()
    workbook: tuple[str, str] | None = None
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said: `note` in its own words; `again` says that another try may help."""

    taken: bool
    note: str = ""
    again: bool = False
    delay: timedelta = timedelta()


def checked(kind: Kind, given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """The settings of a channel, what is not given taken from what is `kept`; raises Invalid."""
    unknown = set(given) - {field.name for field in FIELDS[kind]}
    if unknown:
        raise Invalid(
            N_("A channel of the kind {kind} has no {name}."),
            advice=N_("It is set up with: {names}."),
            kind=kind,
            name=min(unknown),
            names=", ".join(field.name for field in FIELDS[kind]),
        )
    found = {}
    for field in FIELDS[kind]:
        value = given.get(field.name, "").strip() or kept.get(field.name, "") or next(iter(field.choices), "")
        if not value.isprintable() or len(value) > _SETTING_CHARACTERS_MAX:
            raise _unfit(field, value)
        if field.required and not value:
            raise Invalid(N_("The channel needs: {label}."), advice=N_("Fill it in."), label=field.name)
        if field.choices and value not in field.choices and field.name != "port":
            raise _unfit(field, value)
        if value:
            found[field.name] = value
    if "port" in found and not (
        found["port"].isascii() and found["port"].isdigit() and 0 < int(found["port"]) < 65536
    ):
        raise _unfit(Field("port", N_("Port")), found["port"])
    return found


def _unfit(field: Field, value: str) -> Invalid:
    shown = "…" if field.secret else value[:50]
    advice = (
        N_("It may be: {choices}.") if field.choices else N_("Copy it again from where it was given to you.")
    )
    return Invalid(
        N_("{name} cannot be {value}."),
        advice=advice,
        name=field.name,
        value=shown,
        choices=", ".join(field.choices),
    )


def named(name: str) -> str:
    """The name of a channel, which is not empty and not too long; raises Invalid."""
    if not 0 < len(name.strip()) <= NAME_CHARACTERS_MAX:
        raise Invalid(N_("A channel needs a name."), advice=N_("Call it after its group or mailbox."))
    return name.strip()


def host_of(kind: Kind, settings: Mapping[str, str]) -> str:
    """Where a channel leads, without what only its owner may know; raises Invalid for no address.

    >>> host_of("wecom", {"address": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=6a9"})
    'qyapi.weixin.qq.com'
    """
    if kind == "mail":
        return settings["host"]
    try:
        parts = urlsplit(settings["address"])
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"https", "http"} or parts.username is not None:
        raise Invalid(
            N_("The address of the channel is no web address."),
            advice=N_("Copy it whole, from https:// to its end, from the settings of the robot."),
        )
    return host


def body_of(kind: Kind, form: str, message: Message) -> dict[str, Any]:
    """The JSON that a robot or webhook takes.

    企业微信 mentions members of a text by `mentioned_list`, in markdown by <@userid>; 钉钉 mentions mobile
    numbers that stand in the content and in `at`.
    """
    if kind == "wecom":
        if form == "markdown":
            mentions = "".join(f"<@{one}>" for one in message.addresses)
            return {"msgtype": "markdown", "markdown": {"content": f"{_marked(message)}\n{mentions}".strip()}}
        content = {"content": message.text}
        mentioned = {"mentioned_list": list(message.addresses)} if message.addresses else {}
        return {"msgtype": "text", "text": content | mentioned}
    if kind == "dingtalk":
        mentions = "".join(f" @{one}" for one in message.addresses)
        at = {"atMobiles": list(message.addresses), "isAtAll": False}
        if form == "markdown":
            text = _marked(message).replace("\n", "\n\n")
            markdown = {"title": message.title, "text": f"{text}\n\n{mentions}".strip()}
            return {"msgtype": "markdown", "markdown": markdown, "at": at}
        return {"msgtype": "text", "text": {"content": f"{message.text}\n{mentions}".strip()}, "at": at}
    assert kind == "webhook", kind
    return {"type": "reminder", "title": message.title, "text": message.text, **(message.facts or {})}


def room_of(channel: Channel, title: str, addresses: tuple[str, ...]) -> int | None:
    """How many bytes of a message are left for its text beside title and mentions; None without limit.

    In the markdown of 钉钉 a line ends with an empty one, for which a quarter is kept free.
    """
    if channel.bytes_max is None:
        return None
    beside = len("".join(f"<@{one}> " for one in addresses).encode()) + 2
    if channel.form == "markdown":
        beside += len(f"**{title}**\n\n".encode()) + (
            channel.bytes_max // 4 if channel.kind == "dingtalk" else 0
        )
    return channel.bytes_max - beside


def answer_of(kind: Kind, status: int, body: Mapping[str, Any] | None) -> Answer:
    """What an HTTP answer means; a robot says with 200 and an `errcode` that it has not taken a message."""
    if status == 429 or status == 408 or status >= 500:
        return Answer(False, f"HTTP {status}", again=True, delay=timedelta(minutes=1))
    if not 200 <= status < 300:
        return Answer(False, f"HTTP {status}")
    if kind == "webhook":
        return Answer(True)
    code = body.get("errcode") if body else None
    if not isinstance(code, int):
        return Answer(False, f"HTTP {status} {body}"[:200], again=True)
    if code == 0:
        return Answer(True)
    wait_s = _TOO_FAST_S[kind].get(code)
    note = f"errcode {code}: {(body or {}).get('errmsg', '')}"
    return Answer(False, note[:300], again=wait_s is not None, delay=timedelta(seconds=wait_s or 0))


def _marked(message: Message) -> str:
    """A text as the markdown that both robots know: its title in bold, then its lines each on its own."""
    return f"**{message.title}**\n\n" + message.text
