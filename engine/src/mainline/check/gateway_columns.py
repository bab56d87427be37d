"""The columns that the gateway's log leaves out or hashes are columns of the model."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from mainline.check.gateway_pod import log_settings
from mainline.check.manifests import Objects, gateways
from mainline.request_log.ship_settings import ENTITY


@dataclass(frozen=True)
class Logged:
    """An overlay, and the columns that the model reads, as params.yaml names them."""

    objects: Objects
    inputs: list[str]


def gateway_columns(logged: Logged) -> Iterator[str]:
    """`log.leave_out` and `log.hash` name inputs of params.yaml, or what `log.may_lack` lists."""
    for pod, _ in gateways(logged.objects):
        log = log_settings(logged.objects, pod)
        known = {ENTITY, *logged.inputs, *log.get("may_lack", [])}
        for key in ("leave_out", "hash"):
            for name in log.get(key, []):
                if name not in known:
                    close = get_close_matches(name, known, n=1)
                    hint = f"; did you mean '{close[0]}'?" if close else ""
                    yield f"log.{key} names '{name}'{hint}"


RULES = (gateway_columns,)
