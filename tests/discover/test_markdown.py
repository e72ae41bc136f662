"""Markdown, reStructuredText, and packages that are installed from the Hub."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.discover import markdown, requirements
from tests.discover.searching import COMMIT, applied, ids, only

README = """\
---
base_model: acme/base
datasets:
  - acme/corpus
  - squad
preload_from_hub:
  - acme/loaded a.bin,b.bin 0123456789abcdef0123456789abcdef01234567
---
# A model

Made of `acme/prose`; see [it](https://huggingface.co/acme/linked). Run `vllm serve acme/span --port 80`.

1. Then

   ```python
   from transformers import AutoModel
   AutoModel.from_pretrained("acme/py")
   ```
```console
$ hf download acme/console
```
~~~yaml
model_id: acme/yaml
~~~
```js
import { pipeline } from '@huggingface/transformers';
pipeline('x', 'acme/js');
```
```
python train.py --model_name_or_path acme/guessed
```
"""


def test_readme() -> None:
    assert ids(markdown.find(README, "README.md").mentions) == [
        (2, "acme/base"),
        (4, "acme/corpus"),
        (5, "squad"),
        (7, "acme/loaded"),
        (11, "acme/linked"),
        (11, "acme/span"),
        (17, "acme/py"),
        (20, "acme/console"),
        (23, "acme/yaml"),
        (27, "acme/js"),
        (30, "acme/guessed"),
    ]


def test_card() -> None:
    found = markdown.find(README, "README.md").mentions
    loaded = only(found, "acme/loaded")
    assert (loaded.loader, loaded.files, loaded.revision) == ("card.preload", ["a.bin", "b.bin"], COMMIT)
    assert (only(found, "squad").repo_type, only(found, "squad").revision_state) == ("dataset", "impossible")


def test_pins_stand_where_the_block_does() -> None:
    found = markdown.find(README, "README.md").mentions
    for repo_id in ("acme/py", "acme/console", "acme/js"):
        fixed = applied(README, only(found, repo_id).pin)
        assert only(markdown.find(fixed, "README.md").mentions, repo_id).revision == COMMIT
    fixed = applied(README, only(found, "acme/py").pin)
    assert f'   AutoModel.from_pretrained("acme/py", revision="{COMMIT}")\n' in fixed


def test_fragments() -> None:
    text = (
        "```python\n>>> from transformers import AutoModel\n"
        ">>> AutoModel.from_pretrained('acme/doctest')\n<out put>\n```\n"
        ""
        "```diff\n from transformers import AutoModel\n-AutoModel.from_pretrained('acme/gone')\n"
        "+AutoModel.from_pretrained('acme/came')\n```\n"
        ""
        "```python\nfrom transformers import AutoModel\n... and so on\n"
        "AutoModel.from_pretrained('acme/mended')\n```\n"
    )
    found = markdown.find(text, "a.md")
    assert ids(found.mentions) == [(3, "acme/doctest"), (9, "acme/came"), (14, "acme/mended")]
    assert found.gaps == []


def test_restructured_text() -> None:
    text = "Title\n=====\n\n.. code-block:: bash\n\n   vllm serve acme/rst\n\nThe `card <https://huggingface.co/acme/card>`_.\n"
    assert ids(markdown.find(text, "a.rst").mentions) == [(6, "acme/rst"), (8, "acme/card")]


def test_requirements() -> None:
    text = (
        "torch==2\n"
        "en @ https://huggingface.co/acme/en_core/resolve/main/en_core-any-py3-none-any.whl\n"
        "git+https://huggingface.co/acme/pkg@v1#egg=pkg\n"
    )
    wheel, package = requirements.find(text, "requirements.txt").mentions
    assert (wheel.loader, wheel.repo_id, wheel.revision) == ("requirement", "acme/en_core", "main")
    assert wheel.files == ["en_core-any-py3-none-any.whl"]
    assert (package.repo_id, package.revision, package.line) == ("acme/pkg", "v1", 3)
    assert COMMIT in applied(text, wheel.pin)


@given(
    st.text() | st.text(alphabet="`~>- \n#$%abpython:./é", max_size=300), st.sampled_from(["a.md", "a.rst"])
)
def test_never_raises(text: str, path: str) -> None:
    for found in markdown.find(
        "---\n" + text + "\n---\n```python\n" + text + "\n```\n" + text, path
    ).mentions:
        assert found.line >= 1


def test_hostile_texts_end() -> None:
    assert markdown.find("```\n" * 50_000, "a.md").mentions == []
    assert markdown.find("`" * 200_000, "a.md").mentions == []
    assert markdown.find("> " * 100_000 + "\n```python\n" + "(" * 50_000, "a.md").mentions == []
