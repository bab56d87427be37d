"""Staging tells the repository which digest was tested there, and only when it was."""

import json
import re

import pytest
import rendering
import yaml
from applications import applications
from objects import of
from rendering import RELEASE

pytestmark = pytest.mark.check

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def config(rendered) -> dict[str, str]:
    (found,) = of(rendered["argocd"], "ConfigMap")
    assert found["metadata"]["name"] == "argocd-notifications-cm"
    return found["data"]


@pytest.fixture
def names(config) -> dict[str, str]:
    """What is configured, by sort: one trigger, one template, one webhook."""
    named = dict(re.fullmatch(r"(\w+(?:\.webhook)?)\.(.+)", key).groups() for key in config)
    assert set(named) == {"trigger", "template", "service.webhook"}
    return named


@pytest.fixture
def condition(config, names) -> dict:
    (found,) = yaml.safe_load(config[f"trigger.{names['trigger']}"])
    return found


@pytest.fixture
def tested(k8s, rendered) -> dict:
    """Staging, healthy, after a sync whose smoke Job ended well."""
    application = applications(k8s, rendered["argocd"])["staging"]
    resources = [
        {"kind": "Deployment", "name": "model-server", "status": "Synced"},
        {"kind": "Job", "name": f"smoke-{RELEASE.version}", "hookPhase": "Succeeded"},
    ]
    return application | {
        "status": {
            "health": {"status": "Healthy"},
            "sync": {"status": "Synced", "revision": REVISION},
            "operationState": {
                "phase": "Succeeded",
                "finishedAt": "2026-11-21T10:00:00Z",
                "syncResult": {"revision": REVISION, "resources": resources},
            },
        }
    }


def told(condition: dict, application: dict) -> bool:
    """Argo CD takes an expression that fails, and one that is no boolean, for a no."""
    try:
        return rendering.argo(expression=condition["when"], values={"app": application}) is True
    except AssertionError:
        return False


def test_a_tested_model_is_told(condition, tested):
    assert told(condition, tested)


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["status"]["health"].update(status="Progressing"),
        lambda it: it["status"]["health"].update(status="Degraded"),
        lambda it: it["status"]["operationState"].update(phase="Running"),
        lambda it: it["status"]["operationState"].update(phase="Failed"),
        lambda it: it["status"].pop("operationState"),
        lambda it: it["status"]["operationState"].pop("syncResult"),
        lambda it: it["status"]["operationState"]["syncResult"]["resources"].pop(),
        lambda it: it["status"]["operationState"]["syncResult"].pop("resources"),
        lambda it: it["status"]["operationState"]["syncResult"]["resources"][1].update(
            hookPhase="Failed"
        ),
        lambda it: it["metadata"]["annotations"].update({"release/version": "1"}),
        lambda it: it["metadata"]["annotations"].pop("release/version"),
        lambda it: it["metadata"].pop("annotations"),
        lambda it: it.pop("status"),
    ],
    ids=[
        "progressing",
        "degraded",
        "running",
        "failed",
        "never synced",
        "no result",
        "no smoke test",
        "no resources",
        "smoke test failed",
        "another version was tested",
        "no version",
        "no annotations",
        "no status",
    ],
)
def test_anything_else_is_not(condition, tested, change):
    change(tested)
    assert not told(condition, tested)


def test_once_for_each_sync(condition, tested):
    once = rendering.argo(expression=condition["oncePer"], values={"app": tested})
    assert once == REVISION


def test_the_message_is_a_dispatch_that_names_digest_and_revision(config, names, condition, tested):
    assert condition["send"] == [names["template"]]
    template = yaml.safe_load(config[f"template.{names['template']}"])
    message = template["webhook"][names["service.webhook"]]
    assert message["method"] == "POST"
    body = json.loads(rendering.argo(template=message["body"], values={"app": tested}))
    assert body == {
        "event_type": "staging-healthy",
        "client_payload": {
            "digest": RELEASE.digest,
            "version": RELEASE.version,
            "revision": REVISION,
            "finished_at": "2026-11-21T10:00:00Z",
        },
    }


def test_the_token_is_named_and_sent_to_github_alone(config, names):
    service = yaml.safe_load(config[f"service.webhook.{names['service.webhook']}"])
    headers = {it["name"]: it["value"] for it in service["headers"]}
    assert re.fullmatch(r"Bearer \$[\w-]+", headers["Authorization"])
    assert re.fullmatch(r"https://api\.github\.com/repos/[^/]+/[^/]+/dispatches", service["url"])


def test_staging_subscribes_to_what_is_configured(names, tested):
    # Not `subscribe.<trigger>.<service>`: a key of two long names is longer than Kubernetes takes.
    told = tested["metadata"]["annotations"]["notifications.argoproj.io/subscriptions"]
    webhook = {"service": names["service.webhook"], "recipients": [""]}
    assert yaml.safe_load(told) == [{"trigger": [names["trigger"]], "destinations": [webhook]}]
