"""The project's package is found, imported and checked; each error names file and function."""

import sys
import traceback

import pytest

from mainline import project
from mainline.core.errors import SettingsError
from mainline.project import Package

BUILD = ("columns", "options", "task")


def refused(root, module="network", name="build", parameters=BUILD):
    with pytest.raises(SettingsError) as caught:
        project.required(root, module, name, parameters)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "Found no such file, expected package = "),
        ("[project]\nname = 'x'\n", "Found no section [tool.mainline], expected package = "),
        ("[tool.mainline]\n", "Found nothing, expected the name of a folder in src/"),
        ("[tool.mainline]\npackage = 3\n", "Found 3, expected the name of a folder"),
        ("[tool.mainline]\npackage = 'a-b'\n", "Found 'a-b', expected the name of a folder"),
        ("[tool.mainline]\npackage = 'mainline'\n", "Found 'mainline', expected"),
        ("[tool.mainline]\npackage = 'json'\n", "Found 'json', expected"),
        ("[tool.mainline\n", "pyproject.toml: cannot be read: "),
        ("[tool.mainline]\npackage = 'nowhere'\n", "the package 'nowhere' cannot be imported"),
    ],
)
def test_a_pyproject_that_names_no_package(code, text, said):
    path = code.root / "pyproject.toml"
    path.unlink() if text is None else path.write_text(text)
    assert said in refused(code.root)


def test_the_package_is_named_at_the_top_of_the_repository_and_not_above(code):
    code.write("network", "def build(columns, options, task): pass\n")
    below = code.root / "models/second"
    below.mkdir(parents=True)
    (below / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert Package.of(below) == Package.of(code.root)
    assert project.required(below, "network", "build", BUILD).name == "build"
    (code.root / "models/.git").mkdir()
    with pytest.raises(SettingsError, match=r"no section \[tool\.mainline\]"):
        Package.of(below)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "import numpy\nimport nowhere_to_be_found\n",
            "src/small/network.py: cannot be imported: ModuleNotFoundError: No module named "
            "'nowhere_to_be_found' (src/small/network.py, line 2). Mend it, or install",
        ),
        ("def build(:\n", "src/small/network.py: cannot be imported: SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError: division by zero (src/small/network.py, line 1)"),
        ("x = 1\n", "Found no function 'build' in it, expected def build(columns, options, task)."),
        ("build = 3\n", "src/small/network.py, function build: is not a function. Found a int"),
        ("def build(columns): pass\n", "Found def build(columns), expected def build(columns, op"),
        (
            "def build(columns, options, task, more): pass\n",
            "cannot be called as the engine calls it (missing a required argument: 'more')",
        ),
    ],
)
def test_a_module_that_cannot_be_used(code, text, said):
    code.write("network", text)
    assert said in refused(code.root)


def test_a_file_that_is_not_there(code):
    assert refused(code.root) == (
        "src/small/network.py: the project has no function 'build'. Found no such file, expected "
        "def build(columns, options, task)."
    )
    assert project.function(code.root, "network", "build", BUILD) is None
    assert project.functions(code.root, "checks", ("frame",)) == []


def test_parameters_of_its_own_need_a_default(code):
    code.write("network", "def build(task, options, columns, depth=2): return depth, options\n")
    found = project.required(code.root, "network", "build", BUILD)
    assert found(columns=1, options=5, task=3) == (2, 5)


def test_public_functions_are_those_that_the_module_defines(code):
    code.write("blocks", "def imported(frame): pass\n")
    code.write(
        "checks",
        """
        from small.blocks import imported
        LIMIT = 3
        def second(frame): "Of rows.\\n\\nMore."
        def _helper(x): pass
        def first(frame): pass
        """,
    )
    found = project.functions(code.root, "checks", ("frame",))
    assert [each.name for each in found] == ["second", "first"]
    assert [each.about for each in found] == ["Of rows.", ""]
    assert project.public_names(code.root, "checks") == ["second", "first"]
    code.write("checks", "def (\n")
    with pytest.raises(SettingsError, match=r"checks\.py: cannot be read"):
        project.public_names(code.root, "checks")


