"""A place for servers of a test's own."""

from collections.abc import Iterator

import pytest

from tests.postgres.fixtures import require_server
from tests.postgres.server import Place


@pytest.fixture
def place() -> Iterator[Place]:
    require_server()
    place = Place()
    yield place
    place.close()
