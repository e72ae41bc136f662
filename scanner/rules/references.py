"""Rules about references to repositories of the Hub, and about where those come from."""

from __future__ import annotations

from scanner.rules.rule import SUPPLY, Rule

_UNPINNED = {"cwe": ("CWE-494", "CWE-829"), **SUPPLY}

ROWS = (
    Rule(
        "unpinned-reference",
        "low",
        "No commit is pinned",
        "{symbol} is loaded without a revision{evidence}.",
        "Whoever owns the repository, or takes it over, decides at each start what is loaded.",
        "Name the commit that was reviewed: apply the suggestion.",
        **_UNPINNED,
        example="""\
```python
AutoModel.from_pretrained("org/model")
```

Loads whatever the main branch holds today. The suggestion adds `revision="<commit>"`.
""",
    ),
    Rule(
        "mutable-revision",
        "low",
        "The revision is a branch or a tag",
        "{symbol} is loaded at {evidence}, which can be moved.",
        "A branch moves with every commit, and a tag can be moved by whoever owns the repository.",
        "Name the commit that was reviewed: apply the suggestion.",
        **_UNPINNED,
        example="""\
```python
AutoModel.from_pretrained("org/model", revision="v1.0")
```

The owner can move the tag `v1.0` to other files at any time.
""",
    ),
    Rule(
        "commit-like-name",
        "high",
        "The revision only looks like a commit",
        "The revision of {symbol} looks like a commit id, but is {evidence}.",
        "A branch or tag may be named like a commit; a reader takes it for a pin, and it can be moved.",
        "Name the full commit id of 40 digits.",
        **_UNPINNED,
        example="""\
```python
AutoModel.from_pretrained("org/model", revision="5e0c1d9f")
```

`5e0c1d9f` is a branch of the repository, which its owner named like a short commit id.
""",
    ),
    Rule(
        "unreachable-commit",
        "high",
        "The commit is on no branch",
        "The commit {symbol} is neither on a branch nor on a tag of {evidence}.",
        "Anyone can open a pull request on the Hub, and its commits can be loaded by id: the owner never accepted them.",
        "Pin a commit of the main branch.",
        cwe=("CWE-494",),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("org/model", revision="<commit of somebody's pull request>")
```

The Hub serves the commit under the owner's name, though only a stranger proposed it.
""",
    ),
    Rule(
        "pickle-beside-safetensors",
        "low",
        "Pickle weights where safetensors are offered",
        "{symbol} is a pickle; the same repository offers {evidence}.",
        "Loading a pickle can run code; loading safetensors cannot.",
        "Load the safetensors file: use_safetensors=True.",
        cwe=("CWE-502",),
        **SUPPLY,
        example="""\
```python
hf_hub_download("org/model", "pytorch_model.bin", revision="<commit>")
```

The same commit holds `model.safetensors`.
""",
    ),
    Rule(
        "repository-not-found",
        "medium",
        "The Hub has no such repository",
        "{symbol} does not exist on the Hub, or is private.",
        "A name that nobody owns can be registered by anyone, who then decides what this code loads.",
        "Correct the name, or remove the reference. If it is private, give the run a token that can read it.",
        cwe=("CWE-829", "CWE-1357"),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("org/modle")
```

Nobody owns `org/modle` yet. Whoever registers it is loaded.
""",
    ),
    Rule(
        "revision-not-found",
        "medium",
        "The repository has no such revision",
        "{symbol} has no revision {evidence}.",
        "Whoever owns the repository can create a branch or tag of that name later.",
        "Name a commit that exists.",
        **_UNPINNED,
        example="""\
```python
AutoModel.from_pretrained("org/model", revision="v9")
```

The loader fails today, and loads whatever the owner tags as `v9` tomorrow.
""",
    ),
    Rule(
        "repository-renamed",
        "low",
        "The repository has another name now",
        "{symbol} is now {evidence}; the Hub redirects.",
        "Whoever registers the old name takes the redirect over, and with it what this code loads.",
        "Use the new name.",
        cwe=("CWE-1357",),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("old-org/model")
```

The Hub redirects to `new-org/model` until somebody registers `old-org`.
""",
    ),
    Rule(
        "repository-recreated",
        "high",
        "The repository is not the one it was",
        "{symbol}: {evidence}.",
        "A deleted or renamed repository or account can be registered again by somebody else.",
        "Find out who owns it now. Only then run 'modelward lock' again.",
        cwe=("CWE-1357", "CWE-494"),
        **SUPPLY,
        example="""\
```json
{"id": "org/model", "identity": "6512…"}
```

The lock file knows the repository by the Hub's own id; the one of that name today has another.
""",
    ),
    Rule(
        "lock-claim-false",
        "medium",
        "The lock file says what the Hub does not",
        "{path}: {symbol}: {evidence}.",
        "The entry is new in this change, so nothing binds yet; but it does not describe what would be loaded.",
        "Run 'modelward lock' again and review the difference.",
        cwe=("CWE-345",),
        **SUPPLY,
        example="""\
```json
{"id": "org/model", "revision": "<commit>", "license": "mit"}
```

The change adds this entry; the Hub says of the same commit that its licence is another.
""",
    ),
    Rule(
        "lock-changed",
        "info",
        "The change edits the lock file",
        "This change edits {path}: {evidence}; the entries of the base were used.",
        "What the lock file says binds once it is merged.",
        "Review the entries on their own.",
        example="""\
```diff
-  "revision": "<old commit>"
+  "revision": "<new commit>"
```

The entries of the base were used for this change.
""",
    ),
    Rule(
        "similar-name",
        "high",
        "The name is one edit from a famous one",
        "{symbol} looks like {evidence}.",
        "Typosquatting: a name that a reader or a typing error takes for the famous one.",
        "Check that this is the repository that was meant.",
        cwe=("CWE-1007", "CWE-1357"),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("google-bert/bert-base-uncassed")
```

One letter more than a repository that many people load.
""",
    ),
    Rule(
        "license-missing",
        "low",
        "The publisher states no licence",
        "{symbol} states no licence.",
        "Without a licence nobody has the right to use the model.",
        "Ask the publisher for a licence, or use another model.",
        example="""\
```yaml
# README.md of the repository
---
library_name: transformers
---
```

The card states no `license`.
""",
    ),
    Rule(
        "license-changed",
        "medium",
        "The licence changed",
        "The licence of {symbol} changed: {evidence}.",
        "The new revision comes under other terms.",
        "Stay on the old revision, or have the new licence reviewed.",
        example="""\
```diff
-license: apache-2.0
+license: cc-by-nc-4.0
```

The new commit of the reference comes under terms that forbid commercial use.
""",
    ),
    Rule(
        "publisher-unknown",
        "low",
        "Nothing is known of the publisher",
        "{symbol}: {evidence}.",
        "A new account with few repositories is how impersonations begin.",
        "Check who stands behind it before you rely on it.",
        cwe=("CWE-1357",),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("meta-llama-official/Llama-3")
```

The account was registered days ago and holds one repository.
""",
    ),
    Rule(
        "hub-scanner-alarm",
        "medium",
        "A scanner of the Hub does not call the file safe",
        "{symbol} on the Hub says of {path}: {evidence}.",
        "The Hub scans what is uploaded; this is the opinion of one of its scanners.",
        "Read the report on the Hub, and do not load the file before it is understood.",
        cwe=("CWE-502",),
        **SUPPLY,
        example="""\
```text
pytorch_model.bin   protectai: unsafe
```

The page of the file on the Hub shows what the scanner found.
""",
    ),
    Rule(
        "local-shadows-reference",
        "medium",
        "A folder of the repository stands in for the Hub",
        "{symbol} is also a folder of this repository, {evidence}: the loader takes the folder.",
        "Loaders prefer a folder of that name: a change can swap the model without touching the reference.",
        "Rename the folder, or name it with ./ where it is meant.",
        cwe=("CWE-427",),
        **SUPPLY,
        example="""\
```python
AutoModel.from_pretrained("models/base")  # and there is a folder models/base
```

The loader takes the folder, and never asks the Hub.
""",
    ),
    Rule(
        "unresolved-reference",
        "info",
        "What is loaded cannot be told from the source",
        "{symbol} names a model that only the running program knows.",
        "Nobody can review what is decided at run time.",
        "Name it by a literal or a constant, or look at what it is loaded with where that is decided.",
        example="""\
```python
AutoModel.from_pretrained(os.environ["MODEL"])
```

Only the running program knows what is loaded.
""",
    ),
)
