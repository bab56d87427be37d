"""Does `dvc.yaml` name every file of the project's own code that a stage imports?

A file that it does not name can change without the stage being run again.
"""

import os
from pathlib import Path

from mainline.core import config
from mainline.core.closure import closure
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.project import SOURCE, Package

# The modules in which each stage looks for functions; `ingest` looks where params.yaml says.
MODULES = {
    "validate": ("checks",),
    "train": ("features", "network"),
    "evaluate": ("features", "metrics", "network"),
    "package": ("features", "network"),
}


def check(root: Path, stage: str) -> None:
    """Raises SettingsError with the lines that `deps` of the stage lacks."""
    pipeline = Layout(root).pipeline
    modules = MODULES.get(stage, ()) if stage != "ingest" else _source(root)
    if not modules or not pipeline.exists():
        return
    values = read_yaml(pipeline.read_text(encoding="utf-8"), name=str(Layout.pipeline))
    stages = values.get("stages")
    about = stages.get(stage) if isinstance(stages, dict) else None
    if not isinstance(about, dict):
        return  # DVC did not start this
    deps = [Path(str(each)) for each in about.get("deps", [])]
    lacking = [
        file
        for file in imported(root, modules)
        if not any(Path(file).is_relative_to(each) for each in deps)
    ]
    if lacking:
        lines = "".join(f"\n      - {file}" for file in lacking)
        raise SettingsError(
            f"stage {stage} imports files that its deps do not name: a change in them would not "
            f"run it again. Add to stages.{stage}.deps in {Layout.pipeline}:{lines}"
        )


def imported(root: Path, modules: tuple[str, ...]) -> list[str]:
    """Files of the project's source folder that these modules import, as in `core.closure`.

    Relative to `root`, sorted. Raises SettingsError when a module cannot be read.
    """
    package = Package.of(root)
    source = package.top / SOURCE
    files: set[Path] = set()
    for module in modules:
        if (package.top / package.file(module)).is_file():
            try:
                files.update(closure(source, f"{package.name}.{module}").values())
            except (ImportError, SyntaxError) as error:
                raise SettingsError(
                    f"cannot be read: {error}.", where=package.file(module)
                ) from None
    return sorted(os.path.relpath(file, root.resolve()) for file in files)


def _source(root: Path) -> tuple[str, ...]:
    """The module of a source that is a function."""
    data = config.read_params(root).get("data")
    source = data.get("source") if isinstance(data, dict) else None
    function = source.get("function") if isinstance(source, dict) else None
    if not isinstance(function, str):
        return ()
    return (function.partition(":")[0].partition(".")[2],)
