"""The text of a retraining's pull request: one section for each reason, in Markdown.

A section stands between two comments of HTML, so a second reason finds its place. They count at the
start of a line alone. What others wrote is escaped, so it cannot hold such a comment.
"""

import hashlib
import re

from mainline.report.markdown import LIMIT
from mainline.retraining import told_evidence
from mainline.retraining.asked import EVENT, Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.on_main import OnMain
from mainline.retraining.reason import in_git, in_markdown
from mainline.retraining.triggers import NAMES

END = "<!-- retrain-reasons-end -->"
SECTION = re.compile(r"^<!-- retrain-reason:(\S*) -->", re.MULTILINE)
ROWS = re.compile(r"^<!-- retrain-rows:(sha256:[0-9a-f]{64}) -->", re.MULTILINE)
MOST = 8  # sections, and comments with one


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
        *([f"<!-- retrain-rows:{rows.content} -->"] if rows.content else []),
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
    """Names a reason: triggers and sender, and for a person's or a system's also its words."""
    words = [asked.by, *([asked.reason] if EVENT in asked.triggers else [])]
    told = hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]
    return "-".join([*asked.triggers, told])


def triggers(text: str) -> set[str]:
    """The triggers of all sections of a body; empty when it has none, as a person's."""
    return {name for found in SECTION.findall(text) for name in found.split("-") if name in NAMES}


def rows_of(text: str) -> str:
    """The content hash of the rows that a body is about; empty without one."""
    found = ROWS.search(text)
    return found.group(1) if found else ""


def at_line(mark: str, text: str) -> int:
    """Where a mark stands at the start of a line, or -1."""
    found = re.search(rf"^{re.escape(mark)}", text, re.MULTILINE)
    return found.start() if found else -1


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
        *told_evidence.lines(asked.evidence, run_url.partition("/actions/runs/")[0]),
        *(["", link] if link else []),
        f"<!-- /retrain-reason:{key(asked)} -->",
    ]
    return "\n".join(lines)


def joined(text: str, asked: Asked, run_url: str = "") -> str | None:
    """The body with this reason, too; in place of its older words if it stands there already.

    None when there is no room, or a person has written the body anew.
    """
    new = section(asked, run_url)
    end = f"<!-- /retrain-reason:{key(asked)} -->"
    at, stop, last = at_line(begins(asked), text), at_line(end, text), at_line(END, text)
    if 0 <= at < stop:
        text = text[:at] + new + text[stop + len(end) :]
    elif last >= 0 and len(SECTION.findall(text)) < MOST:
        text = f"{text[:last]}\n{new}\n{text[last:]}"
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
