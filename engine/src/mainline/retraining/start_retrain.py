"""Starts retrain.yml from outside.

The token may start, cancel and disable workflows and delete their logs; it cannot write code.
"""

from mainline.core.errors import MainlineError
from mainline.github.answers import Refused
from mainline.github.api import Api
from mainline.retraining.asked import Asked
from mainline.retraining.told_evidence import compact

WORKFLOW = "retrain.yml"


def start(api: Api, asked: Asked) -> None:
    """Send trigger, reason and evidence. If it arrives twice, the second joins the first.

    Raises MainlineError when GitHub refuses, with what the token needs.
    """
    inputs = {
        "trigger": ",".join(asked.triggers),
        "reason": asked.reason,
        "evidence": compact(asked.evidence) if asked.evidence else "",
    }
    try:
        api.post(f"actions/workflows/{WORKFLOW}/dispatches", {"ref": "main", "inputs": inputs})
    except Refused as error:
        raise MainlineError(
            f"{WORKFLOW} could not be started. {error}",
            hint="The token needs `Actions: write` on this repository, and main the workflow "
            "(docs/continuous-integration.md, Retraining).",
        ) from None
    print(f"started   {WORKFLOW} of {api.repository}: {', '.join(asked.triggers)}")
