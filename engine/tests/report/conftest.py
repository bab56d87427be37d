import json
import subprocess
from pathlib import Path

import pytest

from mainline.core.layout import Layout
from mainline.git import Git

CURVES = {
    "training": "epoch,loss,validation_loss\n1,0.5,0.45\n2,0.4,0.44\n",
    "roc": "false_positive_rate,true_positive_rate\n0,0\n0.5,0.8\n1,1\n",
    "calibration": "mean_score,observed,rows\n0.1,0.12,50\n0.6,0.5,50\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Git:
    """A repository with the files that the comment reads, committed once on main."""
    Layout(tmp_path).plots.mkdir()
    for name, text in CURVES.items():
        (Layout(tmp_path).plots / f"{name}.csv").write_text(text)
    Layout(tmp_path).params.write_text("train: {epochs: 3}\n")
    catalogue = {"rows": 10, "columns": {"age": {"null_share": 0.0, "mean": 40.0}}}
    Layout(tmp_path).catalogue.parent.mkdir()
    Layout(tmp_path).catalogue.write_text(json.dumps(catalogue))
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "model.py").write_text("a = 1\n")
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.name", "T"],
        ["config", "user.email", "t@example.com"],
        ["add", "-A"],
        ["commit", "-qm", "Base *with* markup @someone"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return Git(tmp_path)
