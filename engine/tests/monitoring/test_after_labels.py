"""Labels of a real release: its model, its log, and the project's own source."""

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from labelled_log import predictions, store

from mainline.data.settings import DataSettings
from mainline.monitoring import after_labels
from mainline.monitoring.reference import Reference
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from project import Project, stored

OWN = {
    "kind": "python",
    "function": "small.simulator:read",
    "options": {"seed": 7, "start": "2025-07-01", "customers": 900, "joiners": 60},
}
JUNE = Window.parse("2026-06-03", "2026-06-09")
AS_OF = datetime.date(2026, 7, 31)
SETTINGS = {"min_rows": 200, "triggers": {"importance": {"min_rows": 200}}}


@dataclass(frozen=True)
class Release:
    project: Project
    watched: Watched
    reference: Reference
    rows: pd.DataFrame  # the source's rows of June, with their scores


@pytest.fixture(scope="module")
def release(shared, tmp_path_factory) -> Release:
    project = stored("champion", shared).copy(tmp_path_factory.mktemp("release") / "project")
    project.set(**{"data.source": OWN})
    watched = Watched.of(project.root)
    reference = Reference(watched)
    source = DataSettings.model_validate({"as_of": "2026-07-31", "source": OWN}).source
    rows = source.read(AS_OF, project.root).frame
    rows = rows[rows["snapshot_date"] == "2026-06-01"].reset_index(drop=True)
    from mainline.packaging.saved_model import Scorer  # noqa: PLC0415  imports TensorFlow

    with watched.champion.model() as directory:
        rows["score"] = Scorer(directory).score(rows[watched.table.features])
    return Release(project, watched, reference, rows)


def logged(release, root, **changes):
    """A store of these rows."""
    return store(root, of_log(release, **changes))


def of_log(release, *, entity=True, score=None):
    """The month's rows, asked about in a week of it."""
    rows = release.rows
    inputs = rows[release.watched.table.features].add_prefix("input_")
    days = pd.to_timedelta(np.arange(len(rows)) % 7, unit="D")
    frame = inputs.assign(
        time=pd.Timestamp("2026-06-03T09:00") + days,
        entity=rows["customer_id"] if entity else None,
        score=rows["score"] if score is None else score(rows["score"]),
        version=release.watched.version,
    )
    return predictions(frame)


def found(release, address, *, as_of=AS_OF, window=JUNE, **labels):
    settings = MonitoringSettings.model_validate(SETTINGS | {"labels": labels})
    parts = release.watched, release.reference, settings
    made = after_labels.findings(
        release.project.root, *parts, store=address, as_of=as_of, window=window
    )
    return {each.name: each for each in made.findings}, made.labelled


def test_a_release_that_is_as_good_as_before_is_quiet_in_every_part(release, tmp_path):
    made, count = found(release, logged(release, tmp_path))
    assert count == len(release.rows)
    assert {name: each.sentence for name, each in made.items() if each.status != "quiet"} == {}
    assert {each.kind for each in made.values()} == {
        "labels",
        "quality",
        "importance",
        "business",
        "concept",
    }
    assert {
        "quality.roc_auc",
        "quality.lift_at_tenth",
        "quality.roc_auc[gender=male]",
    } <= made.keys()
    importance = made["importance.rank_correlation"]
    assert importance.value > 0.5
    assert (importance.rows, importance.details["sampled"]) == (count, count)


def test_scores_that_know_nothing_any_more_alarm(release, tmp_path):
    shuffled = logged(release, tmp_path, score=lambda scores: scores.sample(frac=1).to_numpy())
    made, _ = found(release, shuffled)
    assert made["quality.roc_auc"].status == "alarm"


def test_before_labels_can_be_there_nothing_is_wrong(release, tmp_path):
    early = datetime.date(2026, 6, 20)
    made, count = found(release, logged(release, tmp_path), as_of=early, within_days=20)
    assert count == 0
    assert made["labels.arrived"].status == "quiet"
    assert made["quality.roc_auc"].status == "quiet"


def test_labels_that_do_not_come_are_unknown_in_the_end(release, tmp_path):
    address = logged(release, tmp_path)
    late = {"as_of": datetime.date(2026, 6, 30), "within_days": 20, "overdue_days": 14}
    made, _ = found(release, address, **late)
    assert made["labels.overdue"].status == "unknown"
    assert "labels do not come" in made["labels.overdue"].sentence


def test_quality_is_that_of_the_window_whose_labels_should_have_come(release, tmp_path):
    july = Window.parse("2026-07-03", "2026-07-09")
    made, count = found(release, logged(release, tmp_path), window=july, delay_days=30)
    assert count == len(release.rows)
    assert "2026-06-03 to 2026-06-09" in made["labels.arrived"].sentence
    made, count = found(release, logged(release, tmp_path), window=july, delay_days=300)
    assert (count, made["labels.arrived"].status) == (0, "quiet")
    assert "does not reach back" in made["labels.arrived"].sentence


def test_a_log_without_keys_is_one_unknown_finding(release, tmp_path):
    made, count = found(release, logged(release, tmp_path, entity=False))
    assert (list(made), count) == (["labels.join"], 0)
    assert made["labels.join"].status == "unknown"
    assert "names its entity" in made["labels.join"].sentence


def test_a_source_that_fails_is_one_unknown_finding(release, tmp_path):
    release.project.set(**{"data.source.function": "small.simulator:_join"})
    try:
        made, _ = found(release, logged(release, tmp_path))
    finally:
        release.project.set(**{"data.source": OWN})
    assert list(made) == ["labels.join"]
    assert "labels as of 2026-07-31 cannot be read" in made["labels.join"].sentence


def test_right_after_a_release_nothing_is_wrong_with_the_labels(release, tmp_path):
    address = logged(release, tmp_path)
    older = predictions([{"time": "2026-05-05", "version": "1"}])
    for log in (address, store(tmp_path / "two", pd.concat([older, of_log(release)]))):
        made, count = found(release, log, delay_days=31)
        assert (count, made["labels.arrived"].status) == (0, "quiet")
        assert {each.status for each in made.values()} == {"quiet"}


def test_a_version_that_was_never_asked_is_unknown(release, tmp_path):
    rows = of_log(release).assign(version="1")
    made, _ = found(release, store(tmp_path, rows))
    assert {name: each.status for name, each in made.items()} == {"labels.join": "unknown"}


def test_in_a_gap_of_the_log_its_history_goes_on(release, tmp_path):
    late = Window.parse("2026-06-20", "2026-06-26")
    made, count = found(release, logged(release, tmp_path), window=late, delay_days=3)
    assert (count, made["labels.arrived"].status) == (0, "quiet")
    assert "2026-06-17 to 2026-06-23" in made["labels.arrived"].sentence
    assert made["concept.roc_auc"].rows == len(release.rows)


def test_concept_leaves_out_labels_that_came_early(release, tmp_path):
    rows = of_log(release)
    early = rows.assign(time=rows["time"] + pd.Timedelta(days=10), score=0.5)
    log = store(tmp_path, pd.concat([rows, early[early["entity"].isin(rows["entity"][::2])]]))
    window = Window.parse("2026-06-13", "2026-06-19")
    made, _ = found(release, log, window=window, delay_days=10)
    assert made["concept.roc_auc"].rows == len(rows)
    assert made["concept.roc_auc"].value < 0.02
