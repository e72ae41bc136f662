"""The client: what it sends, to whom, and how patient it is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from scanner.collect.collector import Collector
from scanner.collect.errors import CollectError
from scanner.collect.wish import Hub, HubName, Wish
from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub.state import Fault, Repository, rate_limited
from scanner.exchange import HubFileRequest, HubRecordRequest
from tests.collect.hubs import PATIENCE, big, desk, known, rows
from tests.support import ROOT

RECORD = HubRecordRequest(repo_type="model", repo_id="acme/tiny")


def test_the_token_goes_to_the_hub_and_nowhere_else(tmp_path: Path) -> None:
    with desk(tmp_path, {"w.bin": big(), "a.txt": b"a"}, token="secret") as made:
        made.server.state.tokens["secret"] = frozenset({"acme/closed"})
        closed = made.server.state.add(Repository("acme/closed", private=True, gated="auto"))
        closed.commit({"w.bin": big(), "a.txt": b"a"})
        assert made.record("acme/closed").served
        made.served(
            made.file("w.bin", edge=True, repo_id="acme/closed"), made.file("a.txt", repo_id="acme/closed")
        )
        sent = {(each.origin, each.headers.get("authorization")) for each in made.server.log}
        assert sent == {("hub", "Bearer secret"), ("storage", None)}


def test_no_token_is_found_that_nobody_gave(tmp_path: Path) -> None:
    """In a process of its own: the environment is read when the library is loaded."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home/token").write_text("hf_stored")
    with EmbeddedHub() as server:
        server.state.add(Repository("acme/tiny")).commit({"a.txt": b"a"})
        program = (
            "import sys, json, os, pathlib\n"
            "from scanner.collect.hub.hub import Hub\n"
            "from scanner.collect.objects import ObjectStore\n"
            "from scanner.collect.wish import Hub as Wish\n"
            "from scanner.evidence import HubSpent\n"
            "from scanner.exchange import HubRecordRequest\n"
            "before = dict(os.environ)\n"
            "store = ObjectStore(pathlib.Path(sys.argv[2]))\n"
            "with Hub(Wish(sys.argv[1]), store, HubSpent(), []) as hub:\n"
            "    (answer,) = hub.answer_all([HubRecordRequest(repo_type='model', repo_id='acme/tiny')])\n"
            "from huggingface_hub import constants\n"
            "print(json.dumps([answer.served, constants.HF_HUB_DISABLE_IMPLICIT_TOKEN, constants.ENDPOINT,\n"
            "    constants.HF_HOME, before == dict(os.environ), 'hf_xet' in sys.modules]))\n"
        )
        environment = {
            "PATH": os.environ["PATH"],
            "HF_TOKEN": "hf_environment",
            "HF_HOME": str(tmp_path / "home"),
            "HF_ENDPOINT": "http://127.0.0.1:9",
            "HF_HUB_OFFLINE": "1",
            "HTTP_PROXY": "http://127.0.0.1:9",
        }
        done = subprocess.run(
            [sys.executable, "-c", program, server.endpoint, tmp_path / "evidence"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        served, deaf, endpoint, home, unchanged, xet = json.loads(done.stdout)
        assert (served, deaf, endpoint, unchanged, xet) == (True, True, "https://huggingface.co", True, False)
        assert home != str(tmp_path / "home")
        assert not Path(home).exists()
        assert {each.headers.get("authorization") for each in server.log} == {None}
        assert done.stderr == ""


def test_a_wrong_token_is_told_apart(tmp_path: Path) -> None:
    with desk(tmp_path, token="wrong") as made:
        assert rows([made.record()]) == [(False, "access", "unauthorized")]


def test_what_passes_is_asked_again(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(
            Fault("status", "/refs", times=1, value=503),
            Fault("drop", "/tree/", times=1),
            rate_limited("/commits/", times=1, reset=0),
            Fault("status", "/overview", times=1, value=429, headers={"Retry-After": "0"}),
        )
        answer = made.record()
        assert (answer.served, answer.lacking) == (True, {})
        assert len(made.server.log) == 9


@pytest.mark.parametrize(
    "fault",
    [
        rate_limited("/api/", reset=55),
        Fault("status", "/api/", value=503, headers={"Retry-After": "3600"}),
    ],
)
def test_a_pause_that_is_too_long_is_not_kept(tmp_path: Path, fault: Fault) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(fault)
        answers = [made.record(), made.record("acme/other")]
        assert rows(answers) == [(False, "rate", None)] * 2
        assert "asks for a pause of" in answers[0].detail
        assert answers[0].action == "run again later"
        assert len(made.server.log) == 1, "nobody else asks while the pause lasts"


def test_files_have_a_limit_of_their_own(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big()}) as made:
        made.server.state.misbehave(rate_limited("/api/"))
        assert rows([made.record(revision="main")]) == [(False, "rate", None)]
        assert made.served(made.file("w.bin", edge=True))


def test_a_hub_that_always_says_to_come_back(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(Fault("status", value=429))
        answer = made.record()
        assert rows([answer]) == [(False, "rate", None)]
        assert "status 429" in answer.detail
        assert len(made.server.log) == PATIENCE.attempts


def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can be there
        endpoint = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with desk(tmp_path, endpoint=endpoint) as made:
            others = [RECORD.model_copy(update={"repo_id": f"acme/{number}"}) for number in range(40)]
            answers = made.ask(RECORD, *others)
            assert rows(answers) == [(False, "access", "unreachable")] * 41
            assert answers[0].detail == f"the Hub at {endpoint} cannot be reached (ConnectError)"
            assert answers[0].action == "check the network, or run with --offline"
            assert made.hub.spent.requests < 40, "once it is known, nobody is asked any more"


def test_answers_are_in_the_order_of_the_requests(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        for number in range(30):
            made.server.state.add(Repository(f"acme/{number}")).commit({"a": b"%d" % number})
        requests = [RECORD.model_copy(update={"repo_id": f"acme/{number}"}) for number in range(30)]
        assert [answer.request for answer in made.ask(*requests, *requests[:2])] == [*requests, *requests[:2]]


def test_named_repositories_without_a_file(tmp_path: Path) -> None:
    with EmbeddedHub() as server:
        commit = server.state.add(Repository("acme/tiny")).commit({"config.json": b"{}"})
        wish = Wish(
            mode="files",
            names=(HubName("model", "acme/tiny", "main"),),
            hub=Hub(endpoint=server.endpoint, patience=PATIENCE),
        )
        with Collector(tmp_path, wish) as collector:
            manifest = collector.collect()
            assert [each.repo_id for each in manifest.named] == ["acme/tiny"]
            record = RECORD.model_copy(update={"revision": "main"})
            manifest = collector.answer(manifest, [record])
            content = server.state.repositories["model", "acme/tiny"].commits[commit].files["config.json"]
            request = HubFileRequest(
                repo_type="model",
                repo_id="acme/tiny",
                commit=commit,
                path="config.json",
                size=2,
                oid=content.oid,
            )
            spent = manifest.hub_spent
            assert (spent.requests, spent.bytes > 0, spent.seconds > 0) == (5, True, True)
        with Collector(tmp_path, wish) as collector:
            collector.resume(manifest)
            manifest = collector.answer(manifest, [record, request])
        assert [answer.served for answer in manifest.answers] == [True, True], (
            "the record was not asked again"
        )
        assert manifest.hub_spent.requests == 6
        assert {stored.key for stored in manifest.objects} >= {f"hub:{content.oid}"}


def test_offline_nothing_is_asked(tmp_path: Path) -> None:
    with EmbeddedHub() as server:
        wish = Wish(mode="files", offline=True, hub=Hub(endpoint=server.endpoint))
        with Collector(tmp_path, wish) as collector:
            manifest = collector.answer(collector.collect(), [RECORD])
        assert rows(manifest.answers) == [(False, "offline", None)]
        assert server.log == []


def test_a_name_that_cannot_be(tmp_path: Path) -> None:
    wish = Wish(mode="files", names=(HubName("model", "a b/c"),))
    with Collector(tmp_path, wish) as collector, pytest.raises(CollectError, match="cannot be on the Hub"):
        collector.collect()
