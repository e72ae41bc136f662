"""The SBOM on a release: attached, replaced, left alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.event import Event
from scanner.publish.client import Client
from scanner.publish.files import NotPlain
from scanner.publish.release import asset_name, attach
from tests.publish.stage import HEAD, Ran, Stage, stage
from tests.report import samples
from tests.servers.github import Fault
from tests.servers.github_state import BOT
from tests.servers.operations import Access

RELEASE = 17
NAME = "shop-v1.2.cdx.json"
GRANTS: dict[str, Access] = {"contents": "write"}


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        made.github.tokens["ghs_test"].grants = GRANTS
        made.github.state.add_release(RELEASE, "v1.2")
        yield made


def released(on: Stage, data: bytes = b"{}", inputs: dict[str, str] | None = None) -> Ran:
    payload = {"release": {"id": RELEASE, "tag_name": "v1.2"}}
    files = {"sbom.cdx.json": data}
    return on.run(samples.passing(), "release", payload=payload, inputs=inputs, files=files)


def names(on: Stage) -> list[str]:
    return [asset["name"] for asset in on.github.state.assets.get(RELEASE, [])]


def test_the_sbom_is_attached_and_nothing_else_is_said(on: Stage) -> None:
    ran = released(on, b'{"a": 1}')
    assert on.github.state.uploaded == {NAME: b'{"a": 1}'}
    assert ran.commands == []
    assert on.github.state.check_runs == []


def test_the_same_sbom_is_not_uploaded_again(on: Stage) -> None:
    released(on)
    released(on)
    assert on.github.operations.count("repos/upload-release-asset") == 1


def test_ours_is_replaced_when_the_new_one_is_there(on: Stage) -> None:
    released(on, b"1")
    released(on, b"2")
    assert on.github.state.uploaded == {NAME: b"2"}
    assert on.github.operations[-3:] == [
        "repos/upload-release-asset",
        "repos/delete-release-asset",
        "repos/update-release-asset",
    ]


def test_what_an_interrupted_run_left_is_no_hindrance(on: Stage) -> None:
    released(on, b"1")
    on.github.state.add_asset(RELEASE, f"new-{NAME}", b"half", BOT)
    released(on, b"2")
    assert names(on) == [NAME]


def test_an_asset_of_somebody_else_stays(on: Stage) -> None:
    on.github.state.add_asset(RELEASE, NAME, b"theirs", "dev")
    ran = released(on)
    assert on.github.state.uploaded == {NAME: b"theirs"}
    assert any("somebody else uploaded" in line for line in ran.commands)


def test_an_upload_whose_answer_was_lost_is_not_repeated(on: Stage) -> None:
    on.github.fail("repos/upload-release-asset", Fault(502, after=True))
    ran = released(on, b"1")
    assert names(on) == [NAME]
    assert ran.commands == []


def test_an_upload_that_failed_is_repeated_whole(on: Stage) -> None:
    on.github.fail("repos/upload-release-asset", Fault(502))
    released(on, b"x" * 100_000)
    assert on.github.state.uploaded == {NAME: b"x" * 100_000}


def test_an_immutable_release_is_no_failure(on: Stage) -> None:
    on.github.state.releases[RELEASE]["immutable"] = True
    ran = released(on)
    assert any("Cannot upload assets to an immutable release." in line for line in ran.commands)


def test_without_the_permission_it_is_named(on: Stage) -> None:
    on.github.tokens["ghs_test"].grants = {"contents": "read"}
    ran = released(on)
    assert any("give the job contents: write" in line for line in ran.commands)


def test_it_can_be_turned_off(on: Stage) -> None:
    released(on, inputs={"release-asset": "false"})
    assert names(on) == []


def test_a_link_in_the_place_of_the_sbom_is_not_followed(on: Stage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("token")
    (tmp_path / "sbom.cdx.json").symlink_to(tmp_path / "secret")
    event = Event("release", "acme/shop", "", "", HEAD, None, release_tag="v1.2", release_id=RELEASE)
    with Client(on.github.api_url, "acme/shop", "ghs_test", on.clock) as client:
        with pytest.raises(OSError, match="symbolic link"):
            attach(client, event, tmp_path / "sbom.cdx.json")
        with pytest.raises(NotPlain):
            attach(client, event, tmp_path)
    assert on.github.calls == []


@pytest.mark.parametrize(
    ("tag", "name"),
    [("v1.2", "shop-v1.2.cdx.json"), ("rel/1 ß", "shop-rel-1.cdx.json"), ("../..", "shop-release.cdx.json")],
)
def test_names_of_assets(tag: str, name: str) -> None:
    assert asset_name("acme/shop", tag) == name
