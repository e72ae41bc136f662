"""Files that the tests of whole runs commit."""

from __future__ import annotations

import json
import pickle

from scanner.demo.models import hostile_pickle, hostile_torch_legacy, safetensors

EVIL = hostile_pickle("echo hello")
LEGACY = hostile_torch_legacy("echo hello")
WEIGHTS = safetensors({"w": [1.0, 2.0]})
BENIGN = pickle.dumps({"w": [1, 2, 3]}, protocol=4)
REQUIREMENTS = b"requests==2.32.0\n"
PACKAGE_LOCK = json.dumps(
    {
        "name": "x",
        "lockfileVersion": 3,
        "packages": {
            "": {"dependencies": {"left-pad": "1.3.0"}},
            "node_modules/left-pad": {"version": "1.3.0"},
        },
    }
).encode()
