"""`make setup` of a new project takes the engine that its lock names by hash, or nothing at all."""

import subprocess

import pytest
from project_template import NEW, ROOT, render, surroundings, wheel


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("made") / NEW.project_slug
    render.render(ROOT, path, NEW)
    wheel.vendor(ROOT, path)
    return path


@pytest.fixture
def restored(made):
    """The project, which gets its wheel and its lock back."""
    kept = {path: path.read_bytes() for path in (engine_lock(made), vendored(made))}
    yield made
    for path, content in kept.items():
        path.write_bytes(content)


def engine_lock(project):
    return project / "requirements/engine.txt"


def vendored(project):
    [path] = (project / "vendor").glob("*.whl")
    return path


def make(project, *arguments):
    """Packages come from uv's cache, as they did for this environment."""
    return subprocess.run(
        ["make", *arguments],
        cwd=project,
        env=surroundings() | {"MAKEFLAGS": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def installed(project):
    return sorted(path.name for path in project.glob(".venv/lib/python*/site-packages/*.dist-info"))


def other_bytes(project):
    with vendored(project).open("ab") as file:
        file.write(b"\0")


def other_hash(project):
    text = engine_lock(project).read_text()
    engine_lock(project).write_text(text[:-5] + "0000\n")


def no_hash(project):
    engine_lock(project).write_text(engine_lock(project).read_text().partition(" --hash")[0])


@pytest.mark.parametrize("light", [[], ["LIGHT=1"]], ids=["whole", "light"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_bytes, "Hash mismatch for `mainline-ml"),
        (other_hash, "Hash mismatch for `mainline-ml"),
        (no_hash, "all requirements must have a hash"),
    ],
)
def test_an_engine_of_another_hash_installs_nothing(restored, change, said, light):
    change(restored)
    done = make(restored, "setup", *light)
    assert done.returncode != 0
    assert said in " ".join(done.stdout.split())
    assert done.stdout.count("error:") == 1
    assert installed(restored) == []
    assert not list(restored.glob(".venv/.ready-*"))


def test_the_light_setup_brings_the_command_alone(made):
    done = make(made, "setup", "LIGHT=1")
    assert done.returncode == 0, done.stdout
    names = [name.partition("-")[0] for name in installed(made)]
    assert names == [NEW.package_name, "mainline_ml", "pyyaml"]
    command = [made / ".venv/bin/mainline", "--help"]
    said = subprocess.run(command, cwd=made, capture_output=True, text=True, check=True).stdout
    assert "Models ship from main." in said
