"""What is sent is what the other side takes, over a connection that leads where it should."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from haihe.boards.accounts import OPERATOR
from haihe.boards.office import channel_actions
from haihe.boards.office.channels import Message
from haihe.boards.office.delivery_actions import check_host, delivered, signed, webhook_headers
from haihe.kit.errors import Forbidden
from haihe.store.opening import Store

pytestmark = pytest.mark.database


def test_the_signatures_are_those_that_the_other_sides_publish() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    headers = webhook_headers("msg_p5jXN8AQM9LWM0D4loKWxJek", secret, body, at)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    query = parse_qs(urlsplit(signed("https://a/b?access_token=t", "this is secret", at)).query)
    right = hmac.new(b"this is secret", b"1614265330000\nthis is secret", hashlib.sha256).digest()
    assert query == {
        "access_token": ["t"],
        "timestamp": ["1614265330000"],
        "sign": [base64.b64encode(right).decode()],
    }


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "webhook"])
def test_each_channel_takes_what_it_is_sent_and_says_what_it_does_not_take(
    database: Store, standin: Any, kind: Any
) -> None:
    store = database
    name = {"webhook": "hook"}.get(kind, kind)
    message = Message("催报", "样例市科技局：请报送", ("13800000000",))
    for form in ("text", "markdown"):
        assert delivered(store, kind, standin.settings(kind) | {"form": form}, message, form).taken
    assert len(standin.taken[name]) == 2
    wrong = standin.settings(kind) | {"key": "SECwrong"}
    wrong["address"] = wrong["address"].replace("key=right", "key=wrong")
    refused = delivered(store, kind, wrong, message, "a")
    assert (refused.taken, refused.again) == (False, False)
    assert refused.note in {
        "errcode 93000: invalid webhook url",
        "errcode 310000: sign not match",
        "HTTP 401",
    }
    standin.broken = [302, 500]
    moved = delivered(store, kind, standin.settings(kind), message, "a")
    broken = delivered(store, kind, standin.settings(kind), message, "a")
    assert [(one.note, one.again) for one in (moved, broken)] == [("HTTP 302", False), ("HTTP 500", True)]
    standin.asked[name] = 20
    if kind != "webhook":
        fast = delivered(store, kind, standin.settings(kind), message, "a")
        assert (fast.again, fast.delay >= timedelta(minutes=1)) == (True, True)


@pytest.fixture
def authority(tmp_path: Path) -> dict[str, Path]:
    """A certificate for localhost and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")]), datetime.now(UTC)
    made = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now - timedelta(days=1),
        not_valid_after=now + timedelta(days=1),
    ).add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    files = {"certificate": tmp_path / "certificate.pem", "key": tmp_path / "key.pem"}
    pem = serialization.Encoding.PEM
    files["certificate"].write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    plain = serialization.NoEncryption()
    files["key"].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return files


def test_a_server_is_believed_only_under_a_certificate_of_its_name(
    database: Store,
    standin: Any,
    authority: dict[str, Path],
    serve_mailbox: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HAIHE_PRIVATE_CHANNELS", "127.0.0.0/8,::1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority["certificate"], authority["key"])
    standin.socket = context.wrap_socket(standin.socket, server_side=True)
    robot = {"address": f"https://localhost:{standin.server_port}/wecom?key=right"}
    message = Message("a", "b", ("a@example.org",))
    with serve_mailbox(context) as (box, plain):
        mail = plain | {"host": "localhost", "security": "starttls"}
        for kind, given in (("wecom", robot), ("mail", mail)):
            strange = delivered(database, kind, given, message, "k")
            assert (strange.taken, strange.again, "self-signed" in strange.note) == (False, False, True)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority["certificate"]))
        assert delivered(database, "wecom", robot, message, "k").taken
        assert delivered(database, "mail", mail, message, "k").taken
        elsewhere = {"address": robot["address"].replace("localhost", "127.0.0.1")}
        assert not delivered(database, "wecom", elsewhere, message, "k").taken
        assert (len(standin.taken["wecom"]), len(box.letters)) == (1, 1)


def test_private_hosts_are_refused_unless_they_are_allowed(
    store: Store, monkeypatch: pytest.MonkeyPatch, standin: Any
) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        check_host("127.0.0.1")
        monkeypatch.setenv("HAIHE_PRIVATE_CHANNELS", "10.0.0.0/8")
        with pytest.raises(Forbidden, match="private network"):
            check_host(host)
        monkeypatch.setenv("HAIHE_PRIVATE_CHANNELS", "127.0.0.0/8")
    for host in ("169.254.169.254", "0.0.0.0", "192.168.1.1", "::ffff:10.0.0.1", "fe80::1", "224.0.0.1"):
        with pytest.raises(Forbidden):
            check_host(host)
    monkeypatch.delenv("HAIHE_PRIVATE_CHANNELS")
    with pytest.raises(Forbidden):
        delivered(store, "wecom", standin.settings("wecom"), Message("a", "b"), "c")
    with pytest.raises(Forbidden):
        channel_actions.add_channel(store, OPERATOR, "wecom", "群", standin.settings("wecom"))
    assert not standin.asked
