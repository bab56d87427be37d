"""Images, rights and secrets of every pod. Each rule yields what is wrong."""

import re
from collections.abc import Iterator

from objects import Objects, containers, mebibytes, of, pods

BY_DIGEST = re.compile(r"[a-z0-9./:-]+(?::[\w.-]+)?@sha256:[0-9a-f]{64}")
TAGGED = re.compile(r"[a-z0-9.:-]+/[a-z0-9./_-]+:(?!latest)[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?")
# What Pod Security `restricted` admits, less what nothing here needs.
VOLUMES = {"configMap", "emptyDir", "image"}


def model_by_digest(objects: Objects) -> Iterator[str]:
    """The model is an image volume, named by digest and mounted read-only."""
    for pod in pods(objects):
        images = [volume for volume in pod["spec"]["volumes"] if "image" in volume]
        if len(images) != 1:
            yield f"{len(images)} image volumes"
        for volume in images:
            if not BY_DIGEST.fullmatch(volume["image"]["reference"]):
                yield f"no digest: {volume['image']['reference']}"
            if volume["image"].get("pullPolicy") != "IfNotPresent":
                yield "a restart asks the registry again"
            mounts = [
                mount
                for container in pod["spec"]["containers"]
                for mount in container["volumeMounts"]
                if mount["name"] == volume["name"]
            ]
            if not mounts or not all(mount.get("readOnly") for mount in mounts):
                yield f"{volume['name']} is not mounted read-only"


def no_latest(objects: Objects) -> Iterator[str]:
    """Every image has a registry and a tag or digest, and none is `latest`."""
    for _, container in containers(objects):
        if not TAGGED.fullmatch(container["image"]):
            yield f"{container['name']}: {container['image']}"


def security(objects: Objects) -> Iterator[str]:
    """Pod Security `restricted`, a read-only root, and no volume from the node."""
    for pod, container in containers(objects):
        own = pod.get("securityContext", {}) | container.get("securityContext", {})
        expected = {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        for key in expected.keys() | own.keys():
            if own.get(key) != expected.get(key):
                yield f"{container['name']}: {key} is {own.get(key)}"
    for pod in pods(objects):
        spec = pod["spec"]
        yield from (f"{key} is set" for key in spec if key.startswith("host"))
        kinds = {kind for volume in spec["volumes"] for kind in volume.keys() - {"name"}}
        yield from (f"a volume of kind {kind}" for kind in kinds - VOLUMES)
        places = [m["mountPath"] for it in spec["containers"] for m in it["volumeMounts"]]
        if "/tmp" not in places:
            yield "nowhere to write"
        mounted = {m["name"] for it in spec["containers"] for m in it["volumeMounts"]}
        yield from (
            f"no such volume: {it}" for it in mounted ^ {it["name"] for it in spec["volumes"]}
        )
        yield from (f"{it} of no kind" for it in spec["volumes"] if len(it) != 2)
        scratch = [it["emptyDir"] for it in spec["volumes"] if "emptyDir" in it]
        disk = [it["resources"]["limits"]["ephemeral-storage"] for it in spec["containers"]]
        if not all(mebibytes(it.get("sizeLimit", "1Pi")) < mebibytes(disk[0]) for it in scratch):
            yield "a volume without a limit, or one beyond the pod's"
        if spec.get("enableServiceLinks") is not False:
            yield "the namespace's services are in the environment"


def no_token(objects: Objects) -> Iterator[str]:
    """No pod gets a token of the cluster, and none runs as the namespace's default account."""
    accounts = {found["metadata"]["name"]: found for found in of(objects, "ServiceAccount")}
    for pod in pods(objects):
        name = pod["spec"].get("serviceAccountName")
        if pod["spec"].get("automountServiceAccountToken") is not False:
            yield "a pod mounts a token"
        if accounts.get(name, {}).get("automountServiceAccountToken") is not False:
            yield f"the account {name} is not ours, or mounts tokens"
    yield from (found["kind"] for found in of(objects, "Role", "RoleBinding", "ClusterRoleBinding"))


def no_secret(objects: Objects) -> Iterator[str]:
    """No Secret in git, and none made from a literal."""
    yield from (f"Secret {found['metadata']['name']}" for found in of(objects, "Secret"))


RULES = [model_by_digest, no_latest, security, no_token, no_secret]
