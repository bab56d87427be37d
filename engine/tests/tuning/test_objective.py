"""One trial: stage `train` on training rows, judged on rows left out; there are no test rows."""

import numpy as np
import optuna
import pytest
from optuna.pruners import BasePruner
from sklearn.metrics import log_loss, roc_auc_score

import stage_runs
from mainline.core.layout import Layout
from mainline.model import runtime, train
from mainline.model.design import Design
from mainline.model.target import Target
from mainline.params.tune import TuneSettings
from mainline.tuning.job import Job
from mainline.tuning.objective import (
    FIGURE,
    GROUPS,
    SECONDS,
    SHIPS,
    Objective,
    grouped,
    losses_of,
)

SPACE = {"train.learning_rate": {"low": 0.0001, "high": 0.1}}
TODAY, OTHER = {"train.learning_rate": 0.001}, {"train.learning_rate": 0.05}


class Every(BasePruner):
    """Prunes each trial as soon as it is asked."""

    def prune(self, study, trial) -> bool:
        return True


@pytest.fixture
def made(tmp_path, tiny_rows, tiny_table, tiny_settings):
    """A function: settings of `tune` and `train` to a job. There are no test rows."""
    rows = {part: tiny_rows[part] for part in ("train", "validation")}
    stage_runs.prepare(tmp_path, rows, {})

    def job(space=SPACE, tune=None, **settings) -> Job:
        section = tiny_settings.model_dump(exclude_unset=True) | settings
        about = {"trials": 5, "space": space} | (tune or {})
        return Job(tmp_path, tiny_table, TuneSettings.model_validate(about), section, TODAY)

    return job


@pytest.fixture
def trial():
    return optuna.create_study(pruner=Every()).ask()


def test_the_loss_is_that_of_what_ships_on_validation_rows(made, tiny_rows, tiny_table):
    job, trial = made(), optuna.create_study().ask()
    found = Objective(job)(OTHER, trial)
    settings = job.settings(OTHER)
    runtime.deterministic(settings.seed)
    parts = tiny_rows["train"], tiny_rows["validation"]
    design = Design.of(job.root, tiny_table, settings)
    model, _ = train.fit(*parts, tiny_table, design)
    model, _ = train.with_trees(model, *parts, tiny_table, settings)
    scores, target = model.score(parts[1]), parts[1]["left"]
    assert found == pytest.approx(log_loss(target, scores), abs=1e-6)
    about = trial.user_attrs
    assert about[FIGURE] == pytest.approx(roc_auc_score(target, scores))
    assert about[SHIPS] == "network"
    assert about[SECONDS] > 0
    sums, rows = about[GROUPS]
    assert sum(rows) == len(target)
    assert sum(sums) / sum(rows) == pytest.approx(found, abs=1e-6)


def test_with_folds_every_row_judges_and_an_entity_is_in_one(made, trial, tiny_rows):
    job = made(tune={"folds": 2}, epochs=1)
    folds = job.folds()
    for there, out in folds:
        assert set(there["who"]).isdisjoint(out["who"])
    Objective(job)(TODAY, trial)
    rows = len(tiny_rows["train"]) + len(tiny_rows["validation"])
    assert sum(trial.user_attrs[GROUPS][1]) == rows == sum(len(out) for _, out in folds)
    assert list(trial.storage.get_trial(trial._trial_id).intermediate_values) == [1, 2]


def test_epochs_prune_where_the_network_alone_is_searched(made, trial):
    with pytest.raises(optuna.TrialPruned):
        Objective(made())(OTHER, trial)
    trees = SPACE | {"train.trees.lambda_l2": {"low": 1, "high": 9}}
    assert Objective(made(ship="network")).epochs
    assert Objective(made(ship="best")).epochs
    assert not Objective(made(ship="trees")).epochs
    assert not Objective(made(trees, ship="best")).epochs
    assert not Objective(made(tune={"folds": 2})).epochs


def test_today_s_values_are_never_pruned(made, trial):
    assert Objective(made())(TODAY, trial) > 0
    assert trial.storage.get_trial(trial._trial_id).intermediate_values.keys() == {1, 2}


def test_the_last_fold_prunes_nothing(made, trial):
    with pytest.raises(optuna.TrialPruned):
        Objective(made(tune={"folds": 2}, epochs=1))(OTHER, trial)
    assert trial.storage.get_trial(trial._trial_id).intermediate_values.keys() == {1}


def test_losses_of_an_amount_are_squared_deviations(tiny_rows):
    amounts = tiny_rows["train"]["age"]
    target = Target("regression", [], mean=10.0, deviation=4.0)
    losses = losses_of(target, amounts, amounts.to_numpy() + 2)
    assert losses == pytest.approx(np.full(len(amounts), 0.25), abs=1e-4)


def test_groups_hold_whole_entities():
    entities = [f"e{number % 700}" for number in range(2_100)]
    sums, rows = grouped(np.ones(2_100), entities)
    assert sums == rows
    assert sum(rows) == 2_100
    assert all(count % 3 == 0 for count in rows)
    assert 150 < len(rows) <= 200


def test_the_study_is_that_of_rows_code_and_settings(made):
    name = made().name
    assert name.startswith("tune-")
    assert made(tune={"trials": 99, "processes": 7, "seed": 4}).name == name
    assert made(learning_rate=0.02).name == name, "the space replaces it"
    others = {
        made(epochs=3).name,
        made(tune={"folds": 3}).name,
        made({"train.learning_rate": {"low": 0.0001, "high": 0.2}}).name,
    }
    code = made().root / "src/small/network.py"
    code.write_text(code.read_text() + "# changed\n")
    others.add(made().name)
    rows = Layout(made().root).split / "validation.parquet"
    rows.write_bytes((rows.parent / "train.parquet").read_bytes())
    others.add(made().name)
    assert len(others - {name}) == 5
