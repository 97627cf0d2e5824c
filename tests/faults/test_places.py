"""Homes of every name: what the program keeps there is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.fault_server import FaultServer
from faults.process_scene import ProcessScene
from program.running import eventually

NAMES = {
    "S13-spaces": "a home of  one's own ",
    "S13-letters-of-the-world": "집 mit Ümläuten и ☂",
    "S13-quotes-and-signs": '"it\'s" $HOME `id` %41 #&;|<>*?',
    "S13-more-than-260-characters": "/".join("x" * 100 for _ in range(4)),
}


@pytest.fixture(params=NAMES.values(), ids=NAMES.keys())
def there(
    request: pytest.FixtureRequest, room: Path, server: FaultServer
) -> Iterator[ProcessScene]:
    """A program at home in such a place."""
    place = room / request.param
    place.mkdir(parents=True)
    scene = ProcessScene(place, server)
    yield scene
    try:
        scene.hold_to_the_rules()
    finally:
        scene.close()


def test_what_is_changed_in_such_a_home_is_kept(there: ProcessScene) -> None:
    there.start()
    there.type(there.key)
    there.good_request()
    there.press("ctrl+d")
    eventually(lambda: len(there.home.kept_accounts()) == 2, "the second account in the file")
    there.end()
    there.start()
    assert len(there.home.kept_accounts()) == 2
