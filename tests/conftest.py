"""What all tests share: their order, and skipping those that need the real logs beside the repo."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"


def pytest_collection_modifyitems(items):
    # What starts other processes and takes longest goes first, so that no worker is left with it in the end.
    items.sort(key=lambda item: item.path.parent != HERE)
    if (SHARED / "data").is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="needs the real logs, and ../shared/data is not there"))


@pytest.fixture
def shared() -> Path:
    """The folder of real logs; for tests marked ``shared``."""
    return SHARED
