"""The keychain keeps its promises on a real gnome-keyring that is made to misbehave."""

import os
import resource
import socket
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import children
import pytest
from keyring_daemon import (
    PATIENCE,
    KeyringDaemon,
    eventually,
    prompter,
    running_keyring,
)
from keyring_prompt import Prompt
from x_server import running_x_server

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.keychain import Keychain
from deepbrain_desktop.system.keychain_backends import Backend, Waiter, platform_backend
from deepbrain_desktop.system.keychain_calls import KeychainLimits
from deepbrain_desktop.system.keychain_errors import (
    KeychainBroken,
    KeychainError,
    KeychainLocked,
    KeychainSilent,
    KeychainUnavailable,
    KeyNotKept,
    KeyNotRemoved,
    NoResourcesForKeychain,
    SavingCutShort,
)
from deepbrain_desktop.waiting import Cancellation, Cancelled

ENTRY = KeychainEntry("DeepBrain Desktop · ai-streamer.deepbrain.io", "studiov3.user@example.com")
OTHER = KeychainEntry(ENTRY.service, "studiov3.other@example.com")
SHORT = KeychainLimits(call=0.15, prompt=PATIENCE)
PROMPTLY = 0.2


def new_key() -> Secret:
    return Secret(str(uuid.uuid4()))


def now() -> Cancellation:
    return Cancellation()


def look(daemon: KeyringDaemon, entry: KeychainEntry = ENTRY) -> str | None:
    return daemon.lookup(entry.service, entry.user)


class Caller:
    """A call on a worker thread, as the program makes it."""

    def __init__(self, call: Callable[..., Any], *arguments: object) -> None:
        self.cancellation = Cancellation()
        self._outcome: list[Any] = []
        self._thread = threading.Thread(target=self._run, args=(call, *arguments), daemon=True)
        self._thread.start()

    def _run(self, call: Callable[..., Any], *arguments: object) -> None:
        try:
            self._outcome.append(call(*arguments, self.cancellation))
        except BaseException as error:  # noqa: BLE001 - looked at by the test
            self._outcome.append(error)

    def outcome(self) -> Any:
        self._thread.join(PATIENCE)
        return self._outcome[0]


class Wrapped:
    """The platform's backend, with something done before its calls."""

    def __init__(self, real: Backend, before: Callable[[str], None]) -> None:
        self._real = real
        self._before = before

    def __getattr__(self, name: str) -> Any:
        self._before(name)
        return getattr(self._real, name)


def keychain_with(before: Callable[[str], None], limits: KeychainLimits = SHORT) -> Keychain:
    return Keychain(limits, lambda waiter: Wrapped(platform_backend(waiter), before))


def freezing_at_first_write(
    daemon: KeyringDaemon, calls: list[str] | None = None
) -> tuple[Keychain, threading.Event]:
    frozen = threading.Event()

    def before(name: str) -> None:
        if calls is not None and name in ("write", "delete"):
            calls.append(name)
        if name == "write" and not frozen.is_set():
            daemon.freeze()
            frozen.set()

    return keychain_with(before, KeychainLimits(call=1.5, prompt=PATIENCE)), frozen


def settled() -> bool:
    """Whether the keychain thread has done everything, undoing included, and ended."""
    return eventually(lambda: "keychain" not in {each.name for each in threading.enumerate()})


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert settled()


@contextmanager
def thawed_at_the_end(daemon: KeyringDaemon) -> Iterator[None]:
    try:
        yield
    finally:
        daemon.thaw()


# What is kept


def test_a_saved_key_is_found_by_another_program(keyring_daemon):
    key = new_key()
    Keychain().save(ENTRY, key, now())
    assert look(keyring_daemon) == key.reveal()


def test_a_saved_key_is_read_back_by_another_keychain(keyring_daemon):
    key = new_key()
    Keychain().save(ENTRY, key, now())
    assert Keychain().read(ENTRY, now()) == key


