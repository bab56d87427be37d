"""Runs TensorFlow Serving in a container, with the staged model mounted read-only."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import tree_files
from mainline.serving.client import RestClient
from mainline.serving.served import Served

START_SECONDS = 60.0


def command(engine: str, image: str, served: Served, container: str) -> list[str]:
    """The container engine's command line: read-only, no privileges, ports on one address."""
    target = f"/models/{served.name}/{served.version}"
    # Run as the owner of the files; in rootless Podman that is the container's root.
    user = [] if engine == "podman" else ["--user", f"{os.getuid()}:{os.getgid()}"]
    return [
        engine,
        "run",
        "--rm",
        *("--name", container),
        *user,
        *("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *("--security-opt", "label=disable"),  # SELinux: do not relabel the repository's files
        *("--mount", f"type=bind,source={served.directory.resolve()},target={target},readonly"),
        *("--publish", f"{served.host}:{served.grpc_port}:8500"),
        *("--publish", f"{served.host}:{served.rest_port}:8501"),
        *(
            "--entrypoint",
            "tensorflow_model_server",
        ),  # the image's entrypoint is a shell without exec
        image,
        "--port=8500",
        "--rest_api_port=8501",
        f"--model_name={served.name}",
        f"--model_base_path=/models/{served.name}",
        "--enable_grpc_healthcheck_service=true",
        "--enable_profiler=false",
        "--max_num_load_retries=0",
        f"--grpc_channel_arguments={served.channel_arguments}",
    ]


@contextmanager
def running(engine: str, image: str, served: Served) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the server during the block. Yields its process when it is ready.

    Raises MainlineError when it ends early, or is not ready in time.
    """
    container = f"serve-{served.name.lower().strip('._-')}-{os.getpid()}"
    with _without_links(served) as plain:
        process = subprocess.Popen(
            command(engine, image, plain, container), start_new_session=True
        )  # in its own session, so that Ctrl-C only reaches us; we then stop it
        try:
            _wait(process, served)
            yield process
        finally:
            # The server ignores SIGTERM, as it is its container's first process; so kill it.
            subprocess.run([engine, "kill", container], capture_output=True, check=False)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: "subprocess.Popen[bytes]", served: Served) -> None:
    until = time.monotonic() + START_SECONDS
    with closing(RestClient(served.rest, served.name)) as client:
        while time.monotonic() < until:
            if process.poll() is not None:
                raise MainlineError("the server's container ended; see its output above.")
            try:
                if served.version in client.versions():
                    return
            except MainlineError:
                pass
            time.sleep(0.2)
    raise MainlineError(f"the server's container was not ready within {START_SECONDS:.0f} s.")


@contextmanager
def _without_links(served: Served) -> Iterator[Served]:
    """Copy the model if it has links into DVC's cache, which do not work in a container."""
    if not any((served.directory / name).is_symlink() for name in tree_files(served.directory)):
        yield served
        return
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "model"
        shutil.copytree(served.directory, copy)
        yield replace(served, directory=copy)
