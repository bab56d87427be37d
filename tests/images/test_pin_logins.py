"""Who a registry shows a digest to."""

import pinned_tree
import pytest
from pinned_tree import BASE

from customer_churn.images import pin
from customer_churn.registry import repository
from registry_stub import PASSWORD, USER

pytestmark = pytest.mark.usefixtures("nobody", "waits")


@pytest.fixture
def secure(serve, tmp_path, monkeypatch):
    """A registry that wants to know who asks, and the tree that names it."""

    def start(kind):
        registry = pinned_tree.filled(serve(kind))
        monkeypatch.setattr(repository, "loopback", lambda _: False)
        monkeypatch.chdir(tmp_path)
        pinned_tree.write(tmp_path, registry.host)
        monkeypatch.setenv("REGISTRY", registry.host)
        return registry

    return start


def test_whoever_only_looks_needs_no_login(secure, tmp_path):
    registry = secure("anonymous")
    pin.run(tmp_path, [])
    assert registry.tags["o/serving:2.20.0"] in (tmp_path / BASE).read_text()
    assert set(registry.scopes) == {"repository:o/serving:pull", "repository:o/python:pull"}


@pytest.mark.parametrize("kind", ["basic", "token"])
def test_a_login_is_used(secure, tmp_path, monkeypatch, kind):
    registry = secure(kind)
    monkeypatch.setenv("REGISTRY_USER", USER)
    monkeypatch.setenv("REGISTRY_PASSWORD", PASSWORD)
    pin.run(tmp_path, [])
    assert registry.tags["o/serving:2.20.0"] in (tmp_path / BASE).read_text()


@pytest.mark.parametrize(
    ("kind", "password"),
    [("basic", ""), ("token", "")] + [(kind, "wr0ng") for kind in ("basic", "token", "anonymous")],
)
def test_no_login_or_a_wrong_one(secure, tmp_path, monkeypatch, capsys, kind, password):
    secure(kind)
    monkeypatch.setenv("REGISTRY_PASSWORD", password)
    pinned_tree.closed(tmp_path, capsys, r"does not show it to this login .401.*`docker login 127")