def test_an_absent_key_is_none(keyring_daemon):
    assert Keychain().read(ENTRY, now()) is None


def test_a_removed_key_is_gone_for_every_program(keyring_daemon):
    keychain = Keychain()
    keychain.save(ENTRY, new_key(), now())
    keychain.save(OTHER, new_key(), now())
    keychain.remove(ENTRY, now())
    assert look(keyring_daemon) is None
    assert look(keyring_daemon, OTHER) is not None
    assert keychain.read(ENTRY, now()) is None


def test_removing_what_is_absent_is_fine(keyring_daemon):
    Keychain().remove(ENTRY, now())


def test_removing_takes_copies_by_other_programs_too(keyring_daemon):
    keyring_daemon.store(ENTRY.service, ENTRY.user, "copy")
    keyring_daemon.store(ENTRY.service, ENTRY.user, "another copy", "owner", "somebody")
    assert keyring_daemon.count(ENTRY.service, ENTRY.user) == 2
    Keychain().remove(ENTRY, now())
    assert keyring_daemon.count(ENTRY.service, ENTRY.user) == 0


def test_a_new_key_replaces_the_old_one(keyring_daemon):
    keychain, key = Keychain(), new_key()
    keychain.save(ENTRY, new_key(), now())
    keychain.save(ENTRY, key, now())
    assert look(keyring_daemon) == key.reveal()
    assert keyring_daemon.count(ENTRY.service, ENTRY.user) == 1


@pytest.mark.parametrize("attributes", [(), ("application", "Python keyring library")])
def test_a_key_changed_outside_is_the_one_read_next(keyring_daemon, attributes):
    keychain, changed = Keychain(), new_key()
    keychain.save(ENTRY, new_key(), now())
    assert keychain.read(ENTRY, now())
    keyring_daemon.store(ENTRY.service, ENTRY.user, changed.reveal(), *attributes)
    assert keychain.read(ENTRY, now()) == changed


def test_saving_replaces_what_other_programs_saved_as_well(keyring_daemon):
    keychain, key = Keychain(), new_key()
    keyring_daemon.store(ENTRY.service, ENTRY.user, "theirs")
    keychain.save(ENTRY, key, now())
    assert keyring_daemon.count(ENTRY.service, ENTRY.user) == 1
    assert keychain.read(ENTRY, now()) == key


@pytest.mark.parametrize(
    "text",
    [
        "딥브레인 스튜디오",
        "🔑😀",
        'it\'s "quoted" `so`',
        "back\\slash/%s{0}$HOME",
        "e\u0301 ß ﬁ",
        "x" * 1280,
    ],
)
def test_any_text_survives_in_key_and_entry(keyring_daemon, text):
    entry = KeychainEntry(f"service {text}", f"user {text}")
    keychain = Keychain()
    keychain.save(entry, Secret(text), now())
    assert look(keyring_daemon, entry) == text
    assert keychain.read(entry, now()) == Secret(text)
    keychain.remove(entry, now())
    assert look(keyring_daemon, entry) is None


def test_bytes_that_are_no_text_are_an_error_without_them(keyring_daemon):
    command = [
        "secret-tool",
        "store",
        "--label=x",
        "service",
        ENTRY.service,
        "username",
        ENTRY.user,
    ]
    environment = os.environ | keyring_daemon.environment
    subprocess.run(command, input=b"\xff\xfesecret", env=environment, check=True)
    # secret-tool refuses to look such a thing up; other programs may well have stored it.
    with pytest.raises(KeychainBroken) as caught:
        Keychain().read(ENTRY, now())
    assert caught.value.kind == "UnicodeDecodeError"


def test_the_keychain_is_called_by_the_name_that_people_know(keyring_daemon):
    assert Keychain().name(now()) == "GNOME Keyring"


# Locked


