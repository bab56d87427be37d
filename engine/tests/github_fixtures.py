"""A stub of GitHub, and a client that waits for nobody but takes note of how long it should."""

import pytest

from github_stub import GitHub
from mainline.github.api import Api


@pytest.fixture
def github():
    stub = GitHub()
    yield stub
    stub.close()


@pytest.fixture
def waits():
    return []


@pytest.fixture
def api(github, waits):
    return Api(github.url, "o/r", "secret-token", timeout=5, sleep=waits.append)
