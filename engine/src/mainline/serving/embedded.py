"""The development server: one model, REST and gRPC, in this process."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from mainline.process.imports import hushed
from mainline.serving import ports, rest, warm_up
from mainline.serving.grpc_server import GrpcServer
from mainline.serving.http_thread import HttpThread
from mainline.serving.model import ServedModel
from mainline.serving.options import parsed
from mainline.serving.served import Served


@contextmanager
def serving(asked: Served) -> Iterator[Served]:
    """Serve during the block. Yields the settings with the actual ports.

    The ports open when the model is loaded and its warm-up requests are answered. Raises
    MainlineError when it does not load or a port is in use.
    """
    model = ServedModel(asked.directory, asked.name, asked.version, asked.operations)
    try:
        warm_up.replay(model, asked.directory)
        with _grpc(asked, model) as grpc_port, _rest(asked, model) as rest_port:
            yield replace(asked, grpc_port=grpc_port, rest_port=rest_port)
    finally:
        model.close()


@contextmanager
def _grpc(asked: Served, model: ServedModel) -> Iterator[int]:
    server = None
    with hushed(), suppress(RuntimeError):  # gRPC would also log an error about the port
        arguments = parsed(asked.channel_arguments)
        server = GrpcServer(asked.host, asked.grpc_port, model, arguments)
    if server is None:
        raise ports.taken(asked.host, asked.grpc_port, "--grpc-port")
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def _rest(asked: Served, model: ServedModel) -> Iterator[int]:
    try:
        server = HttpThread((asked.host, asked.rest_port), partial(rest.answer, model))
    except OSError:
        raise ports.taken(asked.host, asked.rest_port, "--rest-port") from None
    try:
        yield server.port
    finally:
        server.stop()