@pytest.mark.parametrize("act", ["read", "save", "remove"])
def test_a_locked_keychain_nobody_can_be_asked_about_is_said_at_once(keyring_daemon, act):
    keychain = Keychain()
    keychain.save(ENTRY, new_key(), now())
    keyring_daemon.lock()
    started = time.monotonic()
    with pytest.raises(KeychainLocked):
        call(keychain, act)
    assert time.monotonic() - started < 2
    assert keyring_daemon.locked


def test_an_unlocked_keychain_works_again(keyring_daemon):
    keychain, key = Keychain(), new_key()
    keychain.save(ENTRY, key, now())
    keyring_daemon.lock()
    with pytest.raises(KeychainLocked):
        keychain.read(ENTRY, now())
    keyring_daemon.unlock()
    assert keychain.read(ENTRY, now()) == key


def call(keychain: Keychain, act: str) -> Any:
    arguments = (new_key(),) if act == "save" else ()
    return getattr(keychain, act)(ENTRY, *arguments, now())


def test_without_a_collection_nothing_is_there_and_nobody_is_asked(keyring_daemon):
    keyring_daemon.restart_empty()
    assert Keychain().name(now()) == "GNOME Keyring"
    assert Keychain().read(ENTRY, now()) is None
    Keychain().remove(ENTRY, now())
    assert "prompt" not in keyring_daemon.log


def test_saving_without_a_collection_asks_for_one(keyring_daemon):
    keyring_daemon.restart_empty()
    with pytest.raises(KeychainLocked):
        Keychain().save(ENTRY, new_key(), now())
    assert "prompt" in keyring_daemon.log


# Absent


@pytest.mark.parametrize("act", ["read", "save", "remove"])
@pytest.mark.parametrize(
    "address", [None, "", "nonsense", "unix:path=/nowhere/at/all", "tcp:host=localhost,port=1"]
)
def test_without_a_bus_there_is_no_keychain(monkeypatch, address, act):
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(KeychainUnavailable):
        call(Keychain(), act)
    with pytest.raises(KeychainUnavailable):
        Keychain().name(now())


@pytest.mark.parametrize("act", ["read", "save", "remove"])
@pytest.mark.parametrize("waiting", [0, 1])
def test_a_bus_that_does_not_answer_is_not_taken_for_none(monkeypatch, tmp_path, act, waiting):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    with ExitStack() as sockets:
        bus, *others = (sockets.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        bus.bind(f"{tmp_path}/bus")
        # With a queue that is full, or in which there is room.
        bus.listen(0 if waiting else 1)
        for other in others[:waiting]:
            other.connect(f"{tmp_path}/bus")
        with pytest.raises(KeychainSilent):
            call(Keychain(), act)


@pytest.mark.parametrize("act", ["read", "save", "remove"])
def test_a_shortage_of_files_is_not_taken_for_no_keychain(keyring_daemon, act):
    # What is loaded at the first call needs files as well.
    call(Keychain(), act)
    assert settled()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open(os.devnull, os.O_RDONLY)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, before[1]))
    try:
        with pytest.raises(NoResourcesForKeychain):
            call(Keychain(), act)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_without_a_service_there_is_no_keychain(keyring_daemon):
    keyring_daemon.kill()
    with pytest.raises(KeychainUnavailable):
        Keychain().name(now())
    with pytest.raises(KeychainUnavailable):
        Keychain().save(ENTRY, new_key(), now())


def test_a_restarted_keychain_works_again(keyring_daemon):
    keychain, key = Keychain(), new_key()
    keychain.save(ENTRY, key, now())
    keyring_daemon.kill()
    with pytest.raises(KeychainUnavailable):
        keychain.read(ENTRY, now())
    keyring_daemon.restart()
    assert keychain.read(ENTRY, now()) == key


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_failures_leave_no_file_descriptor_open(keyring_daemon):
    keychain = Keychain(SHORT)
    keychain.read(ENTRY, now())
    before = open_files()
    keyring_daemon.lock()
    with pytest.raises(KeychainLocked):
        keychain.save(ENTRY, new_key(), now())
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon), pytest.raises(KeychainSilent):
        keychain.read(ENTRY, now())
    keyring_daemon.kill()
    with pytest.raises(KeychainUnavailable):
        keychain.save(ENTRY, new_key(), now())
    assert eventually(lambda: open_files() <= before)


