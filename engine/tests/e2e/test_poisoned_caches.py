"""Caches that somebody poisoned: training believes them, and no job of judge.yml asks for one."""

import json
import shutil

import pytest

from hub import JUDGED, Hub
from mainline.core.layout import Layout
from mainline.proposal import remote

pytestmark = pytest.mark.e2e

SEED = {"train.seed": 42}


def poisoned(hub: Hub, branch: str) -> None:
    """A new seed's run cache, of this machine, in which the figures are forged."""
    project = hub.start(branch)
    project.retrain(**SEED)
    shutil.rmtree(project.root / ".dvc/cache/runs")
    path = Layout(project.root).figures
    figures = json.loads(path.read_text())
    figures["model"]["roc_auc"]["value"] = 0.97
    path.write_text(json.dumps(figures))
    project.run("package", "release")


def into_the_remote(hub: Hub) -> None:
    """As a token of the cluster can."""
    remote.push(hub.project.root, "release")


def into_the_actions_cache(hub: Hub) -> None:
    """As another run of the same branch can."""
    shutil.copytree(hub.project.root / ".dvc/cache", hub.act.scratch / "cache/.dvc/cache")


@pytest.mark.parametrize("plant", [into_the_remote, into_the_actions_cache])
def test_what_a_poisoned_cache_says_is_computed_again(hub, plant):
    branch = plant.__name__
    poisoned(hub, branch)
    try:
        plant(hub)
        before = {path for path in hub.stored() if "/runs/" in path}
        assert bool(before) == (plant is into_the_remote)
        hub.project.git("checkout", "-q", "main", "--", ".")
        hub.project.set(**SEED)
        head = hub.push("Another seed")
        done = hub.propose(branch)
        assert done.jobs | JUDGED == done.jobs, done.log
        assert done.saying("Stage 'evaluate' is cached") == {"train"}  # it works
        assert done.stages == ["release"]
        assert done.saying("a cache of .dvc/cache is restored") == {"train"}
        assert hub.verdict(head) == "failure"
        assert "value is committed as 0.97" in hub.comment(), hub.comment()
        assert {path for path in hub.stored() if "/runs/" in path} == before
    finally:
        shutil.rmtree(hub.act.scratch / "storage/runs", ignore_errors=True)
        shutil.rmtree(hub.act.scratch / "cache", ignore_errors=True)
