"""Images, rights and secrets of every pod. Each rule yields what it finds wrong."""

import re
from collections.abc import Iterator

from mainline.check.manifests import (
    Object,
    Objects,
    containers,
    mebibytes,
    model_pods,
    name,
    of,
    pods,
)

BY_DIGEST = re.compile(r"[a-z0-9./:-]+(?::[\w.-]+)?@sha256:[0-9a-f]{64}")
TAGGED = re.compile(r"[a-z0-9.:-]+/[a-z0-9./_-]+:(?!latest)[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?")
# Kinds of volumes that Pod Security `restricted` admits and that these pods need.
VOLUMES = {"configMap", "emptyDir", "image"}
RIGHTS = {
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "runAsGroup": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def model_by_digest(objects: Objects) -> Iterator[str]:
    """The model is one image volume, named by digest, pulled once and mounted read-only."""
    for pod in model_pods(objects):
        images = [volume for volume in _volumes(pod) if "image" in volume]
        if len(images) != 1:
            yield f"a pod has {len(images)} image volumes"
        for volume in images:
            if not BY_DIGEST.fullmatch(volume["image"]["reference"]):
                yield f"the model's image has no digest: {volume['image']['reference']}"
            if volume["image"].get("pullPolicy") != "IfNotPresent":
                yield f"the model's pullPolicy is {volume['image'].get('pullPolicy')}"
            mounts = [it for it in _mounts(pod) if it["name"] == volume["name"]]
            if not mounts or not all(mount.get("readOnly") for mount in mounts):
                yield f"the volume {volume['name']} is not mounted read-only"


def no_latest(objects: Objects) -> Iterator[str]:
    """Every image has a registry and a tag, with or without a digest; the tag is not `latest`."""
    for _, container in containers(objects):
        if not TAGGED.fullmatch(container["image"]):
            yield f"container {container['name']} has the image {container['image']}"


def security(objects: Objects) -> Iterator[str]:
    """Containers hold to Pod Security `restricted`, run as 65534 and have a read-only root."""
    for pod, container in containers(objects):
        own = pod.get("securityContext", {}) | container.get("securityContext", {})
        for key in sorted(RIGHTS.keys() | own.keys()):
            if own.get(key) != RIGHTS.get(key):
                yield f"container {container['name']} has {key}: {own.get(key)}"
    for pod in pods(objects):
        yield from (f"a pod sets {key}" for key in pod["spec"] if key.startswith("host"))
        if pod["spec"].get("enableServiceLinks") is not False:
            yield "enableServiceLinks is not false"


def volumes(objects: Objects) -> Iterator[str]:
    """Volumes are configMap, image or a bounded emptyDir, each is mounted, one of them at /tmp."""
    for pod in pods(objects):
        kinds = {kind for volume in _volumes(pod) for kind in volume.keys() - {"name"}}
        yield from (f"a volume is of kind {kind}" for kind in sorted(kinds - VOLUMES))
        first = pod["spec"]["containers"][0]
        if "/tmp" not in {it["mountPath"] for it in first.get("volumeMounts", [])}:  # noqa: S108
            yield f"no volume is mounted at /tmp of container {first['name']}"
        mounted, there = ({it["name"] for it in found} for found in (_mounts(pod), _volumes(pod)))
        yield from (f"the volume {it} is not mounted" for it in sorted(there - mounted))
        yield from (f"the volume {it} is missing" for it in sorted(mounted - there))
        yield from (f"the volume {it['name']} has no kind" for it in _volumes(pod) if len(it) != 2)
        yield from _too_large(pod)


def _too_large(pod: Object) -> Iterator[str]:
    """A pod may use what its containers may together, and one that uses more is evicted."""
    limits = [one["resources"]["limits"]["ephemeral-storage"] for one in pod["spec"]["containers"]]
    disk = sum(map(mebibytes, limits))
    for volume in _volumes(pod):
        size = volume.get("emptyDir", {}).get("sizeLimit", "1Pi")
        if "emptyDir" in volume and mebibytes(size) >= disk:
            yield f"the volume {volume['name']} may grow to {size}, beyond the pod's {disk}Mi"


def no_token(objects: Objects) -> Iterator[str]:
    """No pod has a token of the cluster, and each has an account without one."""
    accounts = {name(found): found for found in of(objects, "ServiceAccount")}
    for pod in pods(objects):
        account = pod["spec"].get("serviceAccountName")
        if pod["spec"].get("automountServiceAccountToken") is not False:
            yield "a pod mounts the token of its account"
        if accounts.get(account, {}).get("automountServiceAccountToken") is not False:
            yield f"the account {account} is not in this overlay, or mounts its token"


def no_secret(objects: Objects) -> Iterator[str]:
    """No Secret is in git; the cluster or a secret store makes it."""
    yield from (f"there is a Secret {name(found)}" for found in of(objects, "Secret"))


def resources(objects: Objects) -> Iterator[str]:
    """Every container asks for cpu, memory and ephemeral-storage, and is limited in each."""
    for _, container in containers(objects):
        for kind in ("requests", "limits"):
            given = container.get("resources", {}).get(kind, {})
            for missing in sorted({"cpu", "memory", "ephemeral-storage"} - set(given)):
                yield f"container {container['name']} has no {kind} of {missing}"


def _volumes(pod: Object) -> Objects:
    return list(pod["spec"].get("volumes", []))


def _mounts(pod: Object) -> Objects:
    return [it for one in pod["spec"]["containers"] for it in one.get("volumeMounts", [])]


RULES = (model_by_digest, no_latest, security, volumes, no_token, no_secret, resources)
