"""Registries that answer everybody, or only those who are logged in."""

import pytest

import certificate
from registry_stub import Registry


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """A registry; one that asks for a login speaks TLS."""
    running = []

    def start(login: str = "") -> Registry:
        key = certificate.make(tmp_path / "registry.pem") if login else ""
        if key:
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(key))
        running.append(Registry(login=login, certificate=str(key)))
        return running[-1]

    yield start
    for registry in running:
        registry.close()
