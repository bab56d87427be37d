"""From main to production: release.yml and promote.yml as they are in this repository.

Real: conditions, outputs and shell lines (act), our commands, git over HTTP, DVC, the registry, the
images, MLflow. Not real: GitHub's API, the actions, cosign (tests/stand_ins.py), Argo CD, whose
words the test speaks in the form that tests/manifests holds k8s/argocd to.
"""

from dataclasses import dataclass

import pytest

from act import Done
from hub import JUDGED, Hub
from local_registry import crane
from mainline.core.layout import Layout
from mainline.delivery.evidence import NAME
from mainline.k8s.environments import release_path
from mainline.release.release_file import Release

pytestmark = pytest.mark.e2e

PRODUCTION = release_path("production")


def released(hub: Hub, environment: str = "staging", branch: str = "main") -> Release:
    """What a branch of the forge names."""
    path = release_path(environment)
    return Release.parse(hub.project.git("show", f"{hub.tip(branch)}:{path}"), name=str(path))


def word(hub: Hub, environment: str = "staging", **changed: str) -> Done:
    """Argo CD's, about what main names now."""
    payload = {"revision": hub.tip("main"), "seen_at": "2026-11-21T10:00:00Z"}
    return hub.dispatch(environment, **payload | changed)


def states(hub: Hub) -> list[tuple[str, str]]:
    """Environment and state of all that is on record, oldest first."""
    places = {made["id"]: made["environment"] for made in hub.github.deployments}
    return [(places[state["deployment"]], state["state"]) for state in hub.github.states]


@dataclass(frozen=True)
class Delivered:
    """A first release, and the request that promotes it, as their jobs left them."""

    release: Release
    mlflow: str
    first: Done
    signatures: str
    recorded: list
    promotion: Done
    branch: str


@pytest.fixture(scope="module")
def delivered(hub: Hub, tmp_path_factory) -> Delivered:
    hub.reset()
    mlflow = f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"
    first = hub.release(MLFLOW_TRACKING_URI=mlflow)
    signatures, recorded = hub.signatures.read_text(), states(hub)
    promotion = word(hub)
    branch = f"promote-{released(hub).version}"
    return Delivered(released(hub), mlflow, first, signatures, recorded, promotion, branch)


def test_what_main_names_is_published_signed_and_recorded(hub, delivered):
    assert delivered.first.jobs == {"release": "success"}, delivered.first.log
    assert crane("manifest", delivered.release.image)
    signer = f"{hub.git.url}/o/r/.github/workflows/release.yml@refs/heads/main"
    assert delivered.signatures == f"{signer} {delivered.release.image}\n"
    assert delivered.recorded == [("staging", "in_progress")]
    from mlflow import MlflowClient  # noqa: PLC0415  two seconds that other tests do without

    client = MlflowClient(delivered.mlflow)
    [found] = client.search_registered_models()
    champion = client.get_model_version_by_alias(found.name, "champion")
    assert champion.tags["model.version"] == delivered.release.version
    assert f"version {delivered.release.version} is what" in delivered.first.log


def test_argo_cd_s_word_is_recorded_and_opens_the_promotion_with_its_checks(hub, delivered):
    done = delivered.promotion
    assert done.jobs == dict.fromkeys(("record", "promote"), "success"), done.log
    assert states(hub)[:2] == [("staging", "in_progress"), ("staging", "success")]
    [pull] = [each for each in hub.github.pulls if each["head"]["ref"] == delivered.branch]
    for part in ("sent by argo-bot", "Lead time", f"reference: {delivered.release.image}"):
        assert part in pull["body"], pull["body"]
    text = hub.project.git("show", f"{hub.tip('main')}:{Layout.release}")
    commit = hub.tip(delivered.branch)
    assert hub.project.git("show", f"{commit}:{PRODUCTION}") == text
    assert "Healthy and Synced" in hub.project.git("show", f"{commit}:{PRODUCTION.with_name(NAME)}")
    told = {"ref": delivered.branch, "inputs": {"number": str(pull["number"])}}
    assert ("propose.yml", told) in hub.github.dispatched
    assert hub.git.refused == []


def test_a_promotion_gets_its_verdict_by_number(hub, delivered):
    number = int(hub.pull(delivered.branch)["number"])
    trained = hub.start_by_hand(delivered.branch, number)
    assert trained.stages == []
    assert hub.github.dispatched[-1][0] == "judge.yml", trained.log
    hub.report(trained, delivered.branch, event="workflow_dispatch")
    done = hub.judge_by_number(number)
    assert done.jobs == JUDGED, done.log
    assert hub.verdict(hub.tip(delivered.branch)) == "success"


def test_a_push_that_deploys_nothing_new_does_nothing(hub, delivered):
    before = hub.signatures.read_text(), states(hub)
    hub.github.seen.clear()
    done = hub.release()
    assert done.jobs == {"release": "success"}, done.log
    assert hub.wrote() == []
    assert (hub.signatures.read_text(), states(hub)) == before


def test_an_image_that_nobody_signed_is_not_promoted(hub, delivered):
    signed = hub.signatures.read_text()
    hub.signatures.write_text(signed.replace("release.yml@refs/heads/main", "else.yml@refs/x"))
    pull = hub.pull(delivered.branch)
    pull["state"] = "closed"  # while it is open, there is nothing to ask a signature for
    before = list(hub.github.pulls)
    done = hub.by_hand(reason="staging is down")
    pull["state"] = "open"
    hub.signatures.write_text(signed)
    assert hub.github.pulls == before
    assert done.jobs == {"promote": "failure"}, done.log
    assert "is not signed by" in done.log


def test_a_word_about_a_commit_that_main_lacks_promotes_and_records_nothing(hub, delivered):
    before = states(hub), len(hub.github.pulls)
    done = word(hub, revision="d" * 40)
    assert done.jobs == {"record": "failure", "promote": "failure"}, done.log
    assert "which is not on main" in done.log
    assert (states(hub), len(hub.github.pulls)) == before


def test_a_merged_promotion_is_production_s_record_and_signs_nothing_again(hub, delivered):
    signed = hub.signatures.read_text()
    hub.land(delivered.branch)
    done = hub.release()
    assert done.jobs == {"release": "success"}, done.log
    assert hub.signatures.read_text() == signed
    done = word(hub, "production")
    assert done.jobs == {"record": "success"}, done.log
    assert states(hub)[2:] == [("production", "in_progress"), ("production", "success")]


def test_a_release_that_no_model_makes_is_red_and_not_recorded(hub, delivered):
    project = hub.start("tampered")
    path = Layout(project.root).release
    path.write_text(path.read_text().replace(delivered.release.digest, "sha256:" + "2" * 64))
    hub.push("Tampered")
    main, before = hub.tip("main"), states(hub)
    hub.land("tampered")
    done = hub.release()
    project.git("push", "-q", "--force", str(hub.origins / "o/r"), f"{main}:refs/heads/main")
    assert done.jobs == {"release": "failure"}, done.log
    assert f"digest is sha256:{'2' * 64}, rebuilt {delivered.release.digest}" in done.log
    assert states(hub) == before
    assert "2" * 64 not in hub.signatures.read_text()
