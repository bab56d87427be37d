"""The alerts of the gateway: k8s/components/gateway-monitoring/alerts.yaml."""

from mainline.gateway import metrics
from mainline.k8s.alert_file import Alert, text

POD = "{{ $labels.pod }} in {{ $labels.namespace }}"
ABOUT = ("Mainline renders this file. docs/gateway.md says what to do for each alert.",)


def render() -> str:
    """Their file."""
    return text("gateway", ABOUT, _alerts())


def _alerts() -> list[Alert]:
    dropped, lost = f"{metrics.DROPPED}_total", f"{metrics.LOST}_total"
    by = "by (namespace, pod)"
    return [
        Alert(
            "GatewayLogLosesRows",
            f"""
sum {by} (increase({dropped}[15m])) > 0
or sum {by} (increase({lost}[15m])) > 0
or (sum {by} ({lost}) > 0
  unless sum {by} ({lost} offset 15m) > 0)
""",
            f"{POD} loses rows of the request log",
            why=(
                "A counter that starts above zero has no increase: what a killed process lost is "
                "counted at",
                "the start of the next one, so `unless` looks for a value that is new.",
            ),
        ),
        Alert(
            "GatewayLogIsBehind",
            f"max {by} ({metrics.SPOOL_OLDEST}) > 900",
            f"{POD} has rows of the request log that are not in the store after "
            "{{ $value | humanizeDuration }}",
            wait="5m",
        ),
    ]
