"""The Dockerfile by a linter's rules and by ours; each rule closes on a flaw."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from mainline.check import dockerfile
from mainline.check.dockerfile import last, stages

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "Dockerfile").read_text()
FROM = next(line for line in TEXT.splitlines() if line.startswith("FROM "))
IMAGE = FROM.split()[1]
USER, START = "USER 65534:65534", 'ENTRYPOINT ["mainline"]'

# rule: what is put in place of what, so that it has to close
FLAWS = {
    "targets": [(" AS cli\n", " AS commands\n"), ("FROM runtime AS gpu\n", "")],
    "no_root": [
        (USER, "USER root"),
        (USER, "USER 0:0"),
        (USER, "USER nobody"),
        (USER, ""),
        (START, f"{START}\nUSER 0:0"),
    ],
    "entrypoint": [(START, "ENTRYPOINT mainline"), (START, ""), (START, 'CMD ["sh"]')],
    "sources": [
        (IMAGE, "docker.io/library/python"),
        (IMAGE, "docker.io/library/python:latest"),
        (IMAGE, "python:3.11-slim"),
        (IMAGE, f"{IMAGE.partition('@')[0]}@sha256:abc"),
        ("COPY --from=project", "COPY --from=ghcr.io/astral-sh/uv:0.13.8"),
        ("COPY . .", "ADD https://example.com/src.tar.gz src"),
        ("RUN /uv/bin/uv", "RUN --mount=type=bind,from=other,target=/x /uv/bin/uv"),
    ],
    "by_hash": [
        (" --require-hashes", ""),
        ("--offline ", ""),
        ("apt-get update", "pip install --no-cache-dir wheel==1.0"),
        ("apt-get update", "curl -LsSf https://example.com/install.sh"),
        ("apt-get update", "/uv/bin/uv tool install dvc"),
    ],
    "no_secret": [
        ("ARG REVISION=unknown", "ARG INDEX_TOKEN"),
        ("    DVC_NO_ANALYTICS=1", "    AWS_SECRET_ACCESS_KEY=x"),
        ("RUN /uv/bin/uv", "RUN --mount=type=secret,id=pip /uv/bin/uv"),
    ],
}


@pytest.fixture
def lint(tmp_path):
    """hadolint of this environment, with no settings of whoever runs the tests."""
    command = [Path(sys.executable).parent / "hadolint", "--no-color", "-"]
    alone = {"HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def read(text):
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=alone,
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )

    return read


@pytest.mark.parametrize("rule", dockerfile.RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(rule):
    assert list(rule(stages(TEXT))) == []


def test_it_holds_once_images_are_pinned():
    pinned = f"{IMAGE.partition('@')[0]}@sha256:{'a' * 64}"
    assert list(dockerfile.sources(stages(TEXT.replace(IMAGE, pinned)))) == []


@pytest.mark.parametrize(
    ("name", "old", "new"), [(name, *flaw) for name, flaws in FLAWS.items() for flaw in flaws]
)
def test_a_flaw_is_found(name, old, new):
    assert old in TEXT
    assert list(getattr(dockerfile, name)(stages(TEXT.replace(old, new))))


def test_every_rule_has_a_flaw():
    assert {rule.__name__ for rule in dockerfile.RULES} == FLAWS.keys()


def test_the_linter_finds_nothing(lint):
    done = lint(TEXT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (START, "ENTRYPOINT mainline", "DL3025"),
        ("# hadolint ignore=DL3008\n", "", "DL3008"),
        ("--no-install-recommends ", "", "DL3015"),
        ("WORKDIR /workspace", "WORKDIR workspace", "DL3000"),
    ],
)
def test_the_linter_finds_a_flaw(lint, old, new, said):
    assert old in TEXT
    done = lint(TEXT.replace(old, new))
    assert done.returncode != 0
    assert said in done.stdout


@pytest.mark.parametrize("target", dockerfile.TARGETS)
def test_it_runs_as_whoever_the_job_says(target):
    job, _ = yaml.safe_load_all((ROOT / "k8s/components/smoke/job.yaml").read_text())
    wanted = job["spec"]["template"]["spec"]["securityContext"]
    user = f"{wanted['runAsUser']}:{wanted['runAsGroup']}"
    assert last(stages(TEXT), target, "USER") == user


def test_each_target_takes_the_locks_that_its_machine_has():
    found = stages(TEXT)
    for target, locks in (("cli", ["train", "run"]), ("gpu", ["train", "run", "gpu"])):
        assert f"--from={target}-venv /venv /venv" in " ".join(found[target].all("COPY"))
        [copy] = found[f"{target}-venv"].all("COPY")
        assert copy.split() == [*(f"requirements/{name}.txt" for name in locks), "./"]
        assert all((ROOT / "requirements" / f"{name}.txt").is_file() for name in locks)
        [install] = found[f"{target}-venv"].all("RUN")
        assert re.findall(r"--requirement (\w+)[.]txt", install) == locks


def test_the_engine_and_the_package_are_installed_without_network(tmp_path):
    """The instruction itself, in the folder that it would be in."""
    [run] = [run for run in stages(TEXT)["project"].all("RUN") if "--target" in run]
    command = run.partition(" && ")[0]
    for old, new in (
        ("/uv/bin/uv", str(shutil.which("uv") or ROOT / ".uv/bin/uv")),
        ("--python /venv", f"--python {sys.executable}"),
        ("/project", str(tmp_path / "project")),
    ):
        assert old in command
        command = command.replace(old, new)
    done = subprocess.run(command.split(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "project/mainline/cli/main.py").is_file()
    assert (tmp_path / "project/bin/mainline").is_file()
    package = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mainline"]["package"]
    assert (tmp_path / "project" / package / "__init__.py").is_file()
