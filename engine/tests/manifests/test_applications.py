"""Which Applications there are, and what Argo CD does with each."""

import pytest
import rendering
import schemas
from applications import applications
from rendering import ENVIRONMENTS

from mainline.check.manifests import of

pytestmark = pytest.mark.check


@pytest.fixture
def made(k8s, rendered):
    return applications(k8s, rendered["argocd"])


def test_none_before_the_first_release(k8s, rendered):
    for environment in ENVIRONMENTS:
        (k8s / "overlays" / environment / "release.yaml").unlink()
    assert applications(k8s, rendered["argocd"]) == {}


def test_production_after_the_first_promotion(k8s, rendered):
    promoted = k8s / "overlays/production/release.yaml"
    promoted.unlink()
    assert set(applications(k8s, rendered["argocd"])) == {"staging"}
    promoted.write_bytes((k8s / "overlays/staging/release.yaml").read_bytes())
    assert set(applications(k8s, rendered["argocd"])) == {"staging", "production"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_application_is_one_that_argo_cd_takes(made, environment):
    assert schemas.problems(made[environment]) == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_deploys_the_overlay_to_its_namespace(made, rendered, k8s, environment):
    spec = made[environment]["spec"]
    assert k8s.parent / spec["source"]["path"] == k8s / "overlays" / environment
    assert spec["source"]["targetRevision"] == "main"
    (namespace,) = {found["metadata"]["namespace"] for found in rendered[environment]}
    assert spec["destination"]["namespace"] == namespace


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_it_syncs_and_heals_itself(made, environment):
    policy = made[environment]["spec"]["syncPolicy"]
    assert policy["automated"] == {"prune": True, "selfHeal": True}
    assert policy["retry"]["refresh"] is True
    assert policy["retry"]["limit"] > 0  # 0 is none
    # Not PruneLast: a sync that waits for its own end would keep a revert waiting.
    assert set(policy["syncOptions"]) == {"ServerSideApply=true", "FailOnSharedResource=true"}


def test_release_files_are_read_where_manifests_are(made, rendered):
    """From another branch or repository, there would be Applications without a release."""
    (found,) = of(rendered["argocd"], "ApplicationSet")
    (generator,) = found["spec"]["generators"]
    read = generator["git"]["repoURL"], generator["git"]["revision"]
    for application in made.values():
        source = application["spec"]["source"]
        assert read == (source["repoURL"], source["targetRevision"])


def test_the_namespaces_are_deployed_from_their_folder(rendered, k8s, made):
    found = application(rendered, "namespaces")
    source = found["spec"]["source"]
    assert rendering.render(k8s.parent / source["path"]) == rendered["namespaces"]
    assert source["targetRevision"] == made["staging"]["spec"]["source"]["targetRevision"]
    # Nothing is pruned: a namespace goes with all that is in it.
    assert found["spec"]["syncPolicy"]["automated"] == {"selfHeal": True}


def test_workflows_are_deployed_from_their_folder_and_nothing_is_told(rendered, k8s, made):
    found = application(rendered, "workflows")
    source = found["spec"]["source"]
    assert rendering.render(k8s.parent / source["path"]) == rendered["workflows"]
    assert source["targetRevision"] == made["staging"]["spec"]["source"]["targetRevision"]
    assert found["spec"]["syncPolicy"] == made["staging"]["spec"]["syncPolicy"]
    assert "annotations" not in found["metadata"]


def application(rendered, name):
    (found,) = [
        it for it in of(rendered["argocd"], "Application") if it["metadata"]["name"].endswith(name)
    ]
    return found


def test_models_survive_their_application(rendered):
    (found,) = of(rendered["argocd"], "ApplicationSet")
    assert found["spec"]["syncPolicy"] == {"preserveResourcesOnDeletion": True}
    assert "strategy" not in found["spec"], "RollingSync would turn self-healing off"


def test_expressions_and_templates_that_do_not_compile_are_refused():
    with pytest.raises(AssertionError):
        rendering.argo(expression="app.status ==", values={})
    with pytest.raises(AssertionError):
        rendering.argo(template="{{ .app }", values={})
