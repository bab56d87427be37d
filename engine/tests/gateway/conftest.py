"""Ports and servers of one test."""

import socket

import pytest
from told_server import Server, listening

from gateway_stand_in import gateway


@pytest.fixture
def server():
    with listening(Server()) as running:
        yield running


@pytest.fixture
def proxy(server):
    with gateway(server.address) as running:
        yield running


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
