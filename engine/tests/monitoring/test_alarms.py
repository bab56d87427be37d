"""Windows without drift are quiet, and drift is found: a small part of the benchmark `alarms`."""

import pytest

from mainline.monitoring.noise import Sample
from project import ROOT

SOME = 8  # one of each size and number of rows an entity


@pytest.fixture
def alarms(module):
    """The benchmark."""
    return module("alarms")


def test_quiet_windows_are_quiet(alarms):
    assert alarms.quiet_windows(SOME) == {}


@pytest.mark.nightly
def test_of_200_quiet_windows_ten_alarm_at_most(alarms):
    assert len(alarms.quiet_windows(alarms.WINDOWS)) <= alarms.MOST


def test_half_a_deviation_is_found_at_ten_thousand_rows(alarms):
    assert [alarms.shifted(seed, size=10_000, shift=0.5) for seed in range(3)] == [True] * 3


def test_a_fall_of_roc_auc_by_five_hundredths_is_found_at_ten_thousand_rows(alarms):
    assert [alarms.fallen(seed, size=alarms.JUDGED) for seed in range(3)] == [True] * 3


@pytest.mark.nightly
def test_the_fall_is_found_for_four_of_five_seeds(alarms):
    step = alarms.partial(alarms.fallen, size=alarms.JUDGED)
    assert alarms.share(step, 50) >= alarms.LEAST


@pytest.mark.nightly
def test_it_is_found_for_four_of_five_seeds(alarms):
    step = alarms.partial(alarms.shifted, size=alarms.JUDGED, shift=alarms.SHIFT)
    assert alarms.share(step, 50) >= alarms.LEAST


def test_to_count_rows_instead_of_customers_would_alarm(alarms, monkeypatch):
    monkeypatch.setattr(Sample, "of_sums", classmethod(lambda of, rows, _: of(rows, float(rows))))
    assert "drift.category_3" in alarms.quiet(1)


def test_the_picture_has_a_line_for_each_curve(module):
    curves = module("curves")
    found = [curves.Curve("a < b", [(500, 0.0), (1000, 1.0)]), curves.Curve("c", [(500, 0.5)])]
    text = curves.picture("What is found", "rows", found)
    assert text.count("<polyline") == 4  # and one each in the legend
    assert "a &lt; b" in text
    assert text == curves.picture("What is found", "rows", found)


def test_the_page_shows_the_picture_that_the_benchmark_draws(alarms):
    assert alarms.PICTURE == ROOT / "docs/alarms.svg"
    assert "](alarms.svg)" in (ROOT / "docs/monitoring.md").read_text()
