"""Passes gRPC calls on as bytes, and logs predictions and refusals."""

import asyncio
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import DecodeError

from mainline.gateway import grpc_health
from mainline.gateway.gateway import ENDED, SHADOW, UNREACHABLE, Gateway
from mainline.gateway.grpc_bodies import Bodies, NoBodyError
from mainline.gateway.grpc_metadata import Pairs, passed, text
from mainline.gateway.grpc_upstream import GrpcAnswer, GrpcUpstream
from mainline.gateway.metrics import SAMPLE_BYTES
from mainline.gateway.routes import CHALLENGER, MAIN
from mainline.gateway.shadow import SECONDS
from mainline.gateway.silence import Silence
from mainline.request_log import messages, tensors
from mainline.request_log.exchange import Exchange
from mainline.request_log.request_id import request_id

_PREDICTION = "/tensorflow.serving.PredictionService/"
PREDICTIONS = [f"{_PREDICTION}{name}" for name in ("Predict", "Classify", "Regress")]
QUESTIONS = [f"{_PREDICTION}GetModelMetadata", "/tensorflow.serving.ModelService/GetModelStatus"]
HELD = 4  # how many of the largest bodies the predictions of one time may hold
VERSION, SCORE = "x-model-version", "score"


@dataclass(slots=True)
class _Asked:
    """A call as it came, and `metadata` as it is passed on. `body` comes after the rest."""

    method: str
    metadata: Pairs
    request_id: str
    entity: str = ""
    caller: str = ""
    body: bytes = b""
    clock: float = field(default_factory=time.perf_counter)
    time: float = field(default_factory=time.time)


