"""One hub for all proposals of a test run: what they share is dear to make."""

import pytest

from hub import Hub
from local_registry import LocalRegistry


@pytest.fixture(scope="session")
def registry():
    served = LocalRegistry()
    yield served
    served.close()


@pytest.fixture(scope="session")
def hub(trained, tmp_path_factory, registry):
    opened = Hub.open(trained, tmp_path_factory.mktemp("hub"), registry)
    yield opened
    opened.close()
