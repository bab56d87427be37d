"""Local actions in the place of those that a workflow names, for a run without GitHub.

- `actions/checkout` fetches the commit that it is asked for from the origin, and its branches only
  when it is told to (`fetch-depth: 0`). HEAD is detached, no credentials are left.
- `actions/setup-python` brings a Python, and an `uv` that downloads nothing (stand_in_uv.py).
- `sigstore/cosign-installer` brings a `cosign` that signs into a file.
- Artifacts are zip files in a folder (stand_in_artifacts.py).
- `actions/cache` restores what lies in the folder `CACHE` under the path that it is asked for.
- All others (credentials; CML) do nothing and set no output.
"""

import re
import sys
from pathlib import Path

import yaml

UV = Path(__file__).with_name("stand_in_uv.py")
ARTIFACTS = Path(__file__).with_name("stand_in_artifacts.py")
CHECKOUT = """
git init --quiet .
git remote add origin "$GITHUB_SERVER_URL/${REPOSITORY:-$GITHUB_REPOSITORY}"
if [ "${DEPTH:-1}" = 0 ]; then
  git fetch --quiet --tags origin '+refs/heads/*:refs/remotes/origin/*'
  git fetch --quiet --no-tags origin "${REF:-$GITHUB_SHA}"
else
  git fetch --quiet --no-tags --depth "${DEPTH:-1}" origin "${REF:-$GITHUB_SHA}"
fi
git checkout --quiet --detach FETCH_HEAD
"""
PYTHON = f"""
mkdir -p "$RUNNER_TEMP/python"
ln -s "{sys.executable}" "$RUNNER_TEMP/python/python3.{sys.version_info.minor}"
printf '#!/bin/sh\nexec "{sys.executable}" "{UV}" "$@"\n' > "$RUNNER_TEMP/python/uv"
chmod +x "$RUNNER_TEMP/python/uv"
echo "$RUNNER_TEMP/python" >> "$GITHUB_PATH"
"""
# Signs as the workflow that it runs in, into a file; verifies from that file.
COSIGN = """
mkdir -p "$RUNNER_TEMP/cosign"
cat > "$RUNNER_TEMP/cosign/cosign" <<'END'
#!/bin/sh
verb=$1
while [ $# -gt 1 ]; do
  [ "$1" != --certificate-identity ] || identity=$2
  shift
done
signer=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/.github/workflows/release.yml@$GITHUB_REF
case $verb in
  sign) echo "$signer $1" >> "$SIGNATURES" ;;
  verify) grep -qxF "$identity $1" "$SIGNATURES" && exit; echo "no signatures" >&2; exit 1 ;;
esac
END
chmod +x "$RUNNER_TEMP/cosign/cosign"
echo "$RUNNER_TEMP/cosign" >> "$GITHUB_PATH"
"""
RESTORE = """
echo "a cache of $FILES is restored"
[ ! -e "$CACHE/$FILES" ] || { mkdir -p "$FILES" && cp -r "$CACHE/$FILES/." "$FILES"; }
"""
MOVE = f'"{sys.executable}" -I "{ARTIFACTS}" VERB "$ARTIFACT" "$FILES"\n'
SCRIPTS = {
    "actions/upload-artifact": MOVE.replace("VERB", "upload"),
    "actions/download-artifact": MOVE.replace("VERB", "download"),
    "actions/cache": RESTORE,
    "actions/checkout": CHECKOUT,
    "actions/setup-python": PYTHON,
    "sigstore/cosign-installer": COSIGN,
}
INPUTS = {
    "ARTIFACT": "name",
    "DEPTH": "fetch-depth",
    "FILES": "path",
    "REF": "ref",
    "REPOSITORY": "repository",
}


def write(workflows: Path, folder: Path) -> dict[str, Path]:
    """One folder for each action that a workflow names, by `owner/name@commit`."""
    text = "".join(path.read_text() for path in sorted(workflows.glob("*.yml")))
    used = re.findall(r"\buses:\s*([\w.-]+/[\w.-]+)[\w./-]*@(\w+)", text)
    places = {}
    for name, commit in used:
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "action.yml").write_text(yaml.safe_dump(_action(name)))
        places[f"{name}@{commit}"] = place
    return places


def _action(name: str) -> dict:
    step = {
        "name": f"in place of {name}",
        "run": SCRIPTS.get(name, "true"),
        "shell": "bash",
        "env": {name: f"${{{{ inputs.{key} }}}}" for name, key in INPUTS.items()},
    }
    return {
        "name": f"in place of {name}",
        "inputs": {key: {"description": key} for key in INPUTS.values()},
        "runs": {"using": "composite", "steps": [step]},
    }
