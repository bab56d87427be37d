"""The settings of the gateway: one YAML file, in which everything has a default."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from mainline.core.config import Settings, parse
from mainline.core.errors import SettingsError
from mainline.core.strict_yaml import read_yaml
from mainline.request_log.routes_settings import RoutesSettings, Share
from mainline.request_log.ship_settings import hash_key

STORE, SPOOL = "reports/requests", "reports/spool"

Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


def _header(name: str) -> str:
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError(f"{name!r} is not the name of a header, such as x-request-id.")
    return name.lower()


Header = Annotated[str, AfterValidator(_header)]


def _store(uri: str) -> str:
    scheme, separator, rest = uri.partition("://")
    if separator and (scheme not in ("s3", "gs") or not rest.strip("/")):
        raise ValueError(f"{uri!r} is no folder, s3://bucket/prefix or gs://bucket/prefix.")
    return uri


class LogSettings(Settings):
    """What is logged, and where."""

    store: Annotated[str, AfterValidator(_store)] = STORE
    sample: Share = 1.0  # of requests, chosen by request id; errors are always logged
    leave_out: list[str] = []  # inputs that are not kept
    hash: list[str] = []  # inputs, or `entity`, of which only a keyed SHA-256 is kept
    may_lack: list[str] = []  # those of them that a version may lack: another one has or had them
    retention_days: Annotated[int, Field(gt=0, le=36_500)] = 90
    fsync_seconds: Positive = 1.0
    roll_seconds: Positive = 60.0  # a segment of the spool is closed after this time,
    roll_mb: Count = 64  # or at this size
    spool_mb: Count = 1024  # at this size of the spool, new rows are dropped and counted
    drain_seconds: Positive = 20.0  # at SIGTERM


class HeaderSettings(Settings):
    """Names of headers, in small letters."""

    request: Header = "x-request-id"
    entity: Header = "x-entity-key"
    caller: Header = "x-caller-namespace"
    arm: Header = "x-arm"


class LimitSettings(Settings):
    """Limits on clients, as those of the embedded server. gRPC takes numbers of 32 bits."""

    body_bytes: Annotated[int, Field(gt=0, le=2**31 - 1)] = 32 * 2**20
    seconds: Annotated[float, Field(gt=0, le=2_147_483)] = 30.0
    connections: Count = 4096  # of REST; most of them are idle
    requests: Annotated[int, Field(gt=0, le=1_000_000)] = 1024  # at once, of REST and of gRPC each


class GatewaySettings(Settings):
    """The whole file."""

    log: LogSettings = LogSettings()
    headers: HeaderSettings = HeaderSettings()
    routes: RoutesSettings = RoutesSettings()
    limits: LimitSettings = LimitSettings()


def changed(log: LogSettings, option: str, **values: object) -> LogSettings:
    """With what an option says. Raises SettingsError when a file could not say it."""
    return parse(LogSettings, log.model_dump() | values, name=option)


def read_settings(
    path: Path | None, store: str | None = None, *, hashing: bool = True
) -> GatewaySettings:
    """The settings in a file, or the defaults; `store` is put before that of the file.

    `hashing` says that columns will be hashed, which needs the key. Raises SettingsError with one
    line for each wrong key.
    """
    values = {}
    if path is not None:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path} cannot be read: {error}") from None
        values = read_yaml(text, name=str(path)) if text.strip() else {}
    settings = parse(GatewaySettings, values, name=str(path))
    if store:
        log = changed(settings.log, "--store", store=store)
        settings = settings.model_copy(update={"log": log})
    if hashing:
        hash_key(settings.log)
    return settings
