"""Each environment tells the repository what is healthy there, and only when it is."""

import json
import re

import pytest
import rendering
import yaml
from applications import applications
from rendering import ENVIRONMENTS

from mainline.check.manifests import of
from mainline.delivery import dispatch

pytestmark = pytest.mark.check

REVISION = "0123456789abcdef0123456789abcdef01234567"
SUBSCRIPTIONS = "notifications.argoproj.io/subscriptions"


@pytest.fixture
def config(rendered) -> dict[str, str]:
    (found,) = of(rendered["argocd"], "ConfigMap")
    assert found["metadata"]["name"] == "argocd-notifications-cm"
    return found["data"]


@pytest.fixture
def webhook(config) -> str:
    """The name of the one service, which the one template speaks to."""
    (key,) = (key for key in config if key.startswith("service."))
    return re.fullmatch(r"service\.webhook\.(.+)", key)[1]


@pytest.fixture
def healthy(k8s, rendered) -> dict[str, dict]:
    """By environment: healthy after a sync."""
    return {
        environment: application
        | {"metadata": application["metadata"] | {"uid": "made-once"}, "status": status()}
        for environment, application in applications(k8s, rendered["argocd"]).items()
    }


def status() -> dict:
    return {
        "health": {"status": "Healthy"},
        "sync": {"status": "Synced", "revision": REVISION},
        "reconciledAt": "2026-11-21T10:00:00Z",
        "operationState": {"phase": "Succeeded", "syncResult": {"revision": REVISION}},
    }


def trigger(config: dict[str, str], application: dict) -> dict:
    """The condition that the Application subscribes to."""
    (subscription,) = yaml.safe_load(application["metadata"]["annotations"][SUBSCRIPTIONS])
    (name,) = subscription["trigger"]
    (condition,) = yaml.safe_load(config[f"trigger.{name}"])
    return condition


def told(condition: dict, application: dict) -> bool:
    """Argo CD takes an expression that fails, and one that is no boolean, for a no."""
    try:
        return rendering.argo(expression=condition["when"], values={"app": application}) is True
    except AssertionError:
        return False


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_what_is_healthy_is_told(config, healthy, environment):
    assert told(trigger(config, healthy[environment]), healthy[environment])


def body(config: dict[str, str], webhook: str, application: dict) -> dict:
    """What is posted."""
    (template,) = trigger(config, application)["send"]
    message = yaml.safe_load(config[f"template.{template}"])["webhook"][webhook]
    assert message["method"] == "POST"
    return json.loads(rendering.argo(template=message["body"], values={"app": application}))


UNHEALTHY = {
    "progressing, as while the smoke Job runs": lambda it: it["health"].update(
        status="Progressing"
    ),
    "degraded, as when the smoke Job failed": lambda it: it["health"].update(status="Degraded"),
    "health unknown": lambda it: it.pop("health"),
    "a newer release waits": lambda it: it["sync"].update(status="OutOfSync"),
    "sync unknown": lambda it: it.pop("sync"),
    "no revision": lambda it: it["sync"].pop("revision"),
    "an empty revision": lambda it: it["sync"].update(revision=""),
    "running": lambda it: it["operationState"].update(phase="Running"),
    "failed": lambda it: it["operationState"].update(phase="Failed"),
    "no status": lambda it: it.clear(),
}


@pytest.mark.parametrize("why", UNHEALTHY)
def test_anything_else_is_not(config, healthy, why):
    application = healthy["staging"]
    condition = trigger(config, application)
    UNHEALTHY[why](application["status"])
    assert not told(condition, application)


def test_an_application_without_a_status_is_not(config, healthy):
    condition = trigger(config, healthy["staging"])
    del healthy["staging"]["status"]
    assert not told(condition, healthy["staging"])


def test_an_application_that_was_made_again_is_told_once(config, webhook, healthy):
    """It finds its objects in place, so there is no sync and no record of one."""
    application = healthy["staging"]
    del application["status"]["operationState"]
    condition = trigger(config, application)
    assert told(condition, application)
    assert once(condition, application) == "made-once"
    assert body(config, webhook, application)["client_payload"]["revision"] == REVISION


def test_a_commit_that_changes_no_object_is_not_told_again(config, webhook, healthy):
    """`sync.revision` then runs ahead of the last sync; what runs is still what was synced."""
    application = healthy["staging"]
    application["status"]["sync"]["revision"] = "f" * 40
    condition = trigger(config, application)
    assert told(condition, application)
    assert once(condition, application) == REVISION


def once(condition: dict, application: dict) -> object:
    return rendering.argo(expression=condition["oncePer"], values={"app": application})


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_once_for_each_sync(config, healthy, environment):
    assert once(trigger(config, healthy[environment]), healthy[environment]) == REVISION


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_message_is_a_dispatch_that_names_the_revision(config, webhook, healthy, environment):
    assert body(config, webhook, healthy[environment]) == {
        "event_type": f"{environment}-healthy",
        "client_payload": {"revision": REVISION, "seen_at": "2026-11-21T10:00:00Z"},
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_who_is_told_understands_it(config, webhook, healthy, environment, tmp_path):
    sent = body(config, webhook, healthy[environment])
    workflow = yaml.safe_load((rendering.ROOT / ".github/workflows/promote.yml").read_text())
    assert sent["event_type"] in workflow[True]["repository_dispatch"]["types"]  # `on`, in YAML
    # GitHub passes a dispatch on to workflows in these words.
    event = tmp_path / "event.json"
    about = {"action": sent["event_type"], "client_payload": sent["client_payload"]}
    event.write_text(json.dumps(about | {"sender": {"login": "argo"}}))
    job = {"GITHUB_EVENT_NAME": "repository_dispatch", "GITHUB_EVENT_PATH": str(event)}
    told = dispatch.read(job)
    assert isinstance(told, dispatch.Healthy)
    assert (told.environment, told.revision) == (environment, REVISION)
    assert told.seen_at == "2026-11-21T10:00:00Z"


def test_the_token_is_named_and_sent_to_github_alone(config, webhook):
    service = yaml.safe_load(config[f"service.webhook.{webhook}"])
    headers = {it["name"]: it["value"] for it in service["headers"]}
    assert re.fullmatch(r"Bearer \$[\w-]+", headers["Authorization"])
    assert re.fullmatch(r"https://api\.github\.com/repos/[^/]+/[^/]+/dispatches", service["url"])


def test_each_environment_subscribes_to_the_trigger(config, webhook, healthy):
    # Not `subscribe.<trigger>.<service>`: a key of two long names is longer than Kubernetes takes.
    asked = [
        yaml.safe_load(one["metadata"]["annotations"][SUBSCRIPTIONS]) for one in healthy.values()
    ]
    (name,) = (key.removeprefix("trigger.") for key in config if key.startswith("trigger."))
    destination = {"service": webhook, "recipients": [""]}
    assert asked == [[{"trigger": [name], "destinations": [destination]}]] * len(ENVIRONMENTS)
