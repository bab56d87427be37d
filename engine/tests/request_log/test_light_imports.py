"""The gateway's image has no TensorFlow, no NumPy and no pandas."""

import subprocess
import sys
from pathlib import Path

import mainline.request_log
from mainline.request_log.settings import LogSettings
from mainline.request_log.ship_settings import Shipping

ABSENT = ("keras", "numpy", "pandas", "tensorflow", "tensorflow_serving")
PROGRAM = """
import importlib, sys
absent, names = (text.split(",") for text in sys.argv[1:])
sys.modules.update(dict.fromkeys(absent))
for name in names:
    importlib.import_module(f"mainline.request_log.{name}")
"""


def test_all_modules_load_without_them():
    folder = Path(mainline.request_log.__file__).parent
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    words = [sys.executable, "-c", PROGRAM, ",".join(ABSENT), ",".join(names)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_segment_is_shipped_without_them(spool, store, fill):
    fill(count=3)
    ship = (
        "import sys; from pathlib import Path; "
        "sys.modules.update(dict.fromkeys(sys.argv[1].split(','))); "
        "from mainline.request_log.ship_log import run; "
        "run(Path(), Path(sys.argv[2]), None, sys.argv[3], once=True)"
    )
    words = [sys.executable, "-c", ship, ",".join(ABSENT), str(spool), str(store)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(store.rglob("*.parquet"))) == 1


def test_a_child_loads_no_settings_library_and_no_other_stores(spool, store, fill):
    fill(count=3)
    ship = (
        "import sys; from mainline.request_log import watch_spool; "
        "assert watch_spool._shipped(*sys.argv[1:]) == 0; "
        "print(*(name for name, module in sys.modules.items() if module))"
    )
    chosen = Shipping.of(LogSettings(store=str(store))).text()
    words = [sys.executable, "-c", ship, str(spool), chosen]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "pyarrow.parquet" in loaded
    assert not loaded & {*ABSENT, "pydantic", "yaml", "pyarrow._s3fs", "pyarrow._gcsfs"}
    assert len(list(store.rglob("*.parquet"))) == 1
