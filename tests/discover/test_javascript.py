"""JavaScript and TypeScript."""

from __future__ import annotations

import pytest
import tree_sitter
import tree_sitter_typescript
from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.javascript import find
from tests.discover.searching import COMMIT, applied, ids, only

IMPORT = "import { pipeline, AutoModel as Auto } from '@huggingface/transformers';\n"
HUB = "import { downloadFile } from '@huggingface/hub';\n"


@pytest.mark.parametrize(
    ("source", "line", "loader"),
    [
        (IMPORT + "await pipeline('ner', 'acme/ner');", 2, "transformers.js-pipeline"),
        (
            IMPORT + "const M = process.env.M ?? 'acme/ner';\nawait pipeline('ner', M);",
            2,
            "transformers.js-pipeline",
        ),
        (
            IMPORT + "const O = 'acme';\nAuto.from_pretrained(`${O}/ner`);",
            3,
            "transformers.js-from-pretrained",
        ),
        (
            IMPORT + "const c = { a: { id: 'acme/ner' } };\npipeline('x', c.a.id)",
            2,
            "transformers.js-pipeline",
        ),
        (IMPORT + "function f(id = 'acme/ner') { return pipeline('x', id); }", 2, "transformers.js-pipeline"),
        (
            IMPORT + "class A { static id = 'acme/ner'; f() { pipeline('x', this.id) } }",
            2,
            "transformers.js-pipeline",
        ),
        (
            "const t = await import('@xenova/transformers');\nt.pipeline('x', 'acme/ner')",
            2,
            "transformers.js-pipeline",
        ),
        (
            "const { pipeline: p } = require('@xenova/transformers');\np('x', 'acme/ner')",
            2,
            "transformers.js-pipeline",
        ),
        (HUB + "await downloadFile({ repo: 'acme/ner', path: 'x' })", 2, "huggingface.js-hub"),
        (
            HUB + "await downloadFile({ repo: { type: 'model', name: 'acme/ner' }, path: 'x' })",
            2,
            "huggingface.js-hub",
        ),
        (
            "import { InferenceClient } from '@huggingface/inference';\n"
            "c.chatCompletion({ model: 'acme/ner' })",
            2,
            "huggingface.js-inference",
        ),
        ("import { Client } from '@gradio/client';\nawait Client.connect('acme/ner')", 2, "gradio-client"),
        ("export const MODEL_ID = 'acme/ner';", 1, "model-id"),
    ],
)
def test_calls(source: str, line: int, loader: str) -> None:
    found = only(find(source, "a.ts").mentions, "acme/ner")
    assert (found.line, found.loader) == (line, loader)


def test_every_branch() -> None:
    source = (
        f"{IMPORT}const m = big ? 'acme/big' : 'acme/small';\n"
        "for (const x of ['acme/one', 'acme/two']) pipeline('x', x);\npipeline('x', m);"
    )
    found = {one for _, one in ids(find(source, "a.js").mentions)}
    assert found == {"acme/big", "acme/small", "acme/one", "acme/two"}


@pytest.mark.parametrize(
    "source",
    [
        "import x from 'acme/lib';",
        "fetch('acme/path');",
        "pipeline(source, 'dist/out.js');",
        "const model = 'openai/gpt-4o';",
        "const type = { model: 'application/json' };",
        "router.get('users/list', f);",
    ],
)
def test_no_reference(source: str) -> None:
    assert find(source, "a.ts").mentions == []


def test_revision_and_files() -> None:
    call = "downloadFile({ repo: 'datasets/acme/d1', path: 'x.csv', revision: 'v1' })"
    found = only(find(HUB + call, "a.ts").mentions, "acme/d1")
    assert (found.repo_type, found.files) == ("dataset", ["x.csv"])
    assert (found.revision, found.revision_state) == ("v1", "literal")
    found = only(find(IMPORT + "pipeline('x', 'acme/ner', { revision: v })", "a.ts").mentions, "acme/ner")
    assert (found.revision, found.revision_state) == (None, "unresolved")


def test_unresolved() -> None:
    (found,) = find(IMPORT + "f((id) => pipeline('x', id, { dtype: 'q4' }))", "a.ts").mentions
    assert (found.repo_id, found.expression) == (None, "id")


@pytest.mark.parametrize(
    "call",
    [
        "pipeline('é', 'acme/ner')",
        "pipeline('x', 'acme/ner', {})",
        "pipeline('x', 'acme/ner', {\n  dtype: 'q4',\n})",
        "pipeline('x', 'acme/ner', { revision: 'main' })",
        "Auto.from_pretrained('acme/ner')",
    ],
)
def test_pins(call: str) -> None:
    source = IMPORT + call + ";\n"
    fixed = applied(source, only(find(source, "a.ts").mentions, "acme/ner").pin)
    found = only(find(fixed, "a.ts").mentions, "acme/ner")
    assert (found.revision, found.revision_state) == (COMMIT, "literal")
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_typescript.language_typescript()))
    assert not parser.parse(fixed.encode()).root_node.has_error


def test_components() -> None:
    page = "<template>\n<p>é pipeline('x', 'acme/no')</p>\n</template>\n"
    source = f"{page}<script>\n{IMPORT}pipeline('x', 'acme/ner')\n</script>\n"
    assert ids(find(source, "a.vue").mentions) == [(6, "acme/ner")]


def test_bundles_are_searched_for_addresses_and_say_so() -> None:
    found = find("x='a/b';" * 9_000 + "'https://huggingface.co/acme/ner'", "a.min.js")
    assert ids(found.mentions) == [(1, "acme/ner")]
    assert "a.min.js" in found.gaps[0]


@given(
    st.text() | st.text(alphabet="(){}[]`'\"$=>.,;:?|+ab/\n", max_size=200),
    st.sampled_from(["a.ts", "a.js", "a.tsx", "a.vue"]),
)
def test_never_raises(text: str, path: str) -> None:
    for found in find(IMPORT + text + "\npipeline('x', 'acme/ner')", path).mentions:
        assert found.line >= 1


@pytest.mark.parametrize(
    "text",
    ["(" * 15_000, "a='a/b'+\n" * 5_000, "[{" * 9_000, "const a = b; const b = a;\npipeline(1, a + 'x/y')"],
)
def test_hostile_texts_end(text: str) -> None:
    assert find(IMPORT + text, "a.js").unsafe == []
