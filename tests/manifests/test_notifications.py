"""Each environment tells the repository what is healthy there, and only when it is."""

import json
import re

import pytest
import rendering
import yaml
from applications import applications
from objects import of
from rendering import ENVIRONMENTS, RELEASE

from customer_churn.delivery import dispatch

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
    """By environment: healthy after a sync, in staging with a smoke Job that ended well."""
    return {
        environment: application | {"status": status(environment)}
        for environment, application in applications(k8s, rendered["argocd"]).items()
    }


def status(environment: str) -> dict:
    resources = [{"kind": "Deployment", "name": "model-server", "status": "Synced"}]
    if environment == "staging":
        job = {"kind": "Job", "name": f"smoke-{RELEASE.version}", "hookPhase": "Succeeded"}
        resources.append(job)
    return {
        "health": {"status": "Healthy"},
        "sync": {"status": "Synced", "revision": REVISION},
        "operationState": {
            "phase": "Succeeded",
            "finishedAt": "2026-11-21T10:00:00Z",
            "syncResult": {"revision": REVISION, "resources": resources},
        },
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


def operation(application: dict) -> dict:
    return application["status"]["operationState"]


UNHEALTHY = {
    "progressing": lambda it: it["status"]["health"].update(status="Progressing"),
    "degraded": lambda it: it["status"]["health"].update(status="Degraded"),
    "health unknown": lambda it: it["status"].pop("health"),
    "running": lambda it: operation(it).update(phase="Running"),
    "failed": lambda it: operation(it).update(phase="Failed"),
    "never synced": lambda it: it["status"].pop("operationState"),
    "no result": lambda it: operation(it).pop("syncResult"),
    "no status": lambda it: it.pop("status"),
}
ONLY = {
    "staging": {
        "no smoke test": lambda it: operation(it)["syncResult"]["resources"].pop(),
        "no resources": lambda it: operation(it)["syncResult"].pop("resources"),
        "smoke test failed": lambda it: operation(it)["syncResult"]["resources"][1].update(
            hookPhase="Failed"
        ),
        "another version was tested": lambda it: it["metadata"]["annotations"].update(
            {"release/version": "1"}
        ),
        "no version": lambda it: it["metadata"]["annotations"].pop("release/version"),
        "no annotations": lambda it: it["metadata"].pop("annotations"),
    },
    "production": {
        "a newer release waits": lambda it: it["status"]["sync"].update(status="OutOfSync"),
        "sync unknown": lambda it: it["status"].pop("sync"),
        "no revision": lambda it: operation(it)["syncResult"].pop("revision"),
        "an empty revision": lambda it: operation(it)["syncResult"].update(revision=""),
    },
}


@pytest.mark.parametrize(
    ("environment", "why"),
    [(one, why) for one in ENVIRONMENTS for why in [*UNHEALTHY, *ONLY[one]]],
)
def test_anything_else_is_not(config, healthy, environment, why):
    condition = trigger(config, healthy[environment])
    (UNHEALTHY | ONLY[environment])[why](healthy[environment])
    assert not told(condition, healthy[environment])


def test_a_commit_that_changes_nothing_in_production_does_not_stop_the_word(config, healthy):
    """`sync.revision` then runs ahead of the sync; what runs is still what was synced."""
    healthy["production"]["status"]["sync"]["revision"] = "f" * 40
    assert told(trigger(config, healthy["production"]), healthy["production"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_once_for_each_sync(config, healthy, environment):
    condition = trigger(config, healthy[environment])
    values = {"app": healthy[environment]}
    assert rendering.argo(expression=condition["oncePer"], values=values) == REVISION


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_message_is_a_dispatch_that_names_digest_and_revision(
    config, webhook, healthy, environment
):
    assert body(config, webhook, healthy[environment]) == {
        "event_type": f"{environment}-healthy",
        "client_payload": {
            "digest": RELEASE.digest,
            "version": RELEASE.version,
            "revision": REVISION,
            "finished_at": "2026-11-21T10:00:00Z",
        },
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
    assert (told.version, told.digest) == (RELEASE.version, RELEASE.digest)


def test_the_token_is_named_and_sent_to_github_alone(config, webhook):
    service = yaml.safe_load(config[f"service.webhook.{webhook}"])
    headers = {it["name"]: it["value"] for it in service["headers"]}
    assert re.fullmatch(r"Bearer \$[\w-]+", headers["Authorization"])
    assert re.fullmatch(r"https://api\.github\.com/repos/[^/]+/[^/]+/dispatches", service["url"])


def test_each_environment_subscribes_to_a_trigger_of_its_own(config, webhook, healthy):
    # Not `subscribe.<trigger>.<service>`: a key of two long names is longer than Kubernetes takes.
    asked = [
        yaml.safe_load(one["metadata"]["annotations"][SUBSCRIPTIONS]) for one in healthy.values()
    ]
    names = [one["trigger"] for (one,) in asked]
    assert [one["destinations"] for (one,) in asked] == [
        [{"service": webhook, "recipients": [""]}] for _ in healthy
    ]
    configured = sorted(key for key in config if key.startswith("trigger."))
    assert sorted(f"trigger.{name}" for (name,) in names) == configured