# Frozen and killed


@pytest.mark.parametrize("act", ["read", "save", "remove"])
def test_a_frozen_keychain_is_given_up_at_the_limit(keyring_daemon, act):
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon):
        started = time.monotonic()
        with pytest.raises(KeychainSilent):
            call(Keychain(SHORT), act)
        assert SHORT.call <= time.monotonic() - started < SHORT.call + PROMPTLY


def test_a_call_that_was_given_up_does_not_occupy_the_keychain(keyring_daemon):
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon):
        with pytest.raises(KeychainSilent):
            Keychain(SHORT).read(ENTRY, now())
        assert settled(), "the thread still waits for the frozen daemon"


@pytest.mark.parametrize("act", ["read", "save", "remove"])
def test_a_thawed_keychain_works_again(keyring_daemon, act):
    keychain, key = Keychain(SHORT), new_key()
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon), pytest.raises(KeychainSilent):
        call(keychain, act)
    patient = Keychain()
    patient.save(ENTRY, key, now())
    assert patient.read(ENTRY, now()) == key
    assert look(keyring_daemon) == key.reveal()


def test_waiting_for_a_frozen_keychain_is_cancelled_at_once(keyring_daemon):
    entered = threading.Event()

    def backend(waiter: Waiter) -> Backend:
        entered.set()
        return platform_backend(waiter)

    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon):
        caller = Caller(Keychain(backend=backend).read, ENTRY)
        assert entered.wait(PATIENCE)
        cancelled = time.monotonic()
        caller.cancellation.request()
        assert isinstance(caller.outcome(), Cancelled)
        assert time.monotonic() - cancelled < PROMPTLY


def test_a_cancelled_call_is_not_even_begun():
    begun = []
    cancellation = Cancellation()
    cancellation.request()
    keychain = Keychain(backend=lambda _: begun.append(1))  # type: ignore[arg-type,return-value]
    with pytest.raises(Cancelled):
        keychain.read(ENTRY, cancellation)
    assert not begun


def test_a_keychain_killed_in_the_middle_is_an_error_at_once(keyring_daemon):
    keychain, frozen = freezing_at_first_write(keyring_daemon)
    caller = Caller(keychain.save, ENTRY, new_key())
    assert frozen.wait(PATIENCE)
    keyring_daemon.kill()
    assert isinstance(caller.outcome(), KeychainError)
    assert not isinstance(caller.outcome(), KeychainSilent)
    keyring_daemon.restart()
    key = new_key()
    keychain.save(ENTRY, key, now())
    assert look(keyring_daemon) == key.reveal()


# Late


@pytest.mark.parametrize("before", [None, "what was there before"])
@pytest.mark.parametrize("cancel", [True, False])
def test_a_late_save_undoes_itself(keyring_daemon, before, cancel):
    if before is not None:
        Keychain().save(ENTRY, Secret(before), now())
    keychain, frozen = freezing_at_first_write(keyring_daemon)
    caller = Caller(keychain.save, ENTRY, new_key())
    assert frozen.wait(PATIENCE)
    if cancel:
        caller.cancellation.request()
    with thawed_at_the_end(keyring_daemon):
        assert isinstance(caller.outcome(), Cancelled if cancel else KeychainSilent)
    assert settled()
    assert look(keyring_daemon) == before


