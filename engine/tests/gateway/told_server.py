"""A gRPC server that does as a test tells it, and a client that sees all of an answer."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc

from mainline.request_log import messages

PREDICT = "/tensorflow.serving.PredictionService/Predict"


def answer(version):
    made = messages.PredictResponse()
    made.model_spec.version.value = version
    made.outputs["score"].float_val.append(0.5)
    return made.SerializeToString()


class Server(grpc.GenericRpcHandler):
    """Answers each method by `behave(request, context)`, and keeps what it got."""

    def __init__(self, version=7):
        self.behave = lambda request, context: answer(version)
        self.asked = []
        self.cancelled = threading.Event()

    def service(self, details):
        def handle(request, context):
            self.asked.append(
                (details.method, request, context.invocation_metadata(), context.time_remaining())
            )
            context.add_callback(lambda: context.is_active() or self.cancelled.set())
            return self.behave(request, context)

        return grpc.unary_unary_rpc_method_handler(handle)


def holding(server):
    """Let the server hold each call. Returns what a call sets, and what lets it go."""
    entered, leave = threading.Event(), threading.Event()

    def behave(request, context):
        entered.set()
        leave.wait(20)
        return answer(7)

    server.behave = behave
    return entered, leave


@contextmanager
def listening(handler, port=0, options=()):
    server = grpc.server(
        ThreadPoolExecutor(8),
        options=[("grpc.max_receive_message_length", -1), ("grpc.so_reuseport", 0), *options],
    )
    server.add_generic_rpc_handlers([handler])
    if isinstance(handler, Server):
        handler.port = server.add_insecure_port(f"127.0.0.1:{port}")
        handler.address = f"127.0.0.1:{handler.port}"
    server.start()
    try:
        yield handler
    finally:
        server.stop(0).wait()


def ask(running, body=b"body", method=PREDICT, metadata=(), timeout=10, **options):
    """Answer, code, details, and both metadata as dictionaries."""
    most = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
    with grpc.insecure_channel(running.address, options=most) as channel:
        call = channel.unary_unary(method)
        try:
            found, done = call.with_call(body, timeout=timeout, metadata=metadata, **options)
        except grpc.RpcError as error:
            found, done = b"", error
        return (
            found,
            done.code().name,
            done.details(),
            dict(done.initial_metadata() or ()),
            dict(done.trailing_metadata() or ()),
        )
