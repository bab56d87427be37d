"""Passes REST requests on to a model server: unchanged, checked, and logged."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from mainline.gateway.body_check import BodyCheck
from mainline.gateway.duplicate_keys import Verdict
from mainline.gateway.forwarded import answer_bytes, request_bytes
from mainline.gateway.gateway import CHALLENGER, ENDED, MAIN, SHADOW, UNREACHABLE, Gateway
from mainline.gateway.greeting import Greeting
from mainline.gateway.http_answer import Headers, rendered
from mainline.gateway.http_request import Request
from mainline.gateway.http_server import listening
from mainline.gateway.shadow import SECONDS
from mainline.gateway.silence import Silence
from mainline.gateway.targets import Target, target_of
from mainline.gateway.upstream import Pool, Reply, UpstreamError
from mainline.process.defects import say_defect
from mainline.request_log.exchange import Exchange
from mainline.request_log.request_id import request_id
from mainline.serving.bodies import Bounds
from mainline.serving.rest_paths import Answer, error

VERSION = b"x-model-version"
_VERDICTS = {
    Verdict.TWICE: (400, "duplicate key", "JSON Parse error: a key stands twice in one object"),
    Verdict.DEEP: (400, "nested too deeply", "JSON Parse error: nested too deeply"),
    Verdict.KEYS: (400, "too many keys", "JSON Parse error: too many keys in one object"),
    Verdict.DAMAGED: (400, "damaged gzip", "The gzip body is damaged, or not one whole stream"),
    Verdict.LARGE: (413, "body too large", "The unpacked body is too large"),
}
_EARLY = {408: "body late", 413: "body too large", 431: "head too large", 503: "too many requests"}


@dataclass(slots=True)
class Said:
    """What the headers of a request say."""

    request_id: str
    entity: str
    caller: str
    arm: str
    encoding: str
    origin: str


@dataclass(slots=True)
class Found:
    """What came of a request. `whole` is the answer's bytes, `body` its body."""

    whole: bytes
    status: int
    body: bytes
    problem: str = ""
    arm: str = MAIN
    version: str = ""


@asynccontextmanager
async def serving(
    gateway: Gateway,
    address: tuple[str, int],
    servers: dict[str, tuple[str, int]],
    drain_seconds: float,
) -> AsyncIterator[int]:
    """Pass requests on during the block. `servers` has an address for each arm.

    Yields the port. Raises MainlineError when the address cannot be used.
    """
    limits = gateway.settings.limits
    bounds = Bounds(
        body_bytes=limits.body_bytes,
        seconds=limits.seconds,
        connections=limits.connections,
        requests=limits.requests,
    )
    proxy = RestProxy(gateway, servers)
    keeping = asyncio.create_task(proxy.keep_signatures())
    try:
        refused = gateway.metrics.refused_connections.inc
        async with listening(address, proxy.answer, bounds, drain_seconds, refused) as port:
            yield port
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        proxy.close()


