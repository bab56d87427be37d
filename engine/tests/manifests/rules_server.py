"""What the model server is told, and how it starts and ends. Each rule yields what is wrong."""

from collections.abc import Iterator

from objects import Objects, containers, cores, flags, of, seconds, servers

# Of tensorflow_model_server 2.20: it prints usage for a flag that it does not know, and goes on.
FLAGS = {
    "enable_grpc_healthcheck_service",
    "enable_profiler",
    "grpc_channel_arguments",
    "grpc_max_threads",
    "max_num_load_retries",
    "model_base_path",
    "model_name",
    "monitoring_config_file",
    "port",
    "rest_api_num_threads",
    "rest_api_port",
    "tensorflow_inter_op_parallelism",
    "tensorflow_intra_op_parallelism",
}


def probes(objects: Objects) -> Iterator[str]:
    """Start, readiness and liveness are asked by gRPC, each in its own time."""
    for _, container in servers(objects):
        found = {
            name: container.get(f"{name}Probe") for name in ("startup", "readiness", "liveness")
        }
        port = int(flags(container)["port"])
        for name, probe in found.items():
            if not probe or probe.get("grpc") != {"port": port}:
                yield f"{name} is not asked by gRPC on {port}"
                return
        if flags(container).get("enable_grpc_healthcheck_service") != "true":
            yield "the health service is off"
        if not seconds(found["readiness"]) < seconds(found["liveness"]) < seconds(found["startup"]):
            yield "readiness gives up before liveness, and that before the start"


def channel(container: dict) -> dict[str, str]:
    """What gRPC itself is told, by name."""
    given = flags(container).get("grpc_channel_arguments", "")
    return dict(pair.split("=", 1) for pair in given.split(",") if pair)


def shutdown(objects: Objects) -> Iterator[str]:
    """The server ignores SIGTERM: it sleeps while traffic leaves, and is killed at once."""
    for pod, container in servers(objects):
        sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if not 5 <= sleep < pod.get("terminationGracePeriodSeconds", 30) <= sleep + 5:
            yield "preStop sleeps at least 5 s, and the grace ends shortly after it"
        # Ages vary by a tenth, and the endpoint takes a moment to go.
        aged = 1.1 * int(channel(container).get("grpc.max_connection_age_ms", 10**9)) / 1e3 + 2
        if not 4 < aged < pod.get("terminationGracePeriodSeconds", 30):
            yield f"callers may stay connected for {aged:g} s"
        if container.get("command") != ["/usr/bin/tensorflow_model_server"]:
            yield "the binary is called through something else"


def server_flags(objects: Objects) -> Iterator[str]:
    """Known flags only, closed doors, one attempt, and a monitoring file that is there."""
    for pod, container in servers(objects):
        given = flags(container)
        yield from (f"unknown flag {name}" for name in given.keys() - FLAGS)
        if given.get("enable_profiler") != "false":
            yield "the profiler is on"
        if given.get("max_num_load_retries") != "0":
            yield "a model that does not load is retried"
        file = given.get("monitoring_config_file", "")
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        names = {volume["name"]: volume.get("configMap", {}) for volume in pod["volumes"]}
        wanted = names.get(mounts.get(file.rpartition("/")[0]), {}).get("name")
        maps = {found["metadata"]["name"]: found["data"] for found in of(objects, "ConfigMap")}
        if file.rpartition("/")[2] not in maps.get(wanted, {}):
            yield f"{file} is in no ConfigMap"


def threads(objects: Objects) -> Iterator[str]:
    """Threads come from the container's own limit, not from the node's cores."""
    for _, container in servers(objects):
        given = flags(container)
        limit = cores(container["resources"]["limits"]["cpu"])
        source = {it["name"]: it.get("valueFrom", {}) for it in container["env"]}.get("CPU_LIMIT")
        if (source or {}).get("resourceFieldRef", {}).get("resource") != "limits.cpu":
            yield "CPU_LIMIT is not the limit"
        for name in ("tensorflow_intra_op_parallelism", "tensorflow_inter_op_parallelism"):
            if given.get(name) != "$(CPU_LIMIT)":
                yield f"{name} is not the limit"
        if int(given.get("grpc_max_threads", 0)) < 16 * limit:
            yield f"fewer than 16 gRPC threads a core of {limit:g}"
        if int(given.get("rest_api_num_threads", 0)) < 4 * limit:
            yield f"fewer than 4 REST threads a core of {limit:g}"


def model_name(objects: Objects) -> Iterator[str]:
    """The server looks where the image holds its model."""
    for pod, container in servers(objects):
        volume = next((it["name"] for it in pod["volumes"] if "image" in it), None)
        places = [it["mountPath"] for it in container["volumeMounts"] if it["name"] == volume]
        base = flags(container).get("model_base_path")
        if [base] != [f"{place}/models/$(MODEL_NAME)" for place in places]:
            yield f"{base} is not in the model image, mounted at {places}"
        if flags(container).get("model_name") != "$(MODEL_NAME)":
            yield "the model's name is not the release's"


def resources(objects: Objects) -> Iterator[str]:
    for _, container in containers(objects):
        for kind in ("requests", "limits"):
            missing = {"cpu", "memory", "ephemeral-storage"} - set(
                container.get("resources", {}).get(kind, {})
            )
            if missing:
                yield f"{container['name']}: no {kind} of {sorted(missing)}"


RULES = [probes, shutdown, server_flags, threads, model_name, resources]
