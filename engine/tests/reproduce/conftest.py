from pathlib import Path

import pytest
from dvc.cli import main as dvc_main

from mainline.core.errors import StageFailedError
from mainline.dvc import repro as pipeline
from project import inside


@pytest.fixture
def in_process(monkeypatch):
    """DVC in this process: its own start would cost a second each time."""

    def repro(root: Path, *options: str, **_: object) -> None:
        with inside(root):
            if dvc_main(["repro", *options]):
                raise StageFailedError("failed")

    monkeypatch.setattr(pipeline, "repro", repro)
