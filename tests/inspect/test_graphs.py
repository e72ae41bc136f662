"""Graphs in protocol buffers: ONNX models and TensorFlow graphs, walked without their libraries."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.inspect import limits
from scanner.rules import RULES
from tests.inspect.looking import assert_clean, details, look_at, look_at_file, symbols
from tests.inspect.messages import field
from tests.inspect.ranges import drive

OUTSIDE = "path-outside-model"


def tensor(numbers: bytes = b"", place: str = "") -> bytes:
    """A TensorProto of float32 with raw data, or with its data elsewhere."""
    elsewhere = field(13, field(1, b"location") + field(2, place.encode())) + field(14, 1) if place else b""
    return field(1, len(numbers) // 4) + field(2, 1) + field(8, b"w") + field(9, numbers) + elsewhere


def node(operation: str = "Add", domain: str = "", *attributes: bytes) -> bytes:
    """A NodeProto."""
    made = field(1, b"x") + field(2, b"y") + field(4, operation.encode())
    return made + b"".join(field(5, part) for part in attributes) + field(7, domain.encode())


def graph(*nodes: bytes, tensors: tuple[bytes, ...] = ()) -> bytes:
    """A GraphProto, its parts in the order in which the library writes them."""
    return b"".join(field(1, part) for part in nodes) + b"".join(field(5, part) for part in tensors)


def onnx(body: bytes, *more: bytes) -> bytes:
    """A ModelProto."""
    return field(1, 10) + field(2, b"pytorch") + field(7, body) + field(8, field(2, 21)) + b"".join(more)


def test_a_plain_onnx_model_is_clean(tmp_path: Path) -> None:
    data = onnx(graph(node(), node("Mul"), tensors=(tensor(bytes(40)), tensor(place="model.onnx_data"))))
    found = look_at(tmp_path, "model.onnx", data)
    assert_clean(found, "onnx")
    assert found.facts == {
        "custom_domains": [],
        "external_data": ["model.onnx_data"],
        "ir_version": 10,
        "node_count": 2,
        "operator_sets": ["ai.onnx 21"],
        "producer": "pytorch",
        "tensor_count": 2,
    }


@pytest.mark.parametrize(
    "place", ["../x", "/etc/passwd", "a/../../x", "..\\x", "C:\\x", "\\\\server\\x", "~/x", "a\0b"]
)
def test_data_outside_the_folder_is_named(tmp_path: Path, place: str) -> None:
    found = look_at(tmp_path, "model.onnx", onnx(graph(node(), tensors=(tensor(place=place),))))
    assert symbols(found, OUTSIDE) == [place]


HIDDEN = tensor(place="../secret")
INNER = graph(node("Foo", "my.own"), tensors=(HIDDEN,))


@pytest.mark.parametrize(
    "data",
    [
        onnx(graph(node("If", "my.own", field(6, INNER)))),
        onnx(graph(node("Loop", "my.own", field(11, graph()) + field(11, INNER)))),
        onnx(graph(node("Constant", "my.own", field(5, HIDDEN)))),
        onnx(graph(node("Constant", "my.own", field(10, HIDDEN)))),
        onnx(graph(node("Constant", "my.own", field(22, field(1, HIDDEN))))),
        onnx(graph(node(), field(15, b"")) + field(15, field(2, HIDDEN)), field(8, field(1, b"my.own"))),
        onnx(graph(node()), field(20, field(2, INNER))),
        onnx(graph(node()), field(25, field(7, node("F", "my.own", field(5, HIDDEN))))),
        onnx(graph(node()), field(25, field(10, b"my.own") + field(11, field(5, HIDDEN)))),
    ],
)
def test_tensors_and_operators_are_found_wherever_they_hide(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "model.onnx", data)
    assert symbols(found, OUTSIDE) == ["../secret"]
    assert found.facts["custom_domains"] == ["my.own"]


def test_two_graphs_are_malformed(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.onnx", onnx(graph(node()), field(7, graph(node()))))
    assert symbols(found, "malformed-model") == ["the model holds 2 graphs"]


def test_graphs_in_graphs_are_followed_to_a_depth(tmp_path: Path) -> None:
    body = graph(node())
    for _ in range(limits.ONNX_DEPTH):
        body = graph(node("If", "", field(6, body)))
    assert_clean(look_at(tmp_path, "model.onnx", onnx(body)), "onnx")
    found = look_at(tmp_path, "model.onnx", onnx(graph(node("If", "", field(6, body)))))
    assert "hostile None graphs nested more than" in details(found)


def test_a_truncated_model_is_not_clean(tmp_path: Path) -> None:
    body = graph(node(), tensors=(tensor(bytes(400)),))
    broken = field(1, 10) + field(7, body + b"\x2a\xff\x01")
    found = look_at(tmp_path, "model.onnx", broken)
    assert (found.format, found.coverage) == ("onnx", "none")
    assert "broken or truncated" in details(found)


def written(path: Path, count: int, size: int, last: bytes = b"") -> Path:
    """An ONNX model of ``count`` tensors of zeros, whose last tensor is followed by ``last``."""
    path.write_bytes(onnx(graph(node(), tensors=(tensor(bytes(size)),) * count) + last))
    return path


def test_few_large_tensors_are_stepped_over(tmp_path: Path) -> None:
    path = written(tmp_path / "model.onnx", 3, 8 << 20, field(5, HIDDEN))
    course = drive(path)
    assert not course.whole
    assert course.fetched <= 512 << 10
    assert course.look.coverage == "structural"
    assert symbols(course.look, OUTSIDE) == ["../secret"]
    assert course.look.facts == look_at_file(path).facts


@pytest.mark.parametrize(("count", "size"), [(11, 5 << 20), (40, 1 << 19)])
def test_many_tensors_are_fetched_with_the_rest(tmp_path: Path, count: int, size: int) -> None:
    path = written(tmp_path / "model.onnx", count, size)
    course = drive(path)
    assert course.asks == ["whole"]
    assert_clean(course.look, "onnx")


def operation(name: str) -> bytes:
    """A TensorFlow node."""
    return field(1, b"n/" + name.encode()) + field(2, name.encode()) + field(5, b"\x0a\x01T")


PLAIN = field(1, operation("Placeholder")) + field(1, operation("MatMul"))
SAVES = field(1, operation("SaveV2")) + field(1, operation("RestoreV2"))


def saved(body: bytes) -> bytes:
    """A SavedModel with one meta graph."""
    return field(1, 1) + field(2, field(1, field(4, b"serve")) + field(2, body))


@pytest.mark.parametrize(
    ("name", "data", "format_id"),
    [("saved_model.pb", saved(PLAIN + SAVES), "savedmodel"), ("frozen.pb", PLAIN + SAVES, "graphdef")],
)
def test_a_plain_graph_is_clean(tmp_path: Path, name: str, data: bytes, format_id: str) -> None:
    found = look_at(tmp_path, name, data)
    assert_clean(found, format_id)
    assert found.facts == {"node_count": 4}


@pytest.mark.parametrize("acting", ["ReadFile", "WriteFile", "PyFunc", "EagerPyFunc"])
def test_operations_that_act_are_found_in_graphs_and_functions(tmp_path: Path, acting: str) -> None:
    bad = operation(acting)
    for data in (
        saved(PLAIN + field(1, bad)),
        saved(PLAIN + field(2, field(1, field(1, b"sig") + field(3, operation("Add")) + field(3, bad)))),
        saved(PLAIN) + field(2, field(2, field(1, bad))),
        PLAIN + field(1, bad),
        PLAIN + field(1, field(1, b"n") + field(2, b"Add") + field(2, acting.encode())),
    ):
        found = look_at(tmp_path, "saved_model.pb", data)
        assert symbols(found, "tensorflow-file-operation") == [acting]
        assert found.sightings[0].evidence.startswith("1 node of the graph: it ")
        assert found.coverage == "full"


@settings(max_examples=150)
@given(st.sampled_from([onnx(INNER), saved(PLAIN), PLAIN]), st.data())
def test_no_broken_graph_makes_it_raise(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, data: st.DataObject
) -> None:
    changed = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    found = look_at(tmp_path_factory.getbasetemp(), "model.pb", bytes(changed))
    assert found.need is None
    assert "cannot be read (" not in details(found)


def function(name: str, domain: str, *nodes: bytes) -> bytes:
    """A FunctionProto, as the model keeps it."""
    body = field(1, name.encode()) + b"".join(field(7, part) for part in nodes) + field(10, domain.encode())
    return field(25, body)


CUSTOM = "custom-operator"
BRANCH = field(1, b"then_branch") + field(6, graph(node("Run", "authors.ops"))) + field(20, 5)


@pytest.mark.parametrize(
    "data",
    [
        onnx(graph(node("Run", "authors.ops"))),
        onnx(graph(node("If", "", BRANCH))),
        onnx(graph(node("Own", "local.own")), function("Own", "local.own", node("Run", "authors.ops"))),
        onnx(graph(node("Run", "authors.ops")), function("Other", "authors.ops", node("Add"))),
    ],
    ids=["a node", "in a branch", "in a function", "beside a function of its domain"],
)
def test_an_operator_that_no_framework_ships_is_high(tmp_path: Path, data: bytes) -> None:
    found = look_at(tmp_path, "model.onnx", data)
    assert [(one.rule, one.symbol, one.severity) for one in found.sightings] == [
        (CUSTOM, "authors.ops", None)
    ]
    assert RULES[CUSTOM].severity == "high"


@pytest.mark.parametrize(
    ("operation", "domain"),
    [
        ("QGemm", "com.microsoft"),
        ("Whatever", "com.microsoft.nchwc"),
        ("aten_add", "pkg.onnxscript.torch_lib"),
    ],
)
def test_operators_that_a_framework_ships_are_no_finding(tmp_path: Path, operation: str, domain: str) -> None:
    assert_clean(look_at(tmp_path, "model.onnx", onnx(graph(node(operation, domain)))), "onnx")


def test_a_function_of_the_model_needs_no_library(tmp_path: Path) -> None:
    data = onnx(graph(node("Own", "local.own")), function("Own", "local.own", node("Add")))
    assert_clean(look_at(tmp_path, "model.onnx", data), "onnx")


def test_a_domain_that_only_looks_like_a_known_one_is_foreign(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.onnx", onnx(graph(node("Run", "com.microsoftly"))))
    assert symbols(found, CUSTOM) == ["com.microsoftly"]
