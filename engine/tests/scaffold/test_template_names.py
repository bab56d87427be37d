"""Names are refused while nothing is made yet, with a sentence that says what to type instead."""

from dataclasses import asdict, replace

import pytest
from project_template import NEW, OLD, ROOT, names, project, render, steps


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


def test_names_that_are_spelled_alike():
    (problem,) = replace(NEW, package_name="pricing", project_slug="pricing").problems()
    assert "differently" in problem


@pytest.mark.parametrize(
    "package", ["tensorflow", "yaml", "sklearn", "dvc", "google", "tests", "core", "snapshot_date"]
)
def test_a_package_name_that_means_something_else_here(package):
    new = replace(NEW, package_name=package)
    assert list(new.problems()) == []
    assert any(render.ambiguities(ROOT, new))


def test_clear_names_are_not_ambiguous():
    assert list(render.ambiguities(ROOT, NEW)) == []
    assert list(render.ambiguities(ROOT, OLD)) == []
    assert list(render.ambiguities(ROOT, project(f"{OLD.project_name} Abroad"))) == []


def test_the_refusal_names_the_place(capsys):
    answers = asdict(replace(NEW, package_name="keras"))
    assert steps.check(answers) == 1
    said = capsys.readouterr().err
    assert "benchmarks/bench.py, line" in said
    assert "Nothing was made." in said


def test_longest_names_are_good_names():
    new = names.Names(
        "Z" * names.LONGEST_TITLE,
        "z" * names.LONGEST_SLUG,
        "z" * names.LONGEST_PACKAGE,
        NEW.owner,
        NEW.registry,
    )
    assert list(new.problems()) == []
