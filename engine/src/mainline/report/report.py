"""The command `report`: writes the pull request comment from the verdict and the outputs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_text
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.report import (
    behaviour,
    beside,
    beside_code,
    candidates,
    changes,
    charts,
    data,
    drift,
    figures,
    releases,
    rule_table,
)
from mainline.report.cluster import section as cluster
from mainline.report.markdown import Section, clip, code, escape, fit, table

NOTE, NOTES = 500, 20  # longest note in characters, and the number of notes shown
SHOWN = ("champion", "baseline")  # these rules are always above the fold
ACCEPTED = "accepted"  # the bar of a rule that passed because of a written reason


def run(root: Path) -> None:
    """Write `Layout.comment`. Raises MainlineError when the gate has not judged yet."""
    verdict = read_json(Layout(root).verdict, made_by="mainline gate")
    write_text(Layout(root).comment, render(Git(root), verdict))


def render(git: Git, verdict: dict[str, Any]) -> str:
    """The comment, verdict first, in at most `markdown.LIMIT` characters."""
    base = verdict["against"]
    sections = [
        Section(head=_headline(git, verdict), lines=verdict_notes(verdict)),
        Section(lines=_part(lambda: figures.lines(verdict))),
        Section(lines=_part(lambda: beside_code.lines(verdict))),
        Section(lines=_part(lambda: candidates.lines(verdict))),
        Section(lines=_part(lambda: [*beside.latency(verdict), *drift.lines(verdict)])),
        Section(lines=_part(lambda: behaviour.notable(verdict))),
        Section(lines=_part(lambda: _gate(verdict))),
        *_kept(verdict),
        Section(title="What changed", lines=_part(lambda: changes.lines(git, base, verdict))),
        Section(title="Data checks", lines=_part(lambda: data.lines(verdict))),
        cluster(git, base),
        Section(title="Slices", lines=_part(lambda: figures.slices(verdict))),
        *behaviour.sections(verdict, _part),
        *drift.section(verdict),
        *releases.section(verdict),
        Section(title="Release", lines=_part(lambda: _release(verdict))),
        Section(title="Reproduce", lines=_reproduce()),
    ]
    if "figures" in verdict["candidate"]:
        task = figures.task_of(verdict["candidate"]["figures"])
        drawn = _part(lambda: charts.curves(git.root, task))
        place = next(at for at, each in enumerate(sections) if each.title == "Slices")
        sections.insert(place, Section(title="Curves", head=drawn, lines=[]))
    return fit(sections)


def _part(write: Callable[[], list[str]]) -> list[str]:
    """The lines of a part, or its error: one bad part must not hide the verdict."""
    try:
        return write()
    except MainlineError as error:
        return [f"This part could not be written: {escape(clip(error, NOTE))}"]
    except Exception as error:  # files of a hostile proposal may raise anything
        return [f"This part could not be written: {escape(clip(repr(error), NOTE))}"]


def _headline(git: Git, verdict: dict[str, Any]) -> list[str]:
    sign = "✅" if verdict["open"] else "❌"
    return [
        f"## {sign} {verdict['headline']}",
        "",
        f"{_versions(git, verdict)}.",
        "",
        *(line for said in _first(verdict) for line in (f"⚠️ {escape(said)}.", "")),
    ]


def _first(verdict: dict[str, Any]) -> list[str]:
    """What a reviewer has to read first, unless the headline says it."""
    rules = [(str(rule.get("said", "")), rule["outcome"]) for rule in verdict["rules"]]
    found = [
        f"{said} ({rule_table.OUTCOMES[outcome]})" if outcome == "waived" else said
        for said, outcome in rules
        if said and said not in verdict["headline"]
    ]
    return [said[0].upper() + said[1:] for said in [*found, *candidates.better(verdict)]]


def _versions(git: Git, verdict: dict[str, Any]) -> str:
    """The versions that were compared, as far as the verdict has them."""
    candidate, champion = verdict["candidate"], verdict["champion"]
    known = "version" in candidate
    words = f"Version {code(candidate['version'])}" if known else "The model could not be read"
    if champion:
        words += f" against version {code(champion['release']['version'])} on main"
    elif verdict["case"] == "first":
        words += "; main has released no model yet"
    base = verdict["against"]
    return f"{words} ({escape(git.describe(base))})" if base else words


def verdict_notes(verdict: dict[str, Any]) -> list[str]:
    """The notes for the reviewer, changed bars first."""
    lines = [f"> {escape(clip(note, NOTE))}" for note in verdict["notes"]]
    more = len(lines) - NOTES
    return [*lines[:NOTES], f"> _{more} more notes._"] if more > 0 else lines


def _gate(verdict: dict[str, Any]) -> list[str]:
    """The rules that a reviewer must see, failed ones first, and the names of the rest."""
    seen = [rule for rule in verdict["rules"] if _seen(rule)]
    seen.sort(key=lambda rule: rule["outcome"] != "fail")
    unbarred = [r for r in verdict["rules"] if r["outcome"] == "pass" and not r["bar"]]
    found = ", ".join(escape(rule["name"]) for rule in unbarred)
    return [
        *(rule_table.lines(seen) if seen else []),
        *(["", f"✅ Passed without a bar: {found}."] if found else []),
    ]


def _kept(verdict: dict[str, Any]) -> list[Section]:
    """The rules that passed their bars, folded."""
    kept = [r for r in verdict["rules"] if r["outcome"] == "pass" and r["bar"] and not _seen(r)]
    if not kept:
        return []
    bars = "1 other bar" if len(kept) == 1 else f"{len(kept)} other bars"
    return [
        Section(title=f"✅ {bars} of the gate kept", lines=_part(lambda: rule_table.lines(kept)))
    ]


def _seen(rule: dict[str, Any]) -> bool:
    compares = bool(rule["bar"]) and rule["name"] in SHOWN
    return rule["outcome"] != "pass" or compares or rule["bar"] == ACCEPTED


def _release(verdict: dict[str, Any]) -> list[str]:
    candidate = verdict["candidate"]
    if "digest" not in candidate:
        return ["There is no release: the model's bytes cannot be read."]
    rows = [
        ["version (what the server reports)", code(candidate["version"])],
        ["image", code(f"{candidate['image']}@{candidate['digest']}")],
        ["content", code(candidate["content"])],
        ["size", f"{candidate['size'] / 1e6:.2f} MB"],
        ["file", code(Layout.release)],
    ]
    return table(["", ""], rows)


def _reproduce() -> list[str]:
    return [
        "On this branch, with the same CPU class and Python version, this gives the same bytes:",
        "",
        "```",
        "make run",
        "```",
    ]
