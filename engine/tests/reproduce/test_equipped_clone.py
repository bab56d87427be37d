"""What a revision's commands run with."""

import os

from mainline import DEFAULTS
from mainline.reproduce.clone import LOCKED, equipped


def test_the_revision_says_itself_what_its_libraries_read(tmp_path, monkeypatch):
    """What ours have set is not handed on: another number of threads gives other bits."""
    for name in ("ours", "theirs"):
        (tmp_path / name / LOCKED).parent.mkdir(parents=True)
        (tmp_path / name / LOCKED).write_text("numpy==2.4.0\n")
    monkeypatch.setenv("LANG", "C")
    assert os.environ.keys() >= DEFAULTS.keys()
    found = equipped(tmp_path / "ours", tmp_path / "theirs")
    assert not found.variables.keys() & DEFAULTS.keys()
    assert found.variables["LANG"] == "C"
