"""The Job of components/smoke. Each rule yields what it finds wrong."""

from collections.abc import Iterator

from mainline.check.manifests import SMOKE, Objects, deployments, labels, model_pods, name, of

LABEL = "release/smoke"
DRAINED = [
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
]


def smoke_asks(objects: Objects) -> Iterator[str]:
    """The smoke test asks the pods of its own release and server, and knows what to expect."""
    services = {name(it): it["spec"]["selector"] for it in of(objects, "Service")}
    for job in _jobs(objects):
        (container,) = job["spec"]["template"]["spec"]["containers"]
        arguments = container.get("args", [])
        if len(container.get("command", [])) != 1 or arguments[:1] != ["smoke"]:
            yield f"it runs {container.get('command')} {arguments}"
            continue
        asked = arguments[1].removeprefix("http://").removesuffix(":8501")
        if services.get(asked, {}).get(LABEL) != name(job):
            yield f"{asked} is not the Service of the pods that {name(job)} tests"
        if name(job) not in [labels(pod).get(LABEL) for pod in model_pods(objects)]:
            yield f"no pod has the label {LABEL}: {name(job)}"
        given = {it["name"]: it.get("value") or "" for it in container.get("env", [])}
        missing = {"MODEL_NAME", "MODEL_VERSION", "MODEL_DIRECTORY"} - {
            key for key, value in given.items() if value
        }
        yield from (f"it does not know {key}" for key in sorted(missing))
        if not name(job).startswith(f"smoke-{given.get('MODEL_VERSION')}-"):
            yield f"the name {name(job)} does not have the version {given.get('MODEL_VERSION')}"
        mounted = container["volumeMounts"][0]["mountPath"]
        if not given.get("MODEL_DIRECTORY", "").startswith(mounted):
            yield f"MODEL_DIRECTORY is not in the model image, mounted at {mounted}"


def smoke_ends(objects: Objects) -> Iterator[str]:
    """The smoke test runs once, waits for longer than a rollout, ends in 15 minutes, and stays."""
    (deployment,) = deployments(objects)
    rollout = deployment["spec"].get("progressDeadlineSeconds", 600)
    for job in _jobs(objects):
        spec, pod = job["spec"], job["spec"]["template"]["spec"]
        if pod.get("restartPolicy") != "Never" or spec.get("backoffLimit", 6) != 0:
            yield "it tries more than once"
        if spec.get("podFailurePolicy", {}).get("rules") != DRAINED:
            yield "a drained node counts as a failed test"
        options = pod["containers"][0]["args"][2:]
        wait = int(options[options.index("--wait") + 1]) if "--wait" in options else 0
        deadline = spec.get("activeDeadlineSeconds", 0)
        if not rollout < wait <= deadline - 120:
            yield f"a rollout has {rollout} s, the test waits {wait} s and is ended at {deadline} s"
        if deadline > 900:
            yield f"it may run for {deadline} s"
        if "ttlSecondsAfterFinished" in spec:
            yield "ttlSecondsAfterFinished deletes it, and Argo CD makes it again"
        if pod.get("terminationGracePeriodSeconds", 30) > 10:
            yield f"its grace is {pod.get('terminationGracePeriodSeconds', 30)} s"


def _jobs(objects: Objects) -> Objects:
    return [found for found in of(objects, "Job") if name(found).startswith(SMOKE)]


RULES = (smoke_asks, smoke_ends)