@pytest.mark.parametrize("cancel", [True, False])
def test_a_key_that_could_not_be_taken_back_is_told(keyring_daemon, cancel):
    written, frozen = threading.Event(), threading.Event()

    def before(name: str) -> None:
        if name == "read" and written.is_set() and not frozen.is_set():
            keyring_daemon.freeze()
            frozen.set()
        elif name == "write":
            written.set()

    keychain, key = keychain_with(before, KeychainLimits(call=1.5, prompt=PATIENCE)), new_key()
    caller = Caller(keychain.save, ENTRY, key)
    assert frozen.wait(PATIENCE)
    if cancel:
        caller.cancellation.request()
    outcome = caller.outcome()
    keyring_daemon.kill()
    assert settled()
    keyring_daemon.restart()
    assert look(keyring_daemon) == key.reveal()
    assert isinstance(outcome, SavingCutShort if cancel else KeychainSilent)
    assert cancel or outcome.unsettled


def test_a_save_that_was_given_up_before_it_began_is_settled(keyring_daemon):
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon), pytest.raises(KeychainSilent) as caught:
        Keychain(SHORT).save(ENTRY, new_key(), now())
    assert not caught.value.unsettled


def test_a_save_which_nobody_waits_for_any_more_is_skipped(keyring_daemon):
    Keychain().save(ENTRY, Secret("before"), now())
    written: list[str] = []
    keychain, frozen = freezing_at_first_write(keyring_daemon, written)
    first = Caller(keychain.save, ENTRY, new_key())
    assert frozen.wait(PATIENCE)
    with thawed_at_the_end(keyring_daemon):
        second = Caller(keychain.save, ENTRY, new_key())
        second.cancellation.request()
        assert isinstance(second.outcome(), Cancelled)
        first.cancellation.request()
        assert isinstance(first.outcome(), Cancelled)
    assert settled()
    assert written == ["write", "write"], "the late save and its undoing"
    assert look(keyring_daemon) == "before"


def test_a_save_after_a_late_one_stays(keyring_daemon):
    keychain, frozen = freezing_at_first_write(keyring_daemon)
    late = Caller(keychain.save, ENTRY, new_key())
    assert frozen.wait(PATIENCE)
    late.cancellation.request()
    assert isinstance(late.outcome(), Cancelled)
    key = new_key()
    good = Caller(keychain.save, ENTRY, key)
    keyring_daemon.thaw()
    assert good.outcome() is None
    assert look(keyring_daemon) == key.reveal()


# Another default


def test_a_key_is_read_and_removed_also_when_another_keyring_has_become_the_default(keyring_daemon):
    key = new_key()
    Keychain().save(ENTRY, key, now())
    keyring_daemon.change_default()
    assert Keychain().read(ENTRY, now()) == key
    Keychain().remove(ENTRY, now())
    assert keyring_daemon.count(ENTRY.service) == 0


def test_a_key_replaced_in_another_default_keyring_leaves_no_copy_in_the_old_one(keyring_daemon):
    Keychain().save(ENTRY, new_key(), now())
    keyring_daemon.change_default()
    key = new_key()
    Keychain().save(ENTRY, key, now())
    assert Keychain().read(ENTRY, now()) == key
    assert keyring_daemon.count(ENTRY.service) == 1


def test_a_key_in_a_locked_keyring_that_is_not_the_default_is_locked_not_gone(keyring_daemon):
    old, new = new_key(), new_key()
    Keychain().save(ENTRY, old, now())
    keyring_daemon.change_default()
    keyring_daemon.lock_all_but_default()
    with pytest.raises(KeychainLocked):
        Keychain().read(ENTRY, now())
    with pytest.raises(KeychainLocked):
        Keychain().remove(ENTRY, now())
    Keychain().save(ENTRY, new, now())
    assert Keychain().read(ENTRY, now()) == new
    with pytest.raises(KeychainLocked):
        Keychain().remove(ENTRY, now())
    keyring_daemon.unlock_all()
    assert Keychain().read(ENTRY, now()) == old
    Keychain().remove(ENTRY, now())
    assert keyring_daemon.count(ENTRY.service) == 0


