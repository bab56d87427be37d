"""Latency, errors and versions of the window, by arm."""

from datetime import date, timedelta

from mainline.monitoring.finding import Finding, Status
from mainline.monitoring.log_table import ANSWERED, LogTable
from mainline.monitoring.watched import Watched
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings, ServiceSettings

KIND = "service"
FAILED = "status NOT IN (0, 200)"
SHOWN = 5  # kinds of errors, versions


def findings(watched: Watched, log: LogTable, settings: MonitoringSettings) -> list[Finding]:
    """For each arm p99 and the share of failed requests; then versions that git does not know."""
    found = []
    for arm, requests, failed, times in log.rows(
        f"SELECT arm, count(*), count_if({FAILED}), quantile_cont(seconds, [0.5, 0.99]) "
        'FROM log WHERE "row" = 0 GROUP BY arm ORDER BY arm'
    ):
        judged = requests >= settings.min_rows and arm != "shadow"  # which answers no caller
        found.append(
            _latency(
                arm, requests, [1000 * each for each in times], settings.service, judged=judged
            )
        )
        found.append(_errors(log, arm, requests, failed, settings.service, judged=judged))
    return found + _versions(watched, log)


def stopped(window: Window, today: date) -> list[Finding]:
    """One finding when the window, which ends with the log, ends before yesterday."""
    if window.last >= today - timedelta(days=1):
        return []
    yesterday = today - timedelta(days=1)
    sentence = (
        f"the log has no row after {window.last}, and yesterday was {yesterday}: either callers "
        "have stopped, or rows no longer reach the store."
    )
    late = (yesterday - window.last).days
    return [Finding(KIND, f"{KIND}.log", "unknown", sentence, value=late)]


def _latency(
    arm: str, requests: int, times: list[float], bars: ServiceSettings, *, judged: bool
) -> Finding:
    p50, p99 = times
    bar = bars.p99_ms
    status: Status = "alarm" if judged and bar is not None and p99 >= bar else "quiet"
    said = "" if bar is None else f", the bar is {bar:g} ms"
    return Finding(
        KIND,
        f"{KIND}.p99_ms[{arm}]",
        status,
        f"{arm}: p50 {p50:.1f} ms, p99 {p99:.1f} ms{said}.",
        value=round(p99, 3),
        bar=bar,
        rows=requests,
        details={"p50_ms": round(p50, 3), "judged": judged},
    )


def _errors(
    log: LogTable, arm: str, requests: int, failed: int, bars: ServiceSettings, *, judged: bool
) -> Finding:
    share, bar = failed / requests, bars.errors
    status: Status = "alarm" if judged and bar is not None and share >= bar else "quiet"
    kinds = [] if not failed else log.rows(
        "SELECT protocol, status, problem, count(*) AS n FROM log "
        f"WHERE \"row\" = 0 AND {FAILED} AND arm = '{arm}' GROUP BY ALL ORDER BY ALL"
    )  # fmt: skip
    most = [
        {"protocol": protocol, "status": code, "problem": problem, "requests": n}
        for protocol, code, problem, n in sorted(kinds, key=lambda each: -each[3])[:SHOWN]
    ]
    said = "" if bar is None else f", the bar is {bar:.1%}"
    return Finding(
        KIND,
        f"{KIND}.errors[{arm}]",
        status,
        f"{arm}: {failed:,} of {requests:,} requests failed ({share:.2%}){said}.",
        value=round(share, 6),
        bar=bar,
        rows=requests,
        details={"kinds": most, "judged": judged},
    )


def versions(log: LogTable) -> dict[str, int]:
    """Answered rows of each version; empty text for rows whose version is unknown."""
    return {
        str(version or ""): int(rows)
        for version, rows in log.rows(
            f"SELECT version, count(*) FROM log WHERE {ANSWERED} GROUP BY version ORDER BY version"
        )
    }


def _versions(watched: Watched, log: LogTable) -> list[Finding]:
    found = versions(log)
    strange = {name: rows for name, rows in found.items() if name and name not in watched.known}
    if not strange:
        return []
    rows = sum(strange.values())
    named = ", ".join(f"{name} ({n:,} rows)" for name, n in list(strange.items())[:SHOWN])
    more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
    return [
        Finding(
            KIND,
            f"{KIND}.versions",
            "unknown",
            f"the log names versions that main never released: {named}{more}.",
            value=round(rows / sum(found.values()), 6),
            rows=rows,
            details={"versions": list(strange)[:SHOWN]},
        )
    ]
