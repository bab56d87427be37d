"""What a model was trained on, as far as it can change the model's bytes."""

import importlib.util
import platform
import shutil
import subprocess
from pathlib import Path

from customer_churn.core import paths
from customer_churn.core.files import sha256

CPU = Path("/proc/cpuinfo")
WIDEST = ("avx512f", "avx2", "avx")  # the kernels that TensorFlow chooses by


def trained_on(root: Path) -> str:
    """`CPU x86_64 avx2, Python 3.11, lock 0123456789ab`: the value of the commit's trailer."""
    python = ".".join(platform.python_version_tuple()[:2])
    lock = sha256((root / paths.LOCK).read_bytes())[:12]
    return f"{_gpu() or _cpu()}, Python {python}, lock {lock}"


def _gpu() -> str:
    """The GPU's name, when there is one and TensorFlow came with what it takes to use it."""
    if shutil.which("nvidia-smi") is None or importlib.util.find_spec("nvidia") is None:
        return ""
    asked = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    names = done.stdout.split("\n")
    return f"GPU {names[0].strip()}" if done.returncode == 0 and names[0].strip() else ""


def _cpu() -> str:
    try:
        flags = set(CPU.read_text(encoding="utf-8", errors="replace").split())
    except OSError:
        flags = set()
    return " ".join(["CPU", platform.machine(), *[f for f in WIDEST if f in flags][:1]])
