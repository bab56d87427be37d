"""Arguments, start and end of the model server. Each rule yields what it finds wrong."""

from collections.abc import Iterator

from mainline.check.manifests import Object, Objects, cores, flags, name, of, seconds, servers

# Of tensorflow_model_server 2.20: for a flag that it does not know it prints usage, and goes on.
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
    """Probes ask by gRPC; readiness fails before liveness, and liveness before the start."""
    for _, container in servers(objects):
        names = ("startup", "readiness", "liveness")
        found = {it: container.get(f"{it}Probe") or {} for it in names}
        port = int(flags(container)["port"])
        wrong = [it for it in names if found[it].get("grpc") != {"port": port}]
        yield from (f"{it}Probe does not ask by gRPC on {port}" for it in wrong)
        if flags(container).get("enable_grpc_healthcheck_service") != "true":
            yield "enable_grpc_healthcheck_service is not true"
        if wrong:
            return
        lasts = [seconds(found[it]) for it in ("readiness", "liveness", "startup")]
        if not lasts[0] < lasts[1] < lasts[2]:
            yield f"readiness, liveness and start fail after {lasts} seconds"


def shutdown(objects: Objects) -> Iterator[str]:
    """The server sleeps 5 s or more before it ends, gRPC connections end before, the grace soon."""
    for pod, container in servers(objects):
        sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        grace = pod.get("terminationGracePeriodSeconds", 30)
        if not 5 <= sleep < grace <= sleep + 5:
            yield f"preStop sleeps {sleep} s and the grace is {grace} s"
        # Ages vary by a tenth, and the endpoint takes a moment to go.
        aged = 1.1 * int(_channel(container).get("grpc.max_connection_age_ms", 10**9)) / 1e3 + 2
        if not 4 < aged < grace:
            yield f"gRPC connections end after {aged:g} s, the grace after {grace} s"
        if container.get("command") != ["/usr/bin/tensorflow_model_server"]:
            yield f"the server is started by {container.get('command')}"


def _channel(container: Object) -> dict[str, str]:
    """The arguments of gRPC itself, by name."""
    given = flags(container).get("grpc_channel_arguments", "")
    return dict(pair.split("=", 1) for pair in given.split(",") if pair)


def server_flags(objects: Objects) -> Iterator[str]:
    """Flags are known, the profiler is off, a model loads at once, the monitoring file exists."""
    for pod, container in servers(objects):
        given = flags(container)
        yield from (f"the server knows no flag {it}" for it in sorted(given.keys() - FLAGS))
        for flag, value in (("enable_profiler", "false"), ("max_num_load_retries", "0")):
            if given.get(flag) != value:
                yield f"{flag} is {given.get(flag)}, not {value}"
        file = given.get("monitoring_config_file", "")
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        maps = {volume["name"]: volume.get("configMap", {}) for volume in pod["volumes"]}
        wanted = maps.get(mounts.get(file.rpartition("/")[0], ""), {}).get("name")
        there = {name(found): found["data"] for found in of(objects, "ConfigMap")}
        if file.rpartition("/")[2] not in there.get(wanted, {}):
            yield f"monitoring_config_file {file} is in no ConfigMap"


def threads(objects: Objects) -> Iterator[str]:
    """Threads follow the container's CPU limit: 16 for gRPC and 4 for REST a core, or more."""
    for _, container in servers(objects):
        given = flags(container)
        limit = cores(container["resources"]["limits"]["cpu"])
        source = {it["name"]: it.get("valueFrom", {}) for it in container["env"]}
        if source.get("CPU_LIMIT", {}).get("resourceFieldRef", {}).get("resource") != "limits.cpu":
            yield "CPU_LIMIT does not come from limits.cpu"
        for flag in ("tensorflow_intra_op_parallelism", "tensorflow_inter_op_parallelism"):
            if given.get(flag) != "$(CPU_LIMIT)":
                yield f"{flag} is {given.get(flag)}, not $(CPU_LIMIT)"
        for flag, least in (("grpc_max_threads", 16 * limit), ("rest_api_num_threads", 4 * limit)):
            if int(given.get(flag, 0)) < least:
                yield f"{flag} is {given.get(flag)} for a limit of {limit:g} cores"


def model_name(objects: Objects) -> Iterator[str]:
    """The server reads /models/$(MODEL_NAME) of the model image and serves it by that name."""
    for pod, container in servers(objects):
        volume = next((it["name"] for it in pod["volumes"] if "image" in it), None)
        places = [it["mountPath"] for it in container["volumeMounts"] if it["name"] == volume]
        base = flags(container).get("model_base_path")
        if [base] != [f"{place}/models/$(MODEL_NAME)" for place in places]:
            yield f"model_base_path is {base}, and the model image is mounted at {places}"
        if flags(container).get("model_name") != "$(MODEL_NAME)":
            yield f"model_name is {flags(container).get('model_name')}"


RULES = (probes, shutdown, server_flags, threads, model_name)
