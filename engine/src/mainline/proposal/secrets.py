"""Keeps this process's secrets out of comments and out of the training's environment.

In CI the job that trains holds no token that writes. On a laptop and in a pod of the cluster
training code is trusted: it runs beside these tokens and could read this process. There these
functions prevent accidents, such as a log of the environment or a library that uses a token.
"""

import os
import re

# Tokens that write, and the study's database. Training needs only the credentials of the data.
OURS = ("GITHUB_TOKEN", "PUSH_TOKEN", "REGISTRY_PASSWORD", "DOCKER_CONFIG", "TUNE_STORAGE")
_ASKS_FOR_MORE = "ACTIONS_ID_TOKEN_REQUEST"
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE|_KEY|^TUNE_STORAGE$")


def withheld(values: dict[str, str]) -> dict[str, str]:
    """The environment without our own tokens."""
    return {
        name: value
        for name, value in values.items()
        if name not in OURS and not name.startswith(_ASKS_FOR_MORE)
    }


def masked(text: str) -> str:
    """Replace secrets by `***`. GitHub does this in logs, but not in comments."""
    for name, value in os.environ.items():
        if _SECRET.search(name.upper()) and len(value) >= 8:
            text = text.replace(value, "***")
    return text
