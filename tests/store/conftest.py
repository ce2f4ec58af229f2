"""The small world, for every test of the store that asks for it."""

from collections.abc import Iterator

import pytest

from pkm.config import Home
from pkm.store.session import Store
from tests.store.world import make_world


@pytest.fixture
def world(home_paths: Home) -> Iterator[Store]:
    """A store of its own with the small world in it."""
    store = make_world(home_paths)
    yield store
    store.close()
