"""The steps of a release that are more than one command; ``.github/workflows/release.yml`` calls them.

    scripts/release.py check 1.2.3                     is this commit ready to be that version?
    scripts/release.py manifest IMAGE 1.2.3 FILE...    join the platforms' images; prints digest=sha256:…
    scripts/release.py tag 1.2.3 IMAGE@sha256:…        commit the digest, tag, release, move the major tag

The standard library, docker and gh are all it needs: a release installs nothing that is not its subject.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r"(0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)")
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
IMAGE = re.compile(rf"[a-z0-9.-]+(?:/[a-z0-9._-]+)+@{DIGEST.pattern}")
_INPUT = re.compile(r"^(  image:\n(?:    .*\n)*?    default: ).*$", re.MULTILINE)


def check(version: str, root: Path = ROOT) -> None:
    """That the code, the changelog and the name of the release agree.

    Raises:
        SystemExit: they do not; the text says which and what to do.
    """
    if not VERSION.fullmatch(version):
        sys.exit(f"release: {version!r} is not a version such as 1.2.3")
    stated = re.search(r'^__version__ = "(.*)"$', (root / "scanner/__init__.py").read_text(), re.MULTILINE)
    if stated is None or stated[1] != version:
        sys.exit(f"release: scanner/__init__.py does not say {version}: change it, and merge that first")
    if not re.search(
        rf"^## {re.escape(version)} - \d{{4}}-\d\d-\d\d$", (root / "CHANGELOG.md").read_text(), re.MULTILINE
    ):
        sys.exit(f"release: CHANGELOG.md has no dated entry for {version}: write it, and merge that first")


def notes(version: str, root: Path = ROOT) -> str:
    """The changelog's entry for ``version``, without its heading."""
    entries = re.split(r"^## ", (root / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    (entry,) = [entry for entry in entries if entry.startswith(f"{version} - ")]
    return entry.partition("\n")[2].strip() + "\n"


def pinned(action: str, image: str) -> str:
    """The text of ``action.yml`` with ``image`` as the default of the input of that name.

    Raises:
        SystemExit: ``image`` is not named by digest, or the input is not there exactly once.
    """
    if not IMAGE.fullmatch(image):
        sys.exit(f"release: {image!r} does not name an image by its digest")
    text, count = _INPUT.subn(rf"\g<1>{image}", action)
    if count != 1:
        sys.exit(f"release: action.yml has {count} inputs 'image' with a default; one is needed")
    return text


def manifest(image: str, version: str, files: list[Path]) -> str:
    """Join the images whose digests are in ``files`` under one tag; the digest of the whole."""
    digests = sorted(file.read_text().strip() for file in files)
    if len(set(digests)) < 2 or not all(DIGEST.fullmatch(digest) for digest in digests):
        sys.exit(f"release: {', '.join(map(str, files))} do not hold the digests of two platforms")
    tag = f"{image}:{version}"
    _run("docker", "buildx", "imagetools", "create", "--tag", tag, *(f"{image}@{each}" for each in digests))
    shown = _run("docker", "buildx", "imagetools", "inspect", tag, "--format", "{{json .Manifest}}")
    digest = str(json.loads(shown)["digest"])
    if not DIGEST.fullmatch(digest):
        sys.exit(f"release: {tag}: the registry answers no digest")
    return digest


def tag(version: str, image: str) -> None:
    """Make the release: a commit on no branch that differs from this one in the digest alone.

    The API makes the commit, so that GitHub signs it. The release's own tag is never moved; ``v1`` is.
    """
    check(version)
    repository, parent = os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_SHA"]
    action = pinned((ROOT / "action.yml").read_text(), image)
    api = f"repos/{repository}/git"
    blob = _api(f"{api}/blobs", {"content": base64.b64encode(action.encode()).decode(), "encoding": "base64"})
    entry = {"path": "action.yml", "mode": "100644", "type": "blob", "sha": blob["sha"]}
    tree = _api(f"{api}/trees", {"base_tree": parent, "tree": [entry]})
    message = f"Release {version}\n\nThe action runs {image}."
    commit = _api(f"{api}/commits", {"message": message, "tree": tree["sha"], "parents": [parent]})
    _api(f"{api}/refs", {"ref": f"refs/tags/v{version}", "sha": commit["sha"]})
    _run("gh", "release", "create", f"v{version}", "--verify-tag", "--title", f"v{version}",
         "--notes", notes(version))  # fmt: skip
    major = f"tags/v{version.partition('.')[0]}"
    known = _api(f"{api}/matching-refs/{major}")
    if any(ref["ref"] == f"refs/{major}" for ref in known):
        _api(f"{api}/refs/{major}", {"sha": commit["sha"], "force": True}, "PATCH")
    else:
        _api(f"{api}/refs", {"ref": f"refs/{major}", "sha": commit["sha"]})


def _api(path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
    """The answer of GitHub's API, asked through gh, which holds the token."""
    if body is None:
        return json.loads(_run("gh", "api", path))
    return json.loads(_run("gh", "api", path, "--method", method, "--input", "-", given=json.dumps(body)))


def _run(*command: str, given: str | None = None) -> str:
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"release: {' '.join(command[:4])}: ended with status {done.returncode}; see above")
    return done.stdout


def main(arguments: list[str]) -> None:
    """Do one step."""
    match arguments:
        case ["check", version]:
            check(version)
        case ["manifest", image, version, *files] if files:
            print(f"digest={manifest(image, version, [Path(file) for file in files])}")
        case ["tag", version, image]:
            tag(version, image)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
