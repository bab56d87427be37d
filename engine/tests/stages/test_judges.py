"""The gate names its own code, wherever it stands."""

from import_graph import imported

from mainline.gate import decide
from mainline.gate.judges import JUDGES, PACKAGE

# What a network is built and trained by: the gate asks the packaged one.
MODEL = {"network", "runtime", "settings", "target"}
HARMLESS = {f"{PACKAGE}/__init__.py"}


def test_every_module_that_the_gate_runs_is_a_judge():
    files = {"src/" + name.replace(".", "/") + ".py" for name in imported(decide.__name__)}
    assert f"{PACKAGE}/gate/bars.py" in files
    judged = {name for name in files if any(f"{name}/".startswith(f"{j}/") for j in JUDGES)}
    free = {f"{PACKAGE}/model/{name}.py" for name in MODEL}
    assert files - judged <= free | HARMLESS