class RestProxy:
    """Answers one request after the other; all connections share it."""

    def __init__(self, gateway: Gateway, servers: dict[str, tuple[str, int]]) -> None:
        self._gateway, self._greeting = gateway, Greeting(gateway)
        self._pools = {arm: Pool(server, self._greeting) for arm, server in servers.items()}
        self._silence = Silence()  # the challenger's
        self._check = BodyCheck(gateway.settings.limits.body_bytes)
        headers = gateway.settings.headers
        self._id_header = headers.request.encode()
        named = (headers.request, headers.entity, headers.caller, headers.arm, "origin")
        self._names = [name.encode() for name in named]

    async def answer(self, request: Request) -> bytes:
        """The bytes of the answer. Raises nothing but CancelledError, when the gateway ends."""
        said = self._said(request)
        try:
            found = await self._found(request, said)
        except asyncio.CancelledError:
            ended = self._ours(request, said, error(503, "The gateway ended"), ENDED)
            self._counted(request, said, ended)
            raise
        except Exception as defect:  # a defect of ours must still be answered
            say_defect("gateway", defect)
            found = self._ours(request, said, error(500, "The gateway failed"), "gateway failed")
        self._counted(request, said, found)
        return found.whole

    async def keep_signatures(self) -> None:
        """Keep the signatures of all arms, until it is cancelled."""
        await asyncio.gather(
            *(self._greeting.all_kept(arm, pool) for arm, pool in self._pools.items())
        )

    def close(self) -> None:
        """Close the connections to the model servers, and end the check's process."""
        self._check.close()
        for pool in self._pools.values():
            pool.close()

    def _said(self, request: Request) -> Said:
        """Of a header that is given twice, the first counts, as over gRPC; of encodings, all."""
        said = dict.fromkeys(self._names, "")
        encodings = []
        for name, value in reversed(request.headers):
            lower = name.lower()
            if lower in said:
                said[lower] = value.decode("utf-8", "replace")
            elif lower == b"content-encoding":
                encodings.append(value.decode("utf-8", "replace"))
        identity, entity, caller, arm, origin = (said[name] for name in self._names)
        encoding = ", ".join(reversed(encodings))
        return Said(request_id(identity), entity, caller, arm, encoding, origin)

    async def _found(self, request: Request, said: Said) -> Found:
        if request.early is not None:
            problem = _EARLY.get(request.early.status, "not HTTP")
            return self._ours(request, said, request.early, problem)
        target = target_of(request.method, request.target.decode("latin-1"), said.origin)
        if target.refused is not None:
            return self._ours(request, said, target.refused, "not forwarded")
        arm = MAIN
        if request.method == "POST":
            packed = "gzip" in said.encoding.lower()
            verdict = await self._check.judged(request.body, packed=packed)
            if verdict is not Verdict.FINE:
                status, problem, message = _VERDICTS[verdict]
                return self._ours(request, said, error(status, message), problem)
            if not (target.version or target.label):  # the main server's, unknown to a challenger
                arm = self._gateway.routes.choose(said.entity, said.arm, said.request_id)
        return await self._passed_on(request, said, target, arm)

    async def _passed_on(self, request: Request, said: Said, target: Target, arm: str) -> Found:
        wire = request_bytes(request)
        checked = time.perf_counter() - request.started  # seconds
        try:
            reply, arm, problem = await self._asked(arm, wire)
        except UpstreamError as failed:
            answer = error(failed.status, str(failed))
            return self._ours(request, said, answer, _problem(failed, arm), arm)
        own_version = bool(target.version or target.label)
        copied = request.method == "POST" and not own_version
        if copied and self._gateway.routes.mirrors(said.request_id):
            self._gateway.shadow.offer(
                len(wire), partial(self._mirror, request, said, target, wire, checked)
            )
        version = self._version(target, reply)
        own = [(self._id_header, said.request_id.encode())]
        own += [(VERSION, version.encode())] if version else []
        whole = answer_bytes(reply, own, close=not request.keep)
        if reply.status == 200 and request.method == "POST":
            self._gateway.metrics.sample_scores(arm, reply.body)
        return Found(whole, reply.status, reply.body, problem, arm, version)

    async def _asked(self, arm: str, wire: bytes) -> tuple[Reply, str, str]:
        """The reply, who gave it, and a problem: the main server stands in for a challenger.

        A challenger that is silent is not asked for some seconds: each request would wait for it.
        """
        if arm == CHALLENGER:
            try:
                if self._silence.over:
                    async with asyncio.timeout(SECONDS):
                        reply = await self._pools[arm].ask(wire)
                    if reply.status != 503:
                        return reply, arm, ""
            except UpstreamError as failed:
                if failed.nothing:
                    self._silence.begin()
            except TimeoutError:
                self._silence.begin()
            return await self._pools[MAIN].ask(wire), MAIN, UNREACHABLE[CHALLENGER]
        return await self._pools[arm].ask(wire), arm, ""

    async def _mirror(
        self, request: Request, said: Said, target: Target, wire: bytes, checked: float
    ) -> None:
        """Ask the challenger, too; the answer goes into the log alone.

        Its latency has the seconds of the check as well, so that it compares with the main one's.
        """
        started = time.perf_counter() - checked
        copy = Request(time.time(), started, request.method, request.target)
        copy.body = request.body
        try:
            async with asyncio.timeout(SECONDS):
                reply = await self._pools[CHALLENGER].ask(wire)
            found = Found(b"", reply.status, reply.body, "", SHADOW, self._version(target, reply))
        except UpstreamError as failed:
            found = Found(b"", failed.status, b"", _problem(failed, SHADOW), SHADOW)
        except TimeoutError:
            found = Found(b"", 504, b"", "challenger late", SHADOW)
        if found.status == 200:
            self._gateway.metrics.sample_scores(SHADOW, found.body)
        self._written(copy, said, found)

    def _version(self, target: Target, reply: Reply) -> str:
        """The version that answered, if it can be told."""
        if target.model != self._gateway.name:
            return ""
        if target.version:
            return target.version if reply.status == 200 else ""
        return reply.version

    def _ours(
        self, request: Request, said: Said, answer: Answer, problem: str, arm: str = MAIN
    ) -> Found:
        own: Headers = [(self._id_header, said.request_id.encode())]
        body = request.method != "HEAD"
        whole = rendered(answer, own, close=not request.keep, body=body)
        return Found(whole, answer.status, answer.body, problem, arm)

    def _counted(self, request: Request, said: Said, found: Found) -> None:
        if request.method == "POST":
            self._written(request, said, found)
        else:
            self._gateway.metrics.passed("rest", found.arm, found.status, found.problem)

    def _written(self, request: Request, said: Said, found: Found) -> None:
        seconds = time.perf_counter() - request.started
        digests = self._gateway.digests
        self._gateway.written(
            Exchange(
                request.time,
                said.request_id,
                "rest",
                request.target.decode("latin-1"),
                found.arm,
                found.status,
                found.problem,
                seconds,
                found.version,
                digests.get(CHALLENGER if found.arm == SHADOW else found.arm, ""),
                said.entity,
                said.caller,
                said.encoding,
                request.body,
                found.body,
            )
        )


def _problem(failed: UpstreamError, arm: str) -> str:
    return UNREACHABLE[arm] if failed.unreachable else str(failed).lower()
