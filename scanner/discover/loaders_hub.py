"""Rows of the table of loaders: the client of the Hub, and libraries of data sets."""

from __future__ import annotations

from scanner.discover.interface import RepoType
from scanner.discover.loader import Argument, Loader, Prefix

_HUB = ("huggingface_hub",)
_CODE = "trust_remote_code"
_HF = Prefix("hf://", at_revision=True)
_TYPED = (
    Prefix("hf://datasets/", "dataset", at_revision=True),
    Prefix("hf://spaces/", "space", at_revision=True),
    _HF,
    Prefix("datasets/", "dataset", at_revision=True),
    Prefix("spaces/", "space", at_revision=True),
    Prefix("", at_revision=True),
)


_INFO: tuple[tuple[str, RepoType], ...] = (
    ("model_info", "model"),
    ("dataset_info", "dataset"),
    ("space_info", "space"),
)
_ANYWHERE = (
    "list_repo_files", "list_repo_tree", "list_repo_commits", "list_repo_refs", "get_safetensors_metadata",
    "from_pretrained_keras", "from_pretrained_fastai",
)  # fmt: skip
_IMPORTED = (
    "repo_info", "file_exists", "repo_exists", "revision_exists", "get_paths_info", "auth_check",
)  # fmt: skip


def _id(position: int | None, *names: str, objects: bool = False) -> Argument:
    return Argument(position, names, objects=objects)


def _unpinnable(position: int | None, *names: str) -> Argument:
    return Argument(position, names, revision=())


_REPO = (_id(0, "repo_id", "repo", "id"),)

HUB: tuple[Loader, ...] = (
    # huggingface_hub
    Loader("huggingface_hub.download", "huggingface_hub", "hf_hub_download", _REPO, _HUB,
        type_keyword="repo_type", files=(1, "filename", "subfolder")),
    Loader("huggingface_hub.snapshot_download", "huggingface_hub", "snapshot_download", _REPO,
        _HUB, type_keyword="repo_type", files=("allow_patterns",)),
    Loader("huggingface_hub.hf_hub_url", "huggingface_hub", "hf_hub_url", _REPO, _HUB,
        type_keyword="repo_type", files=(1, "filename")),
    Loader("huggingface_hub.try_to_load_from_cache", "huggingface_hub", "try_to_load_from_cache", _REPO,
        _HUB, type_keyword="repo_type", files=(1, "filename")),
    *(
        Loader(f"huggingface_hub.{name}", "huggingface_hub", name, (_id(0, "repo_id"),), _HUB, "import",
            kind)
        for name, kind in _INFO
    ),
    *(
        Loader(f"huggingface_hub.{name}", "huggingface_hub", name, (_id(0, "repo_id"),), _HUB,
            type_keyword="repo_type")
        for name in _ANYWHERE
    ),
    *(
        Loader(f"huggingface_hub.{name}", "huggingface_hub", name, (_id(0, "repo_id"),), _HUB, "import",
            type_keyword="repo_type")
        for name in _IMPORTED
    ),
    Loader("huggingface_hub.card", "huggingface_hub", "ModelCard|RepoCard.load",
        (_unpinnable(0, "repo_id_or_path"),), _HUB),
    Loader("huggingface_hub.dataset_card", "huggingface_hub", "DatasetCard.load",
        (_unpinnable(0, "repo_id_or_path"),), _HUB, repo_type="dataset"),
    Loader("huggingface_hub.space_card", "huggingface_hub", "SpaceCard.load",
        (_unpinnable(0, "repo_id_or_path"),), _HUB, repo_type="space"),
    Loader("huggingface_hub.InferenceClient", "huggingface_hub", "InferenceClient",
        (_unpinnable(0, "model", "base_url"),), _HUB),
    Loader("huggingface_hub.AsyncInferenceClient", "huggingface_hub", "AsyncInferenceClient",
        (_unpinnable(0, "model"),), _HUB),
    Loader("huggingface_hub.InferenceApi", "huggingface_hub", "InferenceApi", (_unpinnable(0, "repo_id"),),
        _HUB),
    *(
        Loader(f"huggingface_hub.HfFileSystem.{name}", "huggingface_hub", f"HfFileSystem.{name}",
            (_unpinnable(0, "path"),), _HUB, "import", prefixes=_TYPED, within=True)
        for name in (
            "open", "ls", "glob", "find", "info", "exists", "cat", "cat_file", "read_text", "get",
        )
    ),
    # data sets
    Loader("datasets.load_dataset", "datasets", "load_dataset", (_id(0, "path"),), ("datasets",), "name",
        "dataset", prefixes=(Prefix("hf://datasets/"), Prefix("")), switch=_CODE, files=("data_files",),
        builders=True),
    Loader("datasets.load_dataset_builder", "datasets", "load_dataset_builder", (_id(0, "path"),),
        ("datasets",), "anywhere", "dataset", switch=_CODE, files=("data_files",), builders=True),
    *(
        Loader(f"datasets.{name}", "datasets", name, (_id(0, "path"),), ("datasets",), "anywhere", "dataset",
            builders=True)
        for name in (
            "get_dataset_config_names", "get_dataset_split_names", "get_dataset_infos",
            "get_dataset_config_info", "get_dataset_default_config_name",
        )
    ),
    Loader("evaluate.load", "evaluate", "load", (_id(0, "path"),), ("evaluate",), "import", "space",
        namespace="evaluate-metric", always_code=True),
    Loader("evaluate.combine", "evaluate", "combine", (_unpinnable(0, "evaluations"),), ("evaluate",),
        "import", "space", namespace="evaluate-metric", always_code=True),
    Loader("datasets.load_metric", "datasets", "load_metric", (_id(0, "path"),), ("datasets",), "import",
        "space", namespace="evaluate-metric", always_code=True),
)  # fmt: skip
