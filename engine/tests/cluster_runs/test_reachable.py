"""A cluster that is not there is told in one line, before any test begins."""

import kubectl
import pytest


def test_no_kubectl(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(kubectl.RefusedError, match="kubectl is not on PATH"):
        kubectl.reachable()


@pytest.fixture
def some_kubectl(monkeypatch, tmp_path):
    """A program of that name, which reaches nothing."""
    tool = tmp_path / "kubectl"
    tool.write_text("#!/bin/sh\necho 'connection refused' >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")


@pytest.mark.usefixtures("some_kubectl")
def test_no_kubeconfig(monkeypatch):
    monkeypatch.delenv("KUBECONFIG", raising=False)
    with pytest.raises(kubectl.RefusedError, match="KUBECONFIG is not set"):
        kubectl.reachable()


@pytest.mark.usefixtures("some_kubectl")
def test_no_answer(monkeypatch):
    monkeypatch.setenv("KUBECONFIG", "config")
    with pytest.raises(kubectl.RefusedError, match="connection refused"):
        kubectl.reachable()


def test_a_kind_that_is_not_served(monkeypatch):
    answer = '{"resources": [{"name": "workflows"}]}'
    monkeypatch.setattr(kubectl, "run", lambda *_: answer)
    kubectl.served("argoproj.io/v1alpha1", ["workflows"])
    with pytest.raises(kubectl.RefusedError, match="lacks applications of argoproj"):
        kubectl.served("argoproj.io/v1alpha1", ["workflows", "applications"])
