"""Every rule, by what it is about, with what a person does about a finding."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mainline.check import (
    argo_cd,
    argo_workflows,
    challenger,
    credentials,
    dockerfile,
    engine_files,
    gateway_columns,
    gateway_pod,
    model_server,
    pods,
    policies,
    required,
    smoke_job,
    spelling,
    spreading,
    wiring,
    workflow_fields,
    workflows,
)
from mainline.check.rendering import ARGOCD, NAMESPACES, Rendered, parsed
from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc import workflow_stages
from mainline.k8s import workflow_files
from mainline.k8s.environments import CHALLENGER, ENVIRONMENTS
from mainline.release.release_file import Release

WORKFLOWS = Layout.workflows
DOCKERFILE = Layout.dockerfile
PATCH = "Correct the overlay's kustomization.yaml, or what it lists."
CHALLENGE = "`mainline challenge` writes file and lines; to end it, revert its commit."
COLUMNS = f"Correct {gateway_pod.SETTINGS}; docs/gateway.md says what `may_lack` is for."
ARGO = "Correct pipelines/argo/kustomization.yaml, or what it lists."
ACCEPT = (
    "Take it out, or accept it with a reason in pyproject.toml, [tool.mainline.check.accepted]."
)
EDIT = "Correct the file."
# What a rule meets where a manifest or workflow has a form that it does not know.
UNREAD = (LookupError, TypeError, ValueError, AttributeError, yaml.YAMLError)

Subjects = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Finding:
    """`found` in `file` is not `expected`; `hint` is what to do, `rule` is GROUP.RULE."""

    rule: str
    file: str
    found: str
    expected: str
    hint: str

    def line(self) -> str:
        """The finding in one line."""
        found = " ".join(self.found.split())
        return f"{self.file}: {found}. Expected: {self.expected} {self.hint} [{self.rule}]"


@dataclass(frozen=True)
class Project:
    """The files of a project, and its manifests as they are rendered."""

    root: Path
    rendered: Rendered

    @property
    def top(self) -> Path:
        """The git root, where the files are that all models share."""
        return Layout(self.root).top


@dataclass(frozen=True)
class Group:
    """Rules on subjects of one kind. A rule yields what it finds wrong with a subject."""

    name: str
    rules: tuple[Callable[[Any], Iterator[str]], ...]
    hint: str
    subjects: Callable[[Project], Subjects]

    def expected(self) -> dict[str, str]:
        """Each rule by its name: what holds, in the first line of its docstring."""
        return {
            f"{self.name}.{rule.__name__}": str(rule.__doc__).splitlines()[0] for rule in self.rules
        }

    def findings(self, project: Project) -> Iterator[Finding]:
        """All that the rules find. A subject that a rule cannot read is a finding."""
        for file, subject in self.subjects(project):
            for rule, (name, expected) in zip(self.rules, self.expected().items(), strict=True):
                try:
                    for found in rule(subject):
                        yield Finding(name, file, found, expected, self.hint)
                except UNREAD as error:
                    found = f"the rule cannot read it ({type(error).__name__}: {error})"
                    yield Finding(name, file, found, expected, self.hint)


def _overlays(project: Project) -> Subjects:
    for key in project.rendered.releases:
        if key in project.rendered.objects:
            yield key.as_posix(), project.rendered.objects[key]


def _argo(project: Project) -> Subjects:
    for key, objects in project.rendered.objects.items():
        if key.match(str(workflow_files.FOLDER)):
            yield key.as_posix(), objects


def _argo_fields(project: Project) -> Subjects:
    base = sorted((project.top / workflow_files.BASE).glob("*.yaml"))
    files = [it for path in base for it in parsed(path.read_text(encoding="utf-8"))]
    shipped = [it for it in files if "kind" in it]
    patches = {text for _, text in workflow_fields.pod_spec_patches(shipped)}
    yield from ((key, (objects, patches)) for key, objects in _argo(project))


def _with_pods(project: Project) -> Subjects:
    yield from _overlays(project)
    yield from _argo(project)


def _stages(project: Project) -> Subjects:
    path = project.root / workflow_files.STAGES
    if path.parent.is_dir():
        there = path.read_text(encoding="utf-8") if path.is_file() else None
        name = (Layout(project.root).directory / workflow_files.STAGES).as_posix()
        yield name, (workflow_stages.rendered(project.root), there)


def _released(project: Project) -> Subjects:
    for key, release in project.rendered.releases.items():
        if key in project.rendered.objects:
            yield key.as_posix(), (project.rendered.objects[key], release)


def _logged(project: Project) -> Subjects:
    path, table = Layout(project.root).params, {}
    if path.is_file():  # without it no column is known
        table = read_yaml(path.read_text(encoding="utf-8"), name=str(Layout.params))["table"]
    inputs = [*table.get("numbers", []), *table.get("categories", [])]
    for key, objects in _overlays(project):
        yield key, gateway_columns.Logged(objects, inputs)


def _challengers(project: Project) -> Iterator[tuple[str, challenger.Overlay]]:
    for path in sorted(Layout(project.root).overlays.glob("*/kustomization.yaml")):
        release, own = path.with_name(Layout.release.name), path.with_name(CHALLENGER)
        name = (Layout(project.root).directory / Layout.overlays / path.parent.name).as_posix()
        texts = [it.read_text(encoding="utf-8") if it.is_file() else None for it in (own, release)]
        champion = Release.parse(texts[1], name=f"{name}/release.yaml") if texts[1] else None
        listed = read_yaml(path.read_text(encoding="utf-8"), name=f"{name}/{path.name}")
        yield name, challenger.Overlay(listed, texts[0], champion)


def _challenged(project: Project) -> Subjects:
    own = dict(_challengers(project))
    for key, objects in _overlays(project):
        yield key, (objects, own[key].challenger if key in own else None)


def _folders(project: Project) -> Subjects:
    for key, objects in project.rendered.objects.items():
        yield key.as_posix(), objects


def _errors(project: Project) -> Subjects:
    there = project.rendered.objects.keys() | project.rendered.errors
    overlays = Layout(project.root).directory / Layout.overlays
    wanted = {*(overlays / name for name in ENVIRONMENTS), ARGOCD, NAMESPACES}
    for key in sorted(there | wanted):
        missing = None if key in there else "it is missing"
        yield key.as_posix(), missing or project.rendered.errors.get(key)


def _cluster(project: Project) -> Subjects:
    found = project.rendered
    if not found.errors and {ARGOCD, NAMESPACES} <= found.objects.keys():
        cluster = argo_cd.Cluster(
            found.overlays(), found.objects[ARGOCD], found.objects[NAMESPACES], found.workflows()
        )
        yield ARGOCD.as_posix(), cluster


def _engine_files(project: Project) -> Subjects:
    for file in engine_files.files(project.top):
        yield file[0], file


def _texts(project: Project) -> Subjects:
    own = Layout(project.root).directory / Layout.overlays.parent
    argo = workflow_files.FOLDER.parent
    for folder in dict.fromkeys((Layout.manifests, own, WORKFLOWS.parent, argo)):
        for path in sorted((project.top / folder).rglob("*")):
            if path.is_file():
                name = path.relative_to(project.top).as_posix()
                yield name, (name, path.read_text(encoding="utf-8", errors="replace"))


def _workflows(project: Project) -> Iterator[tuple[str, workflows.Workflow]]:
    for path in sorted((project.top / WORKFLOWS).glob("*.y*ml")):
        name, text = (WORKFLOWS / path.name).as_posix(), path.read_text(encoding="utf-8")
        yield name, workflows.Workflow(path.name, text, read_yaml(text, name=name))


def _checks(project: Project) -> Subjects:
    if (project.top / WORKFLOWS).is_dir():
        ruleset = read_json(project.top / Layout.rules, made_by="git checkout")
        found = [workflow for _, workflow in _workflows(project)]
        yield WORKFLOWS.parent.as_posix(), required.Checks(found, ruleset)


def _dockerfile(project: Project) -> Subjects:
    path = project.top / DOCKERFILE
    if path.is_file():
        yield DOCKERFILE.as_posix(), dockerfile.stages(path.read_text(encoding="utf-8"))


def renders(error: str | None) -> Iterator[str]:
    """Staging, production, k8s/argocd and k8s/namespaces are there and render."""
    if error is not None:
        yield error.rstrip(".")


GROUPS = (
    Group("rendering", (renders,), EDIT, _errors),
    Group(
        "engine_files",
        engine_files.RULES,
        "Restore it from git, or remove what you added; patch in k8s/overlays, k8s/settings or "
        "pipelines/argo/kustomization.yaml.",
        _engine_files,
    ),
    Group("pods", pods.RULES, PATCH, _with_pods),
    Group("model_server", model_server.RULES, PATCH, _overlays),
    Group("wiring", wiring.RULES, PATCH, _overlays),
    Group("smoke_job", smoke_job.RULES, PATCH, _overlays),
    Group("gateway", gateway_pod.RULES, PATCH, _overlays),
    Group("gateway", gateway_columns.RULES, COLUMNS, _logged),
    Group("challenger", challenger.FILES, CHALLENGE, _challengers),
    Group("challenger", challenger.RULES, PATCH, _challenged),
    Group("policies", policies.RULES, "Correct the overlay's network policies.", _overlays),
    Group("spreading", spreading.RULES, PATCH, _released),
    Group("spelling", spelling.RULES, "Choose another name.", _folders),
    Group("argo_cd", argo_cd.RULES, "Correct k8s/argocd or k8s/namespaces.", _cluster),
    Group("argo_workflows", argo_workflows.RULES, ARGO, _argo),
    Group("argo_fields", workflow_fields.RULES, ACCEPT, _argo_fields),
    Group("argo_stages", argo_workflows.FILES, "`mainline workflows` writes it.", _stages),
    Group("credentials", credentials.RULES, "Take it out, and replace it.", _texts),
    Group("workflows", workflows.RULES, EDIT, _workflows),
    Group("checks", required.TOGETHER, "Correct the workflow or the ruleset.", _checks),
    Group("dockerfile", dockerfile.RULES, EDIT, _dockerfile),
)
EXPECTED = {name: text for group in GROUPS for name, text in group.expected().items()}


def findings(project: Project) -> list[Finding]:
    """All findings of all rules. A file that cannot be read is a finding of its group's rules."""
    found: list[Finding] = []
    for group in GROUPS:
        try:
            found += group.findings(project)
        except (MainlineError, *UNREAD, OSError) as error:
            name, expected = next(iter(group.expected().items()))
            found.append(Finding(name, ".", str(error).rstrip("."), expected, group.hint))
    return found
