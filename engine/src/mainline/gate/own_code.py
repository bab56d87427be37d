"""What a proposal's own checks.py and metrics.py said in its own run, where main's judge.

Shown beside main's, and not judged: the report and the figures are the proposal's word.
"""

from typing import Any

from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.data.checks.outcome import OWN
from mainline.evaluation.project_metrics import MODULE
from mainline.gate.candidate import Candidate
from mainline.gate.shipped import numbers

NAME = "own_code"
MOST = 20  # checks, and figures


def said(candidate: Candidate) -> dict[str, Any]:
    """By file that differs from main's, `checks` and `metrics`, each result by its name.

    Raises MainlineError unless they are names, numbers and texts: they become part of the comment.
    """
    root, found = Layout(candidate.root), {}
    try:
        if not candidate.same_code(MODULE):
            shown = read_json(root.figures, made_by="dvc repro evaluate")
            found[MODULE] = {
                str(name): {which: _estimate(shown[which][name]) for which in ("model", "baseline")}
                for name in list(shown.get(MODULE, {}))[:MOST]
            }
        if not candidate.same_code(OWN):
            report = read_json(root.validation, made_by="dvc repro validate")
            found[OWN] = {
                str(name): _outcome(about) for name, about in list(report[OWN].items())[:MOST]
            }
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MainlineError(
            f"what this proposal's own code says cannot be read: {error!r}."
        ) from None
    return found


def _estimate(values: dict[str, Any]) -> dict[str, float | None]:
    return numbers({key: values[key] for key in ("value", "low", "high")})


def _outcome(about: dict[str, Any]) -> dict[str, Any]:
    texts = {key: str(about[key]) for key in ("observed", "expected")}
    return texts | {"passed": about["passed"] is True}
