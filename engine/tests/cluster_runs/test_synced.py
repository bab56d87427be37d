"""Argo CD syncs `pipelines/argo` from git, and finds nothing to do afterwards."""

import shutil
from collections.abc import Iterator

import kubectl
import pytest
import rendered
import yaml
from deployed import ARGO_CD, Deployed
from runs import Run, workflow

from git_server import GitServer

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def deployed(cluster, ours, tmp_path_factory) -> Iterator[Deployed]:
    """Our AppProject and Application of the Workflows, which follow a repository of this test."""
    root = tmp_path_factory.mktemp("argo-cd")
    old, new = rendered.renamed("synced")
    made = Deployed.begun(new, ours.namespace, root)
    server, clone = GitServer(root / "origins", "token"), made.clone
    for folder in ("k8s", "pipelines"):
        shutil.copytree(rendered.ROOT / folder, clone / folder)
    for path in clone.glob("*/**/*.yaml"):
        path.write_text(path.read_text().replace(old, new))
    settings = rendered.render(clone / "k8s/argocd")
    wanted = [one for one in settings if one["metadata"]["name"] == new]
    (application,) = [one for one in wanted if one["kind"] == "Application"]
    url = application["spec"]["source"]["repoURL"]
    text = yaml.safe_dump_all(wanted).replace(url, f"{server.url}/project")
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
    head = deployed.git("rev-parse", "HEAD")
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
