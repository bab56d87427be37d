"""A promotion of what was a challenger: the pull request shows what the experiment said."""

import json

import pytest

from mainline.core.errors import MainlineError
from mainline.delivery import promote, request_text
from mainline.experiments import result_page
from mainline.experiments.experiment_result import Line, Result


@pytest.fixture
def tried(overlays, tmp_path):
    """A function: the file of an experiment with this model as challenger."""
    overlays.deploy(1)
    overlays.promote(1)
    overlays.deploy(2)

    main_version = overlays.release(1).version

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
            "main_version": main_version,
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


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"environment": "staging"}, "the experiment was not in production. Found staging"),
        ({"main_version": "77"}, "main model is not what production runs. Found version 77"),
    ],
    ids=["environment", "main model"],
)
def test_an_experiment_of_something_else_promotes_nothing(overlays, tried, changed, said):
    with pytest.raises(MainlineError) as error:
        promote.run(overlays.root, override="because", experiment=tried(2, **changed))
    assert said in str(error.value)
    assert overlays.git.resolve(f"promote-{overlays.release(2).version}") is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"format": 2}, "its format is 2, not 1"),
        ({"main_version": 7}, "main_version: "),
        ({"confidence": "much"}, "confidence: "),
        ({"decision": "best"}, "decision: "),
        ({"notes": "all is well"}, "notes: "),
        ({"figure": {"name": "log_loss"}}, "figure.label: "),
        ({"shown": [[]]}, "shown.0: "),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_damaged_file_promotes_nothing(overlays, tried, changed, said):
    path = tried(2)
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    with pytest.raises(MainlineError, match="no result of `mainline experiment`") as error:
        promote.run(overlays.root, override="because", experiment=path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_words_of_the_file_cannot_break_out_of_the_table(tried):
    path = tried(2)
    values = json.loads(path.read_text())
    values["figure"] |= {"label": "a|b @x", "unit": " <img>", "better": "[y](z)"}
    path.write_text(json.dumps(values))
    text = "\n".join(result_page.section(Result.read(path)))
    for raw in ("a|b", "@x", "<img>", "[y](z)"):
        assert raw not in text, raw
