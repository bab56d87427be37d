"""Latency, errors and versions of a window, by arm."""

import numpy as np
import pandas as pd
import pytest
from logged_window import rows, write

from conftest import inputs
from mainline.monitoring import service
from mainline.params.monitoring import ServiceSettings

COUNT = 1000


@pytest.fixture
def found(store, opened, watched):
    """A function: rows into the log, findings out, by name."""

    def call(*frames, bars=None):
        write(store, pd.concat(frames))
        settings = watched.settings.model_copy(update={"service": bars or ServiceSettings()})
        with opened() as log:
            findings = service.findings(watched, log, settings)
        return {each.name.removeprefix("service."): each for each in findings}

    return call


def test_latency_is_of_requests_in_milliseconds(found):
    seconds = np.linspace(0.001, 0.1, COUNT)
    of = found(rows(inputs(COUNT, 1), seconds=seconds), bars=ServiceSettings(p99_ms=50.0))
    assert of["p99_ms[main]"].value == pytest.approx(1000 * np.quantile(seconds, 0.99), abs=1e-3)
    assert of["p99_ms[main]"].details["p50_ms"] == pytest.approx(50.5, abs=0.01)
    assert of["p99_ms[main]"].status == "alarm"
    assert of["p99_ms[main]"].sentence == "main: p50 50.5 ms, p99 99.0 ms, the bar is 50 ms."


def test_without_a_bar_latency_is_shown(found):
    assert found(rows(inputs(COUNT, 1), seconds=9.0))["p99_ms[main]"].status == "quiet"


def test_a_request_with_many_rows_is_one_request(found):
    frame = rows(inputs(COUNT, 1), request_id="one")
    frame["row"] = range(COUNT)
    assert found(frame)["p99_ms[main]"].rows == 1


@pytest.mark.parametrize(
    ("failed", "status"),
    [pytest.param(49, "quiet", id="below"), pytest.param(50, "alarm", id="at the bar")],
)
def test_the_share_of_failed_requests(found, failed, status):
    codes = [503] * failed + [200] * (COUNT - failed)
    of = found(rows(inputs(COUNT, 1), status=codes))["errors[main]"]
    assert (of.status, of.value) == (status, failed / COUNT)
    assert of.details["kinds"] == [
        {"protocol": "rest", "status": 503, "problem": "", "requests": failed}
    ]


def test_grpc_s_status_of_an_answer_is_no_error(found):
    assert found(rows(inputs(COUNT, 1), protocol="grpc", status=0))["errors[main]"].value == 0


def test_each_arm_has_its_own_figures_and_a_shadow_never_alarms(found):
    arms = [
        rows(
            inputs(COUNT, 1), arm=arm, status=status, request_id=[f"{arm}{n}" for n in range(COUNT)]
        )
        for arm, status in (("main", 200), ("challenger", 500), ("shadow", 500))
    ]
    of = found(*arms)
    assert {name: each.status for name, each in of.items() if name.startswith("errors")} == {
        "errors[challenger]": "alarm",
        "errors[main]": "quiet",
        "errors[shadow]": "quiet",
    }


def test_below_min_rows_nothing_alarms(found):
    of = found(rows(inputs(499, 1), status=500))
    assert {each.status for each in of.values()} == {"quiet"}


def test_a_version_that_main_never_released_is_unknown_and_named(found):
    versions = ["7"] * 500 + ["6"] * 300 + ["123"] * 150 + [""] * 50
    of = found(rows(inputs(COUNT, 1), version=versions))["versions"]
    assert of.status == "unknown"
    assert of.sentence == "the log names versions that main never released: 123 (150 rows)."
    assert of.value == 0.15


def test_versions_of_main_are_no_finding(found):
    assert "versions" not in found(rows(inputs(COUNT, 1), version=["6", "7"] * 500))
