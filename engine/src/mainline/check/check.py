"""The command `check`: what of a project's manifests and workflows breaks a rule.

A project accepts a finding by the rule's name and a reason in its pyproject.toml:

    [tool.mainline.check.accepted]
    "policies.doors" = "the server asks our feature store"
"""

import sys
import tomllib
from pathlib import Path

from mainline.check.groups import EXPECTED, Finding, Project, findings
from mainline.check.rendering import render
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout

SETTINGS = Layout.pyproject
TABLE = "tool.mainline.check.accepted"


def run(root: Path, *, only_names: bool = False) -> bool:
    """Print a line for each finding. Returns whether all findings are accepted.

    `only_names` prints the rules instead. Raises MainlineError when no renderer is installed, a
    release file is damaged, or pyproject.toml accepts a rule that does not exist.
    """
    if only_names:
        print("\n".join(f"{name}: {expected}" for name, expected in EXPECTED.items()))
        return True
    reasons = accepted(Layout(root).top)
    found = findings(Project(root, render(root)))
    wrong = [one for one in found if one.rule not in reasons]
    for one in wrong:
        print(one.line())
    for rule in sorted({one.rule for one in found} & reasons.keys()):
        print(f"check: {SETTINGS} accepts {rule}: {reasons[rule]}", file=sys.stderr)
    print(f"check: {_count(wrong)}", file=sys.stderr)
    return not wrong


def accepted(root: Path) -> dict[str, str]:
    """The reasons by which a project accepts findings, by the name of the rule.

    Raises SettingsError when a name is not a rule's, or a reason is missing.
    """
    if not (root / SETTINGS).is_file():
        return {}
    try:
        content = tomllib.loads((root / SETTINGS).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"it cannot be read: {error}.", where=SETTINGS) from None
    reasons = content.get("tool", {}).get("mainline", {}).get("check", {}).get("accepted", {})
    for name, reason in reasons.items():
        if name not in EXPECTED:
            raise SettingsError(
                f"[{TABLE}] names no rule.",
                found=f"'{name}'",
                where=SETTINGS,
                hint="`mainline check --list` has the names.",
            )
        if not isinstance(reason, str) or not reason.strip():
            raise SettingsError(
                f"[{TABLE}] gives no reason for '{name}'.",
                found=repr(reason),
                expected="a sentence",
                where=SETTINGS,
            )
    return dict(reasons)


def _count(wrong: list[Finding]) -> str:
    if not wrong:
        return f"{len(EXPECTED)} rules hold"
    return f"{len(wrong)} finding{'s' if len(wrong) > 1 else ''}"
