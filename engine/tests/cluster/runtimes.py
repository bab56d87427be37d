"""Two ways to run a pod's container on this machine: bubblewrap, and an image with Podman."""

import re
import shutil
import sys
from pathlib import Path

from pods import ROOT, Container

from mainline.check.dockerfile import stages

HIDDEN = ("dev", "proc", "tmp", "workspace")
LIMITS = ("nofile=4096:4096", "nproc=4096:4096")  # Podman's own may be above this machine's


def tool(name: str) -> str:
    """Its path. A missing tool fails the test, as nothing else shows that the pods work."""
    found = shutil.which(name)
    assert found, (
        f"this test needs {name}: `apt-get install {'bubblewrap' if name == 'bwrap' else name}`"
    )
    return found


def of_image() -> dict[str, str]:
    """The environment that the Dockerfile sets."""
    text = (ROOT / "Dockerfile").read_text()
    values = " ".join(stages(text)["runtime"].all("ENV"))
    return dict(re.findall(r"(\w+)=(\S+)", values))


def in_sandbox(container: Container) -> list[str]:
    """With this environment's Python: a read-only root, the pod's user, no rights, no other files.

    The user is that of a user namespace, so nothing of this needs root.
    """
    environment = of_image() | container.environment
    del environment["PYTHONPATH"]  # of the image: the engine and the project's package
    environment["PATH"] = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    command = [tool("bwrap"), "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"]
    command += ["--uid", str(container.user), "--gid", str(container.group)]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--tmpfs", "/"]
    for path in sorted(Path("/").iterdir()):
        if path.is_symlink():
            command += ["--symlink", str(path.readlink()), str(path)]
        elif path.name not in HIDDEN:
            command += ["--ro-bind", str(path), str(path)]
    command += ["--dev", "/dev", "--proc", "/proc"]
    for path, folder in container.mounts.items():
        command += ["--bind", str(folder), path]
    command += ["--remount-ro", "/", "--chdir", container.directory, "--clearenv"]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    return [*command, "--", *container.command]


class Image:
    """In an image that was built before, on this machine's network."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, container: Container) -> list[str]:
        command = [tool("podman"), "--runtime", "runc", "--cgroup-manager", "cgroupfs", "run"]
        command += [
            "--rm",
            "--pull=never",
            "--network=host",
            "--read-only",
            "--read-only-tmpfs=false",
        ]
        command += ["--cap-drop=all", "--security-opt=no-new-privileges"]
        command += [f"--user={container.user}:{container.group}"]
        command += [f"--workdir={container.directory}"]
        command += [f"--ulimit={limit}" for limit in LIMITS]
        command += [f"--volume={folder}:{path}" for path, folder in container.mounts.items()]
        command += [f"--env={name}={value}" for name, value in container.environment.items()]
        first, *rest = container.command
        return [*command, f"--entrypoint={first}", self.name, *rest]
