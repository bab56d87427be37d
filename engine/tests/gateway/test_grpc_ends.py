"""gRPC through the gateway where servers age, come back or drain."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from told_server import PREDICT, Server, answer, ask, holding, listening

from gateway_stand_in import Running, gateway
from mainline.core.errors import MainlineError
from mainline.gateway import grpc_proxy


def test_no_server_is_unavailable_and_one_that_is_back_answers():
    with listening(Server()) as first:
        port = first.port
    with gateway(f"127.0.0.1:{port}") as proxy:
        assert ask(proxy)[1] == "UNAVAILABLE"
        (logged,) = proxy.written.wait(1)
        assert (logged.status, logged.problem) == (14, "upstream unreachable")
        with listening(Server(), port):
            until = time.monotonic() + 5
            while ask(proxy)[1] != "OK":
                assert time.monotonic() < until
                time.sleep(0.1)


def test_a_server_whose_connections_age_fails_no_call():
    """As TensorFlow Serving's in the cluster do; the gateway connects anew."""
    young = [("grpc.max_connection_age_ms", 50), ("grpc.max_connection_age_grace_ms", 5000)]
    with (
        listening(Server(), options=young) as server,
        gateway(server.address) as proxy,
        grpc.insecure_channel(proxy.address) as channel,
    ):
        call, until = channel.unary_unary(PREDICT), time.monotonic() + 1.5
        while time.monotonic() < until:
            found = [each.result() for each in [call.future(b"q") for _ in range(8)]]
            assert found == [answer(7)] * 8


def test_a_port_in_use_is_one_line(server, capfd):
    async def twice():
        running = Running(server.address)
        async with grpc_proxy.serving(running.gateway, server.address, running.servers, 1):
            pass

    with pytest.raises(MainlineError, match=f"cannot listen on {server.address}") as wrong:
        asyncio.run(twice())
    assert "\n" not in str(wrong.value)
    assert not capfd.readouterr().err


def test_a_connection_ends_at_the_age_of_the_servers_in_the_cluster(server, monkeypatch):
    """So callers come to new pods. They connect anew: no call fails."""
    assert grpc_proxy.CHANNEL_ARGUMENTS == "grpc.max_connection_age_ms=10000"
    monkeypatch.setattr(grpc_proxy, "CHANNEL_ARGUMENTS", "grpc.max_connection_age_ms=100")
    seen = []
    with gateway(server.address) as proxy, grpc.insecure_channel(proxy.address) as channel:
        channel.subscribe(seen.append, try_to_connect=True)
        until = time.monotonic() + 5
        while grpc.ChannelConnectivity.IDLE not in seen[1:] and time.monotonic() < until:
            time.sleep(0.02)
        assert grpc.ChannelConnectivity.IDLE in seen[1:]
        for _ in range(10):
            assert channel.unary_unary(PREDICT)(b"", timeout=10) == answer(7)


@pytest.fixture
def healthy():
    server, servicer = grpc.server(ThreadPoolExecutor(4)), health.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    servicer.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
    server.start()
    yield servicer
    server.stop(0).wait()


def test_health_is_the_servers_and_not_serving_while_the_gateway_drains(healthy):
    with gateway(healthy.address) as proxy, grpc.insecure_channel(proxy.address) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        watch = stub.Watch(health_pb2.HealthCheckRequest(), timeout=30)
        assert next(watch).status == 2
        healthy.set("", health_pb2.HealthCheckResponse.SERVING)
        assert next(watch).status == 1
        assert stub.Check(health_pb2.HealthCheckRequest(), timeout=10).status == 1
        with pytest.raises(grpc.RpcError) as unknown:
            stub.Check(health_pb2.HealthCheckRequest(service="x"), timeout=10)
        assert unknown.value.code().name == "NOT_FOUND"
        proxy.drain()
        assert [each.status for each in watch] == [2]
        assert not proxy.written.exchanges


def test_draining_finishes_calls_under_way_and_accepts_no_more(server, proxy):
    entered = threading.Event()

    def behave(request, context):
        entered.set()
        time.sleep(0.5)
        return answer(7)

    server.behave = behave
    with grpc.insecure_channel(proxy.address) as channel:
        call = channel.unary_unary(PREDICT).future(b"", timeout=10)
        assert entered.wait(10)
        proxy.drain()
        assert call.result() == answer(7)
    proxy.stop()
    assert ask(proxy)[1] == "UNAVAILABLE"
    assert len(proxy.written.exchanges) == 1


def test_a_call_that_is_still_under_way_at_the_end_is_logged_with_what_its_caller_sees(server):
    entered, leave = holding(server)
    with (
        gateway(server.address, drain_seconds=0.3) as proxy,
        grpc.insecure_channel(proxy.address) as channel,
    ):
        call = channel.unary_unary(PREDICT).future(b"", timeout=10)
        assert entered.wait(10)
        proxy.stop()
        leave.set()
        assert call.exception().code() is grpc.StatusCode.UNAVAILABLE
    (logged,) = proxy.written.exchanges
    assert (logged.status, logged.problem) == (14, "gateway ended")
