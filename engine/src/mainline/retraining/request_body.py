"""The text of a retraining's pull request: one section for each reason, in Markdown.

A section stands between two comments of HTML, so a second reason finds its place. What others
wrote is escaped, so it cannot hold such a comment.
"""

import hashlib
import re

from mainline.report.markdown import LIMIT
from mainline.retraining import told_evidence
from mainline.retraining.asked import EVENT, Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.on_main import OnMain
from mainline.retraining.reason import in_git, in_markdown

END = "<!-- retrain-reasons-end -->"
SECTION = re.compile(r"^<!-- retrain-reason:", re.MULTILINE)
MOST = 8  # sections


def body(main: OnMain, rows: Rows, asked: Asked, run_url: str = "") -> str:
    """The text for a new pull request."""
    more = f", {rows.more:+,} against main's table" if rows.more is not None else ""
    lines = [
        f"`data.as_of` becomes `{rows.day}` (main has `{main.data.as_of}`): {rows.count:,} "
        f"rows{more}.",
        "",
        "### Why",
        "",
        section(asked, run_url),
        END,
        "",
        "### What happens next",
        "",
        "1. CI trains on these rows and judges the model. A comment here has the figures beside "
        "those of main's model, on the same test rows.",
        "2. A retrained model must be **better**: the whole interval of the difference is above 0.",
        "3. Better: review and merge it; that deploys it to staging. " + _otherwise(main),
        "",
        *_by_time(main),
        f"A further reason joins this pull request: one `retrain/{main.name}-…` is open at a time.",
    ]
    return "\n".join([*lines, ""])


def _otherwise(main: OnMain) -> str:
    if main.monitoring.retrain.close:
        return "Not better: this pull request is closed with its reason."
    return "Not better: the status `verdict` is red, and a person decides."


def _by_time(main: OnMain) -> list[str]:
    if not main.by_time:
        return []
    return [
        "> `split.by` is `time`: rows after `split.test_from` are test rows, however many there "
        "are. Move `split.validation_from` and `split.test_from` on this branch, or the new rows "
        "train nothing.",
        "",
    ]


def key(asked: Asked) -> str:
    """Names a reason: the triggers, and for a person's or a system's also its words."""
    name = "-".join(asked.triggers)
    if EVENT not in asked.triggers:
        return name
    return f"{name}-{hashlib.sha256(asked.reason.encode()).hexdigest()[:12]}"


def begins(asked: Asked) -> str:
    """The comment of HTML before a section."""
    return f"<!-- retrain-reason:{key(asked)} -->"


def section(asked: Asked, run_url: str = "") -> str:
    """One reason, with its evidence."""
    who = f" ({in_markdown(asked.by)})" if asked.by else ""
    link = f"[The run that brought this]({run_url}) has all of the evidence." if run_url else ""
    lines = [
        begins(asked),
        f"**{', '.join(asked.triggers)}**{who}: {in_markdown(asked.reason)}",
        "",
        *told_evidence.lines(asked.evidence),
        *(["", link] if link else []),
        f"<!-- /retrain-reason:{key(asked)} -->",
    ]
    return "\n".join(lines)


def joined(text: str, asked: Asked, run_url: str = "") -> str | None:
    """The body with this reason, too; in place of its older words if it stands there already.

    None when there is no room, or a person has written the body anew.
    """
    new = section(asked, run_url)
    at, end = text.find(begins(asked)), f"<!-- /retrain-reason:{key(asked)} -->"
    stop = text.find(end, at) if at >= 0 else -1
    if at >= 0 and stop >= 0:
        text = text[:at] + new + text[stop + len(end) :]
    elif END in text and len(SECTION.findall(text)) < MOST:
        text = text.replace(END, f"\n{new}\n{END}", 1)
    else:
        return None
    return text if len(text) <= LIMIT else None


def joins(asked: Asked, run_url: str = "") -> str:
    """The comment that tells of a further reason."""
    return f"A further reason for this retraining:\n\n{section(asked, run_url)}\n"


def message(title: str, asked: Asked) -> str:
    """Of the commit."""
    by = [f"Asked by {in_git(asked.by)}."] if asked.by else []
    lines = [
        title,
        "",
        f"Reason: {in_git(asked.reason)}",
        f"Trigger: {', '.join(asked.triggers)}",
        *by,
    ]
    return "\n".join([*lines, ""])
