"""Code that a configuration of a Hugging Face repository names: whose it is, and how bad that is.

Code of the repository itself is looked at as bundled Python, so naming it is a note. Code of another
repository comes from whoever owns that one; the few that established models share are known by name.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.inspect.readers.config_targets import danger_of, danger_of_module
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading

CODE = "code_repositories"
BASES = "base_repositories"
RULE = "remote-code-reference"

_FOREIGN = "--"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}(?:/[A-Za-z0-9._-]{1,96})?\Z")
_SHARED_TEXT = """
Alibaba-NLP/new-impl Qwen/Qwen-7B Qwen/Qwen-7B-Chat Qwen/Qwen-VL-Chat Salesforce/codet5p-220m-bimodal
THUDM/chatglm-6b THUDM/chatglm2-6b THUDM/chatglm3-6b THUDM/glm-4-9b-chat baichuan-inc/Baichuan2-7B-Chat
internlm/internlm2-chat-7b jinaai/jina-bert-implementation jinaai/jina-bert-v2-qk-post-norm
jinaai/jina-clip-implementation jinaai/jina-embeddings-v3 jinaai/xlm-roberta-flash-implementation
microsoft/Florence-2-base-ft microsoft/Phi-3-mini-4k-instruct microsoft/Phi-3-mini-128k-instruct
microsoft/Phi-3-vision-128k-instruct microsoft/Phi-3.5-mini-instruct microsoft/Phi-4-mini-instruct
microsoft/phi-1 microsoft/phi-1_5 microsoft/phi-2 mosaicml/mpt-7b mosaicml/mpt-7b-instruct
mosaicml/mpt-30b nomic-ai/nomic-bert-2048 nomic-ai/nomic-embed-text-v1 nvidia/NV-Embed-v1
openbmb/MiniCPM-V replit/replit-code-v1-3b tiiuae/falcon-7b tiiuae/falcon-7b-instruct tiiuae/falcon-40b
tiiuae/falcon-40b-instruct vikhyatk/moondream2 zai-org/glm-4-9b-chat
"""
_SHARED = frozenset(_SHARED_TEXT.split())
"""Repositories whose code the published configurations of established models name."""

_LIBRARIES_TEXT = """
transformers diffusers peft torch torchvision torchaudio timm sentence_transformers open_clip accelerate
optimum onnxruntime flash_attn mamba_ssm adapters transformers_modules stable_diffusion
stable_diffusion_xl deepfloyd_if kandinsky latent_diffusion paint_by_example unidiffuser
versatile_diffusion shap_e audioldm2 musicldm wuerstchen stable_cascade flux latte lumina blip_diffusion
spectrogram_diffusion stable_audio semantic_stable_diffusion
"""
_LIBRARIES = frozenset(_LIBRARIES_TEXT.split())


def note_code(target: str, said: str, reading: Reading, repository: bool = False) -> None:
    """Code that is named as module.Class, of another repository when its id and ``--`` stand before it.

    With ``repository`` a mere id names the code of that repository, too.
    """
    before, foreign, inner = target.partition(_FOREIGN)
    why = outside(target) if repository or not foreign else outside(before)
    danger = danger_of(inner if foreign else target)
    if danger:
        reading.saw(RULE, target, f"{said}, which {danger}", severity="high")
    elif why and not target.startswith("./"):
        reading.saw(RULE, target, f"{said}: {why}", severity="high")
    elif foreign:
        _of_another(before, target, f"{said}, of another repository", reading)
    elif repository and "/" in target and not target.startswith("."):
        _of_another(target, target, f"{said}, another repository", reading)
    else:
        reading.saw(RULE, target, said, severity="low")


def _of_another(repository: str, target: str, said: str, reading: Reading) -> None:
    reading.saw(RULE, target, said, severity="low" if repository in _SHARED else "high")
    note_repository(repository, CODE, reading)


def note_repository(repository: Any, fact: str, reading: Reading) -> None:
    """Note an id of the Hub; a path, which leads out of it, is none."""
    if isinstance(repository, str) and _REPOSITORY.match(repository) and ".." not in repository:
        known = reading.facts.get(fact)
        reading.facts[fact] = sorted({repository, *(known if isinstance(known, list) else ())})


def note_library(module: str, name: str, said: str, reading: Reading, unknown: str) -> None:
    """A module that the loader imports by its name, and a class that it takes out of it.

    ``unknown`` is the severity of what belongs to no library that model loaders are made for.
    """
    symbol = f"{module}.{name}" if name else module
    danger = danger_of(symbol) or danger_of_module(module)
    top = module.partition(".")[0]
    if danger or outside(module):
        reading.saw(RULE, symbol, f"{said}, which {danger or 'is no library'}", severity="high")
    elif top not in _LIBRARIES:
        reading.saw(RULE, symbol, said, severity="low" if top == "__main__" else unknown)
