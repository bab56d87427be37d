"""Registries that answer anybody or whoever is logged in; and nobody is."""

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


@pytest.fixture
def nobody(tmp_path, monkeypatch):
    """No login of whoever runs the tests."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    names = ("REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD", "GITHUB_TOKEN", "GITHUB_ACTOR")
    for name in names:
        monkeypatch.delenv(name, raising=False)
