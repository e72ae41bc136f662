"""The known names: what rebuilds objects, as the sources and the reviewed table say, and is not dangerous."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from scripts.name_tiers.reach import Judge, Packed, Tiers
from scripts.name_tiers.symbols import Class, Function, Target, chain_of

ROOTS = (
    "enum:Enum",
    "sklearn.base:",
    "sklearn.utils.metaestimators:",
    "torch.nn.modules.module:Module",
    "torch.optim.optimizer:Optimizer",
    "torch.optim.lr_scheduler:LRScheduler",
    "torch.distributions.distribution:Distribution",
    "torch.utils.data.dataset:Dataset",
    "torch.utils.data.sampler:Sampler",
    "transformers.configuration_utils:",
    "transformers.training_args:TrainingArguments",
    "transformers.generation.configuration_utils:GenerationConfig",
    "transformers.tokenization_utils_base:",
    "transformers.utils.generic:",
    "scipy.sparse._base:",
    "scipy.stats._distn_infrastructure:rv_generic",
    "pandas.core.base:",
    "pandas.core.indexes.base:Index",
    "pandas.core.arrays.base:ExtensionArray",
    "pandas.core.dtypes.base:ExtensionDtype",
    "pandas._libs.tslibs.offsets:",
    "pytorch_lightning.callbacks.",
    "lightning.pytorch.callbacks.",
    "torchmetrics.metric:Metric",
    "gensim.utils:SaveLoad",
    "omegaconf.base:",
)
"""Classes whose subclasses are what models are made of; a colon or dot at the end: all of the module."""

PACKAGES = frozenset(
    [
        "sklearn",
        "scipy",
        "torchvision",
        "imblearn",
        "category_encoders",
        "sklearn_pandas",
        "skorch",
        "hmmlearn",
        "umap",
        "hdbscan",
        "pynndescent",
        "sktime",
        "statsmodels",
        "xgboost",
        "lightgbm",
        "catboost",
        "torchmetrics",
        "fastai",
        "gensim",
        "flair",
        "timm",
        "sentence_transformers",
        "omegaconf",
        "accelerate",
        "peft",
        "prophet",
        "shap",
        "optuna",
        "patsy",
        "skops",
        "stable_baselines3",
        "tokenizers",
        "torch_geometric",
        "thinc",
        "ultralytics",
        "fastcore",
        "networkx",
        "gymnasium",
        "pyro",
        "gpytorch",
    ]
)
"""Packages whose classes are written into models; those that are not dangerous are known."""

SCORES = (
    "sklearn.metrics",
    "sklearn.feature_selection",
    "sklearn.feature_extraction",
    "sklearn.preprocessing",
    "sklearn.cluster",
    "sklearn.decomposition",
    "sklearn.utils.extmath",
    "sklearn.utils.validation",
)
"""Modules whose functions are arguments of estimators."""

_REBUILDS = re.compile(
    r"^_?_?(rebuild|reconstruct|unpickle|pyx_unpickle|from_pickle)|_(unpickle|reconstruct|rebuild)$|_ctor$"
)
_REDUCES = frozenset(("__reduce__", "__reduce_ex__"))


def known_of(
    judge: Judge, tiers: Tiers, modules: Iterable[str], functions: Iterable[Function], walls: Iterable[str]
) -> dict[str, set[str]]:
    """The known names of one package by module; ``walls`` are modules of which nothing is known."""
    universe = judge.universe
    found: dict[str, set[str]] = defaultdict(set)
    mine = set(modules)
    closed = tuple(walls)
    for key, item in universe.classes.items():
        if item.module in mine and not _behind(item.module, closed) and _is_vocabulary(judge, key, item):
            found[item.module].add(item.name)
    for function in functions:
        if _is_score(judge, function) and not _behind(function.module, closed):
            found[function.module].add(function.key.rpartition(":")[2])
        for target in _rebuilders(judge, function):
            module, _, name = target.partition(":")
            if module in mine and not _behind(module, closed):
                found[module].add(name)
    for module, names in found.items():
        dangerous = tiers.names.get(module, {})
        found[module] = {
            name for name in names if name not in dangerous and name.split(".")[0] not in dangerous
        }
    return found


def _behind(module: str, walls: tuple[str, ...]) -> bool:
    return any(module == wall or module.startswith(f"{wall}.") for wall in walls)


def _is_vocabulary(judge: Judge, key: str, item: Class) -> bool:
    if judge.category(Target("class", key)):
        return False
    if item.module.partition(".")[0] in PACKAGES and not _is_test(item.module):
        return True
    return any(_of_root(line) for line in judge.universe.line(key))


def _is_score(judge: Judge, function: Function) -> bool:
    """Whether estimators hold a function by its name: metrics, scores, kernels and the like."""
    plain = "." not in function.key.rpartition(":")[2] and not isinstance(function.node, ast.Lambda)
    named = any(function.module == item or function.module.startswith(f"{item}.") for item in SCORES)
    return plain and named and not judge.category(Target("function", function.key))


def _is_test(module: str) -> bool:
    return any(part.startswith("test") or part == "conftest" for part in module.split("."))


def _of_root(line: str) -> bool:
    return any(line == root or (root[-1] in ":." and line.startswith(root)) for root in ROOTS)


def _rebuilders(judge: Judge, function: Function) -> Iterator[str]:
    """Functions whose name says that they rebuild, and what ``__reduce__`` returns first."""
    name = function.key.rpartition(":")[2]
    if not isinstance(function.node, ast.Lambda) and "." not in name and _REBUILDS.search(name):
        yield from [function.key] * (not judge.category(Target("function", function.key)))
    if name.rpartition(".")[2] not in _REDUCES or isinstance(function.node, ast.Lambda):
        return
    for node in ast.walk(function.node):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and node.value.elts:
            chain = chain_of(node.value.elts[0])
            if not chain or chain[0] in ("self", "cls"):
                continue
            for target in judge.universe.resolve(function.module, chain):
                if target.kind in ("function", "class") and not judge.category(target):
                    yield target.key


def anywhere(known: dict[str, set[str]], packed: Packed) -> dict[str, set[str]]:
    """The same with classes written once for the whole package, if none of their name is dangerous in it."""
    dangerous = set(packed.anywhere).union(*packed.names.values())
    everywhere = {
        name
        for names in known.values()
        for name in names
        if name.lstrip("_")[:1].isupper() and "." not in name and name not in dangerous
    }
    rest = {module: names - everywhere for module, names in known.items()}
    return {module: names for module, names in [("*", everywhere), *rest.items()] if names}
