"""A source of main's that gave other rows where the model was trained."""

import pytest

from hub import JUDGED
from project import SIMULATOR

pytestmark = pytest.mark.e2e

FEWER = """
import dataclasses

_honest = read


def read(as_of: datetime.date, options: Options) -> Raw:
    raw = _honest(as_of, options)
    return dataclasses.replace(raw, frame=raw.frame[raw.frame["support_tickets"] < 4])
"""


def test_a_source_that_answers_other_rows_when_it_is_asked_again_is_red(hub):
    """All that is proposed agrees with each other: rows, catalogue, model and lock."""
    project = hub.start("other-rows")
    project.set(**{"data.source": SIMULATOR})
    [path] = project.root.glob("src/*/simulator.py")
    honest = path.read_text()
    path.write_text(honest + FEWER)
    project.run()
    path.write_text(honest)
    project.dvc("commit", "--force", "--quiet")
    project.dvc("push", "--quiet")
    head = hub.push("Trained at home")
    done = hub.propose("other-rows")
    assert {name: done.jobs[name] for name in JUDGED} == JUDGED, done.log
    assert done.stages == []  # DVC believes the lock
    assert hub.verdict(head) == "failure"
    assert "the source, read again, gives other rows" in hub.comment(), hub.comment()
