"""What DVC is asked about where a repository holds several models."""

from pathlib import Path

from mainline.core.layout import Layout


def scope(root: Path) -> list[str]:
    """Arguments that keep `dvc status` and `dvc push` to what is below the model's directory."""
    return [] if Layout(root).directory == Path() else ["--recursive", "."]
