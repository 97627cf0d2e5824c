"""Which display servers are taken for one that can be used."""

import socket
import struct
import sys
import threading
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("Linux's display servers", allow_module_level=True)

from deepbrain_desktop.system.display import NoDisplay, missing_display

SYNC = struct.pack("=IHHI", 1, 0, 12, 2)
DONE = struct.pack("=IHHI", 2, 0, 12, 0)
"""wl_display.sync with the callback 2, and wl_callback.done (wayland.xml)."""


@pytest.mark.parametrize("answers", [True, False])
def test_a_wayland_server_is_one_that_answers(tmp_path: Path, monkeypatch, answers: bool):
    monkeypatch.chdir(tmp_path)  # the paths of sockets may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("wayland")
        server.listen()

        def receive() -> None:
            with server.accept()[0] as client:
                if answers and client.recv(64) == SYNC:
                    client.sendall(DONE)

        thread = threading.Thread(target=receive)
        thread.start()
        name = "/proc/self/cwd/wayland"
        found = missing_display({"WAYLAND_DISPLAY": name})
        thread.join()
    assert found == (None if answers else NoDisplay(servers=(name,)))