def test_an_exception_of_the_project_keeps_its_traceback_and_is_introduced(code):
    code.write("network", "def build(columns, options, task):\n    return 1 / 0\n")
    build = project.required(code.root, "network", "build", BUILD)
    with pytest.raises(ZeroDivisionError) as caught:
        build(columns=None, options=None, task=None)
    said = "".join(traceback.format_exception(caught.value))
    assert "This is the project's own code: src/small/network.py, function build." in said
    assert "return 1 / 0" in said


def test_each_root_has_its_own_package_in_one_process(code, tmp_path):
    other = type(code)(tmp_path / "other")
    for one, answer in ((code, 1), (other, 2), (code, 1)):
        one.write("blocks", f"ANSWER = {answer}\n")
        one.write(
            "network",
            "from small.blocks import ANSWER\ndef build(columns, options, task): return ANSWER\n",
        )
        found = project.required(one.root, "network", "build", BUILD)
        assert found(columns=None, options=None, task=None) == answer


def test_the_project_s_folder_wins_over_an_installed_package(code, tmp_path, monkeypatch):
    installed = tmp_path / "site/small"
    installed.mkdir(parents=True)
    (installed / "__init__.py").write_text("")
    (installed / "network.py").write_text("def build(columns, options, task): return 'installed'\n")
    monkeypatch.syspath_prepend(str(installed.parent))
    for name in [name for name in sys.modules if name.partition(".")[0] == "small"]:
        monkeypatch.delitem(sys.modules, name)
    code.write("network", "def build(columns, options, task): return 'ours'\n")
    found = project.required(code.root, "network", "build", BUILD)
    assert found(columns=None, options=None, task=None) == "ours"


SETTINGS = """
from mainline.extension import Settings
class Options(Settings):
    layers: int
    rate: float = 0.5
def build(columns, options: Options, task): pass
"""
DATACLASS = """
from __future__ import annotations
from dataclasses import dataclass, field
@dataclass(frozen=True)
class Options:
    layers: int
    rate: float = 0.5
    names: list[str] = field(default_factory=list)
def build(columns, options: Options, task): pass
"""


def options(code, values):
    found = project.required(code.root, "network", "build", BUILD)
    return found.options(values, ("train", "options"))


@pytest.mark.parametrize("text", [SETTINGS, DATACLASS])
def test_options_are_checked_as_params_are(code, text):
    code.write("network", text)
    found = options(code, {"layers": 3})
    assert (type(found).__name__, found.layers, found.rate) == ("Options", 3, 0.5)
    for values, said in (
        ({"layer": 3, "layers": 3}, "'train.options.layer' is not a setting; did you mean 'train."),
        ({}, "params.yaml: 'train.options.layers' is missing."),
        ({"layers": "3"}, "'train.options.layers' is '3' (str); it should be a valid integer, wit"),
    ):
        with pytest.raises(SettingsError) as caught:
            options(code, values)
        assert said in str(caught.value)


@pytest.mark.parametrize("annotation", ["", ": dict", ": dict[str, object]"])
def test_without_a_class_the_options_come_through(code, annotation):
    code.write("network", f"def build(columns, options{annotation}, task): pass\n")
    assert options(code, {"any": [1]}) == {"any": [1]}


@pytest.mark.parametrize(
    ("annotation", "said"), [("int", "no settings can be"), ("'Gone'", "Gone")]
)
def test_an_annotation_that_nothing_can_be_checked_with(code, annotation, said):
    code.write("network", f"def build(columns, options: {annotation}, task): pass\n")
    with pytest.raises(SettingsError, match=said):
        options(code, {})


def test_a_function_that_ends_the_process_is_an_error(code):
    code.write("network", "import sys\ndef build(columns, options, task): sys.exit(0)\n")
    build = project.required(code.root, "network", "build", BUILD)
    with pytest.raises(SettingsError, match=r"function build: ended the process"):
        build(columns=1, options=2, task=3)
    code.write("network", "import sys\nsys.exit(0)\n")
    assert "cannot be imported: SystemExit" in refused(code.root)


def test_a_check_that_a_decorator_hides_is_named(code):
    text = "import functools\n@functools.lru_cache\ndef positive(frame): return True\n"
    code.write("checks", text)
    with pytest.raises(SettingsError, match=r"checks\.py: 'positive' is not a function any more"):
        project.functions(code.root, "checks", ("frame",))


def test_a_folder_that_would_hide_the_engine(code):
    (code.root / "src/mainline").mkdir()
    assert "src/mainline would hide the engine" in refused(code.root)
