"""The table of Python loaders, one row a loader; the first row that fits a call is the one that counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scanner.discover.loader import Loader
from scanner.discover.loaders_hub import HUB
from scanner.discover.loaders_models import MODELS
from scanner.discover.loaders_more import MORE

NAMED = "named-value"
"""Loader of an id that stands under a name which says what it is, where no call is seen that loads it."""

PYTHON: Mapping[str, Loader] = MappingProxyType({row.id: row for row in (*MODELS, *HUB, *MORE)})

_COMMON = (
    "accelerate", "altair", "bs4", "click", "cv2", "django", "dotenv", "fastapi", "flask", "google",
    "httpx", "hydra", "jax", "langchain", "matplotlib", "numpy", "omegaconf", "openai", "pandas", "PIL",
    "plotly", "pydantic", "pytest", "pytest_asyncio", "pytorch_lightning", "requests", "scipy",
    "seaborn", "sklearn", "streamlit", "tensorflow", "torch", "torchaudio", "torchvision", "tqdm",
    "typer", "typing_extensions", "uvicorn", "wandb", "yaml",
)  # fmt: skip

LIBRARIES = frozenset(_COMMON).union(*(row.roots for row in PYTHON.values()))
"""Packages that are no part of a project: nothing of theirs is wanted."""
