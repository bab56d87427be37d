"""Argo CD syncs `pipelines/argo` from git, and finds nothing to do afterwards.

The repository is served by this test on 127.0.0.1: Argo CD's repo-server must reach it there. A
cluster of several machines does not, which these tests then show by their first failure.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import kubectl
import pytest
import rendered
import yaml
from runs import Run, workflow

from git_server import GitServer

pytestmark = pytest.mark.cluster

ARGO_CD = "argocd"
REFRESH = "argocd.argoproj.io/refresh"


@dataclass(frozen=True)
class Deployed:
    """The Application, and the clone whose pushes it follows."""

    name: str
    namespace: str
    clone: Path

    def push(self) -> str:
        """Commit all and push. Returns the commit."""
        git(self.clone, "add", "--all")
        git(self.clone, "commit", "--quiet", "--message=Change")
        git(self.clone, "push", "--quiet", "origin", "main")
        return git(self.clone, "rev-parse", "HEAD")

    def status(self) -> kubectl.Object:
        return kubectl.get("application", self.name, ARGO_CD).get("status", {})

    def refresh(self, kind: str = "normal") -> None:
        """Let Argo CD compare now, as after a webhook, and wait until it has."""
        about = {"metadata": {"annotations": {REFRESH: kind}}}
        kubectl.patch("application", self.name, ARGO_CD, about)

        def compared() -> bool:
            found = kubectl.get("application", self.name, ARGO_CD)
            return REFRESH not in found["metadata"].get("annotations", {})

        kubectl.until("the comparison", compared)

    def synced(self, commit: str) -> kubectl.Object:
        """The status, once this commit is what the namespace has."""

        def look() -> kubectl.Object | None:
            status = self.status()
            done = status.get("operationState", {})
            there = status.get("sync", {}).get("status"), done.get("phase")
            applied = done.get("syncResult", {}).get("revision")
            return status if (*there, applied) == ("Synced", "Succeeded", commit) else None

        return kubectl.until(f"the sync of {commit[:12]}", look, 60)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Tester", "-c", "user.email=tester@example.com", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def deployed(cluster, ours, tmp_path_factory) -> Iterator[Deployed]:
    """Our AppProject and Application of the Workflows, which follow a repository of this test."""
    root = tmp_path_factory.mktemp("argo-cd")
    origin, clone = root / "origins" / "project", root / "clone"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", origin], check=True)
    subprocess.run(["git", "clone", "--quiet", origin, clone], check=True, capture_output=True)
    git(clone, "switch", "--quiet", "-c", "main")
    server = GitServer(origin.parent, "token")
    old, new = rendered.renamed("synced")
    for folder in ("k8s", "pipelines"):
        shutil.copytree(rendered.ROOT / folder, clone / folder)
    for path in clone.glob("*/**/*.yaml"):
        path.write_text(path.read_text().replace(old, new))
    settings = rendered.render(clone / "k8s/argocd")
    wanted = [one for one in settings if one["metadata"]["name"] == new]
    (application,) = [one for one in wanted if one["kind"] == "Application"]
    url = application["spec"]["source"]["repoURL"]
    text = yaml.safe_dump_all(wanted).replace(url, f"{server.url}/project")
    made = Deployed(new, ours.namespace, clone)
    made.push()
    kubectl.apply([ours.home])
    try:
        kubectl.apply(yaml.safe_load_all(text))
        yield made
    finally:
        kubectl.delete("application", new, namespace=ARGO_CD, wait=True)
        kubectl.delete("appproject", new, namespace=ARGO_CD)
        kubectl.delete("namespace", ours.namespace)
        server.close()


def test_the_folder_is_synced_and_stays_so(deployed, ours):
    head = git(deployed.clone, "rev-parse", "HEAD")
    status = deployed.synced(head)
    assert {one["kind"] for one in status["resources"]} == {one["kind"] for one in ours.objects}
    run = Run.of(workflow("train", ours.namespace, revision="main"))
    run.pod("check(0)")
    for _ in range(3):
        deployed.refresh("hard")
        status = deployed.status()
        assert status["sync"]["status"] == "Synced", status["resources"]
        assert status["health"]["status"] == "Healthy", status["resources"]
        assert len(status["history"]) == 1  # not synced again
    assert run.status()["phase"] == "Running"  # what runs is not Argo CD's
    run.delete()


def test_what_somebody_changed_in_the_cluster_is_undone(deployed, ours):
    wanted = ours.of("WorkflowTemplate")["train"]["spec"]["activeDeadlineSeconds"]
    change = {"spec": {"activeDeadlineSeconds": 1}}
    kubectl.patch("workflowtemplate", "train", deployed.namespace, change)

    def back() -> bool:
        found = kubectl.get("workflowtemplate", "train", deployed.namespace)
        return found["spec"]["activeDeadlineSeconds"] == wanted

    kubectl.until("the deadline is ours again", back)


def test_what_leaves_the_folder_leaves_the_cluster(deployed):
    path = deployed.clone / rendered.FOLDER / "kustomization.yaml"
    path.write_text(path.read_text().replace("  - score-daily.yaml\n", ""))
    commit = deployed.push()
    deployed.refresh()
    deployed.synced(commit)
    left = kubectl.find("cronworkflows", deployed.namespace)
    assert {each["metadata"]["name"] for each in left} == {"monitor-daily", "compact-daily"}
    assert kubectl.find("workflowtemplates", deployed.namespace)
