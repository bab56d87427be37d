"""The cluster of KUBECONFIG, asked and told through kubectl."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import yaml

Object = dict[str, Any]
Found = TypeVar("Found")
MANAGER = "tests"


class RefusedError(Exception):
    """What kubectl or the API server said."""


class LateError(AssertionError):
    """What was waited for did not come."""


def run(*arguments: str, stdin: str | None = None) -> str:
    """What kubectl prints. Raises RefusedError with its errors."""
    done = subprocess.run(
        ["kubectl", *arguments], input=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RefusedError(done.stderr.strip())
    return done.stdout


def says(*arguments: str) -> str:
    """What kubectl prints, also where it exits with 1 as an answer."""
    done = subprocess.run(["kubectl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def reachable() -> None:
    """Raise RefusedError unless KUBECONFIG names a cluster that answers."""
    if not shutil.which("kubectl"):
        raise RefusedError("kubectl is not on PATH (https://kubernetes.io/docs/tasks/tools)")
    if not os.environ.get("KUBECONFIG"):
        raise RefusedError("KUBECONFIG is not set. Let it name a throw-away cluster's file.")
    run("get", "--raw=/readyz", "--request-timeout=10s")


def served(version: str, kinds: Iterable[str]) -> None:
    """Raise RefusedError unless the API server knows these kinds."""
    try:
        found = json.loads(run("get", f"--raw=/apis/{version}"))["resources"]
    except RefusedError:  # none of them
        found = []
    if missing := sorted(set(kinds) - {one["name"] for one in found}):
        raise RefusedError(
            f"it lacks {', '.join(missing)} of {version}: install Argo CD and Workflows, and the "
            "kinds of the Prometheus operator"
        )


def apply(objects: Iterable[Object], *options: str) -> str:
    """Apply on the server's side; an unknown field is an error."""
    return run(
        *("apply", "--server-side", "--validate=strict", f"--field-manager={MANAGER}"),
        *(*options, "--filename=-"),
        stdin=yaml.safe_dump_all(objects),
    )


def create(made: Object) -> Object:
    return json.loads(
        run("create", "--output=json", "--filename=-", stdin=json.dumps(made)) or "{}"
    )


def get(kind: str, name: str, namespace: str | None = None) -> Object:
    return json.loads(run("get", kind, name, *_in(namespace), "--output=json"))


def find(kind: str, namespace: str | None = None, selector: str = "") -> list[Object]:
    chosen = [f"--selector={selector}"] if selector else []
    return json.loads(run("get", kind, *_in(namespace), *chosen, "--output=json"))["items"]


def patch(kind: str, name: str, namespace: str, change: Object, *options: str) -> None:
    """Merge `change`; lists are replaced."""
    told = ("--type=merge", f"--patch={json.dumps(change)}", *options)
    run("patch", kind, name, *_in(namespace), *told)


def delete(kind: str, *names: str, namespace: str | None = None, wait: bool = False) -> None:
    run(
        "delete", kind, *names, *_in(namespace), "--ignore-not-found", f"--wait={str(wait).lower()}"
    )


def until(what: str, look: Callable[[], Found], seconds: float = 30) -> Found:
    """What `look` finds, as soon as that is something. Raises LateError after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > end:
            raise LateError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.3)
    return found


def _in(namespace: str | None) -> list[str]:
    return [f"--namespace={namespace}"] if namespace else []
