"""Stage `package`: the trained network becomes the bytes that ship."""

from pathlib import Path
from typing import Any

import pandas as pd

from mainline.core import config, parquet
from mainline.core.files import read_json, staged, write_json, write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.model import runtime, trained
from mainline.model.trained import Trained
from mainline.packaging import card, content, descriptor, golden, image, parity, saved_model, warmup
from mainline.packaging.settings import PackageSettings, operations

PARITY_ROWS = 2_000
EXTRA = "assets.extra"


def run(root: Path) -> None:
    """Write SavedModel, model image, descriptor and model card, each whole or not at all."""
    package = config.section(root, "package", PackageSettings)
    table = config.section(root, "table", TableSettings)
    runtime.deterministic(0)
    model = trained.load(root, table)
    with staged(Layout(root).saved_model) as directory:
        saved_model.export(model, directory)
        made_up = golden.rows(model.preprocessing, package.golden_rows)
        held_out = parquet.read_part(root, "validation")[table.features].head(PARITY_ROWS)
        rows = pd.concat([made_up, held_out])
        scores, scorer = model.score(rows), saved_model.Scorer(directory, operations(root))
        difference = parity.difference(scorer, rows, scores, model.target.scale)
        write_extra(model, package, directory / EXTRA)
    about = _describe(root, package)
    write_json(Layout(root).descriptor, about)
    evaluation = read_json(Layout(root).figures, made_by="dvc repro evaluate")
    compared = read_json(Layout(root).candidates, made_by="dvc repro evaluate")
    catalogue = read_json(Layout(root).catalogue, made_by="dvc repro ingest")
    text = card.render(about, evaluation, catalogue, table, package, candidates=compared)
    write_text(Layout(root).model_card, text)
    say("package", f"version {about['version']}, {about['size'] / 1e6:.2f} MB")
    say("package", f"image {about['digest']}, parity within {difference:.0e}")


def write_extra(model: Trained, package: PackageSettings, extra: Path) -> None:
    """Warm-up requests for TensorFlow Serving, and golden rows to compare a server with."""
    rows = golden.rows(model.preprocessing, package.golden_rows)
    extra.mkdir(exist_ok=True)
    write_json(extra / "golden.json", golden.with_scores(model, rows))
    warmup.write(rows, model.preprocessing, package.name, extra / "tf_serving_warmup_requests")


def _describe(root: Path, package: PackageSettings) -> dict[str, Any]:
    found = content.content_hash(Layout(root).saved_model)
    made = image.build(Layout(root).saved_model, package.name, content.version(found))
    made.write(Layout(root).image)
    return descriptor.of(package, found, made)
