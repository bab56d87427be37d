"""Runs the pods of a WorkflowTemplate one after another, as Argo would make them.

From the rendered manifests: templates and their order, arguments and parameters, environment,
mounts, working directory, user and rights. Not real: the kubelet, Argo's own two containers, the
limits of processor and memory, and the network policies.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mainline.check.rendering import parsed
from mainline.check.workflow_pods import pods
from mainline.k8s.rendered import build
from mainline.k8s.workflow_files import FOLDER

ROOT = Path(__file__).parents[3]
TIMEOUT = 600.0


@dataclass(frozen=True)
class Container:
    """What a runtime needs: `mounts` are folders of this machine by their path in the container."""

    command: list[str]
    environment: dict[str, str]
    mounts: dict[str, Path]
    directory: str
    user: int
    group: int


Runtime = Callable[[Container], list[str]]


@dataclass
class Workflow:
    """A WorkflowTemplate of pipelines/argo; `runtime` makes the command line of a container.

    `told` is the environment that ConfigMaps and Secrets give, `shared` what all pods mount.
    """

    name: str
    runtime: Runtime
    home: Path
    told: Mapping[str, str]
    shared: Mapping[str, Path] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        objects = parsed(build(ROOT / FOLDER))
        [self.template] = [
            each
            for each in objects
            if (each["kind"], each["metadata"]["name"]) == ("WorkflowTemplate", self.name)
        ]
        self.pods = {
            pod["spec"]["containers"][0]["name"].rpartition("/")[2]: pod["spec"]
            for pod in pods(self.template)
        }

    def submit(self, **parameters: str) -> None:
        """Run the DAG's tasks in their order. Raises AssertionError when one fails."""
        spec = self.template["spec"]
        given = {each["name"]: each.get("value") for each in spec["arguments"]["parameters"]}
        for name, value in (given | parameters).items():
            self.known[f"workflow.parameters.{name}"] = str(value)
        [dag] = [each["dag"] for each in spec["templates"] if each["name"] == spec["entrypoint"]]
        for task in dag["tasks"]:
            several = task.get("withSequence", {"start": "1", "count": "1"})
            for item in range(int(self._filled(several["count"], {}))):
                self.known["item"] = str(int(several["start"]) + item)
                code = self.task(task)
                assert code == 0, self.logs[task["name"]]

    def task(self, task: dict[str, Any]) -> int:
        """Run a task's pod. Returns its exit code; its output is in `logs`."""
        given = {
            f"inputs.parameters.{each['name']}": self._filled(each["value"], {})
            for each in task.get("arguments", {}).get("parameters", [])
        }
        pod = self.pods[task["template"]]
        container = self._container(pod, given)
        kept = {name: value for name, value in os.environ.items() if name != "DOCKER_CONFIG"}
        done = subprocess.run(
            self.runtime(container),
            env=kept,  # without the tests' empty login, which Podman would miss
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
        self.logs[task["name"]] = self.logs.get(task["name"], "") + done.stdout
        [template] = [
            each for each in self.template["spec"]["templates"] if each["name"] == task["template"]
        ]
        for output in template.get("outputs", {}).get("parameters", []):
            path = Path(output["valueFrom"]["path"])
            file = container.mounts[str(path.parent)] / path.name
            if done.returncode == 0:
                key = f"tasks.{task['name']}.outputs.parameters.{output['name']}"
                self.known[key] = file.read_text()
        return done.returncode

    def _container(self, pod: dict[str, Any], given: dict[str, str]) -> Container:
        main = pod["containers"][0]
        rights = main["securityContext"]
        assert rights["readOnlyRootFilesystem"]
        assert rights["capabilities"] == {"drop": ["ALL"]}
        assert not rights["allowPrivilegeEscalation"]
        volumes = {each["name"]: each for each in pod["volumes"]}
        mounts = dict(self.shared)
        for mount in main["volumeMounts"]:
            assert "emptyDir" in volumes[mount["name"]]
            folder = self.home / "volumes" / mount["name"]
            shutil.rmtree(folder, ignore_errors=True)  # of the pod before
            folder.mkdir(parents=True)
            folder.chmod(0o777)  # as the kubelet makes them
            mounts[mount["mountPath"]] = folder
        assert all("configMapRef" in each or "secretRef" in each for each in main["envFrom"])
        return Container(
            [*main["command"], *(self._filled(each, given) for each in main["args"])],
            dict(self.told),
            mounts,
            main["workingDir"],
            pod["securityContext"]["runAsUser"],
            pod["securityContext"]["runAsGroup"],
        )

    def _filled(self, text: str, given: dict[str, str]) -> str:
        known = self.known | given
        return re.sub(r"\{\{([^{}=]+)\}\}", lambda found: known[found[1]], text)
