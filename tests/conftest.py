"""What all tests share: skipping those that need the real logs, which lie beside the repo, never in it."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parent.parent.parent / "shared"


def pytest_collection_modifyitems(items):
    if (SHARED / "data").is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="needs the real logs, and ../shared/data is not there"))


@pytest.fixture
def shared() -> Path:
    """The folder of real logs; for tests marked ``shared``."""
    return SHARED
