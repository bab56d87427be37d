"""Workflows as `argo submit --from workflowtemplate/NAME` makes them, and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass

import kubectl
import task_results
from kubectl import Found, Object


def workflow(template: str, namespace: str, **parameters: str) -> Object:
    """What `argo submit --from workflowtemplate/TEMPLATE --parameter …` sends."""
    arguments = [{"name": name, "value": value} for name, value in parameters.items()]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": f"{template}-", "namespace": namespace},
        "spec": {
            "workflowTemplateRef": {"name": template},
            "arguments": {"parameters": arguments},
        },
    }


@dataclass(frozen=True)
class Run:
    """One Workflow."""

    namespace: str
    name: str

    @classmethod
    def of(cls, made: Object) -> "Run":
        about = kubectl.create(made)["metadata"]
        return cls(about["namespace"], about["name"])

    def status(self) -> Object:
        return kubectl.get("workflow", self.name, self.namespace).get("status", {})

    def nodes(self) -> dict[str, Object]:
        """By the name that `argo get` shows."""
        return {node["displayName"]: node for node in self.status().get("nodes", {}).values()}

    def pods(self) -> dict[str, Object]:
        """By task: `train(1)` is the second try. A finished pod may be gone."""
        found = kubectl.find("pods", self.namespace, f"{task_results.WORKFLOW}={self.name}")
        return {task_results.task(pod): pod for pod in found}

    def running(self) -> list[str]:
        """The tasks with a pod that runs."""
        return [task for task, pod in self.pods().items() if _runs(pod)]

    def pod(self, task: str, seconds: float = 30) -> Object:
        """The pod of a task, once it runs."""

        def look() -> Object | None:
            pod = self.pods().get(task)
            return pod if pod and _runs(pod) else None

        return self.until(f"pod {task} runs", look, seconds)

    def report(self, seconds: float = 30) -> Object:
        """The pod of the exit handler."""
        return self.pod("onExit(0)", seconds)

    def message(self, node: str, seconds: float = 30) -> str:
        """What the status says about a node, once it says something."""

        def look() -> str:
            return self.nodes().get(node, {}).get("message", "")

        return self.until(f"a message of {node}", look, seconds)

    def ended(self, seconds: float = 30) -> Object:
        """The status, once the Workflow has finished."""

        def look() -> Object | None:
            status = self.status()
            return status if status.get("finishedAt") else None

        return self.until("the end", look, seconds)

    def until(self, what: str, look: Callable[[], Found], seconds: float = 30) -> Found:
        """As `kubectl.until`, and says how the Workflow stands."""
        try:
            return kubectl.until(f"{self.name}: {what}", look, seconds)
        except kubectl.LateError as never:
            nodes = self.nodes().items()
            stands = [f"{name}: {node['phase']} {node.get('message', '')}" for name, node in nodes]
            raise kubectl.LateError("\n".join([str(never), *stands])) from None

    def delete(self) -> None:
        kubectl.delete("workflow", self.name, namespace=self.namespace, wait=True)


def _runs(pod: Object) -> bool:
    return pod["status"].get("phase") == "Running"
