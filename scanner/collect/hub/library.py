"""huggingface_hub, loaded late and deaf to the environment.

It reads its endpoint, token, caches and switches from the environment when it is imported. None of that may
have a say here: a runner's environment is in the hands of earlier steps. What a caller wants is in the wish.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from functools import cache
from types import ModuleType

_FOREIGN = ("HF_", "HUGGINGFACE_", "HUGGING_FACE_", "TRANSFORMERS_OFFLINE")
_OURS = {
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_XET": "1",
}

_MODULES = ("huggingface_hub.constants", "huggingface_hub.errors", "huggingface_hub.utils._http")
"""The library loads its parts when they are used; these read the environment, or need what those read."""


@cache
def load() -> ModuleType:
    """The library; the environment is as before when this returns. Call it before there are threads."""
    kept = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="modelward-hub-") as home:
        try:
            for name in kept:
                if name.startswith(_FOREIGN):
                    del os.environ[name]
            os.environ.update(_OURS, HF_HOME=home)
            for module in _MODULES:
                importlib.import_module(module)
        finally:
            os.environ.clear()
            os.environ.update(kept)
    return sys.modules["huggingface_hub"]
