"""A verdict as a table for the screen: alarms first."""

from mainline.monitoring.finding import Finding, Verdict

MOST = 12  # quiet findings
ORDER = ("alarm", "unknown", "quiet")


def told(verdict: Verdict) -> str:
    """The window, every alarm and every unknown, some quiet findings, and the status."""
    model, counts = verdict.model, verdict.counts
    head = (
        f"{model['name']} {model['version']} in {model['environment']}, {verdict.window}: "
        f"{counts['rows']:,} rows, {counts['requests']:,} requests, {counts['entities']:,} entities"
    )
    quiet = [each for each in verdict.findings if each.status == "quiet"]
    shown = sorted(quiet, key=lambda each: -_share(each))[:MOST]
    lines = [
        f"{status:8}{each.sentence}"
        for status in ORDER
        for each in (shown if status == "quiet" else verdict.findings)
        if each.status == status
    ]
    if len(quiet) > len(shown):
        lines.append(f"{'':8}and {len(quiet) - len(shown)} more that are quiet")
    return "\n".join([head, *lines, f"verdict: {verdict.status}"])


def _share(finding: Finding) -> float:
    """How near a finding is to its bar."""
    if finding.value is None or not finding.bar:
        return 0.0
    return abs(finding.value) / finding.bar