def test_a_save_that_fails_leaves_a_key_in_another_locked_keyring_alone(keyring_daemon):
    old = new_key()
    Keychain().save(ENTRY, old, now())
    keyring_daemon.change_default()
    keyring_daemon.lock_all_but_default()

    class Bad(Wrapped):
        def write(self, entry: KeychainEntry, text: str) -> None:
            self._real.write(entry, text[:-1])

    keychain = Keychain(backend=lambda waiter: Bad(platform_backend(waiter), lambda _: None))
    with pytest.raises(KeyNotKept) as caught:
        keychain.save(ENTRY, new_key(), now())
    assert caught.value.unsettled, "the entry has to stay on the list"
    keyring_daemon.unlock_all()
    assert Keychain().read(ENTRY, now()) == old


# Verified


class Forgetful(Wrapped):
    """A backend that keeps something else than it was given, and deletes nothing."""

    def write(self, entry: KeychainEntry, text: str) -> None:
        self._real.write(entry, text if text == "before" else text[:-1])

    def delete(self, entry: KeychainEntry) -> None:
        pass


def forgetful_keychain() -> Keychain:
    return Keychain(backend=lambda waiter: Forgetful(platform_backend(waiter), lambda _: None))


def test_a_key_that_does_not_come_back_was_not_saved(keyring_daemon):
    Keychain().save(ENTRY, Secret("before"), now())
    with pytest.raises(KeyNotKept) as caught:
        forgetful_keychain().save(ENTRY, new_key(), now())
    assert look(keyring_daemon) == "before"
    assert not caught.value.unsettled


def test_a_key_that_can_be_neither_kept_nor_taken_back_is_told(keyring_daemon):
    with pytest.raises(KeyNotKept) as caught:
        forgetful_keychain().save(ENTRY, new_key(), now())
    assert look(keyring_daemon)
    assert caught.value.unsettled


def test_a_key_that_is_still_there_was_not_removed(keyring_daemon):
    Keychain().save(ENTRY, new_key(), now())
    with pytest.raises(KeyNotRemoved):
        forgetful_keychain().remove(ENTRY, now())


class Foreign(BaseException):
    """What a library may raise that is not even an Exception."""


@pytest.mark.parametrize(
    "kind", [Foreign, SystemExit, KeyboardInterrupt, RecursionError, ValueError]
)
@pytest.mark.parametrize("where", ["factory", "read"])
def test_whatever_a_backend_raises_is_a_keychain_error_without_the_key(keyring_daemon, kind, where):
    key = new_key()

    def fail(name: str = "read") -> None:
        if name == "read":
            raise kind(key.reveal()) from RuntimeError(key.reveal())

    def backend(waiter: Waiter) -> Backend:
        if where == "factory":
            fail()
        return Wrapped(platform_backend(waiter), fail)

    with pytest.raises(KeychainBroken) as caught:
        Keychain(backend=backend).save(ENTRY, key, now())
    error = caught.value
    assert error.kind.endswith(kind.__name__)
    assert error.__context__ is None
    assert error.__cause__ is None
    assert key.reveal() not in "".join(traceback.format_exception(error))
    assert key.reveal() not in repr(vars(error))
    assert key.reveal() not in repr(error.args)


def test_an_error_of_ours_keeps_nothing_of_what_led_to_it(keyring_daemon):
    key = new_key()

    def fail(name: str) -> None:
        if name == "read":
            try:
                int(key.reveal() + "?")
            except ValueError as cause:
                raise KeychainLocked from cause

    with pytest.raises(KeychainLocked) as caught:
        keychain_with(fail).save(ENTRY, key, now())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert key.reveal() not in "".join(traceback.format_exception(caught.value))
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert "fail" not in names


# One at a time


