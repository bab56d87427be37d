"""README, "Your own data": another params file and a table, no code change, no trace in here.

The table is made up in the form of the public Telco one, with its quirks; TELCO_CSV names the real
one, which is not ours to commit.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from mainline.core.layout import Layout

ROOT = Path(__file__).parents[3]
PARAMS = ROOT / "engine/examples/telco/params.yaml"

pytestmark = pytest.mark.e2e


def made_up(path: Path) -> Path:
    """7,000 customers: blanks among numbers, 0/1 beside Yes/No, three-valued services."""
    params = yaml.safe_load(PARAMS.read_text())
    rng = np.random.default_rng(3)
    n = 7000
    rules = params["validation"]["columns"]
    frame = pd.DataFrame({"customerID": [f"{number:04d}-XYZ" for number in range(n)]})
    for name in params["table"]["categories"]:
        frame[name] = rng.choice(rules.get(name, {}).get("values", ["Yes", "No"]), n)
    frame["tenure"] = rng.integers(1, 73, n)
    frame["MonthlyCharges"] = rng.uniform(18, 119, n).round(2)
    total = (frame["tenure"] * frame["MonthlyCharges"]).round(2).astype(str)
    new = rng.random(n) < 2e-3  # nobody has billed these yet
    frame["TotalCharges"] = total.mask(new, " ")
    frame["tenure"] = frame["tenure"].mask(new, 0)
    without = frame["PhoneService"] == "No"
    frame["MultipleLines"] = frame["MultipleLines"].mask(without, "No phone service")
    risk = 0.04 * frame["MonthlyCharges"] - 0.09 * frame["tenure"] - 1.2
    risk += 2.0 * (frame["Contract"] == "Month-to-month")
    churn = rng.random(n) < 1 / (1 + np.exp(-risk))
    frame["Churn"] = np.where(churn, "Yes", "No")
    frame.to_csv(path, index=False)
    return path


def state() -> str:
    command = [
        "git",
        "-C",
        str(ROOT),
        "status",
        "--porcelain",
        "--ignored",
        "--untracked-files=all",
    ]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return "\n".join(line for line in lines if "__pycache__" not in line and "_cache/" not in line)


def test_a_params_file_and_a_table_run_through_the_same_loop(tmp_path):
    table = Path(os.environ.get("TELCO_CSV") or made_up(tmp_path / "table.csv"))
    scratch = tmp_path / "scratch"
    before = state()
    done = subprocess.run(
        ["make", "try", f"PARAMS={PARAMS}", f"DATA={table}", f"INTO={scratch}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "The gate is open: the first model" in done.stdout
    assert str(scratch) in done.stdout
    assert Layout(scratch).comment.exists()
    assert Layout(scratch).release.exists()
    assert state() == before
