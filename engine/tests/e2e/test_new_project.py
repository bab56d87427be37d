"""A new project runs its own two commands; a proposal is accepted, and a worse one is not."""

import json

import pytest
import yaml
from new_project import OWNER, PACKAGE, SLUG

from project import MOST_FILES

pytestmark = pytest.mark.e2e


def test_its_first_run_trains_a_model_that_the_gate_lets_pass(new_project):
    project, said = new_project
    assert "The gate is open: the first model" in said
    about = yaml.safe_load((project.root / "k8s/overlays/staging/release.yaml").read_text())["data"]
    assert about["name"] == PACKAGE
    assert about["image"].startswith(f"ghcr.io/{OWNER}/{SLUG}-model@sha256:")


def test_it_is_small(new_project):
    project, _ = new_project
    files = project.run("git", "ls-files").stdout.splitlines()
    assert len(files) <= MOST_FILES
    owners = ("src/", "tests/", "params.yaml", "README.md", "dvc.yaml")
    assert len([name for name in files if name.startswith(owners)]) <= 20


def test_its_packages_come_from_its_locks_and_its_wheel(new_project):
    project, _ = new_project
    code = "import mainline, fraud_risk; print(mainline.__file__); print(fraud_risk.__file__)"
    engine, package = project.run(".venv/bin/python", "-c", code).stdout.splitlines()
    assert engine.startswith(str(project.root / ".venv"))
    assert package.startswith(str(project.root / "src"))


def test_its_tests_pass(new_project):
    project, _ = new_project
    done = project.run("make", "test", "lint")
    assert done.returncode == 0, done.stdout[-4000:]


def test_a_proposal_is_accepted(new_project, tmp_path):
    project = new_project[0].copy(tmp_path / "accepted")
    project.branch("another-seed")
    project.set("train", seed=18)
    done = project.run("mainline", "run")
    assert done.returncode == 0, done.stdout[-4000:]
    assert "The gate is open" in done.stdout
    verdict = json.loads((project.root / "reports/gate.json").read_text())
    assert verdict["champion"]["difference"]


def test_a_worse_proposal_is_closed(new_project, tmp_path):
    project = new_project[0].copy(tmp_path / "worse")
    project.branch("worse")
    project.set("train", ship="network", epochs=1, learning_rate=1e-7)
    done = project.run("mainline", "run")
    assert done.returncode == 1, done.stdout[-4000:]
    assert "The gate is closed" in done.stdout
    verdict = json.loads((project.root / "reports/gate.json").read_text())
    outcomes = {rule["name"]: rule["outcome"] for rule in verdict["rules"]}
    assert outcomes["champion"] == "fail"