def test_calls_from_eight_threads_are_made_one_at_a_time(keyring_daemon):
    inside, threads, overlaps = [0], set(), []

    def backend(waiter: Waiter) -> Backend:
        inside[0] += 1
        overlaps.append(inside[0])
        threads.add(threading.current_thread().name)
        real = platform_backend(waiter)
        wrapped = Wrapped(real, lambda _: overlaps.append(inside[0]))
        wrapped.close = lambda: (inside.__setitem__(0, inside[0] - 1), real.close())  # type: ignore[attr-defined]
        return wrapped

    keychain = Keychain(KeychainLimits(call=PATIENCE), backend)

    def work(number: int, cancellation: Cancellation) -> bool:
        entry, key = KeychainEntry(ENTRY.service, f"user {number}"), new_key()
        keychain.save(entry, key, cancellation)
        kept = keychain.read(entry, cancellation) == key
        keychain.remove(entry, cancellation)
        return kept and keychain.read(entry, cancellation) is None

    callers = [Caller(work, number) for number in range(8)]
    assert [caller.outcome() for caller in callers] == [True] * 8
    assert set(overlaps) == {1}
    assert threads == {"keychain"}


def test_a_process_ends_at_once_though_its_keychain_hangs(keyring_daemon):
    program = (
        "import threading\n"
        "from deepbrain_desktop.account import KeychainEntry\n"
        "from deepbrain_desktop.system.keychain import Keychain\n"
        "from deepbrain_desktop.system.keychain_backends import platform_backend\n"
        "from deepbrain_desktop.waiting import Cancellation\n"
        "entered = threading.Event()\n"
        "def backend(waiter):\n"
        "    entered.set()\n"
        "    return platform_backend(waiter)\n"
        "arguments = (KeychainEntry('s', 'u'), Cancellation())\n"
        "keychain = Keychain(backend=backend)\n"
        "threading.Thread(target=keychain.read, args=arguments, daemon=True).start()\n"
        "assert entered.wait(10)\n"
        "print('ending', flush=True)\n"
    )
    keyring_daemon.freeze()
    with thawed_at_the_end(keyring_daemon):
        command = [sys.executable, "-c", program]
        root = Path(__file__).parents[2]
        with subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout.readline() == "ending\n"
            said = time.monotonic()
            _, errors = process.communicate(timeout=PATIENCE)
        assert time.monotonic() - said < 2
    assert (process.returncode, errors) == (0, "")


# Not to be talked into another keychain


@pytest.fixture
def plaintext_keyring_installed(tmp_path, monkeypatch) -> Path:
    """A package that registers a backend with the highest priority, as keyrings.alt may."""
    package = tmp_path / "site"
    backend = package / "plain_backend.py"
    information = package / "plain_backend-1.0.dist-info"
    information.mkdir(parents=True)
    kept = tmp_path / "plaintext"
    backend.write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Keyring(KeyringBackend):\n"
        "    priority = 1000\n"
        f"    def set_password(self, *a): open({str(kept)!r}, 'a').write(repr(a))\n"
        "    def get_password(self, *a): return None\n"
    )
    (information / "METADATA").write_text("Name: plain_backend\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[keyring.backends]\nplain = plain_backend\n")
    monkeypatch.syspath_prepend(str(package))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "plain_backend.Keyring")
    return kept


def test_an_installed_plaintext_backend_is_not_used(keyring_daemon, plaintext_keyring_installed):
    key = new_key()
    Keychain().save(ENTRY, key, now())
    assert look(keyring_daemon) == key.reveal()
    keyring_daemon.kill()
    with pytest.raises(KeychainUnavailable):
        Keychain().save(ENTRY, key, now())
    assert not plaintext_keyring_installed.exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring"),
        ("PYTHON_KEYRING_BACKEND", "no.such.Backend"),
        ("KEYRING_PROPERTY_PREFERRED_COLLECTION", "/org/freedesktop/secrets/collection/session"),
        ("KEYRING_PROPERTY_SCHEME", "KeePassXC"),
        ("KEYRING_PROPERTY_PRIORITY", "1"),
    ],
)
def test_the_environment_cannot_choose_another_store(keyring_daemon, monkeypatch, variable, value):
    monkeypatch.setenv(variable, value)
    keychain, key = Keychain(), new_key()
    keychain.save(ENTRY, key, now())
    keyring_daemon.restart()  # a store in memory only would be empty now
    assert look(keyring_daemon) == key.reveal()
    assert keychain.read(ENTRY, now()) == key


