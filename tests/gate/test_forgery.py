"""Files that lie, with a lock that vouches for them: DVC is content, the gate is not."""

import json
import shutil

import pandas as pd
import pytest
from dvc.repo import Repo

from customer_churn.core import paths
from customer_churn.data.catalogue import content_hash
from project import Project


def status_is_clean(project: Project) -> bool:
    return not Repo(str(project.root)).status()


def test_forged_figures_close_although_dvc_status_is_clean(project, judge, rule):
    path = project.root / paths.FIGURES
    figures = json.loads(path.read_text())
    figures["model"]["roc_auc"]["value"] = 0.97
    path.write_text(json.dumps(figures))
    project.dvc("commit", "--force", "--quiet")
    assert status_is_clean(project)
    verdict = judge(project)
    assert not verdict.open
    assert "committed as 0.97" in rule(verdict, "figures").why


def test_a_forged_release_closes(project, judge, rule):
    path = project.root / paths.RELEASE
    path.write_text(path.read_text().replace("registry.example/", "evil.example/"))
    project.dvc("commit", "--force", "--quiet")
    assert status_is_clean(project)
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "bytes").outcome == "fail"


def test_a_forged_descriptor_closes(project, judge, rule):
    path = project.root / paths.DESCRIPTOR
    path.write_text(path.read_text().replace("sha256:", "sha256:0", 1))
    project.run("release")
    verdict = judge(project)
    assert not verdict.open
    assert "content is committed as" in rule(verdict, "bytes").why


@pytest.mark.parametrize("part", ["test", "train"])
def test_chosen_rows_in_a_part_close(project, judge, rule, part):
    path = project.root / paths.SPLIT / f"{part}.parquet"
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    project.run("release")
    verdict = judge(project)
    assert not verdict.open
    assert f"{part}.parquet" in rule(verdict, "split").why


def test_a_table_that_is_not_the_catalogues_closes(project, judge, rule):
    path = project.root / paths.TABLE
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)
    project.run("release")
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "data").outcome == "fail"


def test_a_table_forged_together_with_its_catalogue_closes_when_the_source_is_read_again(
    project, judge, rule
):
    path = project.root / paths.TABLE
    frame = pd.read_parquet(path).iloc[1:]
    frame.to_parquet(path, index=False)
    catalogue = json.loads((project.root / paths.CATALOGUE).read_text())
    catalogue["content"] = content_hash(frame)
    (project.root / paths.CATALOGUE).write_text(json.dumps(catalogue))
    project.run("split", "train", "evaluate", "package", "release")
    assert status_is_clean(project)
    verdict = judge(project)
    assert not verdict.open
    assert "read again, gives other rows" in rule(verdict, "data").why


def test_corrupted_bytes_close(project, judge, rule):
    path = next((project.root / paths.SAVED_MODEL / "variables").glob("*.data-*"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    project.dvc("commit", "--force", "--quiet")
    verdict = judge(project)
    assert not verdict.open
    assert rule(verdict, "bytes").outcome == "fail"


def test_bytes_that_are_no_model_close_every_rule_that_needs_them(project, judge, rule):
    (project.root / paths.SAVED_MODEL / "saved_model.pb").write_bytes(b"garbage")
    verdict = judge(project)
    assert not verdict.open
    for name in ("bytes", "figures", "champion"):
        assert rule(verdict, name).outcome == "fail"


def test_a_lock_that_is_out_of_date_closes(project, judge, rule):
    project.set(**{"train.epochs": 7})
    verdict = judge(project)
    assert not verdict.open
    assert "out of date for train" in rule(verdict, "pipeline").why


def test_a_missing_model_closes(project, judge):
    shutil.rmtree(project.root / paths.SAVED_MODEL)
    verdict = judge(project)
    assert not verdict.open
