"""The Grafana dashboard of the gateway: k8s/components/gateway-monitoring/gateway.json."""

from mainline.gateway import metrics
from mainline.k8s.grafana import Panel, target, text, variable

WHERE = '{namespace=~"$namespace"}'


def render() -> str:
    """Its file."""
    return text(
        "Gateway",
        "mainline-gateway",
        [variable("namespace", metrics.SPOOL_BYTES)],
        _panels(),
        refresh="30s",
        since="6h",
    )


def _panels() -> list[Panel]:
    requests = f"sum by (arm, code) ({_rate(f'{metrics.REQUESTS}_total')})"
    shares = ((0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"))
    losses = (
        (f"sum by (reason) ({_hour(metrics.DROPPED)})", "{{reason}}"),
        (f"sum({_hour(metrics.LOST)})", "lost with a process"),
        (f"sum({_hour(metrics.MIRROR_DROPPED)})", "copies not sent to the challenger"),
    )
    found = [
        ("Requests", "reqps", [target(requests, "{{arm}} {{code}}")]),
        (
            "Latency, p50 and p99",
            "s",
            [
                target(_quantile(share, metrics.SECONDS_TAKEN, "5m"), f"{{{{arm}}}} {name}")
                for share, name in ((0.5, "p50"), (0.99, "p99"))
            ],
        ),
        (
            "Scores, quartiles",
            "none",
            [
                target(_quantile(share, metrics.SCORE, "30m"), f"{{{{arm}}}} {name}")
                for share, name in shares
            ],
        ),
        (
            "Rows: logged and in the store",
            "cps",
            [
                target(f"sum({_rate(f'{metrics.ROWS}_total')})", "logged"),
                target(f"sum({_rate(f'{metrics.SHIPPED}_total')})", "in the store"),
            ],
        ),
        ("Spool", "bytes", [target(f"sum by (pod) ({metrics.SPOOL_BYTES}{WHERE})", "{{pod}}")]),
        (
            "Oldest row that is not in the store",
            "s",
            [target(f"max by (pod) ({metrics.SPOOL_OLDEST}{WHERE})", "{{pod}}")],
        ),
        ("Lost and dropped in the last hour", "none", [target(*each) for each in losses]),
    ]
    return [
        Panel(title, (at % 2 * 12, at // 2 * 8, 12, 8), targets, unit=unit, defaults={"min": 0})
        for at, (title, unit, targets) in enumerate(found)
    ]


def _rate(series: str, over: str = "5m") -> str:
    return f"rate({series}{WHERE}[{over}])"


def _hour(counter: str) -> str:
    return f"increase({counter}_total{WHERE}[1h])"


def _quantile(share: float, histogram: str, over: str) -> str:
    buckets = f"sum by (arm, le) ({_rate(f'{histogram}_bucket', over)})"
    return f"histogram_quantile({share}, {buckets})"
