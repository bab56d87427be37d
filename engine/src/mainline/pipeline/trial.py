"""The command `try`: runs the loop on your own data in a scratch copy, not in this checkout."""

import shutil
import tempfile
from pathlib import Path

import yaml

from mainline.core.config import read_params
from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.repro import GENERATED
from mainline.git import Git
from mainline.params import params
from mainline.pipeline.anew import summary
from mainline.pipeline.up_to_date import reproduce
from mainline.process.children import environment

OF_A_TABLE = ("checks.py", "features.py", "metrics.py")


def run(root: Path, settings: Path, data: str | None, into: Path | None) -> bool:
    """Copy the tracked tree, put `settings` and `data` into its params.yaml and run the loop there.

    Returns whether the gate is open. Raises MainlineError when an argument cannot be used or a
    stage fails.
    """
    values = _params(settings, data)
    params.parse(root, values, name=str(settings))
    scratch = _target(into)
    target = scratch / Layout(root).directory
    _copy(root, target)
    if values.get("table") != read_params(root).get("table"):
        _leave_out(scratch / Layout.source)
    text = yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
    write_text(Layout(target).params, f"# {settings.name}, for a trial.\n{text}")
    for name in GENERATED:
        path = target / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    _commit(scratch)
    print(f"A scratch copy without a champion: {target}", flush=True)
    try:
        reproduce(target, variables=environment(Layout(target).source))
    except StageFailedError:
        raise StageFailedError(
            f"the trial stopped at the error above, where {Layout.params} stands for {settings}.",
            hint="Fix the file or the data and try again, in another copy.",
        ) from None
    from mainline.pipeline.judge import judge  # noqa: PLC0415  imported while DVC worked

    verdict = judge(target, in_ci=False)
    then = (
        f"when it looks right, take {settings} as {Layout.params}, with a source that CI can read "
        "(docs/data.md)"
    )
    print(summary(target, verdict, [f"scratch   {target}"], then), flush=True)
    return verdict.open


def _params(settings: Path, data: str | None) -> dict[str, object]:
    try:
        text = settings.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MainlineError(f"--params: {settings} cannot be read: {error}") from None
    values = read_yaml(text, name=str(settings))
    data_section = values.get("data")
    source = data_section.get("source") if isinstance(data_section, dict) else None
    kind = source.get("kind") if isinstance(source, dict) else None
    if data is None:
        if kind == "file":
            raise MainlineError(f"{settings} reads a file: name it with `--data` (make: `DATA=`).")
        return values
    if not isinstance(source, dict) or kind != "file":
        raise MainlineError(f"{settings}: --data needs 'data.source.kind' to be 'file'.")
    if "://" not in data and not (Path(data).exists() or "*" in data):
        raise MainlineError(f"--data: {data} does not exist.")
    source["path"] = data if "://" in data else str(Path(data).resolve())
    return values


def _target(into: Path | None) -> Path:
    if into is None:
        return Path(tempfile.mkdtemp(prefix="mainline-try-"))
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise MainlineError(f"--into: {into} is not empty; name a new or an empty directory.")
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MainlineError(f"--into: {into} cannot be made: {error.strerror}.") from None
    return into.resolve()


def _copy(root: Path, target: Path) -> None:
    """Every file that git tracks or would track, as it is in the working tree now."""
    target.mkdir(parents=True, exist_ok=True)
    for name in Git(root).files("--cached", "--others", "--exclude-standard"):
        source = root / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)


def _leave_out(source: Path) -> None:
    """Empty the copy's functions that read columns of the project's table. The network stays."""
    found = [path for name in OF_A_TABLE for path in source.glob(f"*/{name}")]
    for path in found:
        write_text(path, '"""Empty: the trial is about another table."""\n')
    if found:
        names = ", ".join(path.name for path in found)
        print(f"The table is not this project's, so the trial leaves out {names}.", flush=True)


def _commit(target: Path) -> None:
    """Make it a new repository on the branch `trial`. Without main there is no champion."""
    Git(target).run("init", "--quiet", "--initial-branch", "trial")
    Git(target).run("add", "--all")
    identity = ["-c", "user.name=trial", "-c", "user.email=trial@localhost"]
    identity += ["-c", "commit.gpgsign=false"]
    Git(target).run(*identity, "commit", "--quiet", "--no-verify", "--message", "Scratch copy")
