"""Formats that are text: pointers, JSON, YAML and XML that a model loader reads."""

from __future__ import annotations

import re

from scanner.inspect.format_rows_text import HF_CONFIG_NAMES, SHARD_INDEX, TEMPLATE_ENDINGS, YAML_NAMES

_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_OLD = b"version https://hawser.github.com/spec/v1\n"
_DVC = re.compile(rb"^outs:\s*$", re.MULTILINE)
_FLAVORS = re.compile(rb"\bflavors[\"']?\s*:")
_TAGS = re.compile(
    rb"!!python/(?:object|module|name:(?:os|posix|nt|subprocess|builtins|__builtin__|pty|runpy|importlib|pickle)\.)|"
    rb"!<tag:yaml\.org,2002:python/|!\S{0,99}%[0-9a-fA-F]{2}|!ruby/\w|!!(?:javax?|com|org|sun)\.\w|!(?:new|apply|applyref|name|module):\w"
)
_CONSTRUCTS = re.compile(rb"!!python/(?:object|module|name)[:/]|!<tag:yaml\.org,2002:python/")
"""A tag of PyYAML's, which stands in no other text by chance."""
_SETTINGS = (".conf", ".cfg", ".config", ".params", ".hparams", ".hyperparams", ".yaml.txt", ".yml.txt")
"""Under these names, or none, YAML is not expected; what it constructs is obeyed all the same."""
_TARGET = re.compile(rb"\b_target_[\"']?\s*:")
_DOOR = re.compile(
    rb"\b(?:_target_|__target__|target|class_path)[\"']?\s*:\s*[\"']?(?:\w+\.)*(?:os|posix|nt|subprocess|pty|builtins|__builtin__|runpy|shutil|socket|"
    rb"ctypes|pickle|marshal|importlib|code|timeit|commands|webbrowser|cProfile|pdb|sys|dill|cloudpickle)\.\w"
)
_TAG_HANDLE = re.compile(rb"^%TAG\s+\S+\s+(?:tag:yaml\.org,2002:(?:p|$)|!)", re.MULTILINE)
_ALIASES = re.compile(rb"(\*[\w-]+)(?:[\s,-]+\1(?![\w-])){2,}")
"""An alias three times in a row: of a bomb, every line does so."""
_MOST_ALIASES = 3
_TEMPLATE = re.compile(
    rb"\b(?:add_generation_prompt|bos_token|eos_token)\b|\{%-?\s*for\s+message\s+in\b|"
    rb"\{[{%](?s:.){0,400}?__(?:globals|subclasses|builtins|import|mro)__"
)
"""A template of a conversation, or one that reaches for the inside of Python."""
_HOLDS_TEMPLATE = re.compile(rb'"(?:default_)?chat_template"\s*:\s*["\[{]')
_YAML_TEMPLATE = re.compile(rb"^\s*[\"']?(?:default_)?chat_template(?:_jinja)?[\"']?\s*:", re.MULTILINE)
_XML = re.compile(
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s[^\[>]*(?:\[.*?\]\s*)?>)*+<(?:[\w.-]+:)?(\w+)", re.DOTALL
)
_OF_WEIGHTS = tuple(f"{weights}{SHARD_INDEX}" for weights in (".safetensors", ".bin", ".h5", ".msgpack"))
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+(PMML|net)\b")
_XGBOOST = re.compile(rb'\s*\{\s*(?:"version"\s*:\s*\[[^\]]*\]\s*,\s*)?"learner"\s*:')
_LIGHTGBM = re.compile(rb"tree\r?\nversion=v\d")
_RDS_TEXT = re.compile(rb"A\n[23]\n\d+\n\d+\n")
_CONFIG_KEY = re.compile(
    rb'"(?:auto_map|model_type|architectures|_class_name|_diffusers_version|tokenizer_class|peft_type|torch_dtype|'
    rb"transformers_version|image_processor_type|feature_extractor_type|processor_class|chat_template|"
    rb"custom_pipelines?|custom_generate|auto_mapping|base_model_name_or_path|trust_remote_code|bos_token|"
    rb"eos_token_id|added_tokens_decoder|_target_|sentence_transformers|activation_fn|_?attn_implementation|"
    rb'sbert_ce_default_activation_function)"\s*:'
)
_AUTO_MAP = re.compile(rb'"auto_map"\s*:\s*[\[{]')
_MODULES = re.compile(rb'\s*\[\s*\{[^}]*"type"\s*:\s*"', re.DOTALL)
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
"""Byte order marks of UTF-16, which parsers of YAML, XML and JSON read as well."""
_ESCAPED = re.compile(rb"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})")


def recognise_text(head: bytes, size: int, basename: str) -> str | None:
    """The id of the format, if these are the first bytes of one of them."""
    name = basename.lower()
    text = head.removeprefix(_BOM)
    if head.startswith(_WIDE):
        text = head.decode("utf-16", "replace").encode()
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
    if name == "chat_template.jinja" or (name.endswith(TEMPLATE_ENDINGS) and _TEMPLATE.search(text)):
        return "hf-config"
    if name.endswith((".yaml", ".yml")):
        return "yaml-config" if _is_obeyed(text, name, size) else None
    unnamed = "." not in name.strip(".") or name.endswith(_SETTINGS)
    if unnamed and _CONSTRUCTS.search(text) and not text.startswith(b"#!"):
        return "yaml-config"
    if text.lstrip()[:1] in (b"{", b"["):
        return _json(text, name, size > len(head))
    return _xml(text)


def _is_obeyed(text: bytes, name: str, size: int) -> bool:
    """Whether YAML says what is to be called: by tags anywhere, by targets where loaders look for them."""
    if _TAGS.search(text) or _DOOR.search(text) or _TAG_HANDLE.search(text):
        return True
    if len(_ALIASES.findall(text)) > _MOST_ALIASES:
        return True
    if _YAML_TEMPLATE.search(text) and (b"{{" in text or b"{%" in text):
        return True
    if name in YAML_NAMES and (b"!include:" in text or _ESCAPED.search(text)):
        return True
    return name in YAML_NAMES and (_TARGET.search(text) is not None or size > len(text) + len(_BOM))


def _json(text: bytes, name: str, more: bool) -> str | None:
    """``more``: the file goes on behind what is here, so what is not in it may still come."""
    if _XGBOOST.match(text):
        return "xgboost"
    if name.endswith(SHARD_INDEX) and (b'"weight_map"' in text or (more and name.endswith(_OF_WEIGHTS))):
        return "shard-index"
    if name == "modules.json":
        return "hf-config" if _MODULES.match(text) else None
    if name in HF_CONFIG_NAMES and (more or _CONFIG_KEY.search(text)):
        return "hf-config"
    obeyed = _AUTO_MAP.search(text) or _HOLDS_TEMPLATE.search(text)
    return "hf-config" if name.endswith(".json") and obeyed else None


def _xml(text: bytes) -> str | None:
    root = (_DOCTYPE.search(text) if text.lstrip()[:1] == b"<" else None) or _XML.match(text)
    if root is None:
        return None
    if root[1] == b"PMML":
        return "pmml"
    is_net = root[1] == b"net" and (b"<layers" in text or b"<!ENTITY" in text)
    return "openvino" if is_net else None
