"""The operations of GitHub's API that Modelward may call, and the permission that each takes.

GitHub's OpenAPI description does not say which permission an operation needs; its documentation does, and
refuses with ``x-accepted-github-permissions``. A call to anything else fails the test that made it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Access = Literal["read", "write"]

Need = tuple[str, Access]

COMMENT: Need = ("pull-requests", "write")
READ_PULLS: Need = ("pull-requests", "read")
CHECK: Need = ("checks", "write")
RELEASE: Need = ("contents", "write")
READ_CONTENTS: Need = ("contents", "read")

PUBLISH: dict[str, Need] = {
    "issues/list-comments": READ_PULLS,
    "issues/create-comment": COMMENT,
    "issues/update-comment": COMMENT,
    "issues/delete-comment": COMMENT,
    "pulls/get": READ_PULLS,
    "pulls/list": READ_PULLS,
    "pulls/list-review-comments": READ_PULLS,
    "pulls/create-review-comment": COMMENT,
    "pulls/delete-review-comment": COMMENT,
    "repos/list-pull-requests-associated-with-commit": READ_PULLS,
    "checks/create": CHECK,
    "checks/update": CHECK,
    "checks/list-for-ref": CHECK,
}
"""What publish calls for a change."""

PUBLISH_RELEASE: dict[str, Need] = {
    "repos/get-release": RELEASE,
    "repos/list-release-assets": RELEASE,
    "repos/upload-release-asset": RELEASE,
    "repos/update-release-asset": RELEASE,
    "repos/delete-release-asset": RELEASE,
}
"""What publish calls for a release."""

PUBLISH_SNAPSHOT: dict[str, Need] = {"dependency-graph/create-repository-snapshot": RELEASE}
"""What publish calls on the default branch, where it was asked to."""

COLLECT: dict[str, Need] = {
    "repos/get-content": READ_CONTENTS,
    "repos/compare-commits-with-basehead": READ_CONTENTS,
}
"""What collect calls."""

OPERATIONS = {**PUBLISH, **PUBLISH_RELEASE, **PUBLISH_SNAPSHOT, **COLLECT}


def permissions(operations: Iterable[str]) -> dict[str, Access]:
    """The ``permissions:`` block that calling ``operations`` takes, as a workflow writes it."""
    needed: dict[str, Access] = {}
    for operation in operations:
        name, access = OPERATIONS[operation]
        if access == "write" or name not in needed:
            needed[name] = access
    return dict(sorted(needed.items()))
