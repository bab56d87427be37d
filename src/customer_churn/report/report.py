"""The command `report`: verdict and pipeline outputs become the comment."""

from pathlib import Path
from typing import Any

from customer_churn.core import paths
from customer_churn.core.files import read_json, write_text
from customer_churn.git import Git
from customer_churn.report import changes, charts, figures
from customer_churn.report.markdown import Section, code, escape, fit, table

OUTCOMES = {"pass": "✅", "fail": "❌ **closed**", "waived": "shown only"}


def run(root: Path) -> None:
    """Write `paths.COMMENT`. Raises UserError when the gate has not judged yet."""
    verdict = read_json(root / paths.VERDICT, made_by="customer-churn gate")
    write_text(root / paths.COMMENT, render(Git(root), verdict))


def render(git: Git, verdict: dict[str, Any]) -> str:
    """The whole comment, at most `markdown.LIMIT` characters, verdict first."""
    base = verdict["against"]
    sections = [
        Section(head=_headline(git, verdict), lines=verdict_notes(verdict)),
        Section(lines=figures.lines(verdict)),
        Section(lines=_gate(verdict)),
        Section(title="What changed", lines=changes.lines(git, base)),
        Section(title="Slices", lines=figures.slices(verdict)),
        Section(title="Release", lines=_release(verdict)),
        Section(title="Reproduce", lines=_reproduce()),
    ]
    if "figures" in verdict["candidate"]:
        sections.insert(4, Section(title="Curves", head=charts.curves(git.root), lines=[]))
    return fit(sections)


def _headline(git: Git, verdict: dict[str, Any]) -> list[str]:
    sign = "✅" if verdict["open"] else "❌"
    candidate, champion, base = verdict["candidate"], verdict["champion"], verdict["against"]
    version = f"Version {code(candidate['version'])}" if candidate else "No version"
    if champion:
        against = f" against version {code(champion['release']['version'])} on main"
    else:
        against = "; main has released no model yet"
    where = f" ({escape(git.describe(base))})" if base else ""
    return [f"## {sign} {verdict['headline']}", "", f"{version}{against}{where}.", ""]


def verdict_notes(verdict: dict[str, Any]) -> list[str]:
    """What the reviewer has to see beside the rules, changed bars first of all."""
    return [f"> {escape(note)}" for note in verdict["notes"]]


def _gate(verdict: dict[str, Any]) -> list[str]:
    """Failed rules first; rules without a bar that passed share one line."""
    unbarred = [r for r in verdict["rules"] if r["outcome"] == "pass" and not r["bar"]]
    barred = [rule for rule in verdict["rules"] if rule not in unbarred]
    barred.sort(key=lambda rule: rule["outcome"] != "fail")
    rows = [
        [
            escape(rule["name"]),
            escape(rule["figure"]),
            escape(rule["bar"]),
            escape(rule["margin"]),
            OUTCOMES[rule["outcome"]],
            escape(rule["why"]),
        ]
        for rule in barred
    ]
    found = ", ".join(escape(rule["name"]) for rule in unbarred)
    return [
        *(table(["rule", "figure", "bar", "margin", "", "why"], rows) if rows else []),
        *(["", f"✅ Computed again and found as committed: {found}."] if found else []),
    ]


def _release(verdict: dict[str, Any]) -> list[str]:
    candidate = verdict["candidate"]
    if "digest" not in candidate:
        return ["There is no release: the model's bytes cannot be read."]
    rows = [
        ["version (what the server reports)", code(candidate["version"])],
        ["image", code(f"{candidate['image']}@{candidate['digest']}")],
        ["content", code(candidate["content"])],
        ["size", f"{candidate['size'] / 1e6:.2f} MB"],
        ["file", code(paths.RELEASE)],
    ]
    return table(["", ""], rows)


def _reproduce() -> list[str]:
    return [
        "On this branch, with the same CPU class and Python, these give the same bytes:",
        "",
        "```",
        "dvc pull    # with a DVC remote: what is there already",
        "make run",
        "```",
    ]
