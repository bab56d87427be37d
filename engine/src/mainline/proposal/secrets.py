"""What only this process may know, and how it is kept out of comments and of the training.

Training code is trusted like a workflow: it runs beside this process and could look there. This
keeps an accident (a log of the environment, a library that takes a token it finds) from happening.
"""

import os
import re

# Training needs the data's credentials, not those that comment, push, publish or ask for more.
OURS = ("GITHUB_TOKEN", "PUSH_TOKEN", "REGISTRY_PASSWORD", "DOCKER_CONFIG")
_ASKS_FOR_MORE = "ACTIONS_ID_TOKEN_REQUEST"
_SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|CREDENTIAL|PRIVATE|_KEY")


def withheld(values: dict[str, str]) -> dict[str, str]:
    """The environment without what is ours alone."""
    return {
        name: value
        for name, value in values.items()
        if name not in OURS and not name.startswith(_ASKS_FOR_MORE)
    }


def masked(text: str) -> str:
    """GitHub hides secrets in logs, but not in comments."""
    for name, value in os.environ.items():
        if _SECRET.search(name.upper()) and len(value) >= 8:
            text = text.replace(value, "***")
    return text
