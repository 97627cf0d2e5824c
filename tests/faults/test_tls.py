"""TLS's faults: before the server has proved who it is, not one byte of ours is sent."""

import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from faults.fault_server import FaultServer
from faults.process_scene import ProcessScene
from faults.scene import APP_ID, Scene
from studios.raw_server import Peer, RawServer, head
from ui.eyes import bar_of
from ui.stage import account

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.studios.client import Limits

pytestmark = pytest.mark.skipif(
    not ssl.get_default_verify_paths().openssl_cafile_env, reason="the store is not OpenSSL's"
)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def _trusted(authority, tmp_path, monkeypatch) -> None:
    """Make the private authority one of the system's store, and the only one."""
    trust(monkeypatch, tmp_path, authority)


def trust(monkeypatch: pytest.MonkeyPatch, folder: Path, authority: trustme.CA) -> None:
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(file)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder / "nothing"))


def context_with(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def good_context(authority: trustme.CA) -> ssl.SSLContext:
    return context_with(authority.issue_cert("127.0.0.1", "localhost"))


@pytest.fixture
def server(authority, _trusted) -> Iterator[FaultServer]:
    """The service over TLS, with a certificate that this computer trusts."""
    with FaultServer(good_context(authority)) as server:
        yield server


def rejected(scene: Scene, context: ssl.SSLContext) -> str:
    """Ask a server that presents itself like this; return the reason why nothing was sent."""
    heard = len(scene.server.received)
    with scene.server.presenting(context):
        outcome = scene.attempt(posts=0)
    assert outcome.headline == "The server’s identity could not be confirmed"
    assert scene.server.received[heard:] == [], "bytes of ours came through"
    buttons = {each.lower() for each in scene.words.splitlines()}
    assert not {"ignore", "continue", "&ignore", "accept"} & buttons
    return outcome.reason


def self_signed(folder: Path) -> ssl.SSLContext:
    other = trustme.CA()
    file = folder / "self-signed.pem"
    file.write_bytes(other.private_key_pem.bytes() + other.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_t1_a_self_signed_certificate(scene: Scene, tmp_path) -> None:
    """Where nobody has signed in to a network yet, it is that network's."""
    assert rejected(scene, self_signed(tmp_path)) == "TLS-SELF-SIGNED"
    assert "Sign in to your network" in bar_of(scene.studio).advice


@pytest.mark.parametrize(
    ("begins", "ends", "reason"),
    [
        pytest.param(-2, -1, "TLS-EXPIRED", id="T2-expired"),
        pytest.param(1, 2, "TLS-NOT-YET-VALID", id="T2-from-the-future"),
    ],
)
def test_a_certificate_of_another_time(scene: Scene, authority, begins, ends, reason) -> None:
    now = datetime.now(UTC)
    span = {"not_before": now + timedelta(begins), "not_after": now + timedelta(ends)}
    assert rejected(scene, context_with(authority.issue_cert("127.0.0.1", **span))) == reason


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["example.org"], id="T4-other-name"),
        pytest.param(["127.0.0.2"], id="T4-other-address"),
        pytest.param(["*.0.0.1"], id="T4-wildcard-for-an-address"),
    ],
)
def test_a_certificate_of_another_host(scene: Scene, authority, names) -> None:
    assert rejected(scene, context_with(authority.issue_cert(*names))) == "TLS-HOST"


@pytest.mark.parametrize("shows_root", [True, False], ids=["T5-with-root", "T5-without-root"])
def test_a_company_that_inspects_traffic(scene: Scene, tmp_path, shows_root) -> None:
    inspector = trustme.CA()
    chain = inspector.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.bytes()
    file = tmp_path / "inspected.pem"
    file.write_bytes(chain + (inspector.cert_pem.bytes() if shows_root else b""))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    assert rejected(scene, context) == "TLS-ISSUER"


