"""A promotion of what was a challenger: the pull request shows what the experiment said."""

import json

import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import promote, request_text
from mainline.experiments.experiment_result import Line, Result


@pytest.fixture
def tried(overlays, tmp_path):
    """A function: the file of an experiment with this model as challenger."""
    overlays.deploy(1)
    overlays.promote(1)
    overlays.deploy(2)

    def write(number, **changed):
        line = Line(
            "log_loss", "Log loss", "lower", "", 0.25, 0.24, -0.01, -0.02, -0.001, (900, 800)
        )
        values = {
            "experiment": "spring|x",
            "kind": "split by entity",
            "unit": "entities",
            "share": 0.5,
            "environment": "production",
            "main_version": overlays.release(1).version,
            "challenger_version": overlays.release(number).version,
            "first": "2026-03-02 00:00",
            "last": "2026-03-31",
            "named": "2026-03-01 08:00",
            "confidence": 0.95,
            "figure": line,
            "shown": [],
            "decision": "better",
            "reasons": [],
            "notes": ["7 rows without an entity are left out"],
            "ratio": None,
        }
        path = tmp_path / "spring.json"
        Result(**values | changed).write(path)
        return path

    return write


def test_the_text_has_the_decision_and_the_figures(overlays, tried):
    result = Result.read(tried(2))
    head = overlays.git.run("rev-parse", "main").strip()
    given = overlays.release(2), overlays.evidence(2)
    body = request_text.body(overlays.git, head, *given, result)
    for part in (
        "### Experiment",
        "**The challenger is better: log loss 0.24 against 0.25.**",
        "| Log loss | 0.25 | 0.24 | -0.01 (-0.02 to -0.001) | lower is better |",
        "900 entities of main, 800 of the challenger",
        "7 rows without an entity",
        "spring\\|x",
    ):
        assert part in body, part
    assert "Experiment" not in request_text.body(overlays.git, head, *given)


def test_the_option_is_held_to_what_staging_runs(overlays, tried, tmp_path):
    path = tmp_path / "evidence.json"
    path.write_text(overlays.evidence(2).render())
    with pytest.raises(MainlineError, match="the experiment's challenger is not what staging runs"):
        promote.run(overlays.root, smoked=path, experiment=tried(1))
    assert overlays.git.resolve(f"promote-{overlays.release(2).version}") is None
    promote.run(overlays.root, smoked=path, experiment=tried(2))
    assert overlays.git.resolve(f"promote-{overlays.release(2).version}")


def test_a_damaged_file_promotes_nothing(overlays, tried):
    path = tried(2)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(MainlineError, match="no result of `mainline experiment`"):
        promote.run(overlays.root, override="because", experiment=path)
