"""DVC reads `params.yaml` and `dvc.lock` with ruamel.yaml: what both accept has one value."""

import random

import pytest
from dvc.utils.serialize import ParseError, parse_yaml
from ruamel.yaml.error import YAMLError

from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml
from project import ROOT

SCALAR = [*"0123456789_+-.eExobinfNaA~tTruyYs:#'", "true", "null", "2026-0", "1-01", " "]
TEXT = [
    *("a", "k: ", "- ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", ": ", "&x ", "*x"),
    *("<<: ", "'", '"', "|\n", "# c", "1", "~", "---\n", "yes", "010", ">", "\\", "\t"),
]


def both(text):
    """Our value and DVC's; None where either refuses the text."""
    try:
        ours = read_yaml(text, name="x.yaml")
        theirs = parse_yaml(text, "x.yaml")
    except (MainlineError, ParseError, YAMLError, ValueError):
        return None
    return ours, theirs


@pytest.mark.parametrize(("pieces", "longest", "least"), [(SCALAR, 6, 400), (TEXT, 9, 30)])
def test_any_text(pieces, longest, least):
    rng = random.Random(1)
    texts = ["k: " + "".join(rng.choices(pieces, k=rng.randint(1, longest))) for _ in range(500)]
    found = [(text, both(text)) for text in texts]
    assert [text for text, pair in found if pair and repr(pair[0]) != repr(pair[1])] == []
    assert sum(pair is not None for _, pair in found) >= least, "most of these are no YAML"


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "dvc.lock"])
def test_the_files_of_this_repository(name):
    ours, theirs = both((ROOT / name).read_text(encoding="utf-8"))
    assert ours == theirs
