from collections.abc import Callable, Iterator

import pytest
from live_source import from_database

from customer_churn.gate import latency
from customer_churn.gate.decide import decide
from customer_churn.gate.verdict import Rule, Verdict
from customer_churn.git import Git
from project import Project

Judge = Callable[..., Verdict]


@pytest.fixture
def judge(monkeypatch) -> Iterator[Judge]:
    """Measures for a tenth of the usual time: these tests' bar asks nothing of a clock."""
    monkeypatch.setattr(latency, "SECONDS", latency.SECONDS / 10)

    def call(
        project: Project, against: str = "main", *, retrain: bool = False, in_ci: bool = True
    ) -> Verdict:
        return decide(Git(project.root), against, retrain=retrain, in_ci=in_ci)

    return call


@pytest.fixture
def rolled_back(project: Project) -> tuple[Project, str]:
    """Main has released a second model, and this branch has the first again; the first's commit."""
    first = project.git("rev-parse", "HEAD").strip()
    project.retrain(**{"train.seed": 42})
    project.commit("Second model")
    project.git("branch", "-f", "main", "HEAD")
    project.git("checkout", "-q", first, "--", ".")
    project.dvc("checkout", "--quiet")
    return project, first


@pytest.fixture
def rule() -> Callable[[Verdict, str], Rule]:
    def find(verdict: Verdict, name: str) -> Rule:
        found = [rule for rule in verdict.rules if rule.name == name]
        assert len(found) == 1, f"{name} in {[rule.name for rule in verdict.rules]}"
        return found[0]

    return find


@pytest.fixture
def live(project: Project) -> Project:
    """Main's table is a batch of a database; the proposal changes a setting of the training."""
    from_database(project)
    return project
