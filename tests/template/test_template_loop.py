"""A new project runs: its own names from the data, through the gate, to the file that deploys."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from project_template import NEW, ROOT, render


@pytest.mark.e2e
def test_a_new_project_runs_its_loop(tmp_path):
    project = tmp_path / NEW.project_slug
    render.render(ROOT, project, NEW)
    command = tmp_path / "bin" / NEW.project_slug
    command.parent.mkdir()
    # Stands for the installed command; the environment is the one that runs this test.
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {NEW.package_name}.cli "$@"\n')
    command.chmod(0o755)
    python = str(Path(sys.executable).parent)
    # A newcomer's laptop: no CI, which asks for a main to compare with, and no MLflow server.
    kept = {key for key in os.environ if not key.startswith(("GIT_", "MLFLOW_"))} - {"CI"}
    environment = {key: os.environ[key] for key in kept}
    environment["PATH"] = os.pathsep.join([str(command.parent), python, os.environ["PATH"]])
    environment["PYTHONPATH"] = str(project / "src")

    def run(*words):
        return subprocess.run(
            words, cwd=project, env=environment, check=False, capture_output=True, text=True
        )

    assert run("git", "-c", "init.defaultBranch=main", "init").returncode == 0
    done = run(NEW.project_slug, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    release = yaml.safe_load((project / "k8s/overlays/staging/release.yaml").read_text())["data"]
    assert release["name"] == NEW.package_name
    assert release["image"].startswith(
        f"{NEW.registry}/{NEW.owner}/{NEW.project_slug}-model@sha256:"
    )
    assert (project / "dvc.lock").is_file()
