"""A configuration from above: read with its own token, and never replaced by a default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scanner.collect.errors import CollectError
from scanner.collect.limits import CENTRAL_CONFIG
from scanner.evidence import WHOLE, Evidence
from tests.collect.forge import Forge, pull_request
from tests.servers.github import Fault
from tests.servers.github_state import Token
from tests.servers.loopback import Asked, Given, Loopback
from tests.support import modelward

WHERE = "corp/policies/ml/base.yml@v1"
POLICY = b"fail-on-severity: low\n"


@pytest.fixture
def env(served: Forge) -> dict[str, str]:
    base = served.repo.commit({"start": b"s", ".github/modelward.yml": b"fail-on-severity: critical\n"})
    served.repo.branch("change")
    head = served.repo.commit({"m.pkl": b"\x80\x04N."})
    served.merge_base(base, head, base)
    served.api.tokens["ghs_policy"] = Token(repositories={"corp/policies"})
    served.api.state.contents["corp/policies", "ml/base.yml", "v1"] = POLICY
    event = pull_request(base, head)
    more = {"INPUT_CONFIG-FILE": WHERE, "INPUT_CONFIG-TOKEN": "ghs_policy"}
    return served.environment("pull_request", event, **more)


def test_the_central_configuration_is_used_instead_of_the_base_s(
    served: Forge, env: dict[str, str], tmp_path: Path
) -> None:
    evidence = tmp_path / "evidence"
    manifest = served.collect(env, evidence)
    assert (manifest.config.source, manifest.config.path) == ("central", WHERE)
    assert Evidence.open(evidence).read(manifest.config.key, WHOLE) == POLICY
    assert served.api.operations[-1] == "repos/get-content"
    assert not [path for path in evidence.rglob("*") if path.is_file() and b"ghs_policy" in path.read_bytes()]
    ran = modelward("scan", "--evidence", evidence, output=tmp_path / "report")
    assert ran.report["policy"] == {
        "source": "central",
        "path": WHERE,
        "fail_on_severity": "low",
        "fail_on_incomplete": True,
        "fail_on_vulnerability": "never",
    }


def test_a_file_that_the_caller_names_wins(served: Forge, env: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "mine.yml"
    config.write_bytes(POLICY)
    evidence = tmp_path / "evidence"
    assert modelward("collect", "--config", config, "--evidence", evidence, env=env).status == 0
    assert Evidence.open(evidence).manifest.config.source == "file"
    assert "repos/get-content" not in served.api.operations


def test_one_that_cannot_be_read_ends_the_run(served: Forge, env: dict[str, str], tmp_path: Path) -> None:
    for number, wrong in enumerate(
        (
            {"INPUT_CONFIG-TOKEN": "ghs_test"},
            {"INPUT_CONFIG-TOKEN": "ghs_none"},
            {"INPUT_CONFIG-FILE": "corp/policies/ml/base.yml@v2"},
        )
    ):
        evidence = tmp_path / f"e{number}"
        ran = modelward("collect", "--evidence", evidence, env=env | wrong)
        assert ran.status == 2
        assert "cannot be read (status 40" in ran.err
        assert not (evidence / "manifest.json").exists()


@pytest.mark.parametrize(
    "where",
    [
        "policy.yml",
        "corp/policies@v1",
        "corp/policies/x.yml",
        "corp/policies/../../user@v1",
        "a/b/c@d@e",
        "corp/policies//x@v1",
        "corp/policies/x?ref=y@v1",
        "https://evil/corp/policies/x@v1",
        "a/b/c d@",
    ],
)
def test_only_a_full_address_is_one(served: Forge, env: dict[str, str], tmp_path: Path, where: str) -> None:
    with pytest.raises(CollectError, match=re.escape("is not OWNER/REPO/PATH@REF")):
        served.collect(env | {"INPUT_CONFIG-FILE": where}, tmp_path / "evidence")
    assert served.api.operations == []


def test_its_size_is_limited(served: Forge, env: dict[str, str], tmp_path: Path) -> None:
    contents = served.api.state.contents
    contents["corp/policies", "ml/base.yml", "v1"] = b"#" * CENTRAL_CONFIG
    assert served.collect(env, tmp_path / "e0").config.source == "central"
    contents["corp/policies", "ml/base.yml", "v1"] = b"#" * (CENTRAL_CONFIG + 1)
    with pytest.raises(CollectError, match="larger than"):
        served.collect(env, tmp_path / "e1")
    contents["corp/policies", "ml/base.yml", "v1"] = b"#" * (4 * CENTRAL_CONFIG)
    with pytest.raises(CollectError, match="sent more than"):
        served.collect(env, tmp_path / "e2")
    contents["corp/policies", "ml/base.yml", "v1"] = POLICY
    served.api.fail("repos/get-content", Fault(500), Fault(500))
    with pytest.raises(CollectError, match="status 500"):
        served.collect(env, tmp_path / "e3")


class Redirecting(Loopback):
    """An API that sends everybody elsewhere."""

    to = ""

    def answer(self, asked: Asked) -> Given:
        return Given(302, headers={"Location": self.to + asked.target})


def test_an_api_that_redirects_gets_no_further(served: Forge, env: dict[str, str], tmp_path: Path) -> None:
    with Redirecting() as api, Redirecting() as other:
        api.to = other.url
        with pytest.raises(CollectError, match="status 302"):
            served.collect(env | {"GITHUB_API_URL": api.url}, tmp_path / "evidence")
        assert other.asked == []