def test_a_configuration_file_cannot_choose_another_store(keyring_daemon):
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "python_keyring"
    folder.mkdir(parents=True)
    text = "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n"
    (folder / "keyringrc.cfg").write_text(text)
    key = new_key()
    Keychain().save(ENTRY, key, now())
    assert look(keyring_daemon) == key.reveal()


# A real prompt on a real screen


@pytest.fixture
def screen() -> Iterator[str]:
    """An X display that nothing else uses, so that typed keys can only reach the prompt."""
    with running_x_server() as display:
        yield display


@pytest.fixture
def locked(screen, monkeypatch) -> Iterator[tuple[KeyringDaemon, Prompt, Secret]]:
    """A locked keychain with a key in it and a screen to ask on."""
    if prompter() is None:
        pytest.skip("gcr-prompter is not installed")
    with running_keyring(screen) as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        key = new_key()
        Keychain().save(ENTRY, key, now())
        daemon.lock()
        yield daemon, Prompt(screen), key


def test_an_answered_prompt_brings_the_key(locked):
    daemon, prompt, key = locked
    limits = KeychainLimits(call=0.2, prompt=PATIENCE)
    caller = Caller(Keychain(limits).read, ENTRY)
    assert eventually(lambda: prompt.visible)
    prompt.answer(daemon.password)
    assert caller.outcome() == key


def test_a_dismissed_prompt_leaves_the_keychain_locked(locked):
    _, prompt, _ = locked
    caller = Caller(Keychain().read, ENTRY)
    assert eventually(lambda: prompt.visible)
    prompt.dismiss()
    assert isinstance(caller.outcome(), KeychainLocked)


def test_an_unanswered_prompt_is_waited_for_no_longer_than_its_limit(locked):
    limits = KeychainLimits(call=0.5, prompt=2.0)
    started = time.monotonic()
    with pytest.raises(KeychainLocked):
        Keychain(limits).save(ENTRY, new_key(), now())
    assert limits.prompt <= time.monotonic() - started < limits.prompt + limits.call + PROMPTLY


def test_a_cancelled_prompt_serves_the_next_call(locked):
    daemon, prompt, key = locked
    keychain = Keychain()
    saving = Caller(keychain.save, ENTRY, new_key())
    assert eventually(lambda: prompt.visible)
    cancelled = time.monotonic()
    saving.cancellation.request()
    assert isinstance(saving.outcome(), Cancelled)
    assert time.monotonic() - cancelled < PROMPTLY
    reading = Caller(keychain.read, ENTRY)
    prompt.answer(daemon.password)
    assert reading.outcome() == key
    assert look(daemon) == key.reveal()
    assert "CRITICAL" not in daemon.log


def test_looking_at_the_name_never_opens_a_prompt(locked):
    _, prompt, _ = locked
    assert Keychain().name(now()) == "GNOME Keyring"
    assert not prompt.visible


WITHOUT_FILES = """
import resource
from deepbrain_desktop.system.keychain_errors import NoResourcesForKeychain
from deepbrain_desktop.system.lazy_keychain import LazyKeychain
from deepbrain_desktop.waiting import Cancellation
most = resource.getrlimit(resource.RLIMIT_NOFILE)
keychain = LazyKeychain()
for limit in (0, most[0]):
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most[1]))
    try:
        print(keychain.name(Cancellation()))
    except Exception as error:
        print(error.reason)
"""


def test_a_keychain_that_no_file_was_left_to_load_is_loaded_by_the_next_call():
    ending = children.run(WITHOUT_FILES)
    assert ending.stderr == ""
    assert ending.stdout.splitlines() == ["KEYCHAIN-RESOURCES", "KEYCHAIN-NONE"]
