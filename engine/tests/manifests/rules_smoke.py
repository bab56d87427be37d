"""The smoke test: one attempt, at the pods of one release, as an object like any other."""

from collections.abc import Iterator

from objects import Objects, labels, of, pods

LABEL = "release/smoke"
DRAINED = [
    {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
]


def smoke_asks(objects: Objects) -> Iterator[str]:
    """It knows what to expect, and asks the pods of its own release and server alone."""
    services = {it["metadata"]["name"]: it["spec"]["selector"] for it in of(objects, "Service")}
    for job in of(objects, "Job"):
        name = job["metadata"]["name"]
        (container,) = job["spec"]["template"]["spec"]["containers"]
        arguments = container.get("args", [])
        if len(container.get("command", [])) != 1 or arguments[:1] != ["smoke"]:
            yield "it runs something else"
        asked = arguments[1].removeprefix("http://").removesuffix(":8501")
        if services.get(asked, {}).get(LABEL) != name:
            yield f"{asked} is not the Service of the pods that {name} tests"
        if name not in [labels(pod).get(LABEL) for pod in pods(objects)]:
            yield "no pod is labelled with it"
        given = {it["name"]: it.get("value") for it in container.get("env", [])}
        if not all(given.get(key) for key in ("MODEL_NAME", "MODEL_VERSION", "MODEL_DIRECTORY")):
            yield f"it knows {given}"
        if not name.startswith(f"smoke-{given.get('MODEL_VERSION')}-"):
            yield "its name is not of the version that it tests"
        mounted = container["volumeMounts"][0]["mountPath"]
        if not given.get("MODEL_DIRECTORY", "").startswith(mounted):
            yield "it looks outside of the model image"


def smoke_ends(objects: Objects) -> Iterator[str]:
    """It is tried once, outlasts a rollout, ends, and stays."""
    (deployment,) = of(objects, "Deployment")
    rollout = deployment["spec"].get("progressDeadlineSeconds", 600)
    for job in of(objects, "Job"):
        spec, pod = job["spec"], job["spec"]["template"]["spec"]
        if pod.get("restartPolicy") != "Never" or spec.get("backoffLimit", 6) != 0:
            yield "it tries until it works"
        if spec.get("podFailurePolicy", {}).get("rules") != DRAINED:
            yield "a drained node is a failed test"
        wait = dict(zip(*[iter(pod["containers"][0]["args"][2:])] * 2, strict=True)).get("--wait")
        if not rollout < int(wait or 0) <= spec.get("activeDeadlineSeconds", 0) - 120:
            yield "it gives up before a rollout does, or is killed before it can say why it failed"
        if spec.get("activeDeadlineSeconds", 0) > 900:
            yield "it hardly ends"
        if "ttlSecondsAfterFinished" in spec:
            yield "it is deleted, and Argo CD makes it again"
        if pod.get("terminationGracePeriodSeconds", 30) > 10:
            yield "the Job of a release that was taken back stays for long"


RULES = [smoke_asks, smoke_ends]
