"""Which files a module is made of, on small packages in a scratch folder."""

import pytest

from mainline.core.closure import closure
from mainline.core.errors import MainlineError
from mainline.lock.build import files
from mainline.lock.closures import hash_of


@pytest.fixture
def package(tmp_path):
    """A function that writes modules of the package `bread` and returns its folder."""

    def write(**modules: str):
        for name, text in {"__init__": "", **modules}.items():
            path = tmp_path / "bread" / f"{name.replace('__of__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "bread"

    return write


@pytest.mark.parametrize(
    "text",
    [
        "import bread.flour",
        "import bread.flour as white",
        "from bread import flour",
        "from bread.flour import kilo",
        "from bread.flour import *",
        "from . import flour",
        "from .flour import kilo",
        "def knead():\n    from bread import flour",
        "try:\n    import bread.flour\nexcept ImportError:\n    pass",
        "if TYPE_CHECKING:\n    from bread.flour import Kilo",
    ],
)
def test_every_form_of_import_counts(package, text):
    found = closure(package(dough=text, flour="", salt="").parent, "bread.dough")
    assert sorted(found) == ["bread", "bread.dough", "bread.flour"]


def test_in_any_depth_and_in_a_circle(package):
    folder = package(
        dough="import bread.flour", flour="import bread.corn", corn="import bread.dough"
    )
    assert {"bread.dough", "bread.flour", "bread.corn"} < closure(
        folder.parent, "bread.dough"
    ).keys()


def test_what_the_folders_above_import_counts(package):
    folder = package(
        dough="import bread.grain.flour",
        grain__of____init__="from bread import mill",
        grain__of__flour="from ..salt import pinch",
        mill="",
        salt="",
    )
    found = closure(folder.parent, "bread.dough")
    assert {"bread.grain", "bread.grain.flour", "bread.mill", "bread.salt"} < found.keys()
    assert found["bread.grain"] == folder / "grain/__init__.py"


def test_other_packages_and_names_that_are_no_files_are_left_out(package):
    folder = package(dough="import os.path, yeast\nfrom bread import KILO")
    assert sorted(closure(folder.parent, "bread.dough")) == ["bread", "bread.dough"]


def test_a_module_that_is_no_python_is_an_error(package):
    with pytest.raises(SyntaxError):
        closure(package(dough="def\n").parent, "bread.dough")
    with pytest.raises(ImportError):
        closure(package().parent, "bread.cake")
    for name in ("dough", "cake"):
        with pytest.raises(MainlineError, match=f"bread.{name}: cannot be read: "):
            files(package(dough="def\n"), f"bread.{name}")


def test_data_files_count_with_the_modules_of_their_folder(package):
    folder = package(dough="import bread.grain.flour", grain__of____init__="", grain__of__flour="")
    package(oven__of____init__="")
    names = ("grain/rules.json", "grain/more/table.csv", "oven/heat.json", "grain/.hidden")
    for name in (*names, "grain/flour.py~", "grain/__pycache__/flour.pyc"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("data")
    found = [name for name in files(folder, "bread.dough") if not name.endswith(".py")]
    assert found == ["bread/grain/more/table.csv", "bread/grain/rules.json"]


def test_line_ends_and_order_change_no_hash_and_all_else_does(tmp_path):
    def made(**contents: bytes) -> str:
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        return hash_of(tmp_path, contents)

    plain = made(a=b"1\n2\n", b=b"3\n")
    assert made(b=b"3\r\n", a=b"1\r\n2\r\n") == plain
    others = [
        made(a=b"1\n2\n"),
        made(a=b"1\n2\n", b=b"4\n"),
        made(a=b"1\n2\n", c=b"3\n"),
        made(a=b"1\n", b=b"2\n3\n"),
        made(a=b"1\n2", b=b"3\n"),
    ]
    assert len({plain, *others}) == 1 + len(others)
    assert len(plain) == 64
