"""What an experiment cannot be told from: one line each."""

import pandas as pd
import pytest
from experiment_trial import CHALLENGER, ROUTES, labels_of, people, split

from mainline.core.errors import MainlineError, SettingsError
from mainline.experiments import arms
from mainline.experiments.experiment_result import Result
from mainline.gateway import rest_proxy


def one_line(found) -> str:
    text = str(found.value)
    assert "\n" not in text
    return text


def test_no_experiment_of_this_name(trial, split_trial):
    split_trial()
    with pytest.raises(MainlineError) as found:
        trial.run(name="autumn")
    assert "main has no experiment 'autumn'. Found spring." in one_line(found)


def test_none_at_all(trial):
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert "no experiment runs on main. Found none at any time." in one_line(found)


def test_no_figure_is_named(trial, split_trial):
    split_trial(routes={name: value for name, value in ROUTES.items() if name != "figure"})
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert "experiment 'spring' names no figure" in one_line(found)


@pytest.mark.parametrize(("kept", "who"), [("main", "the challenger"), ("challenger", "main")])
def test_an_arm_without_rows(trial, kept, who):
    trial.routes(ROUTES)
    rows = split(people(500))
    trial.log(rows[rows["arm"].eq(kept)])
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert f"experiment 'spring' has no row of {who} in the log since" in one_line(found)


def test_labels_that_never_came(trial, split_trial):
    split_trial()
    with pytest.raises(MainlineError) as found:
        trial.run(as_of="2026-04-01")
    assert "of 4,000 predictions none has a label as of 2026-04-01" in one_line(found)


def test_labels_that_were_known_and_that_contradict_are_left_out(trial):
    trial.routes(ROUTES)
    found = people(4_000)
    early = labels_of(found.head(100), known="2026-03-01")
    twice = labels_of(found[100:200]).assign(left="yes")
    again = labels_of(found[100:200]).assign(left="no")
    none = labels_of(found[300:])
    trial.labels(pd.concat([early, twice, again, none]))
    trial.log(split(found))
    result = trial.run()
    assert sum(result.figure.counts) == 3_700
    said = "\n".join(result.notes)
    for part in (
        "100 of 4,000 predictions have no label as of 2026-05-31",
        "100 of 4,000 predictions have labels that contradict",
        "100 of 4,000 predictions were made when their label was known",
    ):
        assert part in said


def test_a_figure_that_the_task_does_not_have(trial, split_trial):
    split_trial(routes={**ROUTES, "figure": "absolute_error"})
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert "`routes.figure` is absolute_error, which a binary model does not have" in one_line(
        found
    )


def test_what_customers_do_cannot_be_told_from_a_shadow(trial):
    trial.routes({"experiment": "spring", "figure": "conversion", "shadow": 0.5})
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert "which a shadow cannot change" in one_line(found)


def test_a_figure_without_a_name(trial, split_trial):
    split_trial()
    trial.routes({"figure": "log_loss", "split": {"by": "entity", "share": 0.5}})
    with pytest.raises(MainlineError) as found:
        trial.run()
    assert "no experiment runs on main" in one_line(found)


def test_a_version_that_main_never_released(trial):
    trial.routes({**ROUTES, "figure": "cost"})
    found = people(2_000)
    trial.labels(labels_of(found))
    trial.log(split(found).replace({"version": {CHALLENGER: "99"}}))
    with pytest.raises(MainlineError) as error:
        trial.run()
    assert "answers of version 99, which main never released" in one_line(error)


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30"])
def test_a_day_that_is_none(trial, split_trial, day):
    split_trial()
    with pytest.raises(MainlineError, match=f"--to: '{day}' is not a day"):
        trial.run(last=day)


def test_an_end_before_the_beginning(trial, split_trial):
    split_trial()
    with pytest.raises(SettingsError, match=r"began on 2026-03-01\. Found --to 2026-02-01"):
        trial.run(last="2026-02-01")


@pytest.mark.parametrize("text", ['{"format": 9}', "[]", "{}", '{"format": 1, "sentence": ""}'])
def test_a_file_that_is_no_result(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(MainlineError, match="no result of `mainline experiment`"):
        Result.read(path)


def test_the_words_of_the_gateway_are_those_that_are_looked_for():
    own = {problem for _, problem, _ in rest_proxy._VERDICTS.values()} | {
        *rest_proxy._EARLY.values()
    }
    assert own <= {*arms.UNSPLIT}
