"""A new project runs: its own names from the data, through the gate, to the file that deploys."""

import pytest
import yaml
from newcomer import Newcomer
from project_template import NEW


@pytest.mark.e2e
def test_a_new_project_runs_its_loop(tmp_path):
    newcomer = Newcomer(tmp_path)
    assert newcomer.run("git", "-c", "init.defaultBranch=main", "init").returncode == 0
    done = newcomer.run(NEW.project_slug, "run")
    assert done.returncode == 0, done.stdout + done.stderr
    release = newcomer.project / "k8s/overlays/staging/release.yaml"
    about = yaml.safe_load(release.read_text())["data"]
    assert about["name"] == NEW.package_name
    assert about["image"].startswith(f"{NEW.registry}/{NEW.owner}/{NEW.project_slug}-model@sha256:")
    assert (newcomer.project / "dvc.lock").is_file()
