"""The engine as a house: imports run down, one name means one thing, files are small."""

import re
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

import mainline

PACKAGE = Path(mainline.__file__).parent
ENGINE = PACKAGE.parents[1]
# Folders and top-level modules, low to high: each imports only what stands before it.
LOW_TO_HIGH = """
    stages core git process lock project extension github registry data trees model evaluation drift
    graph packaging testing release k8s serving request_log gateway params dvc snapshots gate report
    tracking monitoring experiments delivery scoring pipeline proposal retraining outside tuning
    cluster reproduce retention demo preview check cli __main__
"""
ORDER = LOW_TO_HIGH.split()
# Basenames in several folders, and the one thing that each means.
SHARED = {
    "__init__": "a folder, in one line",
    "answers": "what an answer of a server means",
    "batches": "batches of a live source: kept, and judged",
    "behaviour": "how the model behaves beyond its figures: in the card, and in the comment",
    "candidates": "what could ship: computed, shown",
    "changes": "what differs from the base: found, and shown",
    "columns": "the columns of a table",
    "command": "a command line",
    "commands": "the list of commands",
    "costs": "costs of wrong answers: computed, judged, shown",
    "day": "a day: parsed, and chosen",
    "drift": "drift beside main's rows: judged, shown",
    "fairness": "differences between groups: computed, judged, shown",
    "finding": "what is found in a graph, or in the log",
    "gate": "the gate: its settings, its command",
    "identity": "who speaks: the bot in git, the embedded server in HTTP",
    "importance": "importances of columns: computed, shown",
    "markdown": "Markdown text",
    "outcome": "what came of a check, or of a reproduction",
    "page": "a page that a person reads",
    "quality": "figures beside their bars: of a proposal, of what runs",
    "record": "the record in MLflow: its settings, its command",
    "reference": "the reference of commands, and that of drift",
    "robustness": "worse inputs: computed, judged, shown",
    "rows": "test rows: judged on, and judged themselves",
    "settings": "a section of params.yaml, or the file of the gateway",
    "snapshot": "the snapshot of a source: its command, its rule",
    "target": "the target column: counted, and learnt",
    "tune": "the search: its settings, its command",
    "words": "what a person reads, as text",
}
LONGEST = 300


def python_files() -> list[Path]:
    return [path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("mainline", cache_dir=None)


def upward(graph: grimp.ImportGraph) -> Iterator[str]:
    """Imports of what does not stand before the importer in `ORDER`."""
    for importer in graph.modules - {"mainline"}:
        for imported in graph.find_modules_directly_imported_by(importer) - {"mainline"}:
            high, low = (name.split(".")[1] for name in (importer, imported))
            if high != low and ORDER.index(low) >= ORDER.index(high):
                yield f"{importer} imports {imported}"


def circle(graph: grimp.ImportGraph) -> list[str]:
    """Modules that import each other in a circle; empty when none do."""
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_folder_has_its_place_in_the_order(graph):
    assert {name.split(".")[1] for name in graph.modules - {"mainline"}} <= set(ORDER)


def test_no_import_runs_up(graph):
    assert sorted(upward(graph)) == []


def test_no_modules_import_each_other_in_a_circle(graph):
    assert circle(graph) == []


def test_an_import_that_runs_up_and_a_circle_are_found(graph):
    planted = {"importer": "mainline.core.errors", "imported": "mainline.git"}
    graph.add_import(**planted)
    try:
        assert list(upward(graph)) == ["mainline.core.errors imports mainline.git"]
        assert {"mainline.core.errors", "mainline.git"} <= set(circle(graph))
    finally:
        graph.remove_import(**planted)


def test_a_basename_means_one_thing():
    folders = defaultdict(set)
    for path in python_files():
        folders[path.stem].add(path.parent)
    twice = {name for name, where in folders.items() if len(where) > 1}
    assert twice - SHARED.keys() == set(), "rename it, or say in SHARED what both are"
    assert SHARED.keys() - twice == set(), "no longer shared"


def test_files_are_small():
    lines = {path: len(path.read_text().splitlines()) for path in python_files()}
    assert statistics.median(lines.values()) < 100
    assert [path for path, count in lines.items() if count > LONGEST] == []


LOADERS = re.compile(
    r"saved_model\.load|load_model\(|TFSMLayer|import_graph_def|import_meta_graph|load_graph"
    r"|from_saved_model|TFLite"
)
LOAD = {"packaging/loaded.py", "graph/saved_model_pyfunc.py"}  # both check the graph before


def test_a_model_is_loaded_where_its_graph_is_checked_and_nowhere_else():
    texts = {str(path.relative_to(PACKAGE)): path.read_text() for path in python_files()}
    assert {name for name, text in texts.items() if LOADERS.search(text)} == LOAD
    for name in LOAD:
        assert re.search(
            r"with (checked|admitted)\(.*\) as copy.*\bload\(.*str\(copy\)\)", texts[name], re.S
        )


NAME = re.compile(r"customer[ _.-]?churn", re.IGNORECASE)  # the worked example's, in any spelling
KNOWN = (
    "telco-customer-churn.csv",  # a data set of the world
    "Telco Customer Churn",
    "function: customer_churn.simulator:read",  # examples to try in this repository
)


def names_a_project(text: str) -> bool:
    for known in KNOWN:
        text = text.replace(known, "")
    return bool(NAME.search(text))


def test_no_file_of_the_engine_holds_a_project_s_name():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ENGINE, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = [ENGINE / name for name in listed if name and not __file__.endswith(name)]
    texts = {path: path.read_bytes().decode(errors="replace") for path in files if path.is_file()}
    assert [str(path) for path, text in texts.items() if names_a_project(text)] == []
    assert [str(path) for path in texts if NAME.search(str(path.relative_to(ENGINE)))] == []


@pytest.mark.parametrize(
    "name", ["customer_churn", "customer-churn", "CustomerChurn", "Customer Churn"]
)
def test_every_spelling_is_found(name):
    assert names_a_project(f"from {name} import")
    assert not names_a_project("IBM's Telco Customer Churn, customers who churn")
