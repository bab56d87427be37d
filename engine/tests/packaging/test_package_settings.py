import pytest

from mainline.core.config import parse
from mainline.core.errors import MainlineError
from mainline.packaging.settings import PackageSettings


def settings(**changes):
    given = {"name": "tiny", "image": "ghcr.io/org/tiny"} | changes
    return parse(PackageSettings, given, name="params.yaml", prefix=("package",))


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/your-org/a.b_c-d",
        "localhost:5000/model",
        "model",
        "10.0.0.7:80/a/b",
        "a/b__c",
    ],
)
def test_a_repository_is_taken(image):
    assert settings(image=image).image == image


@pytest.mark.parametrize(
    "image",
    [
        "ghcr.io/org/tiny:latest",
        "localhost:5000/tiny:1",
        "ghcr.io/org/tiny@sha256:" + "0" * 64,
        "ghcr.io/Org/tiny",
        "https://ghcr.io/org/tiny",
        "ghcr.io/org/tiny/",
        "ghcr.io//tiny",
        "ghcr.io/org/ti ny",
        "ghcr.io/org/tiny\n",
        "",
    ],
)
def test_anything_else_is_refused(image):
    with pytest.raises(MainlineError, match=r"'package\.image'.*without tag or digest"):
        settings(image=image)


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "a:b", "tiny\n"])
def test_a_name_that_is_no_folder_is_refused(name):
    with pytest.raises(MainlineError, match=r"'package\.name'"):
        settings(name=name)


@pytest.mark.parametrize("count", [3, 1001])
def test_golden_rows_are_at_least_four_and_at_most_what_warm_up_takes(count):
    with pytest.raises(MainlineError, match=r"'package\.golden_rows'"):
        settings(golden_rows=count)
