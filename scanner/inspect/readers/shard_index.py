"""Indexes of sharded weights (``*.index.json``): which file holds which tensor.

Source: ``transformers`` and ``huggingface_hub``, which join every value of ``weight_map`` to the model's
folder.
"""

from __future__ import annotations

import re

from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.strict_json import read_json
from scanner.inspect.stream import Stream

_RULE = "shard-index-traversal"
_SAFE = (".safetensors",)
_WEIGHTS = (
    ".safetensors",
    ".bin",
    ".pt",
    ".pth",
    ".h5",
    ".msgpack",
    ".gguf",
    ".ckpt",
    ".npz",
    ".keras",
    ".distcp",
)
_ODD = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e]")


def read_shard_index(stream: Stream, name: str) -> Reading:
    """Look at every file that the index names.

    Raises:
        Unreadable: it is no strict JSON, too large, or holds no map.
    """
    index = read_json(stream, name)
    weights = index.get("weight_map") if isinstance(index, dict) else None
    reading = Reading()
    if not isinstance(weights, dict):
        raise Unreadable(f"{name} holds no weight_map")
    files = {shard for shard in weights.values() if isinstance(shard, str)}
    files |= {
        part
        for shard in weights.values()
        if isinstance(shard, list)
        for part in shard
        if isinstance(part, str)
    }
    safe = name.lower().endswith(".safetensors.index.json")
    for shard in sorted(files):
        _shard(shard, safe, reading)
    odd = sum(1 for shard in weights.values() if not isinstance(shard, str | list))
    if odd:
        reading.malformed(f"{odd} entries of the weight_map name no file")
    reading.credentials(stream.at(0, min(stream.size, 1 << 20)).decode("utf-8", "replace"), name)
    reading.facts.update({"tensor_count": len(weights), "shards": sorted(files)})
    return reading


def _shard(shard: str, safe: bool, reading: Reading) -> None:
    why = outside(shard)
    if why:
        reading.saw(_RULE, shard, why)
    elif _ODD.search(shard) or not shard.strip():
        reading.saw(_RULE, repr(shard), "no name of a file")
    elif safe and not shard.lower().endswith(_SAFE):
        evidence = "an index of safetensors leads to another format, which may run code when it is loaded"
        reading.saw(_RULE, shard, evidence)
    elif not shard.lower().endswith(_WEIGHTS):
        reading.saw(_RULE, shard, "no file of weights", severity="medium")
