"""Is there a DVC remote to keep a model in? Main's settings say so before anything is trained."""

import configparser
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.git import Git

MISSING = (
    "no DVC remote is set, so the model of this commit cannot be shared. Set one: "
    "`.venv/bin/dvc remote add --default storage s3://bucket/path` (or gs://, azure://, a "
    "directory), commit .dvc/config, and give CI access to it (docs/continuous-integration.md)."
)


def refuse(git: Git, base: str) -> None:
    """Raises MainlineError when the base revision, whose settings store models, has no remote."""
    text = git.show(base, Path(Layout(git.root).seen(Layout.dvc_config)))
    settings = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        settings.read_string(text or "")
    except configparser.Error:  # DVC reads more than this parser: it will say
        return
    if not settings.get("core", "remote", fallback=""):
        raise MainlineError(MISSING, where=f"{Layout.dvc_config} of main")
