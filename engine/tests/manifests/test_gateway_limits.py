"""What clients may hold at once fits into the gateway's container."""

import yaml
from rendering import ROOT

from mainline.check.manifests import mebibytes
from mainline.core.config import parse
from mainline.gateway.grpc_calls import HELD
from mainline.gateway.http_connection import HEAD_BYTES
from mainline.gateway.shadow import BYTES
from mainline.request_log.request_log import QUEUED_BYTES
from mainline.request_log.settings import GatewaySettings, LimitSettings
from mainline.serving.bodies import Bounds

PARTS = 200 * 2**20  # the gateway itself, the process that ships, the check of large bodies
IDLE = 8 * 2**10  # bytes of a connection without a request: 5 KB were seen


def held(limits):
    """Bytes: of REST a body and what each request may have, the bodies of gRPC, two queues."""
    of_rest = limits.body_bytes + limits.requests * (HEAD_BYTES + Bounds().small_bytes)
    return limits.connections * IDLE + of_rest + HELD * limits.body_bytes + BYTES + QUEUED_BYTES


def test_the_limits_of_the_cluster_fit_and_the_defaults_would_not():
    text = (ROOT / "k8s/settings/gateway/settings.yaml").read_text()
    limits = parse(GatewaySettings, yaml.safe_load(text), name="settings").limits
    patches = yaml.safe_load((ROOT / "k8s/components/gateway/pod.yaml").read_text())
    (container,) = [it["value"] for it in patches if it["path"].endswith("containers/-")]
    memory = mebibytes(container["resources"]["limits"]["memory"]) * 2**20
    assert held(limits) + PARTS < memory < held(LimitSettings()) + PARTS
