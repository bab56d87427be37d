"""One project's names for another's: all of them, once, and nothing that only looks like one."""

import re

import pytest
from project_template import NEW, OLD, ROOT, project, render, tree

# Put together here, so that no file of the tree contains them.
THIRD = project(" ".join(["Parcel", "Delay"]), owner="-".join(["Third", "Party"]))
# Stands for an owner until somebody makes a project; nobody may forget a place.
PLACEHOLDER = "-".join(["your", "org"])


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    path = tmp_path_factory.mktemp("rendered")
    render.render(ROOT, path, THIRD)
    return path


def test_the_defaults_give_this_tree_back(tmp_path):
    """But for files that NOT_AS_HERE names, and parts between two markers."""
    render.render(ROOT, tmp_path, OLD)
    here = {path.as_posix(): (ROOT / path).read_bytes() for path in render.files(ROOT)}
    assert {name: content for name, (content, _) in tree(tmp_path).items()} == {
        name: render.cut(content.decode()).encode() for name, content in here.items()
    }


def test_no_trace_of_the_old_names(rendered):
    # Also across the end of a line, where prose is wrapped.
    words = r"[-_\s]*".join(map(re.escape, OLD.project_slug.split("-")))
    image = re.escape(f"{OLD.registry}/{OLD.owner}")
    trace = re.compile(rf"{words}|{image}|{PLACEHOLDER}", re.IGNORECASE)
    found = [
        f"{name}: {match[0]!r}"
        for name, (content, _) in tree(rendered).items()
        for match in trace.finditer(f"{name}\n\n{content.decode('latin-1')}")
    ]
    assert found == []


def test_files_and_folders_bear_the_new_name(rendered):
    assert (rendered / "src" / THIRD.package_name / "simulator.py").is_file()


# What only somebody who makes projects, or the engine, speaks of.
FOREIGN = re.compile(
    r"cookiecutter|engine-repository|worked example|benchmarks|[.]ci/run|(?<!/)docs/decisions"
    r"|\b(this|the) template\b|\bengine/",
    re.IGNORECASE,
)


def test_no_word_about_being_made_from_something(rendered):
    found = [
        f"{name}, line {number}: {line.strip()}"
        for name, (content, _) in tree(rendered).items()
        if name != "LICENSE" and not name.startswith("requirements/")
        for number, line in enumerate(content.decode("latin-1").splitlines(), start=1)
        if FOREIGN.search(line)
    ]
    assert found == []


def test_documents_point_at_what_is_there(rendered):
    for page in [rendered / "README.md", *sorted((rendered / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"


def substituted(text, new=NEW):
    return render.Substitution(OLD, new)(text)


def test_every_spelling_is_replaced():
    for old, new in zip(OLD.spellings(), NEW.spellings(), strict=True):
        assert substituted(f"({old})") == f"({new})"


def test_a_new_name_that_contains_the_old_one_is_put_in_once():
    new = project(f"{OLD.project_name} Abroad")
    assert substituted(f"{OLD.project_slug} {OLD.package_name}.network", new) == (
        f"{OLD.project_slug}-abroad {OLD.package_name}_abroad.network"
    )


def test_a_part_of_a_word_is_no_name():
    for text in (f"{OLD.package_name}ed", f"x{OLD.project_slug}", f"{OLD.project_name}s"):
        assert substituted(text) == text


def test_names_inside_longer_ones_are_replaced():
    assert substituted(f"{OLD.project_slug}-model") == f"{NEW.project_slug}-model"
    assert substituted(f"test_{OLD.package_name}_1") == f"test_{NEW.package_name}_1"


def test_images_of_others_at_the_same_registry_stay():
    text = f"{OLD.registry}/somebody/{'trainer'}:1"
    assert substituted(text) == text


def test_an_owner_with_capitals_is_lower_case_in_images_only():
    new = project(NEW.project_name, owner="Acme")
    repository = f"github.com/{OLD.owner}/{OLD.project_slug}"
    image = f"{OLD.registry}/{OLD.owner}/{OLD.project_slug}".lower()
    assert substituted(repository, new) == f"github.com/Acme/{new.project_slug}"
    assert substituted(image, new) == f"{new.registry}/acme/{new.project_slug}"
