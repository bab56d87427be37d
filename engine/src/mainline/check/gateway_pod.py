"""The gateway beside the server. Each rule yields what it finds wrong; without one, nothing."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import yaml

from mainline.check.manifests import (
    Object,
    Objects,
    flags,
    gateways,
    mebibytes,
    name,
    of,
    servers,
)
from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml

SETTINGS = "k8s/settings/gateway/settings.yaml"
SPOOL_MB, DRAIN_SECONDS, ROLL_MB = 1024, 20, 64  # without a setting
END = 4  # seconds beyond `drain_seconds` in which the last parts end
MARGIN = 2  # segments: the one that is written, the one that is shipped


def behind_gateway(objects: Objects) -> Iterator[str]:
    """The gateway asks the server at the ports that it listens on, inside the pod."""
    for pod, container in gateways(objects):
        given = flags(container)
        for inside in (it for _, it in servers([_alone(pod)])):
            told = flags(inside)
            for key, address in (
                ("upstream-grpc", f"127.0.0.1:{told['port']}"),
                ("upstream-rest", f"http://127.0.0.1:{told['rest_api_port']}"),
            ):
                if given.get(key) != address:
                    yield f"{key} is {given.get(key)}, and the server listens on {address}"
        wanted = {"grpc": {"port": int(given["grpc-port"])}}
        if {"grpc": container["readinessProbe"].get("grpc")} != wanted:
            yield "readinessProbe does not ask the server through the gateway"
        for probe in ("startupProbe", "livenessProbe"):
            if container[probe].get("httpGet", {}).get("path") != "/healthz":
                yield f"{probe} does not ask the gateway alone, at /healthz"


def gateway_drains(objects: Objects) -> Iterator[str]:
    """A pod that ends waits until no caller knows it, then ships its log; its server ends last."""
    for pod, container in gateways(objects):
        sleep, grace = _sleep(container), pod.get("terminationGracePeriodSeconds", 30)
        drain = log_settings(objects, pod).get("drain_seconds", DRAIN_SECONDS)
        if sleep < 5:
            yield f"preStop sleeps {sleep} s"
        if sleep + drain + END > grace:
            yield f"preStop sleeps {sleep} s, the log has {drain} s, and the grace is {grace} s"
        for inside in (it for _, it in servers([_alone(pod)])):
            if _sleep(inside) < sleep + drain:
                yield f"the server ends after {_sleep(inside)} s, before the gateway"


def gateway_settings(objects: Objects) -> Iterator[str]:
    """The settings are those that the gateway knows. A light environment cannot tell."""
    if find_spec("pydantic") is None:
        return
    from mainline.core.config import parse  # noqa: PLC0415
    from mainline.request_log.settings import GatewaySettings  # noqa: PLC0415

    for pod, _ in gateways(objects):
        try:
            values = read_yaml(_text(objects, pod), name=SETTINGS)
            parse(GatewaySettings, values, name=SETTINGS)
        except MainlineError as error:
            yield str(error).rstrip(".")


def gateway_spool(objects: Objects) -> Iterator[str]:
    """The spool is a volume with room for `spool_mb` of the settings and two segments more."""
    for pod, container in gateways(objects):
        mounts = {it["mountPath"]: it["name"] for it in container["volumeMounts"]}
        volume = _volume(pod, mounts.get(flags(container).get("spool", "")))
        log = log_settings(objects, pod)
        needed = log.get("spool_mb", SPOOL_MB) + MARGIN * log.get("roll_mb", ROLL_MB)
        if "persistentVolumeClaim" in volume:
            continue
        size = volume.get("emptyDir", {}).get("sizeLimit", "0Mi")
        if mebibytes(size) < needed:
            yield f"the spool's volume has {size}, and it may need {needed}Mi"


def gateway_store(objects: Objects) -> Iterator[str]:
    """The overlay names a store, and a policy lets the pods reach it."""
    for _, container in gateways(objects):
        maps = {name(it): it["data"] for it in of(objects, "ConfigMap")}
        given = [it["configMapRef"]["name"] for it in container["envFrom"] if "configMapRef" in it]
        store = next((maps[it]["STORE"] for it in given if "STORE" in maps.get(it, {})), "")
        if not store.startswith(("s3://", "gs://")):
            yield f"STORE is {store!r}, neither s3://BUCKET/PREFIX nor gs://BUCKET/PREFIX"
        policies = [it["spec"] for it in of(objects, "NetworkPolicy") if name(it) == "store"]
        if not any(spec.get("egress") for spec in policies):
            yield "no NetworkPolicy `store` opens a way to it"


def _alone(pod: Object) -> Object:
    return {"kind": "Pod", "spec": pod}


def _sleep(container: Object) -> int:
    prestop = container.get("lifecycle", {}).get("preStop", {})
    return int(prestop.get("sleep", {}).get("seconds", 0))


def _volume(pod: Object, wanted: str | None) -> Object:
    return next((it for it in pod["volumes"] if it["name"] == wanted), {})


def _text(objects: Objects, pod: Object) -> str:
    """The settings that the pod mounts."""
    wanted = _volume(pod, "gateway")["configMap"]["name"]
    maps = (it for it in of(objects, "ConfigMap") if name(it) == wanted)
    return str(next(maps)["data"]["settings.yaml"])


def log_settings(objects: Objects, pod: Object) -> dict[str, Any]:
    """The section `log` of the settings that the pod mounts."""
    return dict((yaml.safe_load(_text(objects, pod)) or {}).get("log") or {})


RULES = (gateway_settings, behind_gateway, gateway_drains, gateway_spool, gateway_store)
