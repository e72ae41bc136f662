"""A Hub for whole runs: a good repository whose next commit is bad, and what else can be named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub.state import Account, Repository
from scanner.demo.models import hostile_pickle, safetensors
from tests.support import Ran, Repo, run

CARD = "---\nlicense: {license}\nbase_model: acme/base\n---\n# Recogniser\n\n## Use\n"


@dataclass
class Scene:
    """A repository with a base, a Hub, and the commits that the tests name."""

    repo: Repo
    hub: EmbeddedHub
    output: Path
    good: str
    bad: str

    def change(self, files: dict[str, str], *arguments: str) -> Ran:
        """Commit ``files`` on the branch, and run."""
        self.repo.commit({name: text.encode() for name, text in files.items()})
        return self.run(*arguments)

    def base(self, files: dict[str, str]) -> None:
        """Commit ``files`` on main, and begin the branch there."""
        self.repo.git("checkout", "--quiet", "main")
        self.repo.commit({name: text.encode() for name, text in files.items()})
        self.repo.git("checkout", "--quiet", "-B", "change")

    def run(self, *arguments: str) -> Ran:
        """``modelward run`` against main."""
        env = {"HF_ENDPOINT": self.hub.endpoint}
        return run(self.repo, self.output, "--base", "main", *arguments, env=env)

    def targets(self) -> list[str]:
        """What the Hub and its storage were asked for."""
        return [asked.target for asked in self.hub.log]


def scenes(tmp_path: Path, repo: Repo) -> Iterator[Scene]:
    """The scene, while its Hub runs."""
    with EmbeddedHub() as hub:
        state = hub.state
        state.accounts["acme"] = Account("acme", verified=True)
        base = state.add(Repository("acme/base"))
        base.commit({"README.md": b"---\nlicense: mit\n---\n# Base\n", "config.json": b"{}"})
        ner = state.add(Repository("acme/ner", parameters={"F32": 1}))
        good = ner.commit(
            {
                "README.md": CARD.format(license="apache-2.0").encode(),
                "config.json": b'{"model_type": "bert"}',
                "model.safetensors": safetensors({"w": [1.0]}),
            }
        )
        config: Any = {"model_type": "own", "auto_map": {"AutoModel": "own.Model"}}
        bad = ner.commit(
            {
                "README.md": CARD.format(license="cc-by-nc-4.0").encode(),
                "config.json": json.dumps(config).encode(),
                "own.py": b"import os\n",
                "pytorch_model.bin": hostile_pickle("id"),
            }
        )
        ner.versions["v1"] = good
        state.renamed["model", "old/ner"] = "acme/ner"
        state.renamed["model", "gpt2"] = "acme/base"
        gated = state.add(Repository("acme/gated", gated="manual", card={"license": "mit"}))
        gated.commit({"model.safetensors": safetensors({"w": [1.0]})})
        yield Scene(repo, hub, tmp_path / "report", good, bad)
