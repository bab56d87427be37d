"""Who answers, and who gets a copy: exact cases; the hash is one that keeps its values."""

from itertools import pairwise

import pytest

from mainline.core.config import parse
from mainline.core.errors import SettingsError
from mainline.gateway.routes import Routes, fraction
from mainline.request_log.routes_settings import RoutesSettings

KEYS = [f"customer-{number}" for number in range(2000)]


def routes(**values):
    return Routes(parse(RoutesSettings, values, name="file"), challenger=True)


def split(by, share=None, experiment=""):
    chosen = {"by": by} if share is None else {"by": by, "share": share}
    made = routes(split=chosen, experiment=experiment)
    return lambda entity="", arm="", request_id="": made.choose(entity, arm, request_id)


def challenged(choose):
    return {key for key in KEYS if choose(entity=key) == "challenger"}


def test_no_routes_are_the_main_server_alone():
    made = Routes(RoutesSettings(), challenger=False)
    assert made.choose("a", "challenger", "b") == "main"
    assert not made.mirrors("b")


def test_the_hash_keeps_its_values_from_release_to_release():
    """Another hash would move entities between the arms of a running experiment."""
    place = fraction("split by entity ")
    assert [round(place(key), 6) for key in ("customer-1", "customer-2", "é", "")] == [
        0.299995,
        0.412198,
        0.4653,
        0.725494,
    ]


def test_entities_are_stable_and_independent_of_order_and_of_the_request():
    one, other = split("entity", 0.3), split("entity", 0.3)
    found = challenged(one)
    assert {key for key in reversed(KEYS) if other(entity=key, request_id="x") == "challenger"} == (
        found
    )
    assert 0.25 < len(found) / len(KEYS) < 0.35


def test_a_larger_share_contains_a_smaller_one():
    shares = [challenged(split("entity", share)) for share in (0.0, 0.1, 0.5, 1.0)]
    assert all(small < large for small, large in pairwise(shares))
    assert (shares[0], shares[-1]) == (set(), set(KEYS))


def test_two_experiments_differ():
    """Two independent halves share a quarter of all entities."""
    one, other = (challenged(split("entity", 0.5, name)) for name in ("one", "other"))
    assert 0.2 < len(one & other) / len(KEYS) < 0.3


def test_a_split_and_the_shadow_of_one_experiment_differ():
    weighed = split("weight", 0.5)
    made = routes(shadow=0.5)
    both = [key for key in KEYS if made.mirrors(key) and weighed(request_id=key) == "challenger"]
    assert 0.2 < len(both) / len(KEYS) < 0.3


def test_several_entities_meet_the_challenger_only_together():
    choose = split("entity", 0.5)
    theirs = sorted(challenged(choose))
    ours = sorted(set(KEYS) - set(theirs))
    assert choose(entity=f"{theirs[0]}, {theirs[1]},") == "challenger"
    assert choose(entity=f"{theirs[0]},{ours[0]}") == "main"


@pytest.mark.parametrize("entity", ["", " ", ",", " , "])
def test_no_entity_is_the_main_server(entity):
    assert split("entity", 1.0)(entity=entity, request_id="a") == "main"


def test_by_weight_the_request_id_decides():
    choose = split("weight", 0.3)
    found = [key for key in KEYS if choose(entity="same", request_id=key) == "challenger"]
    assert 0.25 < len(found) / len(KEYS) < 0.35


@pytest.mark.parametrize(
    ("header", "arm"),
    [("challenger", "challenger"), (" challenger ", "challenger"), ("main", "main"), ("", "main")],
)
def test_by_header_the_caller_decides(header, arm):
    assert split("header")(arm=header) == arm


def test_a_share_of_copies():
    made = routes(shadow=0.1)
    assert 0.08 < sum(map(made.mirrors, KEYS)) / len(KEYS) < 0.12
    assert all(map(routes(shadow=1.0).mirrors, KEYS))
    assert not any(map(routes(shadow=0.0).mirrors, KEYS))


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"shadow": 1.5}, "file: 'shadow' is 1.5 (float); it should be less than or equal to 1."),
        ({"shadow": -0.1}, "file: 'shadow' is -0.1 (float); it should be greater than or"),
        ({"shadow": "0.1"}, "file: 'shadow' is '0.1' (str)"),
        ({"shadov": 0.1}, "file: 'shadov' is not a setting; did you mean 'shadow'?"),
        ({"split": {"by": "entity", "share": 2}}, "file: 'split.share' is 2"),
        ({"split": {"by": "user", "share": 0.1}}, "file: 'split.by' is 'user' (str); it should be"),
        ({"split": {"share": 0.1}}, "file: 'split.by' is missing."),
        ({"split": {"by": "entity"}}, "file: 'split': a split by entity needs a share"),
        ({"split": {"by": "header", "share": 0.5}}, "file: 'split': a split by header has no"),
        ({"split": 0.1}, "file: 'split' is 0.1 (float); it should be a group"),
        (
            {"shadow": 0.1, "split": {"by": "weight", "share": 0.1}},
            "`shadow` and `split` exclude each other",
        ),
    ],
    ids=str,
)
def test_a_wrong_setting_is_one_line(values, line):
    with pytest.raises(SettingsError) as wrong:
        routes(**values)
    assert line in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("values", [{"shadow": 1.0}, {"split": {"by": "header"}}])
def test_routes_without_a_challenger_are_inactive_and_a_line_says_so(values, capsys):
    made = Routes(parse(RoutesSettings, values, name="file"), challenger=False)
    (line,) = capsys.readouterr().out.splitlines()
    assert f"`routes.{next(iter(values))}` is inactive: there is no challenger" in line
    assert made.choose("a", "challenger", "b") == "main"
    assert not made.mirrors("b")


@pytest.mark.nightly
@pytest.mark.parametrize("form", ["{}", "customer-{:08}", "c{}@example.org"])
@pytest.mark.parametrize("share", [0.001, 0.05, 0.1, 0.5, 0.99])
def test_shares_are_exact_and_experiments_independent(form, share):
    """All counts within 5 standard deviations of what independent throws of a coin give."""
    keys = [form.format(number) for number in range(300_000)]
    one, other = fraction("split by entity one"), fraction("split by entity other")
    first = [one(key) < share for key in keys]
    second = [other(key) < share for key in keys]
    both = [a and b for a, b in zip(first, second, strict=True)]
    pairs = [a and b for a, b in pairwise(first)]  # neighbours in order
    for found, chance in ((first, share), (both, share**2), (pairs, share**2)):
        deviation = (len(keys) * chance * (1 - chance)) ** 0.5
        assert abs(sum(found) - len(keys) * chance) < 5 * deviation * (2 if found is pairs else 1)