@pytest.mark.filterwarnings("ignore:.*TLSv1:DeprecationWarning")
@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids="T6-{0.name}".format
)
def test_old_tls_is_not_spoken(scene: Scene, authority, version) -> None:
    context = good_context(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    heard = len(scene.server.received)
    with scene.server.presenting(context):
        assert scene.attempt(posts=0).reason == "TLS-HANDSHAKE"
    assert scene.server.received[heard:] == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("exists", [True, False], ids=["T8-attacker", "T8-missing"])
def test_certificate_files_of_other_programs(
    scene: Scene, tmp_path, monkeypatch, variable, exists
) -> None:
    attacker = trustme.CA()
    file = tmp_path / "attacker.pem"
    if exists:
        attacker.cert_pem.write_to_path(file)
    monkeypatch.setenv(variable, str(file))
    assert rejected(scene, context_with(attacker.issue_cert("127.0.0.1"))) == "TLS-ISSUER"
    assert scene.attempt().reason == "OK"


def test_t10_a_check_once_made_is_made_again(scene: Scene, tmp_path) -> None:
    """CVE-2024-35195: what one request was let off, later ones on the same connection were too."""
    assert scene.attempt().reason == "OK"
    assert rejected(scene, self_signed(tmp_path)) == "TLS-SELF-SIGNED"
    assert scene.attempt().reason == "OK"


def test_t9_no_key_log_is_written(outside: ProcessScene, tmp_path) -> None:
    log = tmp_path / "keys.log"
    outside.home.environment |= {
        name: os.environ[name] for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")
    }
    outside.start(SSLKEYLOGFILE=str(log))
    outside.type(outside.key)
    outside.good_request()
    assert not log.exists()


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids="T6-{0.name}".format
)
def test_a_server_that_wants_a_certificate_of_ours(scene: Scene, authority, version) -> None:
    context = good_context(authority)
    context.minimum_version = context.maximum_version = version
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    heard = len(scene.server.received)
    with scene.server.presenting(context):
        assert scene.attempt(posts=0).reason == "TLS-HANDSHAKE"
    assert scene.server.received[heard:] == []


@pytest.mark.parametrize(
    "ciphers",
    ["AES128-SHA", "NULL-SHA256:@SECLEVEL=0", "ADH-AES128-SHA256:@SECLEVEL=0"],
    ids=["T6-no-forward-secrecy", "T6-no-encryption", "T6-no-identity"],
)
def test_a_weak_cipher_is_not_spoken(scene: Scene, authority, ciphers) -> None:
    context = good_context(authority)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(ciphers)
    heard = len(scene.server.received)
    with scene.server.presenting(context):
        assert scene.attempt(posts=0).reason == "TLS-HANDSHAKE"
    assert scene.server.received[heard:] == []


BROKEN = {
    "plain-http": head(400) + b"this is the http port",
    "closed": b"",
    "alert": bytes.fromhex("15030300020228"),
    "nonsense": b"\0" * 64,
    "endless-handshake": bytes.fromhex("160303ffff") + b"\2" * 0xFFFF,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=[f"T6-{name}" for name in BROKEN])
def test_a_handshake_that_breaks(scene: Scene, data) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.send(data)

    with RawServer(script) as broken, pointed_at(scene, broken):
        assert scene.attempt(posts=0).reason == "TLS-HANDSHAKE"


def test_t6_a_handshake_that_is_reset(scene: Scene) -> None:
    def script(peer: Peer) -> None:
        peer.read()
        peer.reset()

    with RawServer(script) as broken, pointed_at(scene, broken):
        assert scene.attempt(posts=0).reason == "TLS-HANDSHAKE"


def test_t6_a_handshake_that_never_ends(scene: Scene) -> None:
    """A firewall that swallows it is for the network's administrator; the service took nothing."""
    with (
        RawServer(Peer.wait_for_the_end) as silent,
        pointed_at(scene, silent),
        scene.limited(Limits(connect=0.3)),
    ):
        outcome = scene.attempt(posts=0)
    assert outcome.reason == "TLS-HANDSHAKE"
    assert "administrator" in outcome.advice


