"""The command `task plan`: checks what a scoring workflow was submitted with, before it begins."""

from pathlib import Path

from mainline.cluster.checkout import clone
from mainline.core.errors import MainlineError, SettingsError
from mainline.core.files import write_text
from mainline.core.progress import say
from mainline.k8s.environments import release_at
from mainline.scoring import manifest
from mainline.scoring.checked import checked
from mainline.scoring.output import Output
from mainline.scoring.partition import Partition


def run(
    work: Path,
    *,
    revision: str,
    directory: Path,
    environment: str,
    source: str,
    into: str,
    partitions: str,
    allow_failed: int,
    commit_file: Path,
    output_file: Path,
) -> None:
    """Work below `work`, an empty folder. Writes the commit to `commit_file`.

    `output_file` gets the folder for the scores: below `into`, one for each input and model. Raises
    MainlineError when an option is wrong, or when that folder holds another number of partitions.
    Nothing is scored.
    """
    count = partitions if partitions.isdecimal() and partitions.isascii() else "0"
    try:
        share = Partition.parse(f"{count}/{count}")
    except SettingsError:
        raise SettingsError(
            "has a wrong value.",
            where="--partitions",
            found=repr(partitions),
            expected="1 to 9999",
        ) from None
    rows, target = checked(source, into, allow_failed)
    checkout = clone(work, revision, directory)
    model = release_at(checkout.git, checkout.commit, environment)
    if model is None:
        raise MainlineError(
            f"{environment} has no release at {checkout.commit[:12]}, so no model scores.",
            hint="`mainline history` lists what was released.",
        )
    folder = target.below(manifest.folder(model, rows))
    Output(folder, share).finished(manifest.shared(model, rows))
    write_text(commit_file, checkout.commit)
    write_text(output_file, folder.uri)
    say("plan", f"{rows.rows:,} rows in {len(rows.files):,} files, {share.count:,} partitions")
    if share.count > len(rows.groups):
        say("plan", f"only {len(rows.groups):,} row groups: some partitions have no row")
    say("plan", f"{environment} runs {model.name}, version {model.version}")
    say("plan", f"the scores' folder is {folder.uri}")
