"""The engine code that a stage loads is the code that its hash is about."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from mainline.lock.build import files
from mainline.lock.closures import ENGINE, hash_of
from mainline.stages import STAGES

# Loaded before a stage begins. None of it computes anything that a stage writes.
FRONT = {
    "mainline.cli": "the command line: options in, one function called",
    "mainline.cluster": "the folder of the next",
    "mainline.cluster.commands": "names and options of commands",
    "mainline.core.closure": "finds imports, for `extension_deps`",
    "mainline.core.command": "what the command line knows of a command",
    "mainline.delivery": "the folder of the next",
    "mainline.delivery.commands": "names and options of commands",
    "mainline.demo": "the folder of the next",
    "mainline.demo.commands": "names and options of commands",
    "mainline.dvc": "the folder of the next",
    "mainline.dvc.extension_deps": "compares `deps` with the project's imports",
    "mainline.experiments": "the folder of the next",
    "mainline.experiments.commands": "names and options of commands",
    "mainline.gateway": "the folder of the next",
    "mainline.gateway.commands": "names and options of commands",
    "mainline.lock": "compares hashes, writes nothing",
    "mainline.monitoring": "the folder of the next",
    "mainline.monitoring.commands": "names and options of commands",
    "mainline.outside": "the folder of the next",
    "mainline.outside.commands": "names and options of commands",
    "mainline.process": "one run at a time, quiet imports, the end with a parent, words on outages",
    "mainline.request_log": "the folder of the next",
    "mainline.request_log.commands": "names and options of commands",
    "mainline.retraining": "the folder of the next",
    "mainline.retraining.commands": "names and options of commands",
    "mainline.scoring": "the folder of the next",
    "mainline.scoring.commands": "names and options of commands",
    "mainline.serving": "the folder of the next",
    "mainline.serving.options": "options of a command",
    "mainline.serving.served": "names in these options",
    "mainline.stages": "names of the stages' modules",
}
# What these import, where the stage itself does not.
OF_THE_FRONT = {"release": {"mainline.core.config", "mainline.project"}}
SLOW = ("train", "evaluate", "package")
PROGRAM = """
import sys
from mainline.cli.main import main
code = main([sys.argv[1]])
print(*[name for name in sys.modules if name.partition('.')[0] == 'mainline'])
sys.exit(code)
"""


def in_front(name: str) -> bool:
    packages = ("mainline.cli", "mainline.lock", "mainline.process")
    return name in FRONT or name.startswith(tuple(f"{package}." for package in packages))


def module(name: str) -> str:
    """`mainline/data/__init__.py` as `mainline.data`."""
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.fixture(scope="module")
def closures() -> dict[str, set[str]]:
    return {stage: {module(name) for name in files(ENGINE, name)} for stage, name in STAGES.items()}


@pytest.mark.parametrize(
    "stage", [pytest.param(s, marks=pytest.mark.nightly) if s in SLOW else s for s in STAGES]
)
def test_what_a_stage_loads_is_in_its_closure(trained, closures, tmp_path, stage):
    root = trained.copy(tmp_path / "project").root
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, stage],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert STAGES[stage] in loaded
    more = {name for name in loaded - closures[stage] if not in_front(name)}
    assert more == OF_THE_FRONT.get(stage, set())


def test_the_front_is_no_longer_than_it_has_to_be(closures):
    """A name that a stage imports anyway needs no exception."""
    inside = set.union(*closures.values())
    assert not [name for name in inside if in_front(name)]


def test_another_reader_of_imports_finds_no_more(closures):
    graph = grimp.build_graph("mainline", cache_dir=None)
    for stage, name in STAGES.items():
        assert graph.find_upstream_modules(name) <= closures[stage]


@pytest.fixture
def engine(tmp_path) -> Path:
    """A copy of the engine's package."""
    ignored = shutil.ignore_patterns("node_modules", "__pycache__")
    return Path(shutil.copytree(ENGINE, tmp_path / "mainline", ignore=ignored))


def test_a_change_counts_for_the_stages_that_import_it(engine):
    top = engine.parent
    made_of = {stage: files(engine, name) for stage, name in STAGES.items()}
    before = {stage: hash_of(top, names) for stage, names in made_of.items()}

    def changed(name: str) -> set[str]:
        text = (engine / name).read_text()
        (engine / name).write_text(f"{text}# changed\n")
        after = {stage: hash_of(top, names) for stage, names in made_of.items()}
        (engine / name).write_text(text)
        return {stage for stage in STAGES if after[stage] != before[stage]}

    assert changed("gate/decide.py") == set()
    assert changed("cli/main.py") == set()
    assert changed("model/trained.py") == {"train", "evaluate", "package"}
    assert changed("model/layers_members.py") == {"train", "evaluate", "package"}
    assert changed("packaging/image.py") == {"package"}
    assert changed("extension.py") == set(STAGES) - {"release"}
    assert changed("__init__.py") == set(STAGES)


def test_a_data_file_and_a_new_import_count(engine):
    def release() -> list[str]:
        return files(engine, STAGES["release"])

    before = release()
    (engine / "gate/table.json").touch()
    assert release() == before
    (engine / "release/table.json").touch()
    assert set(release()) - set(before) == {"mainline/release/table.json"}
    with (engine / "release/write.py").open("a") as file:
        file.write("def more():\n    from mainline.gate import cases\n")
    assert "mainline/gate/cases.py" in release()
    assert "mainline/gate/table.json" in release()


def test_line_ends_change_nothing(engine):
    names = files(engine, STAGES["train"])
    before = hash_of(engine.parent, names)
    for path in engine.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert files(engine, STAGES["train"]) == names
    assert hash_of(engine.parent, names) == before
