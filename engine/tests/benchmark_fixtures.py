"""Benchmarks are scripts: a test imports them from their folder and leaves none behind."""

import importlib
import sys
from pathlib import Path

import pytest

from project import ROOT

HERE = ROOT / "engine/benchmarks"


@pytest.fixture
def module(monkeypatch):
    """A benchmark's module by its name; Python's own path holds no folder of ours."""
    monkeypatch.syspath_prepend(str(HERE))
    yield importlib.import_module
    for name, each in list(sys.modules.items()):
        file = getattr(each, "__file__", None)
        if file and HERE in Path(file).parents:
            del sys.modules[name]
