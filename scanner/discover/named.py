"""Ids under names that say what they are, where no call is seen: constants, defaults, registries.

``MODEL_ID = "org/name"`` in a module of settings names a model as surely as the call in another module does.
A name counts for itself when it can mean little else (``repo_id``), and a general one (``model``) only in a
file that has to do with the Hub, or where the id is of an organisation that everybody knows from there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from scanner.discover.forms import is_path, is_repo_id
from scanner.discover.ids import hosted
from scanner.discover.interface import Mention, RepoType
from scanner.discover.loaders import NAMED
from scanner.discover.syntax import Module, Statement, last_name, nodes_in

if TYPE_CHECKING:
    from scanner.discover.mentions import Mentions

_LITERAL = re.compile(r"[\"'][A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*[\"']")

_SIGN = re.compile(
    r"(?i)model|repo|checkpoint|tokenizer|embed|rerank|dataset|lora|adapter|encoder|pretrained"
)

_STRONG = re.compile(
    r"(?i)(?:^|_)(?:hf|hub|huggingface)_?(?:model|repo|id|path|name)|(?:^|_)repo_?ids?$|model_?ids?$"
    r"|model_?(?:name_)?or_?(?:path|id)$|model_?name_?or_?path|pretrained|base_?model(?:_?(?:name|id|path))?$|hf_?model"
    r"|(?:embedding|embedder|embed|rerank|reranker|encoder|tokenizer|llm|vlm|asr|tts|ner|summar\w+|classif\w+|whisper"
    r"|clip|bert|sentence\w*|spacy|draft|teacher|student|reward|judge|default)_?(?:model|tokenizer|checkpoint)"
    r"(?:_?(?:name|id|path|repo))?s?$|tokenizer_?(?:name|id|path)$|checkpoint(?:_?(?:name|id))?s?$|hf_?repo|lora_?(?:id|repo)"
    r"|adapter_?(?:id|repo|name)$|model_?repo"
)
_WEAK = re.compile(
    r"(?i)(?:^|_)(?:models?|model_?names?|model_?paths?|models?_?(?:list|map|dict|registry|choices|options|to_test)"
    r"|repo|repos|tokenizers?|datasets?|dataset_?(?:name|id|repo|path)s?|checkpoint|ckpt|lora|adapter|controlnet|vae)$"
)
_HUB = re.compile(
    r"(?i)huggingface|hugging face|\bhf[_.]|transformers|diffusers|sentence_transformers|from_pretrained"
    r"|\bvllm\b|peft|\bdatasets\b.*load|\bmlx|gguf|safetensors"
)
_OTHER = re.compile(
    r"(?i)(?:application|audio|font|image|message|multipart|text|video|chemical)/.*|(?:africa|america|antarctica|asia"
    r"|atlantic|australia|europe|indian|pacific|etc|us)/.*|\d+/\d+|(?:refs|heads|origin|feature|fix|bin|lib|docs?|img|images"
    r"|assets|static|templates|scripts|utils|train|test|val|validation|input|output|https?|file|api|v\d)/.*"
    r"|(?:and|or|yes|true|on|in)/\w+|.*/(?:main|master|latest)"
)
_ELSEWHERE = re.compile(
    r"(?i)repo|github|git_|url|image|docker|container|author|owner|package|action|homepage"
)
"""Names under which a well-known organisation says nothing: it has code and images elsewhere."""
_MAKERS = re.compile(
    r"(?:Embeddings?|Embedder|Backend|Encoder|Reranker|Model|Pipeline|LLM|Tokenizer|load|load_model)"
)
"""How calls end whose first argument is a model, if it looks like one."""
_VERSIONED = re.compile(r"\d|[a-z]-[a-z]|[A-Z]")
"""What names of models have, and those of most repositories of code have not."""
_DUMMY = re.compile(
    r"(?i)(?!.*/.*\d)(?:orgs?|owner|user\w*|publisher|attacker|legacy|foo|bar|baz|acme|example\w*|your[\w-]*|my[-_]\w+|some[-_]?\w*"
    r"|test|fake\w*|dummy\w*|namespace|author|account|\w)/.*|.*/(?:models?|repo|dataset|data|name|foo|bar|baz|id|x|y)"
)
"""Ids that stand for any id: what no call loads under such a name is a form or a test."""
_DIGIT = re.compile(r"/.*\d")
_TELLING = re.compile(r"[A-Z0-9_.-]")
_CONTEXT = 400
_REGISTRY = 4_000


class _Place(NamedTuple):
    name: str
    node: ast.Constant


def may_hold(text: str) -> bool:
    """Whether :func:`named_values` may find something in the source; cheap."""
    values = [value for match in _LITERAL.finditer(text) if _named_so(value := match[0][1:-1])]
    return bool(values) and (_SIGN.search(text) is not None or any(map(_of_the_hub, values)))


def named_values(module: Module, mentions: Mentions) -> None:
    """Add a mention for every id that only its name explains."""
    lines = module.lines_of(
        match.start() for match in _LITERAL.finditer(module.text) if _named_so(match[0][1:-1])
    )
    if not lines:
        return
    hub = _HUB.search(module.text) is not None
    for statement in module.on_lines(lines):
        for place in _places(statement):
            kind = _kind(place.name, place.node.value, hub)
            if kind is not None and id(place.node) not in mentions.used:
                mentions.used.add(id(place.node))
                mentions.add(_mention(place, kind, mentions))


def _kind(name: str, value: object, hub: bool) -> RepoType | None:
    """What the value names under that name; null for nothing of the Hub."""
    if not isinstance(value, str) or not _named_so(value):
        return None
    hub = hub or (_of_the_hub(value) and not _ELSEWHERE.search(name))
    if not _STRONG.search(name) and not (hub and _WEAK.search(name)):
        return None
    if not hub and not _TELLING.search(value.partition("/")[2]):
        return None
    return "dataset" if "dataset" in name.lower() else "model"


@cache
def _organisations() -> frozenset[str]:
    from scanner.organisations import ORGANISATIONS

    return frozenset(one.lower() for one in ORGANISATIONS)


def _of_the_hub(value: str) -> bool:
    """Whether the owner is an organisation that everybody knows, and the name that of a model."""
    owner, _, name = value.partition("/")
    return owner.lower() in _organisations() and _VERSIONED.search(name) is not None


def _named_so(value: str) -> bool:
    """Whether a repository may be called so, and hardly anything else is."""
    return (
        value.count("/") == 1
        and is_repo_id(value)
        and not is_path(value)
        and not _OTHER.fullmatch(value)
        and not hosted(value)
        and not _DUMMY.fullmatch(value)
    )


def _places(statement: Statement) -> Iterator[_Place]:
    """Every string of the statement with the name that it stands under."""
    for node, _ in nodes_in(statement):
        for name, value in _pairs(node):
            yield from _strings(name, value)
        if isinstance(node, ast.Call):
            yield from _given(node)
        elif isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set):
            yield from _registered(node)


def _registered(node: ast.Dict | ast.List | ast.Tuple | ast.Set) -> Iterator[_Place]:
    """Keys and elements of a registry: two of them at least are ids that everybody knows."""
    parts = [*node.keys, *node.values] if isinstance(node, ast.Dict) else node.elts
    texts = [one for one in parts[:_REGISTRY] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    ids = [one for one in texts if _named_so(str(one.value))]
    if sum(_of_the_hub(str(one.value)) and _DIGIT.search(str(one.value)) is not None for one in ids) > 1:
        yield from (_Place("models", one) for one in ids)


def _given(node: ast.Call) -> Iterator[_Place]:
    """The first argument of a call that makes a model of it."""
    first = node.args[0] if node.args else None
    if (
        isinstance(first, ast.Constant)
        and isinstance(first.value, str)
        and _MAKERS.search(last_name(node.func))
        and _of_the_hub(first.value)
    ):
        yield _Place("model", first)


def _pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield _target(target), value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield _target(target), value
        case ast.keyword(arg=str() as name, value=value):
            yield name, value
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from _flags(elements)
        case ast.Call():
            yield from _option(node)
            yield from _cases(node)


def _flags(elements: list[ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    """What follows a flag in a list of arguments."""
    for flag, given in pairwise(elements[:_CONTEXT]):
        if isinstance(flag, ast.Constant) and isinstance(flag.value, str) and flag.value[:2] == "--":
            yield flag.value[2:].replace("-", "_"), given


def _cases(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """What pytest's ``parametrize`` passes for one name."""
    if last_name(node.func) == "parametrize" and len(node.args) > 1:
        name = node.args[0]
        if isinstance(name, ast.Constant) and "," not in str(name.value):
            yield str(name.value), node.args[1]


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return last_name(node)


