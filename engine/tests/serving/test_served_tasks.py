"""The development server and our clients with models of other tasks."""

import dataclasses
import json
import math
from contextlib import closing

import numpy as np
import pytest

from mainline.delivery import smoke
from mainline.model import trained
from mainline.model.ship import Choice
from mainline.packaging import saved_model
from mainline.release.release_file import Release
from mainline.serving import ask, staged
from mainline.serving.answers import farthest
from mainline.serving.client import RestClient
from mainline.serving.embedded import serving
from mainline.serving.grpc_client import GrpcClient
from mainline.serving.served import Served
from task_fixtures import TASKS

SHIPS = {"network": 0.0, "trees": 1.0, "blend": 0.5}


@pytest.fixture(scope="module", params=TASKS)
def task(request):
    return request.param


@pytest.fixture(scope="module")
def root(task, task_run):
    return task_run[task]


@pytest.fixture(scope="module")
def served(root):
    version = int(Release.read(root).version)
    with serving(Served(root / "dist/model", "tiny", version)) as running:
        yield running


def test_both_clients_get_the_golden_scores(served, root, task):
    golden = staged.golden(root / "dist/model")
    with (
        closing(RestClient(served.rest, "tiny")) as rest,
        closing(GrpcClient(served.grpc, "tiny")) as rpc,
    ):
        answers = [rest.predict(golden.rows), rpc.predict(golden.rows)]
    for answer in answers:
        assert golden.problem(answer) == ""
        assert bool(answer.labels) is (task == "multiclass")
    assert answers[1].version == served.version


@pytest.mark.parametrize("ship", SHIPS)
@pytest.mark.parametrize("kind", ["binary", *TASKS])
def test_whatever_ships_answers_as_the_trained_model(
    kind, ship, tiny_model, tiny_rows, task_run, task_tables, tmp_path
):
    whole = tiny_model if kind == "binary" else trained.load(task_run[kind], task_tables[kind])
    model = dataclasses.replace(whole, choice=Choice(ship, SHIPS[ship], 0.5))
    saved_model.export(model, tmp_path / "model")
    frame = tiny_rows["test"][["age", "income", "city", "plan"]][:40].copy()
    frame.loc[:2, "age"], frame.loc[1:4, "city"], frame.loc[3:5, "plan"] = np.nan, "never seen", ""
    asked = [
        {name: None if value != value else value for name, value in row.items()}
        for row in frame.fillna({"plan": ""}).to_dict("records")
    ]
    with (
        serving(Served(tmp_path / "model", "tiny", 7)) as running,
        closing(RestClient(running.rest, "tiny")) as rest,
        closing(GrpcClient(running.grpc, "tiny")) as rpc,
    ):
        answers = [rest.predict(asked), rpc.predict(asked)]
    own = model.score(frame)
    for answer in answers:
        assert np.array_equal(np.float32(answer.scores), np.float32(own))
    others = [
        dataclasses.replace(model, choice=Choice(name, share, 0.5)).score(frame)
        for name, share in SHIPS.items()
        if name != ship
    ]
    assert all(farthest(other.tolist(), own.tolist()) > 1e-3 for other in others)


def test_the_smoke_test_passes_and_tells_other_scores_and_labels(served, root, task):
    wanted = smoke.expected(root, {})
    seen = smoke.look(wanted, served.rest, served.grpc, 10_000)
    assert seen.passed, seen.checks
    for changed in spoilt(wanted.golden, task):
        other = dataclasses.replace(wanted, golden=changed)
        checks = smoke.look(other, served.rest, served.grpc, 1e4).checks
        outcome = {check.name: check for check in checks}
        assert not outcome["scores over REST"].passed
        assert not outcome["scores over gRPC"].passed


def spoilt(golden, task):
    if task == "regression":
        moved = [score + 2 * golden.within for score in golden.scores]
        yield dataclasses.replace(golden, scores=moved)
        yield dataclasses.replace(golden, scores=[math.nan for _ in golden.scores])
        return
    turned = [score[::-1] for score in golden.scores]
    yield dataclasses.replace(golden, scores=turned)
    yield dataclasses.replace(golden, scores=[score[0] for score in golden.scores])
    yield dataclasses.replace(golden, labels=["über"] * len(golden.labels))
    yield dataclasses.replace(golden, labels=[])


def test_a_typical_row_is_told_at_the_end_of_a_run(root, task):
    said = ask.ask(root).line()
    if task == "regression":
        assert "gives a typical row " in said
        assert "," in said.partition("row ")[2].partition(" (")[0]  # 50,123.4
    else:
        assert any(f"row {label} (0." in said for label in TASKS[task]["classes"])


def test_an_answer_of_another_width_or_without_numbers_is_no_match():
    assert farthest([[0.1, 0.9]], [0.1]) == math.inf
    assert farthest([0.1], [0.1, 0.2]) == math.inf
    assert farthest([], []) == math.inf
    assert math.isnan(farthest([[0.1, math.nan]], [[0.1, 0.2]]))
    assert farthest([1.0, 2.0], [1.0, 2.5]) == 0.5


def test_golden_rows_of_a_binary_model_need_no_tolerance_of_their_own(tmp_path):
    extra = tmp_path / "assets.extra"
    extra.mkdir()
    (extra / "golden.json").write_text(json.dumps([{"inputs": {"a": 1}, "score": 0.5}]))
    assert staged.golden(tmp_path).within == 1e-5
