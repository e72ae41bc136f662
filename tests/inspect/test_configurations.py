"""JSON, YAML and XML that loaders obey: what leads out or runs is named, what real models hold is quiet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.readers.yaml_config import judge_yaml
from scanner.inspect.readers.yaml_tree import parse_yaml
from scanner.rules import RULES
from tests.inspect.looking import assert_clean, details, look_at, symbols

_INDEX = "model.safetensors.index.json"
_LORA = {"peft_type": "LORA"}
_DIFFUSERS = {"_class_name": "Pipeline", "_diffusers_version": "0.30.0"}

GRAVE: list[tuple[str, Any, str, str]] = [
    ("config.json", {"auto_map": {"AutoModel": "evil/repo--m.X"}}, "remote-code-reference", "evil/repo--m.X"),
    ("config.json", {"auto_map": {"AutoModel": "../../etc--m.X"}}, "remote-code-reference", "../../etc--m.X"),
    ("config.json", {"auto_map": {"AutoModel": "os.system"}}, "remote-code-reference", "os.system"),
    ("generation_config.json", {"custom_generate": "evil/gen"}, "remote-code-reference", "evil/gen"),
    ("model_index.json", {**_DIFFUSERS, "custom_pipeline": "evil/p"}, "remote-code-reference", "evil/p"),
    ("model_index.json", {**_DIFFUSERS, "unet": ["os", "system"]}, "remote-code-reference", "os.system"),
    (
        "model_index.json",
        {**_DIFFUSERS, "unet": ["subprocess", "X"]},
        "remote-code-reference",
        "subprocess.X",
    ),
    (
        "adapter_config.json",
        {**_LORA, "auto_mapping": {"base_model_class": "system", "parent_library": "os"}},
        "remote-code-reference",
        "os.system",
    ),
    (
        "adapter_config.json",
        {**_LORA, "auto_mapping": {"base_model_class": "X", "parent_library": "evil_library"}},
        "remote-code-reference",
        "evil_library.X",
    ),
    ("tokenizer_config.json", {"tokenizer_class": "evil/r--t.T"}, "remote-code-reference", "evil/r--t.T"),
    ("modules.json", [{"idx": 0, "type": "os.system", "path": ""}], "remote-code-reference", "os.system"),
    (
        "modules.json",
        [{"idx": 0, "type": "sentence_transformers.models.Pooling", "path": "../../x"}],
        "path-outside-model",
        "../../x",
    ),
    ("config.json", {"model_type": "x", "_target_": "os.system"}, "configuration-calls-code", "os.system"),
    (_INDEX, {"weight_map": {"a": "../../etc/passwd"}}, "shard-index-traversal", "../../etc/passwd"),
    (_INDEX, {"weight_map": {"a": "..\\x.safetensors"}}, "shard-index-traversal", "..\\x.safetensors"),
    (_INDEX, {"weight_map": {"a": "/tmp/x.safetensors"}}, "shard-index-traversal", "/tmp/x.safetensors"),
    (
        _INDEX,
        {"weight_map": {"a": "https://e/x.safetensors"}},
        "shard-index-traversal",
        "https://e/x.safetensors",
    ),
    (_INDEX, {"weight_map": {"a": "x.bin"}}, "shard-index-traversal", "x.bin"),
    ("pytorch_model.bin.index.json", {"weight_map": {"a": ["~/x.bin"]}}, "shard-index-traversal", "~/x.bin"),
    (
        "MLmodel",
        "flavors:\n  python_function:\n    loader_module: evil\n",
        "configuration-calls-code",
        "evil",
    ),
    ("MLmodel", '{"flavors": {"pyfunc": {"loader_module": "os"}}}', "configuration-calls-code", "os"),
    (
        "MLmodel",
        "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    data: ../../x\n",
        "path-outside-model",
        "../../x",
    ),
    (
        "MLmodel",
        "flavors:\n  python_function:\n    data: !!python/object/apply:os.system [id]\n",
        "configuration-calls-code",
        "os.system",
    ),
    ("config.yaml", "m:\n  _target_: os.system\n  command: id\n", "configuration-calls-code", "os.system"),
    ("any.yaml", "m:\n  _target_: subprocess.Popen\n", "configuration-calls-code", "subprocess.Popen"),
    ("any.yml", "m: {'_target_': \"shutil.rmtree\", path: /}\n", "configuration-calls-code", "shutil.rmtree"),
    ("model_config.yaml", "m:\n  _target_: torch.os.system\n", "configuration-calls-code", "torch.os.system"),
    (
        "model_config.yaml",
        "m:\n  _target_: hydra.utils.get_method\n  path: builtins.exec\n",
        "configuration-calls-code",
        "hydra.utils.get_method",
    ),
    ("x.yaml", "a: !!python/object/apply:os.system [id]\n", "configuration-calls-code", "os.system"),
    ("x.yaml", "a: !!python/object/new:type {args: [z]}\n", "configuration-calls-code", "type"),
    ("x.yml", "a: !!python/module:os\n", "configuration-calls-code", "os"),
    ("x.yml", "a: !!python/name:os.system\n", "configuration-calls-code", "os.system"),
    (
        "x.yml",
        "%TAG !x! tag:yaml.org,2002:python/\n---\na: !x!object/apply:os.system [id]\n",
        "configuration-calls-code",
        "os.system",
    ),
    (
        "x.yml",
        "a: !<tag:yaml.org,2002:python/object/apply:subprocess.check_output> [[id]]\n",
        "configuration-calls-code",
        "subprocess.check_output",
    ),
    ("hyperparams.yaml", "a: !apply:os.system [id]\n", "configuration-calls-code", "os.system"),
    (
        "hyperparams.yaml",
        "a: !new:subprocess.Popen\n  args: [id]\n",
        "configuration-calls-code",
        "subprocess.Popen",
    ),
    ("hyperparams.yaml", "a: !name:builtins.exec\n", "configuration-calls-code", "builtins.exec"),
    ("hyperparams.yaml", "a: !include:../../x.yaml\n", "path-outside-model", "../../x.yaml"),
    ("x.pmml", "<!DOCTYPE PMML SYSTEM 'http://evil/x.dtd'><PMML/>", "xml-entity", "http://evil/x.dtd"),
    (
        "x.pmml",
        "<?xml version='1.0'?><!DOCTYPE PMML [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><PMML>&x;</PMML>",
        "xml-entity",
        "the entity &x;",
    ),
    (
        "x.xml",
        "<!DOCTYPE net [<!ENTITY % p SYSTEM 'http://e/'> %p;]><net name='a'><layers/></net>",
        "xml-entity",
        "the entity %p;",
    ),
    (
        "x.pmml",
        "<PMML xmlns:i='http://www.w3.org/2001/XInclude'><i:include href='/etc/passwd'/></PMML>",
        "xml-entity",
        "an include of /etc/passwd",
    ),
]

HONEST: list[tuple[str, Any, str]] = [
    (
        "config.json",
        {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "rope_scaling": {"factor": 8.0, "rope_type": "llama3"},
            "quantization_config": {"quant_method": "awq", "modules_to_not_convert": ["visual"]},
            "_name_or_path": "/data/checkpoints/run-7",
            "transformers_version": "4.45.0",
        },
        "hf-config",
    ),
    (
        "tokenizer_config.json",
        {
            "tokenizer_class": "LlamaTokenizerFast",
            "processor_class": "LlavaProcessor",
            "added_tokens_decoder": {"0": {"content": "<unk>", "special": True}},
            "model_max_length": 1000000000000000019884624838656,
            "auto_map": None,
        },
        "hf-config",
    ),
    (
        "model_index.json",
        {
            **_DIFFUSERS,
            "feature_extractor": ["transformers", "CLIPImageProcessor"],
            "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
            "unet": ["diffusers", "UNet2DConditionModel"],
            "image_encoder": [None, None],
        },
        "hf-config",
    ),
    (
        "adapter_config.json",
        {
            **_LORA,
            "auto_mapping": {
                "base_model_class": "BertModel",
                "parent_library": "transformers.models.bert.modeling_bert",
            },
            "base_model_name_or_path": "org/base",
        },
        "hf-config",
    ),
    (
        "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
        "hf-config",
    ),
    (
        "modules.json",
        [
            {"idx": 0, "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
            {"idx": 1, "path": "1", "type": "sentence_transformers.sparse_encoder.models.SpladePooling"},
        ],
        "hf-config",
    ),
    (_INDEX, {"metadata": {}, "weight_map": {"a": "model-00001-of-00002.safetensors"}}, "shard-index"),
    (
        "pytorch_model.bin.index.json",
        {"weight_map": {"a": "pytorch_model-00001-of-00002.bin"}},
        "shard-index",
    ),
    (
        "MLmodel",
        "artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n"
        "      virtualenv: python_env.yaml\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n"
        "    predict_fn: predict\n  sklearn:\n    code: null\n    pickled_model: model.pkl\n"
        "    serialization_format: cloudpickle\nmodel_uuid: ab\nutc_time_created: '2024-01-01'\n",
        "mlmodel-yaml",
    ),
    (
        "config.yaml",
        "model:\n  _target_: src.models.net.Net\n  optimizer:\n    _target_: torch.optim.Adam\n"
        "    _partial_: true\n  data: {_target_: torch.utils.data.DataLoader}\n"
        "  root: {_target_: pathlib.Path}\n  file: {_target_: os.path.join}\n"
        "  net: {_target_: transformers.AutoModel.from_pretrained}\n  fn: {_target_: functools.partial}\n",
        "yaml-config",
    ),
    (
        "hyperparams.yaml",
        "net: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN\n  lin: !ref <n>\n"
        "act: !name:torch.nn.LeakyReLU\nseed: !apply:torch.manual_seed [1]\nseed2: !apply:random.seed [1]\n",
        "yaml-config",
    ),
    (
        "hparams.yaml",
        "a: !!python/object:argparse.Namespace {x: 1}\nb: !!python/tuple [1, 2]\n"
        "c: !!python/object/apply:numpy.core.multiarray.scalar [1]\n"
        "d: !!python/object/apply:pathlib.PosixPath [a]\n",
        "yaml-config",
    ),
    (
        "model_config.yaml",
        "target: nemo.collections.asr.models.EncDecCTCModelBPE\npreprocessor:\n"
        "  _target_: nemo.collections.asr.modules.AudioToMelSpectrogramPreprocessor\n",
        "yaml-config",
    ),
    ("x.pmml", "<?xml version='1.0'?>\n<!-- a --><PMML version='4.4'><Header/></PMML>", "pmml"),
    ("x.xml", "<?xml version='1.0'?><net name='x' version='11'><layers></layers></net>", "openvino"),
]

ORDINARY: list[tuple[str, str]] = [
    ("mkdocs.yml", "f: !!python/name:pymdownx.superfences.fence_code_format\n"),
    ("train.yaml", "model:\n  _target_: src.models.net.Net\n"),
    ("template.yaml", "Resources: !Ref x\nOther: !Sub '${x}'\n"),
    ("config.yaml", "port: 8080\n"),
    ("docker-compose.yml", "services:\n  web:\n    image: x\n"),
    ("pom.xml", "<project><name>x</name></project>"),
    ("index.html", "<!DOCTYPE html><html><body/></html>"),
    ("package.json", '{"name": "x"}'),
    ("search.index.json", '{"a": 1}'),
    ("setup.py", "import os; os.system('make')"),
    ("page.jinja2", "{{ user.__class__ }}"),
]


def _bytes(value: Any) -> bytes:
    return (value if isinstance(value, str) else json.dumps(value)).encode()


@pytest.mark.parametrize(("name", "value", "rule", "symbol"), GRAVE)
def test_what_leads_out_or_runs_is_grave(
    tmp_path: Path, name: str, value: Any, rule: str, symbol: str
) -> None:
    found = look_at(tmp_path, name, _bytes(value))
    graves = [
        sighting.symbol
        for sighting in found.sightings
        if sighting.rule == rule and (sighting.severity or RULES[rule].severity) in ("high", "critical")
    ]
    assert symbol in graves


@pytest.mark.parametrize(("name", "value", "format_id"), HONEST)
def test_what_real_models_hold_is_quiet(tmp_path: Path, name: str, value: Any, format_id: str) -> None:
    assert_clean(look_at(tmp_path, name, _bytes(value)), format_id)


@pytest.mark.parametrize(("name", "text"), ORDINARY)
def test_ordinary_files_are_no_models(tmp_path: Path, name: str, text: str) -> None:
    assert look_at(tmp_path, name, text.encode()).format is None


def test_code_of_the_repository_itself_and_of_established_models_is_a_note(tmp_path: Path) -> None:
    for target in ("modeling.X", "nomic-ai/nomic-bert-2048--modeling_hf_nomic_bert.NomicBertModel"):
        found = look_at(tmp_path, "config.json", _bytes({"auto_map": {"AutoModel": target}}))
        assert [(sighting.symbol, sighting.severity) for sighting in found.sightings] == [(target, "low")]


def test_a_key_that_stands_twice_is_grave(tmp_path: Path) -> None:
    found = look_at(tmp_path, "config.json", b'{"auto_map": {}, "auto_map": {"AutoModel": "evil/r--m.C"}}')
    assert [sighting.severity for sighting in found.sightings] == ["high"]
    assert "hostile" in details(found)


def test_what_stands_behind_the_first_bytes_counts_too(tmp_path: Path) -> None:
    filler = " " * 70_000
    config = f'{{{filler}"auto_map": {{"AutoModel": "evil/repo--m.X"}}}}'
    assert symbols(look_at(tmp_path, "config.json", config.encode()), "remote-code-reference")
    index = f'{{{filler}"weight_map": {{"a": "/x.safetensors"}}}}'
    assert symbols(look_at(tmp_path, _INDEX, index.encode()), "shard-index-traversal")
    text = f"# {filler}\na: !apply:os.system [id]\n"
    assert symbols(look_at(tmp_path, "hyperparams.yaml", text.encode()), "configuration-calls-code")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("config.json", b'{"model_type":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        ("config.json", b'{"model_type": NaN}'),
        ("config.yaml", b"_target_: a.b\nx: " + b"[" * 5_000 + b"]" * 5_000),
        ("config.yaml", b"_target_: a.b\nx: [" + b"1," * 250_000 + b"1]"),
        ("config.yaml", b"_target_: a.b\nx: {\n"),
        ("x.pmml", b"<PMML>" + b"<a>" * 5_000 + b"</a>" * 5_000 + b"</PMML>"),
        ("x.pmml", b"<PMML><a></PMML>"),
    ],
)
def test_what_cannot_be_read_is_a_gap(tmp_path: Path, name: str, data: bytes) -> None:
    found = look_at(tmp_path, name, data)
    assert found.gaps
    assert found.coverage != "full"


def test_aliases_do_not_expand(tmp_path: Path) -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + index)}: &{chr(98 + index)} [*{chr(97 + index)}, *{chr(97 + index)}]\n"
        for index in range(20)
    )
    found = look_at(tmp_path, "config.yaml", f"_target_: a.b\n{laughs}".encode())
    assert_clean(found, "yaml-config")


@given(st.text(alphabet="ab:-[]{}!&*#|>'\" \n_%y", max_size=60))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    try:
        judge_yaml(parse_yaml(text.encode(), "it"), Reading())
    except Unreadable as error:
        assert str(error).startswith("it ")  # noqa: PT017


_ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"]


@pytest.mark.parametrize("encoding", _ENCODINGS)
def test_json_is_read_in_every_encoding_that_python_detects(tmp_path: Path, encoding: str) -> None:
    text = json.dumps({"auto_map": {"AutoModel": "evil/repo--m.X"}, "model_type": "é"}, ensure_ascii=False)
    found = look_at(tmp_path, "config.json", text.encode(encoding))
    assert found.format == "hf-config"
    assert symbols(found, "remote-code-reference") == ["evil/repo--m.X"]
    assert found.gaps == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_yaml_is_read_in_every_encoding_that_its_library_detects(tmp_path: Path, encoding: str) -> None:
    text = "name: é\nhook: !!python/object/apply:os.system ['id']\n"
    found = look_at(tmp_path, "settings.yaml", text.encode(encoding))
    assert (found.format, found.gaps) == ("yaml-config", [])
    assert symbols(found, "configuration-calls-code") == ["os.system"]


def test_xml_in_utf_16_is_recognised(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><PMML version="4.4"><Header/></PMML>'
    assert look_at(tmp_path, "m.xml", text.encode("utf-16")).format == "pmml"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_tag_far_behind_counts_in_any_yaml(tmp_path: Path, encoding: str) -> None:
    text = "".join(f"key{number}: value\n" for number in range(9_000))
    assert look_at(tmp_path, "values.yaml", text.encode(encoding)).format is None
    late = f"{text}hook: !!python/object/apply:os.system ['id']\n"
    found = look_at(tmp_path, "values.yaml", late.encode(encoding))
    assert symbols(found, "configuration-calls-code") == ["os.system"]
