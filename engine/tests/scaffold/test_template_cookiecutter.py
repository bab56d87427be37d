"""The command that a person types, for every place that a template can be at."""

import os
import shutil
import subprocess
from dataclasses import asdict, replace

import pytest
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config
from project_template import (
    NEW,
    OLD,
    ROOT,
    TEMPLATE,
    cookiecutter,
    copied,
    everything,
    names,
    render,
    tree,
    wheel,
)

ANSWERS = (
    f"project_name={NEW.project_name}",
    f"owner={NEW.owner}",
    f"registry={NEW.registry}",
)


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    path = tmp_path_factory.mktemp("expected")
    render.render(ROOT, path, NEW)
    wheel.vendor(ROOT, path)
    return path


@pytest.fixture
def here(tmp_path):
    path = tmp_path / "here"
    path.mkdir()
    return path


@pytest.fixture
def sources(tmp_path):
    """This tree on its own, as out of a zip file."""
    return copied(tmp_path / "sources")


def git(path, *arguments):
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    command = ["git", *identity, *arguments]
    subprocess.run(command, cwd=path, env=clean, check=True, capture_output=True)


def made(done, here, expected):
    assert done.returncode == 0, done.stdout + done.stderr
    project = here / NEW.project_slug
    assert everything(project) == everything(expected)
    assert tree(project) == tree(expected)
    return project


def test_path_to_the_template(tmp_path, here, expected):
    done = cookiecutter(tmp_path, str(TEMPLATE), *ANSWERS, cwd=here)
    project = made(done, here, expected)
    assert (project / ".git" / "HEAD").read_text() == "ref: refs/heads/main\n"
    for line in (f"cd {NEW.project_slug}", "make run", "make test"):
        assert f"  {line}" in done.stdout


def test_relative_path_inside_its_own_repository(tmp_path, sources, expected):
    git(sources, "init")
    before = everything(sources)
    done = cookiecutter(tmp_path, "./cookiecutter", *ANSWERS, cwd=sources)
    project = made(done, sources, expected)
    assert not (project / ".git").exists()
    made_here = f"{NEW.project_slug}/"
    # Cookiecutter's own process may keep the bytecode of the extension; nothing else does.
    bytecode = "cookiecutter/__pycache__/template_location."
    left = [name for name in everything(sources) if not name.startswith((made_here, bytecode))]
    assert left == before


def test_git_url(tmp_path, here, expected, sources):
    git(sources, "init")
    git(sources, "add", "--all")
    git(sources, "commit", "--message", "Everything")
    git(tmp_path, "clone", "--bare", "sources", "bare.git")
    url = (tmp_path / "bare.git").as_uri()
    arguments = (url, "--directory", "cookiecutter", *ANSWERS)
    made(cookiecutter(tmp_path, *arguments, cwd=here), here, expected)


@pytest.mark.nightly
def test_zip_file(tmp_path, here, expected, sources):
    archive = shutil.make_archive(tmp_path / "archive", "zip", tmp_path, sources.name)
    arguments = (archive, "--directory", "cookiecutter", *ANSWERS)
    made(cookiecutter(tmp_path, *arguments, cwd=here), here, expected)


def answered(template, **answers):
    """The names that cookiecutter makes of these answers and of the defaults."""
    context = generate_context(str(template / "cookiecutter.json"), extra_context=answers)
    del context["cookiecutter"]["_extensions"]
    return names.Names.chosen(prompt_for_config(context, no_input=True))


def test_defaults_are_the_names_of_this_project():
    assert answered(TEMPLATE) == OLD
    given = replace(NEW, project_slug="other-slug", package_name="other_package")
    assert answered(TEMPLATE, **asdict(given)) == given


def test_a_title_of_one_word_and_no_repository_when_told_so(tmp_path, here):
    answers = ("project_name=Zeppelins", "init_git=no")
    done = cookiecutter(tmp_path, str(TEMPLATE), *answers, cwd=here)
    assert done.returncode == 0, done.stderr
    assert (here / "zeppelins" / "src" / "zeppelins").is_dir()
    assert not (here / "zeppelins" / ".git").exists()


def test_an_engine_that_cannot_be_built_leaves_nothing_behind(tmp_path, here, sources):
    (sources / "engine/pyproject.toml").write_text("[project]\nname = 'mainline-ml'\n")
    done = cookiecutter(tmp_path, str(sources / "cookiecutter"), *ANSWERS, cwd=here)
    assert done.returncode != 0
    assert "The engine could not be built." in done.stderr
    assert "Nothing was made." in done.stderr
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "answer",
    [
        "project_name=",
        'project_name=a"""b\\',
        "project_slug=../up/and/away",
        "project_slug=keras",
    ],
)
def test_refused_names_leave_nothing_behind(tmp_path, here, answer):
    before = set(tmp_path.iterdir())
    done = cookiecutter(tmp_path, str(TEMPLATE), answer, cwd=here)
    assert done.returncode != 0
    assert "Nothing was made." in done.stderr
    assert list(here.iterdir()) == []
    made_aside = {path.name for path in set(tmp_path.iterdir()) - before}
    assert made_aside <= {"clones", "replay", "settings.yaml"}


def test_without_hooks_the_directory_says_why_it_is_empty(tmp_path, here):
    cookiecutter(tmp_path, str(TEMPLATE), *ANSWERS, "--accept-hooks", "no", cwd=here)
    assert everything(here / NEW.project_slug) == ["README.md"]
