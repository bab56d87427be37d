"""The image of the gateway: what it imports is in it, and it stays small."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import grimp
import pyarrow.parquet as pq
import pytest
import yaml
from packaging.requirements import Requirement

from mainline.check.dockerfile import stages
from mainline.cli.commands import COMMANDS

ROOT = Path(__file__).parents[3]
ENTRIES = ("mainline.gateway", "mainline.request_log", "mainline.cli.main")
PODMAN = ("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs")
RUN = (*PODMAN, "run", "--rm", "--pull=never", "--network=none", "--read-only", "--cap-drop=all")
RUN += (
    "--ulimit=nofile=4096:4096",
    "--ulimit=nproc=4096:4096",
)  # Podman's may be above this machine's


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> set[str]:
    """The packages that the Dockerfile takes from the locks."""
    runs = stages((ROOT / "Dockerfile").read_text())["gateway-venv"].all("RUN")
    [install] = [run for run in runs if "--require-hashes" in run]
    [listed] = re.findall(r"awk '/\^\(([^)]+)\)==/", install)
    return {it.strip() for it in listed.split("|")}


def imported() -> set[str]:
    """Packages that the gateway, the log and the command line import, also within functions."""
    graph = grimp.build_graph("mainline", include_external_packages=True, cache_dir=None)
    names = [it for it in graph.modules if it.startswith(ENTRIES)]
    assert {it.split(".")[1] for it in names} == {"gateway", "request_log", "cli"}
    loaded = set(names).union(*(graph.find_upstream_modules(name) for name in names))
    outside = {it for it in loaded if graph.is_module_squashed(it)} - sys.stdlib_module_names
    made_by = packages_distributions()
    # `google` is the name of several packages; protobuf alone is imported of them.
    return {"protobuf" if it == "google" else canonical(made_by[it][0]) for it in outside}


def needed(packages: set[str]) -> set[str]:
    """These and what they require on this machine, without their extras."""
    found: set[str] = set()
    while packages - found:
        name = min(packages - found)
        found.add(name)
        given = map(Requirement, requires(name) or [])
        here = [it for it in given if it.marker is None or it.marker.evaluate({"extra": ""})]
        packages = packages | {canonical(it.name) for it in here}
    return found


def test_what_the_gateway_imports_is_what_the_image_holds():
    assert needed(imported()) == installed()


def test_each_package_is_in_one_of_the_two_locks():
    texts = [(ROOT / f"requirements/{it}.txt").read_text() for it in ("train", "run")]
    for name in installed():
        assert sum(f"\n{name}==" in text for text in texts) == 1, name


@pytest.fixture
def image() -> str:
    name = os.environ.get("MAINLINE_TEST_GATEWAY", "")
    assert name, "MAINLINE_TEST_GATEWAY names no image: `make image TARGET=gateway` builds one"
    return name


def podman(*command: str) -> subprocess.CompletedProcess[str]:
    # Podman stops where that folder, of a user without a login, is empty.
    environment = {key: it for key, it in os.environ.items() if key != "DOCKER_CONFIG"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.image
def test_its_size(image):
    [found] = json.loads(podman(*PODMAN, "image", "inspect", image).stdout)
    assert found["Size"] <= COMMANDS["image-size"].options["--most"]["default"] * 10**6
    assert found["Config"]["User"] == "65534:65534"


@pytest.mark.image
@pytest.mark.parametrize("command", [["gateway", "--help"], ["log", "ship", "--help"]])
def test_its_commands_start_with_a_root_that_is_read_only(image, command):
    done = podman(*RUN, image, *command)
    assert done.returncode == 0, done.stderr
    assert "usage: mainline" in done.stdout


@pytest.mark.image
def test_every_module_of_it_is_imported(image):
    walk = (
        "import importlib, pkgutil, mainline.gateway as g, mainline.request_log as l\n"
        "for p in (g, l):\n"
        "    for it in pkgutil.iter_modules(p.__path__, p.__name__ + '.'):\n"
        "        importlib.import_module(it.name)\n"
        "import pyarrow.parquet, pyarrow.fs\n"
        "print(pyarrow.fs.S3FileSystem.__name__, pyarrow.fs.GcsFileSystem.__name__)"
    )
    done = podman(*RUN, "--entrypoint", "/venv/bin/python", image, "-c", walk)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "S3FileSystem GcsFileSystem\n"


@pytest.mark.image
def test_it_has_no_shell(image):
    assert podman(*RUN, "--entrypoint", "/bin/sh", image, "-c", "true").returncode != 0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def asked(port: int, path: str) -> int:
    """The status of an answer, as soon as somebody answers."""
    body = b'{"instances": [{}]}' if path.endswith(":predict") else None
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", body, timeout=5)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.1)
        else:
            return 200
    raise AssertionError(f"nothing answers on {port}")


@pytest.mark.image
def test_it_runs_as_its_pod_says_and_ships_what_it_logged(image, tmp_path):
    """Without a server behind it: the refusal is logged, and SIGTERM brings it to the store."""
    patch = yaml.safe_load((ROOT / "k8s/components/gateway/pod.yaml").read_text())
    [container] = [it["value"] for it in patch if it["path"].endswith("/containers/-")]
    ports = {name: free_port() for name in ("rest", "grpc", "metrics")}
    values = {"MODEL_NAME": "m", "DIGEST": "sha256:1", "STORE": "/store"}
    arguments = [re.sub(r"\$\((\w+)\)", lambda it: values[it[1]], it) for it in container["args"]]
    arguments += [f"--{name}-port={port}" for name, port in ports.items()]
    folders = {it["mountPath"]: tmp_path / it["name"] for it in container["volumeMounts"]}
    folders["/store"] = tmp_path / "store"
    for folder in folders.values():
        folder.mkdir()
        os.chown(folder, 65534, 65534)
    settings = ROOT / "k8s/settings/gateway/settings.yaml"
    (folders["/etc/gateway"] / "settings.yaml").write_text(settings.read_text())
    volumes = [f"--volume={folder}:{path}" for path, folder in folders.items()]
    first, *rest = container["command"]
    name = f"gateway-{ports['rest']}"
    start = [it.replace("--network=none", "--network=host") for it in RUN if it != "--rm"]
    start += ["--read-only-tmpfs=false", "--detach", f"--name={name}", f"--entrypoint={first}"]
    done = podman(*start, *volumes, image, *rest, *arguments)
    assert done.returncode == 0, done.stderr
    try:
        assert asked(ports["metrics"], "/healthz") == 200
        assert asked(ports["rest"], "/v1/models/m:predict") == 503
        while not (folders["/spool"] / "shipper.lock").exists():
            time.sleep(0.1)
    finally:
        podman(*PODMAN, "kill", "--signal", "TERM", name)
        podman(*PODMAN, "wait", name)
        said = podman(*PODMAN, "logs", name).stdout
        podman(*PODMAN, "rm", "--force", name)
    files = list(folders["/store"].rglob("*.parquet"))
    assert files, said
    [row] = pq.read_table(files[0]).to_pylist()
    assert (row["status"], row["arm"], row["version"]) == (503, "main", "")