class pointed_at:  # noqa: N801 - reads like a function in a with statement
    """The scene's account asks another port of this computer, for the length of a block."""

    def __init__(self, scene: Scene, other: RawServer) -> None:
        self._scene = scene
        self._other = f"https://127.0.0.1:{other.port}"

    def __enter__(self) -> None:
        self._before = self._scene.studio.current.account.address
        self._scene.studio.fill("address", self._other)

    def __exit__(self, *_: object) -> None:
        self._scene.studio.fill("address", self._before)


# Through a proxy

SIGN_IN = "open-sesame"
SERVICE = "service.example"


class Proxy(RawServer):
    """Connects whoever asks to the service, whatever its name, until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__(self._play)
        self.answer: bytes | None = None

    def _play(self, peer: Peer) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += (piece := peer.read())
            if not piece:
                return
        if self.answer is not None:
            peer.send(self.answer)
            return
        peer.send(head(200))
        peer.relay(int(request.split(b" ")[1].rpartition(b":")[2]))


@pytest.fixture
def proxy(monkeypatch) -> Iterator[Proxy]:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", f"http://someone:{SIGN_IN}@127.0.0.1:{proxy.port}")
        yield proxy


@pytest.fixture
def behind(proxy, authority, _trusted, open_scene, server) -> Scene:
    """A window that reaches the service through a proxy with a sign-in."""
    server.present(context_with(authority.issue_cert(SERVICE)))
    scene = open_scene(
        account_=account(
            "Behind a proxy",
            APP_ID,
            server=ServerKind.OTHER,
            address=f"https://{SERVICE}:{server.port}",
            trusted_host=f"{SERVICE}:{server.port}",
            remember=False,
        )
    )
    scene.keep_secret(SIGN_IN)
    return scene


REFUSALS = {
    "N14-407": (head(407, "Proxy-Authenticate: Basic"), "PROXY-SIGN-IN"),
    "N14-403": (head(403), "PROXY-FAILED"),
    "N14-502": (head(502), "PROXY-FAILED"),
    "N14-302": (head(302, "Location: https://example.org/"), "PROXY-FAILED"),
    "N14-closed": (b"", "PROXY-FAILED"),
    "N14-garbled": (b"nonsense\r\n", "PROXY-FAILED"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_proxy_that_does_not_connect(behind: Scene, proxy, data, reason) -> None:
    proxy.answer = data
    assert behind.attempt(posts=0).reason == reason
    assert b"userKey" not in b"".join(proxy.received)
    proxy.answer = None


def test_n15_a_proxy_s_password_is_seen_by_the_proxy_alone(behind: Scene, proxy) -> None:
    assert behind.attempt().reason == "OK"
    assert b"Proxy-Authorization: Basic " in b"".join(proxy.received)
    behind.studio.press("Alt+4")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param(f"socks5://u:{SIGN_IN}@127.0.0.1:9", "PROXY-KIND", id="N18-socks5"),
        pytest.param(f"socks5h://u:{SIGN_IN}@127.0.0.1:9", "PROXY-KIND", id="N18-socks5h"),
        pytest.param("ftp://127.0.0.1:9", "PROXY-KIND", id="N18-ftp"),
        pytest.param("http://[::1", "PROXY-FAILED", id="N18-malformed"),
        pytest.param("http://", "PROXY-FAILED", id="N18-no-host"),
    ],
)
def test_a_proxy_of_another_kind(behind: Scene, monkeypatch, address, reason) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("https_proxy", address)
        assert behind.attempt(posts=0).reason == reason


def test_n14_a_proxy_that_nothing_listens_for(behind: Scene, monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with monkeypatch.context() as patch:
        patch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert behind.attempt(posts=0).reason == "PROXY-FAILED"


def test_t5_a_proxy_that_passes_for_the_service(behind: Scene) -> None:
    pretender = context_with(trustme.CA().issue_cert(SERVICE))
    assert rejected(behind, pretender) == "TLS-ISSUER"
