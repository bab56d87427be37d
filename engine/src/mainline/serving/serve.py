"""The command `serve`: serves staging's model on this machine."""

import importlib
import json
import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.progress import say
from mainline.k8s.server_image import server_image
from mainline.packaging.settings import operations
from mainline.process.imports import hushed
from mainline.serving import container
from mainline.serving import container_engine as engine
from mainline.serving.fronted import LOG, Check, behind, fronted
from mainline.serving.served import LOOPBACK, Served
from mainline.serving.staged import golden, staged_model

EMBEDDED = "embedded"
LOOK = 0.5  # seconds between checks of other processes


def run(
    root: Path,
    *,
    using: str,
    image: str | None,
    host: str,
    grpc_port: int,
    rest_port: int,
    grpc_channel_arguments: str,
    without_gateway: bool,
) -> None:
    """Serve until Ctrl-C or SIGTERM, with the gateway in front.

    `using` is `docker`, `podman`, `embedded`, or `auto` for the first of them that can be used.
    Without `image` an engine runs the one that k8s/settings names.
    Raises MainlineError when what is asked for cannot be had, or the server ends by itself.
    """
    release, directory = staged_model(root)
    asked = Served(
        directory,
        release.name,
        int(release.version),
        host,
        grpc_port,
        rest_port,
        grpc_channel_arguments,
        operations(root),
    )
    chosen, image = _chosen(root, using, image)
    if host != LOOPBACK:
        say("serve", f"{host} is reachable from other machines: they can use the model")
    server = asked if without_gateway else behind(asked)
    gateway = nullcontext(_well) if without_gateway else fronted(asked, server, release.digest)
    with _stopping() as stop, _running(chosen, image, server) as (about, check), gateway as front:
        _tell(asked, about)
        if not without_gateway:
            say("serve", f"each answer is in {LOG}/ soon; `mainline log show` shows the last ones")
        while not stop.wait(LOOK):
            check()
            front()
    say("serve", "stopped")


def _well() -> None:
    """Of what cannot end by itself."""


def _chosen(root: Path, using: str, image: str | None) -> tuple[str, str]:
    """An engine and its image, pulled if necessary; or `embedded` and no image."""
    if using == "auto":
        found, why = engine.choose()
        if found is None:
            say("serve", f"{why}: using the embedded development server")
            return EMBEDDED, ""
        try:
            return found, _get(found, image or server_image(root))
        except MainlineError as error:
            say("serve", f"{error} Using the embedded development server.")
            return EMBEDDED, ""
    if using == EMBEDDED:
        return EMBEDDED, ""
    if not engine.usable(using):
        raise MainlineError(f"{using} does not answer; start it, or use `--with {EMBEDDED}`.")
    return using, _get(using, image or server_image(root))


def _get(chosen: str, image: str) -> str:
    """Pull an image that the engine does not have yet. Returns its name."""
    if not engine.has_image(chosen, image):
        say("serve", f"{chosen} pulls {image}, once (`--with {EMBEDDED}` needs no image)")
        engine.pull(chosen, image)
    return image


@contextmanager
def _running(chosen: str, image: str, asked: Served) -> Iterator[tuple[str, Check]]:
    """Run the server during the block. Yields what it is, and a check that it still runs."""
    if chosen == EMBEDDED:
        with hushed():  # imports TensorFlow, only needed here
            embedded = importlib.import_module("mainline.serving.embedded")
        with embedded.serving(asked):
            yield "embedded development server, not for production", _well
        return
    _check(asked)
    say("serve", f"{chosen} starts {image}; its own log follows")
    with container.running(chosen, image, asked) as process:

        def check() -> None:
            if process.poll() is not None:
                raise MainlineError("the server's container ended; see its output above.")

        yield f"TensorFlow Serving in {chosen}", check


def _check(asked: Served) -> None:
    """Raises MainlineError when the container's server must not load the model."""
    with hushed():  # imports TensorFlow
        loaded = importlib.import_module("mainline.packaging.loaded")
    with loaded.checked(asked.directory, asked.operations):
        pass


def _tell(served: Served, what: str) -> None:
    """Print the addresses, and an example request that works."""
    rows = golden(served.directory).rows
    row = shlex.quote(json.dumps({"instances": rows[:1]}, ensure_ascii=False))
    say("serve", f"{served.name} version {served.version}: {what}")
    say("serve", f"REST {served.rest}/v1/models/{served.name}, gRPC {served.grpc}; Ctrl-C ends it")
    say("serve", f"try: curl -d {row} {served.rest}/v1/models/{served.name}:predict")


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Yields an event that Ctrl-C and SIGTERM set, so that both end the server cleanly."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
