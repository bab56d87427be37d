"""Bars and questions that do not fit the task, or each other, are refused before anything runs."""

import pytest
import yaml

from mainline.core.errors import MainlineError
from mainline.params import params
from project import SMALL

TEXT = (SMALL / "params.yaml").read_text(encoding="utf-8")


def parse(**changed):
    values = yaml.safe_load(TEXT)
    for dotted, value in changed.items():
        section, _, key = dotted.partition("__")
        values[section][key] = value
    return params.parse(SMALL, values, name="params.yaml")


def test_the_small_project_asks_everything_and_has_a_bar_for_it():
    found = parse()
    assert found.evaluation.costs is not None
    assert found.evaluation.fairness.columns
    assert found.gate.fairness
    assert found.gate.robustness.noise_drop


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"evaluation__costs": None}, "'evaluation.threshold' is missing"),
        ({"evaluation__threshold": 0.3}, "threshold and costs are both given"),
        (
            {"evaluation__fairness": {"columns": ["gendre"]}},
            "'gendre' is not a key of `slices`; did you mean 'gender'?",
        ),
        (
            {"evaluation__fairness": {"columns": []}},
            "'gate.fairness.demographic_parity' is a bar, but 'evaluation.fairness.columns' names",
        ),
        (
            {"gate__fairness": {"equalised_odds": 0.1}},
            "'gate.fairness.equalised_odds' is not a difference between groups of a binary task; "
            "did you mean 'equalized_odds'?",
        ),
        ({"gate__fairness": {"equalized_odds": 0}}, "it should be greater than 0"),
        ({"gate__robustness": {"noise_drp": 0.1}}, "did you mean 'gate.robustness.noise_drop'?"),
        ({"gate__robustness": {"missing_drop": float("nan")}}, "'gate.robustness.missing_drop'"),
        (
            {"evaluation__robustness": {"noise": []}},
            "'gate.robustness.noise_drop' is a bar, but 'evaluation.robustness.noise' names no",
        ),
        (
            {"gate__operations": ["Erfinv", "ReadFile"]},
            "'gate.operations': 'ReadFile' cannot be allowed: it can reach files, the network, ",
        ),
        ({"gate__operations": ["math.erfinv"]}, "'math.erfinv' cannot be allowed: it is not the "),
    ],
)
def test_what_does_not_fit_is_named(changed, said):
    with pytest.raises(MainlineError) as error:
        parse(**changed)
    assert said in str(error.value)
