"""The bot's name for commits in CI, and git's authentication for one call."""

import base64
import os

NAME = "github-actions[bot]"
EMAIL = "41898282+github-actions[bot]@users.noreply.github.com"
IDENTITY = ("-c", f"user.name={NAME}", "-c", f"user.email={EMAIL}")


def authenticated() -> dict[str, str]:
    """The environment variables that authenticate git at GitHub.

    The token is only in the environment, not in arguments or files. Without a token git fails and
    does not ask for a password.
    """
    token = os.environ.get("PUSH_TOKEN") or os.environ.get("GITHUB_TOKEN")
    server = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    if not token:
        return {"GIT_TERMINAL_PROMPT": "0"}
    encoded = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{server}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {encoded}",
        "GIT_TERMINAL_PROMPT": "0",
    }
