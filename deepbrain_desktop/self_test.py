"""Check an installation: what it consists of, and round trips through keychain and sandbox."""

import secrets
import uuid
from collections.abc import Callable

from PySide6.QtGui import QIcon

from deepbrain_desktop import product
from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.scenarios import DEFAULT, SANDBOX_USER_KEY
from deepbrain_desktop.system import clock
from deepbrain_desktop.system.console import tell
from deepbrain_desktop.system.keychain_errors import (
    KeychainDenied,
    KeychainLocked,
    KeychainSilent,
    KeychainUnavailable,
)
from deepbrain_desktop.system.lazy_keychain import LazyKeychain
from deepbrain_desktop.system.paths import Paths
from deepbrain_desktop.system.versions import versions
from deepbrain_desktop.ui.icon import application_icon
from deepbrain_desktop.waiting import Cancellation


def self_test(paths: Paths) -> int:
    """Print what is at work and what works. Returns 0 where the program can do its job."""
    for line in versions():
        tell(line)
    tell(f"Settings in {paths.config}")
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("Keychain", _keychain),
        ("Icons", _icons),
        ("Trust store", _trust_store),
        ("Sandbox round trip", _round_trip),
    )
    passed = True
    for name, check in checks:
        try:
            tell(f"{name}: {check()}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the check has failed
            tell(f"{name}: FAILED ({type(error).__name__})")
            passed = False
    tell("Self-test passed" if passed else "Self-test FAILED")
    return 0 if passed else 1


def _keychain() -> str:
    try:
        return _kept_key(LazyKeychain(), Cancellation())
    except (KeychainUnavailable, KeychainLocked, KeychainDenied, KeychainSilent) as error:
        # A computer without a keychain, or one that is locked, is no fault of the installation.
        return f"none usable ({error.reason})"


def _kept_key(keychain: LazyKeychain, cancellation: Cancellation) -> str:
    """Save, read and remove a made-up key; the keychain looks itself whether that was done."""
    entry = KeychainEntry(f"{product.NAME}: self-test", uuid.uuid4().hex)
    key = Secret(secrets.token_urlsafe())
    name = keychain.name(cancellation)
    keychain.save(entry, key, cancellation)
    try:
        if keychain.read(entry, cancellation) != key:
            raise LookupError
    finally:
        keychain.remove(entry, cancellation)
    return f"{name}, a key was saved, read and removed"


def _icons() -> str:
    icon: QIcon = application_icon()
    sizes = icon.availableSizes()
    if not sizes or icon.pixmap(32, 32).isNull():
        raise LookupError
    return f"{len(sizes)} sizes"


def _trust_store() -> str:
    import ssl

    import truststore

    truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return "the system's own"


def _round_trip() -> str:
    issuing = Issuing(clock.elapsed, clock.wall)
    try:
        issued = issuing.issue(DEFAULT.app_id, Secret(SANDBOX_USER_KEY), None, Cancellation())
    finally:
        issuing.close()
    claims = len(issued.decoded.claims)
    return f"token with {claims} claims in {issued.exchange.seconds * 1000:.0f} ms"
