"""The changes in the cluster after a merge: a diff of each rendered overlay."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.gate import server
from mainline.git import Git
from mainline.k8s import rendered as manifests
from mainline.report.markdown import Section, clip, escape

TITLE = "What changes in the cluster if you merge"


def section(git: Git, base: str) -> Section:
    """A diff that may be cut at its end, or one line: no change, or the error."""
    try:
        before = manifests.rendered_at(git, base) if base else {}
        found = manifests.difference(before, manifests.rendered(git.root))
    except Exception as error:  # a bad manifest must not hide the verdict above
        why = str(error) if isinstance(error, MainlineError) else repr(error)
        return Section(title=TITLE, lines=[f"Not known here: {escape(clip(why, 500))}"])
    said = _server(git.root)
    lines = [line.replace("`", "'") for diff in found.values() for line in diff]
    if not lines:
        nothing = "Nothing: every overlay renders as it does on main."
        return Section(title=TITLE, lines=[nothing, "", *said])
    return Section(title=TITLE, head=[*said, "", "```diff"], lines=lines, tail=["```"])


def _server(root: Path) -> list[str]:
    """One line on each server's version. The gate does not judge changes of manifests alone."""
    try:
        return [escape(rule.why) for rule in server.rules(root)]
    except Exception as error:  # as above
        return [f"The server's version is not known: {escape(clip(str(error), 500))}"]
