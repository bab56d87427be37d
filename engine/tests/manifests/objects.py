"""Kubernetes objects of an overlay, and what is asked of them again and again."""

from collections.abc import Iterator

Objects = list[dict]


def of(objects: Objects, *kinds: str) -> list[dict]:
    return [found for found in objects if found["kind"] in kinds]


def pods(objects: Objects) -> list[dict]:
    """The pod templates."""
    return [found["spec"]["template"] for found in of(objects, "Deployment", "Job")]


def containers(objects: Objects) -> Iterator[tuple[dict, dict]]:
    for pod in pods(objects):
        inside = pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
        yield from ((pod["spec"], container) for container in inside)


def servers(objects: Objects) -> list[tuple[dict, dict]]:
    """Pods and containers of the model server; a rule about none of them would hold for nothing."""
    found = [(pod, it) for pod, it in containers(objects) if it["name"] == "server"]
    assert found, "no container is named `server`"
    return found


def flags(container: dict) -> dict[str, str]:
    return dict(text.removeprefix("--").split("=", 1) for text in container["args"])


def matches(selector: dict, labels: dict[str, str]) -> bool:
    """A selector of matchLabels alone; anything else is not understood here."""
    assert set(selector) <= {"matchLabels"}, f"not understood: {selector}"
    return selector.get("matchLabels", {}).items() <= labels.items()


def labels(pod: dict) -> dict[str, str]:
    return pod["metadata"]["labels"]


def seconds(probe: dict) -> int:
    return probe["periodSeconds"] * probe["failureThreshold"]


def mebibytes(quantity: str) -> int:
    units = {"Mi": 1, "Gi": 2**10, "Ti": 2**20, "Pi": 2**30}
    return int(quantity[:-2]) * units[quantity[-2:]]


def cores(quantity: str) -> float:
    text = str(quantity)
    return float(text[:-1]) / 1000 if text.endswith("m") else float(text)
