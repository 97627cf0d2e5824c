"""What the exceptions of the platforms' keychains mean."""

import contextlib
import errno

from deepbrain_desktop.system.keychain_errors import (
    KeychainBroken,
    KeychainDenied,
    KeychainError,
    KeychainLocked,
    KeychainSilent,
    KeychainUnavailable,
    KeyTooLong,
    NoResourcesForKeychain,
)

_BY_TYPE: dict[str, type[KeychainError]] = {
    "builtins.BlockingIOError": KeychainSilent,  # too many wait for the bus to take them
    "builtins.MemoryError": NoResourcesForKeychain,
    "builtins.TimeoutError": KeychainSilent,
    "keyring.backends.macOS.api.KeychainDenied": KeychainDenied,
    "keyring.backends.macOS.api.SecAuthFailure": KeychainDenied,
    "keyring.errors.KeyringLocked": KeychainLocked,
    "keyring.errors.NoKeyringError": KeychainUnavailable,
    "secretstorage.exceptions.LockedException": KeychainLocked,
    "secretstorage.exceptions.PromptDismissedException": KeychainLocked,
}
_BY_CODE: dict[int, type[KeychainError]] = {
    -128: KeychainDenied,  # userCanceledErr
    -25293: KeychainDenied,  # errSecAuthFailed
    -25308: KeychainDenied,  # errSecInteractionNotAllowed
    -67030: KeychainDenied,  # errSecCSInfoPlistFailed
    -25291: KeychainUnavailable,  # errSecNotAvailable
    -25307: KeychainUnavailable,  # errSecNoDefaultKeychain
    -108: NoResourcesForKeychain,  # errSecAllocate
    5: KeychainDenied,  # ERROR_ACCESS_DENIED
    8: NoResourcesForKeychain,  # ERROR_NOT_ENOUGH_MEMORY
    1312: KeychainUnavailable,  # ERROR_NO_SUCH_LOGON_SESSION: the policy forbids it, say
    1783: KeyTooLong,  # RPC_X_BAD_STUB_DATA
}
_BY_ERRNO: dict[int | None, type[KeychainError]] = dict.fromkeys(
    (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS), NoResourcesForKeychain
)
_BY_BUS_ERROR: dict[str, type[KeychainError]] = {
    "org.freedesktop.DBus.Error.AccessDenied": KeychainUnavailable,  # a sandbox's rule
    "org.freedesktop.DBus.Error.NameHasNoOwner": KeychainUnavailable,
    "org.freedesktop.DBus.Error.ServiceUnknown": KeychainUnavailable,
    "org.freedesktop.DBus.Error.TimedOut": KeychainSilent,
    "org.freedesktop.DBus.Error.Timeout": KeychainSilent,
    "org.freedesktop.Secret.Error.IsLocked": KeychainLocked,
}


def explain(failure: BaseException) -> KeychainError:
    """What a backend's exception means, as an error that holds on to nothing of it."""
    if isinstance(failure, KeychainError):
        failure.__cause__ = failure.__context__ = None
        return failure.with_traceback(None)
    problems = [_explain_one(each) for each in _chain(failure)]
    return next(filter(None, problems), None) or KeychainBroken(*_kind(failure))


def explain_silence(failure: BaseException) -> KeychainError:
    """Why nobody could be asked: there is nobody, unless the exception knows better."""
    problem = explain(failure)
    return KeychainUnavailable() if isinstance(problem, KeychainBroken) else problem


def _chain(failure: BaseException) -> list[BaseException]:
    """``failure`` and its causes, the first one first: it knows best."""
    chain: list[BaseException] = []
    cause: BaseException | None = failure
    while cause is not None and cause not in chain:
        chain.insert(0, cause)
        cause = cause.__cause__
    return chain


def _explain_one(failure: BaseException) -> KeychainError | None:
    kind, code = _kind(failure)
    if code is not None:
        return _BY_CODE[code]() if code in _BY_CODE else KeychainBroken(kind, code)
    if kind.startswith("org.freedesktop.DBus.Error.Spawn."):
        return KeychainUnavailable()
    if kind in _BY_BUS_ERROR:
        return _BY_BUS_ERROR[kind]()
    if isinstance(failure, OSError) and failure.errno in _BY_ERRNO:
        return _BY_ERRNO[failure.errno]()
    names = (f"{each.__module__}.{each.__qualname__}" for each in type(failure).__mro__)
    return next((_BY_TYPE[name]() for name in names if name in _BY_TYPE), None)


def _kind(failure: BaseException) -> tuple[str, int | None]:
    """The name and number of an exception, neither of which can quote a key."""
    kind = type(failure)
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    with contextlib.suppress(Exception):
        if name == "jeepney.wrappers.DBusErrorResponse":
            return str(failure.name), None  # type: ignore[attr-defined]
        if name.endswith("pywintypes.error"):
            return name, int(failure.winerror)  # type: ignore[attr-defined]
        if name.startswith("keyring.backends.macOS.api."):
            return name, int(failure.args[0])
    return name, None
