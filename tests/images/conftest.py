"""A tree that names images, and the registry that has them."""

from dataclasses import replace

import pinned_tree
import pytest

from customer_churn.registry.repository import Repository


@pytest.fixture
def waits(monkeypatch):
    """Nobody is waited for."""
    found, of = [], Repository.of
    monkeypatch.setattr(Repository, "of", lambda image: replace(of(image), sleep=found.append))
    return found


@pytest.fixture
def registry(serve):
    return pinned_tree.filled(serve())


@pytest.fixture
def root(tmp_path, registry, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return pinned_tree.write(tmp_path, registry.host)
