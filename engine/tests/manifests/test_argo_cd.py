"""Our tools are the ones inside the Argo CD whose definitions we check against."""

import re

import pytest
import rendering
import schemas
from rendering import TOOLS

pytestmark = pytest.mark.check

LIBRARIES = ["github.com/Masterminds/sprig/v3", "github.com/expr-lang/expr"]


@pytest.fixture(scope="module")
def argo_cd():
    return schemas._folder("github.com/argoproj/argo-cd/v3")


def required(text: str, module: str) -> str:
    """The version of a module in a go.mod."""
    (found,) = re.findall(rf"^\s*{re.escape(module)} (\S+)", text, re.MULTILINE)
    return found


@pytest.mark.parametrize("library", LIBRARIES)
def test_expressions_and_templates_are_evaluated_by_its_libraries(argo_cd, library):
    ours, its = ((one / "go.mod").read_text() for one in (TOOLS, argo_cd))
    assert required(ours, library) == required(its, library)


def test_kustomize_is_the_one_that_it_bundles(argo_cd):
    versions = (argo_cd / "hack/tool-versions.sh").read_text()
    (bundled,) = re.findall(r"^kustomize5_version=(\S+)", versions, re.MULTILINE)
    assert rendering.run(rendering.tool("kustomize"), "version").strip() == f"v{bundled}"


def test_another_version_would_show():
    text = (TOOLS / "go.mod").read_text()
    changed = text.replace("expr-lang/expr v", "expr-lang/expr v9")
    assert required(changed, LIBRARIES[1]) != required(text, LIBRARIES[1])
