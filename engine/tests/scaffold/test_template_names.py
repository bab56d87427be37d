"""Names are refused while nothing is made yet, with a sentence that says what to type instead."""

import sys
from dataclasses import asdict, replace

import pytest
from project_template import NEW, OLD, ROOT, names, project, steps


@pytest.mark.parametrize("owner", ["acme", "Acme-Labs", "a1"])
@pytest.mark.parametrize(
    "registry", ["ghcr.io", "localhost:5000", "registry:5000", "eu-docker.pkg.dev/acme/models"]
)
def test_good_names(owner, registry):
    assert list(replace(NEW, owner=owner, registry=registry).problems()) == []


def test_a_title_may_say_more_than_the_slug():
    assert list(replace(NEW, project_name="Größe of 2.0 orders (EU-West)").problems()) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("project_name", ""),
        ("project_name", "9 Lives"),
        ("project_name", "Risk: high"),
        ("project_name", 'The "best"'),
        ("project_name", "Two  spaces"),
        ("project_name", "trailing "),
        ("project_name", "x" * 46),
        ("project_slug", ""),
        ("project_slug", "Upper-case"),
        ("project_slug", "under_score"),
        ("project_slug", "-first"),
        ("project_slug", "last-"),
        ("project_slug", "../up"),
        ("project_slug", "1st"),
        ("project_slug", "x" * 46),
        ("package_name", ""),
        ("package_name", "hy-phen"),
        ("package_name", "Upper"),
        ("package_name", "1st"),
        ("package_name", "import"),
        ("package_name", "match"),
        ("package_name", "json"),
        ("package_name", "x" * 31),
        ("owner", ""),
        ("owner", "acme/team"),
        ("owner", "https://github.com/acme"),
        ("owner", "x" * 40),
        ("registry", ""),
        ("registry", "https://ghcr.io"),
        ("registry", "GHCR.io"),
        ("registry", "ghcr.io/"),
        ("registry", "ghcr"),
    ],
)
def test_bad_names(field, value):
    (problem,) = replace(NEW, **{field: value}).problems()
    assert problem.startswith(f"{field}: {value!r}")


def test_names_may_be_spelled_alike():
    assert list(replace(NEW, package_name="pricing", project_slug="pricing").problems()) == []


@pytest.mark.parametrize(
    "package",
    ["tensorflow", "yaml", "sklearn", "dvc", "google", "tests", "mainline", "mainline_ml"],
)
def test_a_package_that_the_environment_has_already(package):
    new = replace(NEW, package_name=package)
    assert list(new.problems()) == []
    [problem] = names.taken(ROOT, new)
    assert problem.startswith(f"package_name: {package!r} is a package")


@pytest.mark.parametrize("slug", ["keras", "pyyaml", "mainline-ml"])
def test_a_distribution_that_the_environment_has_already(slug):
    [problem] = names.taken(ROOT, replace(NEW, project_slug=slug))
    assert problem.startswith(f"project_slug: {slug!r} is a package")


def test_other_names_are_free():
    for new in (NEW, OLD, project(f"{OLD.project_name} Abroad"), project("Zeppelins")):
        assert list(names.taken(ROOT, new)) == []


def test_a_refusal_says_what_to_change(capsys):
    assert steps.check(asdict(replace(NEW, package_name="keras"))) == 1
    said = capsys.readouterr().err
    assert "package_name: 'keras' is a package that the project imports." in said
    assert "Nothing was made." in said


def test_cookiecutter_s_python_is_new_enough(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert steps.check(asdict(NEW)) == 1
    assert "under Python 3.11 or later; it is 3.10.4." in capsys.readouterr().err


def test_longest_names_are_good_names():
    new = names.Names(
        "Z" * names.LONGEST_TITLE,
        "z" * names.LONGEST_SLUG,
        "z" * names.LONGEST_PACKAGE,
        NEW.owner,
        NEW.registry,
    )
    assert list(new.problems()) == []