class GrpcCalls(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """The handlers. When the gateway ends, `health.draining` is set, and `ends` in the loop's time.

    Calls that are then under way are cancelled.
    """

    def __init__(self, gateway: Gateway, servers: Mapping[str, GrpcUpstream]) -> None:
        """`servers` has the main one, and a challenger if there is one."""
        self._bodies = Bodies(gateway.settings.limits.seconds)
        self.health = grpc_health.Health(servers[MAIN])
        self._gateway, self._servers = gateway, servers
        self._names = gateway.settings.headers
        self._silence = Silence()  # the challenger's
        self._calls = self._held = 0
        self.ends = math.inf
        # Without serializers a body is bytes. Of a stream, the handler says when it is read.
        one = grpc.stream_unary_rpc_method_handler
        self._handlers = {name: one(partial(self._predict, name)) for name in PREDICTIONS}
        self._handlers |= {name: one(partial(self._question, name)) for name in QUESTIONS}
        self._handlers[grpc_health.CHECK] = one(self.health.check)
        watch = grpc.stream_stream_rpc_method_handler(self.health.watch)
        self._handlers[grpc_health.WATCH] = watch

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a method. One that is not passed on is refused before its body is read."""
        name = handler_call_details.method
        refuse = grpc.stream_stream_rpc_method_handler
        return self._handlers.get(name) or refuse(partial(self._refuse, name))

    async def _predict(self, method: str, _: Any, context: Any) -> bytes:
        given = context.invocation_metadata()
        asked = self._asked(method, given)
        if self._calls >= self._gateway.settings.limits.requests:
            return await self._too_many(asked, context)
        self._calls += 1
        try:
            return await self._read(asked, text(given, self._names.arm), context)
        finally:
            self._calls -= 1

    async def _read(self, asked: _Asked, header: str, context: Any) -> bytes:
        """The answer to a call whose body is read now. `header` is the arm that it names."""
        try:
            asked.body = body = await self._bodies.read(context)
            asked.clock = time.perf_counter()  # as for a copy: without the body's way here
        except NoBodyError as missing:
            refused = _refusal(missing.code, str(missing))
            self._log(asked, MAIN, refused, "", missing.problem)
            return await self._answer(asked, refused, "", context)
        except asyncio.CancelledError:
            self._log_cancelled(asked, MAIN, "no whole body")
            raise
        most = HELD * self._gateway.settings.limits.body_bytes
        if self._held and self._held + len(body) > most:
            return await self._too_many(asked, context)
        self._held += len(body)
        try:
            answer, version = await self._routed(asked, header, context)
        finally:
            self._held -= len(body)
        return await self._answer(asked, answer, version, context)

    async def _too_many(self, asked: _Asked, context: Any) -> bytes:
        details = "Too many predictions are being answered; try again"
        refused = _refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, details)
        self._log(asked, MAIN, refused, "", "too many calls")
        return await self._answer(asked, refused, "", context)

    async def _routed(self, asked: _Asked, header: str, context: Any) -> tuple[GrpcAnswer, str]:
        """The answer of the arm that is chosen for this call, logged, and its version.

        The main server answers when the challenger is down: a caller does not know that there is
        one.
        """
        arm = self._gateway.routes.choose(asked.entity, header, asked.request_id)
        mirrored = self._gateway.routes.mirrors(asked.request_id)
        if (arm == CHALLENGER or mirrored) and _names_version(asked.body):
            arm, mirrored = MAIN, False  # whose version it is
        problem = ""
        try:
            answer = None
            if arm == CHALLENGER:
                answer = await self._ask_challenger(asked, context.time_remaining())
                problem = "" if answer else UNREACHABLE[CHALLENGER]
            if not answer:
                arm = MAIN
                answer = await self._ask(arm, asked, context.time_remaining())
        except asyncio.CancelledError:
            self._log_cancelled(asked, arm, problem or "cancelled by the caller")
            raise
        version = _version(answer.body)
        if not (problem or answer.reached):
            problem = UNREACHABLE[arm]
        self._log(asked, arm, answer, version, problem)
        if mirrored and answer.reached:
            self._gateway.shadow.offer(len(asked.body), partial(self._copy, asked))
        return answer, version

    async def _ask_challenger(self, asked: _Asked, left: float | None) -> GrpcAnswer | None:
        """Its answer. None: it is down, or was silent for SECONDS now or a short time ago.

        `left` are the seconds that the caller waits; None: it has no deadline.
        """
        if not self._silence.over:
            return None
        bound = SECONDS if left is None else min(left, SECONDS)
        answer = await self._ask(CHALLENGER, asked, bound)
        if answer.code is grpc.StatusCode.UNAVAILABLE:
            return None
        if answer.code is grpc.StatusCode.DEADLINE_EXCEEDED and bound == SECONDS:
            self._silence.begin()
            return None
        return answer

    async def _ask(self, arm: str, asked: _Asked, seconds: float | None) -> GrpcAnswer:
        return await self._servers[arm].ask(asked.method, asked.body, asked.metadata, seconds)

    async def _copy(self, asked: _Asked) -> None:
        """Ask the challenger what was asked, for the log alone."""
        asked = replace(asked, clock=time.perf_counter())
        answer = await self._ask(CHALLENGER, asked, SECONDS)
        problem = "" if answer.reached else UNREACHABLE[CHALLENGER]
        self._log(asked, SHADOW, answer, _version(answer.body), problem)

    async def _question(self, method: str, _: Any, context: Any) -> bytes:
        """About the model: no prediction, so nothing is logged."""
        asked = self._asked(method, context.invocation_metadata())
        try:
            asked.body = await self._bodies.read(context)
        except NoBodyError as missing:
            await context.abort(missing.code, str(missing))
        answer = await self._ask(MAIN, asked, context.time_remaining())
        self._gateway.metrics.passed("grpc", MAIN, answer.code.value[0], "")
        return await self._answer(asked, answer, "", context)

    async def _refuse(self, method: str, _requests: Any, context: Any) -> None:
        asked = self._asked(method, context.invocation_metadata())
        refused = _refusal(grpc.StatusCode.UNIMPLEMENTED, "Method not found!")
        self._log(asked, MAIN, refused, "", "not forwarded")
        await self._answer(asked, refused, "", context)

    def _asked(self, method: str, given: Any) -> _Asked:
        names = self._names
        number = request_id(text(given, names.request))
        metadata = (*passed(given, without=(names.request,)), (names.request, number))
        return _Asked(
            method, metadata, number, text(given, names.entity), text(given, names.caller)
        )

    async def _answer(self, asked: _Asked, answer: GrpcAnswer, version: str, context: Any) -> bytes:
        """Send the metadata; raise the error, or return the body.

        Ours is at the end, where it costs no frame of its own.
        """
        ours: Pairs = ((self._names.request, asked.request_id),)
        if version:
            ours = (*ours, (VERSION, version))
        trailing = passed(answer.trailing, without=(self._names.request, VERSION)) + ours
        if initial := passed(answer.initial):
            await context.send_initial_metadata(initial)
        if answer.code is not grpc.StatusCode.OK:
            await context.abort(answer.code, answer.details, trailing)
        context.set_trailing_metadata(trailing)
        return answer.body

    def _log_cancelled(self, asked: _Asked, arm: str, problem: str) -> None:
        """By the caller, or at the end of the gateway: with the code that the caller sees."""
        code = grpc.StatusCode.CANCELLED
        if asyncio.get_running_loop().time() >= self.ends:
            code, problem = grpc.StatusCode.UNAVAILABLE, ENDED
        self._log(asked, arm, _refusal(code, ""), "", problem)

    def _log(self, asked: _Asked, arm: str, answer: GrpcAnswer, version: str, problem: str) -> None:
        metrics = self._gateway.metrics
        if 0 < len(answer.body) <= SAMPLE_BYTES and metrics.wants_scores(arm):
            metrics.observe_scores(arm, _scores(answer.body))
        self._gateway.written(
            Exchange(
                time=asked.time,
                request_id=asked.request_id,
                protocol="grpc",
                target=asked.method,
                arm=arm,
                status=answer.code.value[0],
                problem=problem,
                seconds=time.perf_counter() - asked.clock,
                version=version,
                digest=self._gateway.digests[CHALLENGER if arm == SHADOW else arm],
                entity=asked.entity,
                caller=asked.caller,
                encoding="",
                request=asked.body,
                response=answer.body,
            )
        )


def _refusal(code: grpc.StatusCode, details: str) -> GrpcAnswer:
    return GrpcAnswer(code, details, b"", (), (), reached=True)


def _version(body: bytes) -> str:
    """The version that an answer says; empty when it says none."""
    try:
        spec = messages.Answered.FromString(body).model_spec
    except DecodeError:
        return ""
    return str(spec.version.value) if spec.HasField("version") else ""


def _names_version(body: bytes) -> bool:
    """Whether a request says which version shall answer: its first field is a ModelSpec."""
    try:
        spec = messages.GetModelStatusRequest.FromString(body).model_spec
    except DecodeError:
        return False
    return spec.HasField("version") or bool(spec.version_label)


def _scores(body: bytes) -> list[float]:
    """The scores in a PredictResponse; none when there are none, or they cannot be read."""
    try:
        outputs = messages.PredictResponse.FromString(body).outputs
        return list(tensors.read(outputs[SCORE]).values) if SCORE in outputs else []
    except (DecodeError, tensors.TensorError):
        return []
