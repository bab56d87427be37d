"""Do the files that a proposal shows say what its bytes and rows say? One function a rule."""

import json
import math
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from customer_churn.core import parquet, paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import read_json
from customer_churn.data import catalogue, ingest
from customer_churn.data.split import PARTS
from customer_churn.delivery.release import Release
from customer_churn.gate.candidate import Candidate
from customer_churn.gate.verdict import Rule

TOLERANCE = 5e-4  # committed figures may come from another CPU class; forged ones differ by more


def attempt(name: str, rule: Callable[[], Rule]) -> Rule:
    """A rule whose material cannot be read has failed, for that reason."""
    try:
        return rule()
    except UserError as error:
        return Rule.judged(name, False, str(error))
    except Exception as error:  # whatever a hostile file raises, a rule that broke off has failed
        return Rule.judged(name, False, f"{type(error).__name__}: {error}")


def rules(candidate: Candidate, *, reread: bool) -> list[Rule]:
    """Every rule of integrity; `reread` asks the source again."""
    status = start_status(candidate.root)  # a second of DVC's, spent beside the others
    others = [
        attempt("bytes", lambda: model_bytes(candidate)),
        attempt("data", lambda: data(candidate, reread=reread)),
        attempt("split", lambda: split(candidate)),
        attempt("figures", lambda: figures(candidate)),
    ]
    return [pipeline(status), *others]


def start_status(root: Path) -> "subprocess.Popen[str]":
    """`dvc status`, under way."""
    return subprocess.Popen(
        [sys.executable, "-m", "dvc", "status", "--json"],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pipeline(status: "subprocess.Popen[str]") -> Rule:
    """`dvc.lock` describes the files and the code that are here."""
    said, complaint = status.communicate()
    try:
        changed = json.loads(said) if status.returncode == 0 else None
    except ValueError:
        changed = None
    if changed is None:
        return Rule.judged("pipeline", False, f"`dvc status` failed: {complaint.strip()[-300:]}")
    if changed:
        names = ", ".join(sorted(changed))
        why = f"{paths.LOCK} is out of date for {names}: run `make run` and commit the result."
        return Rule.judged("pipeline", False, why)
    return Rule.judged("pipeline", True, f"{paths.LOCK} describes the code and files that are here")


def model_bytes(candidate: Candidate) -> Rule:
    """Content, version and digest, computed from the bytes, are what descriptor and release say."""
    expected = {
        "name": candidate.package.name,
        "image": candidate.package.image,
        "version": candidate.version,
        "content": candidate.content,
        "digest": candidate.digest,
    }
    made_by = "dvc repro package"
    shown = read_json(candidate.root / paths.DESCRIPTOR, made_by=made_by)
    if not isinstance(shown, dict):
        raise UserError(f"{paths.DESCRIPTOR} is no descriptor; `{made_by}` writes it.")
    for name, value in expected.items():
        if shown.get(name) != value:
            why = f"{paths.DESCRIPTOR} says {name} {shown.get(name)}; the bytes say {value}."
            return Rule.judged("bytes", False, why)
    if not (candidate.root / paths.RELEASE).is_file():
        return Rule.judged("bytes", False, f"{paths.RELEASE} is missing; `dvc repro release`.")
    text = (candidate.root / paths.RELEASE).read_text(encoding="utf-8")
    if text != Release.from_descriptor(expected).render():
        why = f"{paths.RELEASE} is not the release of these bytes ({candidate.digest})."
        return Rule.judged("bytes", False, why)
    return Rule.judged(
        "bytes", True, "descriptor and release name the bytes", figure=candidate.digest[7:19]
    )


def data(candidate: Candidate, *, reread: bool) -> Rule:
    """The table is the one in the catalogue and, when asked again, the one in the source."""
    observed = catalogue.content_hash(candidate.frame)
    about = read_json(candidate.root / paths.CATALOGUE, made_by="dvc repro ingest")
    shown = about.get("content") if isinstance(about, dict) else None
    if shown != observed:
        why = f"{paths.CATALOGUE} says {shown}; the table's rows say {observed}."
        return Rule.judged("data", False, why)
    if not reread:
        return Rule.judged("data", True, "the catalogue names the table", figure=observed[7:19])
    _, fresh = ingest.read(candidate.root, candidate.data, candidate.table)
    same = _same(candidate.frame, fresh)
    why = (
        "the source, read again, gives the same table"
        if same
        else "the source, read again, gives other rows. New data is a new data.as_of."
    )
    return Rule.judged("data", same, why, figure=observed[7:19])


def split(candidate: Candidate) -> Rule:
    """The rows that were trained, validated and tested on are the ones that the split assigns."""
    for part in PARTS:
        stored = parquet.read_part(candidate.root, part)
        assigned = candidate.frame[candidate.parts == part]
        if not _same(stored, assigned):
            why = f"{paths.SPLIT}/{part}.parquet does not hold the rows that the split assigns."
            return Rule.judged("split", False, why)
    return Rule.judged("split", True, "every part holds the rows that the split assigns")


def _same(stored: pd.DataFrame, assigned: pd.DataFrame) -> bool:
    """Value by value: a hash of rows can be met by other rows on purpose."""
    return stored.reset_index(drop=True).equals(assigned.reset_index(drop=True))


def figures(candidate: Candidate) -> Rule:
    """Scoring the packaged bytes again gives the committed figures."""
    shown = read_json(candidate.root / paths.FIGURES, made_by="dvc repro evaluate")
    different = list(_differences(shown, candidate.figures, ""))
    if different:
        more = f" and {len(different) - 1} more" if len(different) > 1 else ""
        return Rule.judged("figures", False, f"{paths.FIGURES}: {different[0]}{more}.")
    auc = candidate.figures["model"]["roc_auc"]["value"]
    if auc is None:
        return Rule.judged("figures", False, "the model's figures are no numbers.")
    return Rule.judged("figures", True, "scored again: the committed ones", figure=f"{auc:.4f}")


def _differences(shown: Any, computed: Any, where: str) -> Iterator[str]:
    if isinstance(computed, dict) and isinstance(shown, dict):
        for key in [*computed, *(set(shown) - set(computed))]:
            yield from _differences(shown.get(key), computed.get(key), f"{where}.{key}".strip("."))
    elif not _close(shown, computed):
        yield f"{where} is committed as {shown}, computed as {computed}"


def _close(shown: Any, computed: Any) -> bool:
    numbers = (int, float)
    if isinstance(shown, numbers) and isinstance(computed, numbers):
        return math.isclose(shown, computed, abs_tol=TOLERANCE, rel_tol=0)
    return bool(shown == computed)