def _option(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """An option of a command line with its default; an environment variable with its default."""
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    words = {word.arg: word.value for word in node.keywords}
    name = last_name(node.func)
    if name in ("add_argument", "option", "Option") and "default" in words and texts:
        yield texts[-1].lstrip("-").replace("-", "_"), words["default"]
    elif (
        name in ("get", "getenv", "DEFINE_string", "setdefault", "env", "get_env")
        and len(node.args) > 1
        and texts
    ):
        yield texts[0], node.args[1]


def _strings(name: str, value: ast.expr, depth: int = 0) -> Iterator[_Place]:
    """The strings that a name explains: the value, elements and entries of it, the default it may have."""
    if isinstance(value, ast.Constant):
        if isinstance(value.value, str):
            yield _Place(name, value)
    elif depth < 4:
        for inner in _inner(value):
            yield from _strings(name, inner, depth + 1)


def _inner(value: ast.expr) -> list[ast.expr]:
    match value:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return elements[:_CONTEXT]
        case ast.Dict(values=values):
            return values[:_CONTEXT]
        case ast.IfExp(body=first, orelse=second):
            return [first, second]
        case ast.BoolOp(values=values):
            return values
        case ast.Call():
            name = last_name(value.func)
            if name in ("getenv", "get", "field", "Field", "Option", "Literal"):
                return [*value.args, *(word.value for word in value.keywords if word.arg == "default")]
    return []


def _mention(place: _Place, kind: RepoType, mentions: Mentions) -> Mention:
    node, offset = place.node, mentions.offset
    first, last = node.lineno + offset, (node.end_lineno or node.lineno) + offset
    return Mention(
        loader=NAMED,
        repo_type=kind,
        line=first,
        end_line=last,
        repo_id=str(node.value),
        call_line=first,
        call_end_line=last,
        revision_state="impossible",
        expression=mentions.written(node),
    )
