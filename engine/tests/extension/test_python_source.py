"""A source that is a function of the project."""

import datetime

import pytest

from mainline.core.errors import SettingsError
from mainline.data.sources.python import PythonSource

DAY = datetime.date(2026, 6, 30)
RAW = """
import pandas as pd
from mainline.extension import Raw, Settings
class Options(Settings):
    rows: int
def read(as_of, options: Options):
    return Raw(pd.DataFrame({"day": [as_of] * options.rows}), "made up", {"pending": 4})
"""


def read(code, function="small.simulator:read", **options):
    source = PythonSource.model_validate(
        {"kind": "python", "function": function, "options": options}
    )
    return source.read(DAY, code.root)


def test_it_gets_the_day_and_its_options(code):
    code.write("simulator", RAW)
    raw = read(code, rows=2)
    assert raw.frame["day"].tolist() == [DAY, DAY]
    assert (raw.description, raw.notes) == ("made up", {"pending": 4})


def test_a_frame_alone_is_described_by_its_function(code):
    code.write(
        "simulator",
        "import pandas as pd\ndef read(as_of, options): return pd.DataFrame({'a': [options['x']]})",
    )
    raw = read(code, x=5)
    assert raw.frame["a"].tolist() == [5]
    assert raw.description == "function small.simulator:read"


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        (RAW, {"row": 1}, "'data.source.options.row' is not a setting; did you mean"),
        ("def read(as_of): pass", {}, "expected def read(as_of, options)"),
        ("def read(as_of, options): return None", {}, "returns no rows. Found a NoneType"),
        ("def read(as_of, options): return [1]", {}, "returns no rows. Found a list"),
        (RAW, {"rows": 0}, "returns no row for data.as_of 2026-06-30"),
        ("def other(as_of, options): pass", {}, "Found no function 'read' in it"),
    ],
)
def test_a_function_that_gives_no_rows(code, text, options, said):
    code.write("simulator", text)
    with pytest.raises(SettingsError) as caught:
        read(code, **options)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "function", ["other.simulator:read", "small:read", "small.simulator", "read", ""]
)
def test_a_function_of_another_package(code, function):
    with pytest.raises(SettingsError, match="names no function of the project"):
        read(code, function)
