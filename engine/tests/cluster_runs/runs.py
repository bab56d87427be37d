"""Workflows as `argo submit --from workflowtemplate/NAME` makes them, and what became of them."""

from dataclasses import dataclass

import kubectl
import task_results
from kubectl import Object


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
        return cls(made["metadata"]["namespace"], kubectl.create(made)["metadata"]["name"])

    def status(self) -> Object:
        return kubectl.get("workflow", self.name, self.namespace).get("status", {})

    def node(self, name: str) -> Object:
        """A node of the graph by its display name, or nothing yet."""
        nodes = self.status().get("nodes", {}).values()
        return next((node for node in nodes if node["displayName"] == name), {})

    def pods(self) -> dict[str, Object]:
        """By task; a finished pod may be gone."""
        found = kubectl.find("pods", self.namespace, f"{task_results.WORKFLOW}={self.name}")
        return {task_results.task(pod): pod for pod in found}

    def pod(self, task: str, seconds: float = 30) -> Object:
        """The pod of a task, running: `train(1)` is the second try."""

        def running() -> Object | None:
            pod = self.pods().get(task)
            return pod if pod and pod["status"].get("phase") == "Running" else None

        return kubectl.until(f"pod {task} of {self.name} runs", running, seconds)

    def running(self) -> list[Object]:
        return [pod for pod in self.pods().values() if pod["status"].get("phase") == "Running"]

    def report(self, seconds: float = 30) -> Object:
        """The pod of the exit handler."""
        return self.pod(f"{self.name}.onExit(0)", seconds)

    def message(self, node: str, seconds: float = 30) -> str:
        """What the status says about a node, once it says something."""
        look = lambda: self.node(node).get("message", "")  # noqa: E731
        return kubectl.until(f"a message of {node} in {self.name}", look, seconds)

    def ended(self, seconds: float = 30) -> Object:
        """The status, once the Workflow has finished."""

        def finished() -> Object | None:
            status = self.status()
            return status if status.get("finishedAt") else None

        return kubectl.until(f"{self.name} ends", finished, seconds)

    def delete(self) -> None:
        kubectl.delete("workflow", self.name, namespace=self.namespace, wait=True)
