"""Git LFS on a runner: ranges, digests, the budget, whose token goes where, and servers that misbehave."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from scanner.collect.lfs import may_fetch
from scanner.domain import Cause
from scanner.evidence import EDGE, WHOLE, Evidence, Manifest, edges
from scanner.exchange import Answer, LfsRequest
from tests.collect.forge import BRISK, IMPATIENT, Forge, pointer, pull_request
from tests.servers.git import BASIC
from tests.servers.lfs import SIGNED, LfsObjects
from tests.servers.loopback import Asked, Given
from tests.support import Ran, modelward

SMALL = b"a small object"
LARGE = bytes(range(256)) * ((WHOLE + 3 * EDGE) // 256)


class Scene:
    """A pull request with one pointer, collected once; rounds ask for its object."""

    def __init__(self, served: Forge, tmp_path: Path, content: bytes, **inputs: str) -> None:
        self.served, self.evidence, self.content = served, tmp_path / "evidence", content
        self.oid = served.store(content)
        base = served.repo.commit({"start": b"s"})
        served.repo.branch("change")
        lfsconfig = b"[lfs]\n\turl = http://127.0.0.1:9/evil\n"
        head = served.repo.commit({"m.bin": pointer(self.oid, len(content)), ".lfsconfig": lfsconfig})
        served.merge_base(base, head, base)
        self.env = served.environment("pull_request", pull_request(base, head), **inputs)
        served.collect(self.env, self.evidence)

    def ask(self, extents: list[tuple[int, int]] | None = None, *, impatient: bool = False) -> Answer:
        """One round, by a collector of its own; returns the answer to this request."""
        request = LfsRequest(sha256=self.oid, size=len(self.content), extents=extents)
        patience = IMPATIENT if impatient else BRISK
        return self.served.answer(self.env, self.evidence, [request], patience).answers[-1]

    @property
    def opened(self) -> Evidence:
        return Evidence.open(self.evidence)

    @property
    def manifest(self) -> Manifest:
        return self.opened.manifest


def test_a_whole_object_is_verified_and_the_token_stays_with_its_server(
    served: Forge, tmp_path: Path
) -> None:
    scene = Scene(served, tmp_path, SMALL)
    assert scene.ask().served
    stored = scene.opened.object(f"lfs:{scene.oid}")
    assert stored is not None
    assert (stored.sha256, stored.digest_origin, stored.declared_by) == (scene.oid, "computed", None)
    assert scene.opened.read(stored.key, WHOLE) == SMALL
    (asked,) = served.storage.asked
    assert asked.headers["x-signed"] == SIGNED["X-Signed"]
    assert not {"authorization", "cookie"} & asked.headers.keys()
    assert BASIC.split()[1] not in repr(asked)
    (batch,) = [asked for asked in served.git.asked if asked.target.endswith("/batch")]
    assert batch.target == "/acme/shop.git/info/lfs/objects/batch"
    assert batch.headers["authorization"] == BASIC
    assert scene.manifest.lfs_fetched == len(SMALL)


def test_ranges_are_declared_until_the_whole_object_is_there(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, LARGE)
    assert scene.ask(edges(len(LARGE))).served
    stored = scene.opened.object(f"lfs:{scene.oid}")
    assert stored is not None
    assert (stored.sha256, stored.digest_origin) == (scene.oid, "declared")
    assert stored.declared_by == "git-lfs pointer"
    assert stored.extents == edges(len(LARGE))
    assert scene.opened.location(stored.key).read_bytes()[:EDGE] == LARGE[:EDGE]
    assert scene.manifest.lfs_fetched == 2 * EDGE
    assert scene.ask([(EDGE, len(LARGE) - 2 * EDGE)]).served
    whole = scene.opened.object(f"lfs:{scene.oid}")
    assert whole is not None
    assert (whole.digest_origin, whole.declared_by) == ("computed", None)
    assert scene.opened.read(whole.key, 1 << 30) == LARGE
    assert scene.manifest.lfs_fetched == len(LARGE)


def test_ranges_that_add_up_to_other_bytes_are_dropped(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, LARGE)
    served.storage.objects[scene.oid] = b"x" * len(LARGE)
    assert scene.ask(edges(len(LARGE))).served
    last = scene.ask([(EDGE, len(LARGE) - 2 * EDGE)])
    assert (last.served, last.cause) == (False, Cause.UNREADABLE)
    assert scene.opened.object(f"lfs:{scene.oid}") is None


def test_a_server_without_ranges_gives_the_whole_if_the_budget_allows(served: Forge, tmp_path: Path) -> None:
    served.storage.ranges = False
    scene = Scene(served, tmp_path, LARGE)
    assert scene.ask(edges(len(LARGE))).served
    stored = scene.opened.object(f"lfs:{scene.oid}")
    assert stored is not None
    assert (stored.whole, stored.digest_origin) == (True, "computed")


def test_the_budget_holds_over_all_rounds(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, LARGE, INPUT_LFS_BUDGET=str(3 * EDGE))
    assert scene.ask(edges(len(LARGE))).served
    assert scene.ask([(EDGE, EDGE)]).served
    before = len(served.storage.asked)
    more = scene.ask([(2 * EDGE, 1)])
    assert (more.served, more.cause) == (False, Cause.BUDGET)
    assert "lfs-budget" in more.action
    assert scene.ask().cause is Cause.BUDGET
    assert len(served.storage.asked) == before
    assert scene.manifest.lfs_fetched == 3 * EDGE


def test_what_was_fetched_in_vain_counts_too(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.storage.then(scene.oid, lambda _: Given(200, SMALL.upper()))
    answer = scene.ask()
    assert (answer.served, answer.cause) == (False, Cause.UNREADABLE)
    assert "declared SHA-256" in answer.detail
    assert scene.opened.object(f"lfs:{scene.oid}") is None
    assert scene.manifest.lfs_fetched == len(SMALL)


@pytest.mark.parametrize(
    ("answer", "cause", "detail"),
    [
        (lambda _: Given(403), Cause.ACCESS, "refuses it (status 403)"),
        (lambda _: Given(404), Cause.ACCESS, "does not have it (status 404)"),
        (lambda _: Given(200, SMALL + b"more"), Cause.UNREADABLE, "more than 14 bytes"),
        (lambda _: Given(200, SMALL[:4], length=len(SMALL)), Cause.RATE, "broke off"),
        (lambda _: Given(200, SMALL[:4]), Cause.UNREADABLE, "declared SHA-256"),
        (lambda _: Given(206, SMALL), Cause.ACCESS, "status 206"),
    ],
)
def test_an_answer_that_is_not_the_object(
    served: Forge, tmp_path: Path, answer: Callable[[Asked], Given], cause: Cause, detail: str
) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.storage.then(scene.oid, answer)
    given = scene.ask()
    assert (given.served, given.cause) == (False, cause)
    assert detail in given.detail
    assert given.action
    assert scene.opened.object(f"lfs:{scene.oid}") is None
    assert list((scene.evidence / "objects").glob("lfs-*")) == []


@pytest.mark.parametrize(
    "lie",
    [
        lambda _: Given(206, LARGE[:EDGE]),
        lambda _: Given(206, LARGE[:EDGE], {"Content-Range": f"bytes 1-{EDGE}/{len(LARGE)}"}),
        lambda _: Given(206, LARGE[:EDGE], {"Content-Range": f"bytes 0-{EDGE - 1}/{len(LARGE) + 1}"}),
        lambda _: Given(206, LARGE[:9], {"Content-Range": f"bytes 0-{EDGE - 1}/{len(LARGE)}"}),
        lambda _: Given(206, LARGE[: EDGE + 1], {"Content-Range": f"bytes 0-{EDGE - 1}/{len(LARGE)}"}),
    ],
)
def test_another_range_than_the_one_asked_for_is_not_taken(
    served: Forge, tmp_path: Path, lie: Callable[[Asked], Given]
) -> None:
    scene = Scene(served, tmp_path, LARGE)
    served.storage.then(scene.oid, lie)
    given = scene.ask(edges(len(LARGE)))
    assert (given.served, given.cause) == (False, Cause.UNREADABLE)
    stored = scene.opened.object(f"lfs:{scene.oid}")
    assert stored is None or stored.extents in ([], [(0, 9)])


def test_a_limit_is_waited_for_and_an_endless_one_is_not(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.next.append(Given(429, headers={"Retry-After": "0"}))
    served.storage.then(scene.oid, lambda _: Given(503))
    assert scene.ask().served
    served.lfs.next.append(Given(429, headers={"Retry-After": "3600"}))
    other = LfsRequest(sha256=served.store(b"other"), size=5)
    refused = served.answer(scene.env, scene.evidence, [other]).answers[-1]
    assert (refused.served, refused.cause) == (False, Cause.RATE)
    assert "pause of 3600 seconds" in refused.detail
    assert refused.action == "run again later"


@pytest.mark.parametrize("status", [401, 403, 404, 413])
def test_a_batch_interface_that_refuses(served: Forge, tmp_path: Path, status: int) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.next.append(Given(status))
    given = scene.ask()
    assert (given.served, given.cause) == (False, Cause.ACCESS)
    assert f"status {status}" in given.detail
    assert "contents: read" in given.action


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"objects": 1}', b'{"transfer": "ssh", "objects": []}', b"[" * 100_000]
)
def test_a_batch_answer_that_is_none(served: Forge, tmp_path: Path, body: bytes) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.next.append(Given(200, body))
    given = scene.ask()
    assert (given.served, given.cause) == (False, Cause.ACCESS)
    assert "does not speak" in given.detail


@pytest.mark.parametrize(("code", "cause"), [(404, Cause.ACCESS), (403, Cause.ACCESS), (429, Cause.RATE)])
def test_an_object_that_the_batch_answer_refuses(
    served: Forge, tmp_path: Path, code: int, cause: Cause
) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.errors[scene.oid] = code
    assert scene.ask().cause is cause
    served.lfs.errors.clear()
    served.lfs.sizes[scene.oid] = 99
    assert scene.ask([(0, 1)]).cause is Cause.UNREADABLE


@pytest.mark.parametrize("href", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//evil", "", "gopher://x"])
def test_an_object_is_fetched_by_http_alone(served: Forge, tmp_path: Path, href: str) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.hrefs[scene.oid] = href
    given = scene.ask()
    assert (given.served, given.cause) == (False, Cause.ACCESS)
    assert "an address of the kind" in given.detail


@pytest.mark.parametrize(
    ("url", "server", "may"),
    [
        ("https://store.example/x", "https://git.example", True),
        ("http://store.example/x", "https://git.example", False),
        ("https://store.example/x", "http://git.example", True),
        ("http://store.example/x", "http://git.example", True),
        ("file:///x", "file:///y", False),
    ],
)
def test_nobody_is_sent_to_anything_less_safe(url: str, server: str, may: bool) -> None:
    assert may_fetch(url, server) is may


def test_a_redirect_gets_neither_the_token_nor_the_signed_headers(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, LARGE)
    with LfsObjects() as third:
        third.objects[scene.oid] = LARGE
        target = f"{third.url}/elsewhere/{scene.oid}"
        served.storage.then(scene.oid, *[lambda _: Given(302, headers={"Location": target})] * 2)
        assert scene.ask(edges(len(LARGE))).served
        for asked in third.asked:
            assert not {"authorization", "cookie", "x-signed"} & asked.headers.keys()
            assert asked.headers["range"].startswith("bytes=")
    for location in ("file:///etc/passwd", f"{served.storage.url}/store/{scene.oid}"):
        again = [lambda _, to=location: Given(302, headers={"Location": to})] * 9
        served.storage.then(scene.oid, *again)
        given = scene.ask([(EDGE, len(location))])
        assert not given.served
        served.storage.next.clear()


def test_a_server_that_stalls_is_given_up(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, SMALL)
    stall = [lambda _: served.storage.stall()] * 2
    served.storage.then(scene.oid, *stall)
    given = scene.ask(impatient=True)
    assert (given.served, given.cause) == (False, Cause.RATE)
    assert "no answer (ReadTimeout)" in given.detail


def test_no_answer_of_a_server_ends_up_in_the_evidence_with_its_signature(
    served: Forge, tmp_path: Path
) -> None:
    scene = Scene(served, tmp_path, SMALL)
    served.lfs.hrefs[scene.oid] = "http://user:word@127.0.0.1:9/x?sig=abc"
    given = scene.ask()
    assert given.cause is Cause.RATE
    assert not any(word in given.detail for word in ("sig=abc", "word", "user"))


def test_no_password_file_is_read(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, SMALL)
    netrc, requests = tmp_path / "netrc", tmp_path / "requests.json"
    netrc.write_text("machine 127.0.0.1 login mallory password secret\n")
    netrc.chmod(0o600)
    requests.write_text(f'{{"requests": [{{"kind": "lfs", "sha256": "{scene.oid}", "size": {len(SMALL)}}}]}}')
    env = {**scene.env, "NETRC": str(netrc)}
    ran = modelward("collect", "--evidence", scene.evidence, "--requests", requests, env=env)
    assert ran.status == 0, ran.err
    assert [answer.served for answer in scene.manifest.answers] == [True]
    assert "authorization" not in served.storage.asked[0].headers


def test_hundreds_of_objects_take_few_questions(served: Forge, tmp_path: Path) -> None:
    scene = Scene(served, tmp_path, SMALL)
    requests = [LfsRequest(sha256=served.store(b"%d" % n), size=len(b"%d" % n)) for n in range(120)]
    manifest = served.answer(scene.env, scene.evidence, list(requests))
    assert all(answer.served for answer in manifest.answers)
    assert sorted(len(question["objects"]) for question in served.lfs.asked) == [20, 100]


def rounds(scene: Scene, report: Path, meanwhile: Callable[[], None] = lambda: None) -> Ran:
    """scan and collect in turn, each in its own process; ``meanwhile`` is done before each collect."""
    for _ in range(4):
        ran = modelward("scan", "--evidence", scene.evidence, output=report)
        assert ran.status == 0, ran.err
        if not json.loads((report / "requests.json").read_bytes())["requests"]:
            return ran
        meanwhile()
        answered = modelward(
            "collect", "--evidence", scene.evidence, "--requests", report / "requests.json", env=scene.env
        )
        assert answered.status == 0, answered.err
    raise AssertionError("it asks without end")


def test_a_model_behind_a_pointer_is_judged_by_as_little_as_it_takes(served: Forge, tmp_path: Path) -> None:
    """collect and scan in turn, each in its own process, as on a runner."""
    header = b'{"__metadata__":{},"w":{"dtype":"F32","shape":[%d],"data_offsets":[0,%d]}}' % (
        WHOLE,
        4 * WHOLE,
    )
    model = len(header).to_bytes(8, "little") + header + os.urandom(4 * WHOLE)
    scene = Scene(served, tmp_path, model)
    ran = rounds(scene, tmp_path / "report")
    artifact = ran.artifact("m.bin")
    assert (artifact["source"], artifact["format"]) == ("lfs", "safetensors")
    assert (artifact["sha256"], artifact["sha256_origin"]) == (scene.oid, "declared")
    assert artifact["size"] == len(model)
    assert ran.report["incomplete"] == []
    assert scene.manifest.lfs_fetched == 2 * EDGE


def test_bytes_that_turn_out_wrong_late_are_told(served: Forge, tmp_path: Path) -> None:
    model = pickle.dumps({"w": LARGE}, protocol=4)
    scene = Scene(served, tmp_path, model)

    def swap_after_the_first_round() -> None:
        if served.storage.asked:
            served.storage.objects[scene.oid] = b"x" * len(model)

    ran = rounds(scene, tmp_path / "report", swap_after_the_first_round)
    assert len(served.storage.asked) > 2
    (gap,) = ran.report["incomplete"]
    assert (gap["cause"], gap["subject"]) == ("unreadable", "m.bin")
    assert "do not have the declared SHA-256" in gap["detail"]
    assert (ran.artifact("m.bin")["sha256_origin"], ran.report["verdict"]) == ("declared", "incomplete")


def test_what_a_change_removes_is_not_fetched(served: Forge, tmp_path: Path) -> None:
    oid = served.store(LARGE)
    base = served.repo.commit({"old.bin": pointer(oid, len(LARGE))})
    served.repo.branch("change")
    (served.repo.path / "old.bin").unlink()
    head = served.repo.commit({"a": b"a"})
    served.merge_base(base, head, base)
    evidence = tmp_path / "evidence"
    served.collect(served.environment("pull_request", pull_request(base, head)), evidence)
    ran = modelward("scan", "--evidence", evidence, output=tmp_path / "report")
    artifact = ran.artifact("old.bin")
    assert (artifact["change"], artifact["source"], artifact["previous_sha256"]) == ("removed", "lfs", oid)
    requests = json.loads((tmp_path / "report" / "requests.json").read_bytes())["requests"]
    assert [request for request in requests if request["kind"] == "lfs"] == []
