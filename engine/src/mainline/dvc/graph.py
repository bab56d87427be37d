"""The stages of a model's `dvc.yaml` and what each needs, as DVC reads them."""

from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout


def needs(root: Path) -> dict[str, set[str]]:
    """Name of each stage, and the stages that it is made from, directly or not.

    In the order of the file. Raises MainlineError when DVC cannot read it.
    """
    import networkx  # type: ignore[import-untyped]  # noqa: PLC0415  it comes with DVC
    from dvc.repo import Repo  # noqa: PLC0415  half a second that most callers need not spend

    pipeline = str(Layout(root).pipeline.resolve())
    try:
        with Repo(str(root)) as repo:
            graph, stages = repo.index.graph, repo.index.stages
    except Exception as error:  # DVC's kinds, its schema's and YAML's
        said = " ".join(str(error).split())
        raise MainlineError(f"cannot be read by DVC: {said[:300]}", where=Layout.pipeline) from None
    names = {
        stage: str(stage.name)
        for stage in stages
        if getattr(stage, "name", None) and stage.path == pipeline
    }
    return {
        name: {names[each] for each in networkx.descendants(graph, stage) if each in names}
        for stage, name in names.items()
    }
