"""An image on disk, and registries that take it from anybody or from whoever is logged in."""

import pytest

import certificate
from customer_churn.packaging import image
from customer_churn.registry.layout import Layout
from registry_stub import Registry


@pytest.fixture
def directory(tmp_path):
    """The OCI layout of a made-up model."""
    (tmp_path / "model").mkdir()
    (tmp_path / "model/saved_model.pb").write_bytes(b"graph" * 1000)
    image.build(tmp_path / "model", "tiny", 42).write(tmp_path / "image")
    return tmp_path / "image"


@pytest.fixture
def layout(directory):
    return Layout.read(directory)


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


@pytest.fixture(autouse=True)
def nobody(tmp_path, monkeypatch):
    """No login of whoever runs the tests."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    names = ("REGISTRY", "REGISTRY_USER", "REGISTRY_PASSWORD", "GITHUB_TOKEN", "GITHUB_ACTOR")
    for name in names:
        monkeypatch.delenv(name, raising=False)
