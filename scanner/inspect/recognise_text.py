"""Formats that are text: pointers, JSON, YAML and XML that a model loader reads."""

from __future__ import annotations

import re

from scanner.inspect.format_rows import HF_CONFIG_NAMES

_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_OLD = b"version https://hawser.github.com/spec/v1\n"
_DVC = re.compile(rb"^outs:\s*$", re.MULTILINE)
_FLAVORS = re.compile(rb"^flavors:\s*$", re.MULTILINE)
_XML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?><!--.*?-->\s*)*+(?:<!DOCTYPE[^>]*>\s*)?<(?:\w+:)?(\w+)", re.DOTALL
)
_XGBOOST = re.compile(rb'\s*\{\s*(?:"version"\s*:\s*\[[^\]]*\]\s*,\s*)?"learner"\s*:')
_LIGHTGBM = re.compile(rb"tree\r?\nversion=v\d")
_RDS_TEXT = re.compile(rb"A\n[23]\n\d+\n\d+\n")
_CONFIG_KEY = re.compile(
    rb'"(?:auto_map|model_type|architectures|_class_name|_diffusers_version|tokenizer_class|peft_type|torch_dtype|'
    rb"transformers_version|image_processor_type|feature_extractor_type|processor_class|chat_template|"
    rb"custom_pipelines?|custom_generate|auto_mapping|base_model_name_or_path|trust_remote_code|bos_token|"
    rb'eos_token_id|added_tokens_decoder)"\s*:'
)
_AUTO_MAP = re.compile(rb'"auto_map"\s*:\s*[\[{]')
_MODULES = re.compile(rb'\s*\[\s*\{[^}]*"type"\s*:\s*"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"


def recognise_text(head: bytes, size: int, basename: str) -> str | None:
    """The id of the format, if these are the first bytes of one of them."""
    name = basename.lower()
    text = head.removeprefix(_BOM)
    if size < 1024 and text.startswith((_LFS, _LFS_OLD)):
        return "lfs-pointer"
    if name.endswith(".dvc") and _DVC.search(text):
        return "dvc-pointer"
    if name == "mlmodel" and _FLAVORS.search(text):
        return "mlmodel-yaml"
    if _LIGHTGBM.match(text):
        return "lightgbm"
    if _RDS_TEXT.match(text):
        return "rds"
    if name == "chat_template.jinja":
        return "hf-config"
    if text.lstrip()[:1] in (b"{", b"["):
        return _json(text, name)
    return _xml(text)


def _json(text: bytes, name: str) -> str | None:
    if _XGBOOST.match(text):
        return "xgboost"
    if name == "modules.json":
        return "hf-config" if _MODULES.match(text) else None
    if name in HF_CONFIG_NAMES and _CONFIG_KEY.search(text):
        return "hf-config"
    return "hf-config" if name.endswith(".json") and _AUTO_MAP.search(text) else None


def _xml(text: bytes) -> str | None:
    root = _XML.match(text)
    if root is None:
        return None
    if root[1] == b"PMML":
        return "pmml"
    return "openvino" if root[1] == b"net" and b"<layers" in text else None
