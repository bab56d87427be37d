"""The command `gateway`: starts the parts, waits for SIGTERM or Ctrl-C, and drains."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

# Before gRPC is imported: children are started while it runs, and it would say so of each.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "false"

import uvloop

from mainline.core.errors import SettingsError
from mainline.core.progress import say
from mainline.gateway import grpc_proxy, metrics_page, open_files, rest_proxy
from mainline.gateway.gateway import CHALLENGER, MAIN, Gateway
from mainline.gateway.metrics import Metrics
from mainline.gateway.routes import Routes
from mainline.gateway.shadow import Shadow
from mainline.gateway.shipper import Shipper
from mainline.request_log.request_log import RequestLog
from mainline.request_log.settings import LogSettings, changed, read_settings

CLOSE_SECONDS = 2.0  # for the log's last segment
FOR_ANSWERS = 0.25  # of `log.drain_seconds`, for answers under way, for each protocol


@dataclass(frozen=True)
class Listen:
    """Where to listen."""

    host: str
    rest: int
    grpc: int
    metrics: int


def run(
    _: Path,
    *,
    name: str,
    listen_host: str,
    rest_port: int,
    grpc_port: int,
    metrics_port: int,
    upstream_rest: str,
    upstream_grpc: str,
    challenger_rest: str | None,
    challenger_grpc: str | None,
    digest: str,
    challenger_digest: str,
    spool: Path,
    settings: Path | None,
    store: str | None,
    roll_seconds: float | None,
    make_log: Callable[[Path, LogSettings], RequestLog] = RequestLog,
) -> None:
    """Pass predictions through until Ctrl-C or SIGTERM.

    Raises MainlineError for wrong settings, a port or a spool in use.
    """
    chosen = read_settings(settings, store=store)
    open_files.raise_limit()
    chosen = chosen.model_copy(update={"limits": open_files.fitting(chosen.limits)})
    rest = {MAIN: upstream_rest} | ({CHALLENGER: challenger_rest} if challenger_rest else {})
    grpc = {MAIN: upstream_grpc} | ({CHALLENGER: challenger_grpc} if challenger_grpc else {})
    if rest.keys() != grpc.keys():
        raise SettingsError("a challenger needs --challenger-rest and --challenger-grpc.")
    servers = {arm: address(url, "http://") for arm, url in rest.items()}
    for at in grpc.values():
        address(at)
    of_log = chosen.log
    if roll_seconds is not None:
        of_log = changed(of_log, "--roll-seconds", roll_seconds=roll_seconds)
    log, shadow = make_log(spool, of_log), Shadow()
    gateway = Gateway(
        name,
        chosen,
        log,
        Routes(chosen.routes, challenger=CHALLENGER in rest),
        Metrics(log.counts, lambda: shadow.dropped),
        {MAIN: digest, CHALLENGER: challenger_digest},
        shadow,
    )
    listen = Listen(listen_host, rest_port, grpc_port, metrics_port)
    shipper = Shipper(spool, settings, store, chosen.log.drain_seconds)
    try:
        uvloop.run(
            _serve(gateway, listen=listen, servers=servers, grpc=grpc, log=log, shipper=shipper)
        )
    finally:
        log.close(CLOSE_SECONDS)
    say("gateway", "stopped")


def address(text: str, scheme: str = "") -> tuple[str, int]:
    """Host and port of `text`, behind the scheme. Raises SettingsError for other text.

    gRPC itself would try a misspelt address for ever.
    """
    try:
        parts = urlsplit(f"//{text.removeprefix(scheme)}")
        whole = text.startswith(scheme) and parts.path in ({"", "/"} if scheme else {""})
        if whole and parts.hostname and parts.port:
            return parts.hostname, parts.port
    except ValueError:  # of a port
        pass
    raise SettingsError("not a server's address", found=text, expected=f"{scheme}HOST:PORT")


async def _serve(
    gateway: Gateway,
    *,
    listen: Listen,
    servers: dict[str, tuple[str, int]],
    grpc: dict[str, str],
    log: RequestLog,
    shipper: Shipper,
) -> None:
    """Run all parts in this loop. They end in the reverse order: first requests, last the log."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    seconds = gateway.settings.log.drain_seconds * FOR_ANSWERS
    async with (
        shipper.running(),
        _closed(log),
        metrics_page.serving(gateway, listen.host, listen.metrics),
        grpc_proxy.serving(gateway, f"{listen.host}:{listen.grpc}", grpc, seconds),
        rest_proxy.serving(gateway, (listen.host, listen.rest), servers, seconds),
    ):
        gc.collect()
        gc.freeze()  # what is there now stays: to search it again would hold answers for 50 ms
        say("gateway", f"REST {listen.host}:{listen.rest}, gRPC {listen.host}:{listen.grpc}")
        await stop.wait()
        shipper.begin_to_end()
        say("gateway", "draining")


@asynccontextmanager
async def _closed(log: RequestLog) -> AsyncIterator[None]:
    """At the end of the block, close the log's last segment, so that it can be shipped."""
    try:
        yield
    finally:
        await asyncio.to_thread(log.close, CLOSE_SECONDS)
