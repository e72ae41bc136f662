"""The phases by themselves, single files, and the demonstration."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scan.samples import EVIL, LEGACY, REQUIREMENTS, WEIGHTS
from tests.support import ENTRYPOINT, Repo, modelward, run


def test_the_phases_one_by_one(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"big.pkl": pickle.dumps([os.urandom(2 << 20), os.system], protocol=4)})
    evidence, output = tmp_path / "evidence", tmp_path / "report"
    where = ("--repo", repo.path, "--base", "main", "--evidence", evidence)
    assert modelward("collect", *where).status == 0
    assert modelward("scan", "--evidence", evidence, output=output).status == 0
    requests = json.loads((output / "requests.json").read_bytes())["requests"]
    assert [request["kind"] for request in requests] == ["blob"]
    assert modelward("gate", "--report", output).status == 3
    assert modelward("collect", *where, "--requests", output / "requests.json").status == 0
    assert modelward("scan", "--evidence", evidence, output=output).status == 0
    assert json.loads((output / "requests.json").read_bytes())["requests"] == []
    head = repo.git("rev-parse", "HEAD")
    assert modelward("gate", "--report", output, "--head", head).status == 1
    other = modelward("gate", "--report", output, "--head", "0" * 40)
    assert other.status == 3
    assert "not of 000" in other.err
    dry = modelward("publish", "--report", output, "--dry-run")
    assert (dry.status, dry.out.strip()) == (0, (output / "comment.md").read_text().strip())
    alone = run(repo, tmp_path / "alone", "--base", "main")
    assert (alone.output / "report.json").read_bytes() == (output / "report.json").read_bytes()


def test_gate_without_a_report_fails(tmp_path: Path) -> None:
    ran = modelward("gate", "--report", tmp_path)
    assert ran.status == 3
    assert "run scan first" in ran.err
    (tmp_path / "report.json").write_text('{"verdict": "pass"}')
    assert modelward("gate", "--report", tmp_path).status == 3


NO_OUTSIDE = """
import sys
def forbid(event, arguments):
    if event.startswith("socket.") and event != "socket.gethostname":
        raise PermissionError(event)
sys.addaudithook(forbid)
sys.argv[:] = sys.argv[1:]
sys.path.insert(0, sys.argv.pop(0))
from scanner.cli import main
main()
"""


def test_scan_is_a_pure_function_of_its_evidence(repo: Repo, tmp_path: Path) -> None:
    """Once as it comes; once moved, with no environment, no network and another clock: the same bytes."""
    repo.commit({"m.pkl": EVIL, "w.safetensors": WEIGHTS, "requirements.txt": REQUIREMENTS})
    evidence, first, second = tmp_path / "evidence", tmp_path / "first", tmp_path / "second"
    where = ("--repo", repo.path, "--base", "main", "--evidence", evidence)
    modelward("collect", *where)
    modelward("scan", "--evidence", evidence, output=first)
    modelward("collect", *where, "--requests", first / "requests.json")
    assert modelward("scan", "--evidence", evidence, output=first).status == 0
    moved = tmp_path / "elsewhere"
    shutil.move(evidence, moved)
    network = ["unshare", "--net", "--map-root-user"] if _can_unshare() else []
    done = subprocess.run(
        [*network, sys.executable, "-I", "-c", NO_OUTSIDE, str(ENTRYPOINT.parent), "modelward", "scan",
         "--evidence", str(moved), "--output", str(second)],
        env={},
        cwd="/",
        capture_output=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in first.iterdir() if path.name not in ("timings.json", ".gitignore"))
    assert "sbom.cdx.json" in names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def _can_unshare() -> bool:
    probe = ["unshare", "--net", "--map-root-user", "true"]
    return (
        bool(shutil.which("unshare"))
        and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    )


def test_inspect_judges_single_files(tmp_path: Path) -> None:
    files = {"evil.pkl": EVIL, "good.safetensors": WEIGHTS, "b": LEGACY, "text.txt": b"hello\n"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    ran = modelward("inspect", tmp_path / "good.safetensors", "--json")
    assert ran.status == 0
    report = json.loads(ran.out)
    (artifact,) = report["artifacts"]
    assert (artifact["source"], artifact["status"]) == ("local", "scanned")
    assert artifact["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert artifact["sha512"] == hashlib.sha512(WEIGHTS).hexdigest()
    everything = modelward("inspect", tmp_path, output=tmp_path / "report")
    assert everything.status == 1
    assert {Path(item["path"]).name for item in everything.report["artifacts"]} == set(files) - {"text.txt"}
    assert modelward("inspect", tmp_path / "nope.pkl").status == 2
    assert modelward("inspect", "/dev/zero").status == 2
    assert modelward("inspect").status == 2


def test_python_that_a_configuration_makes_a_loader_import_is_looked_at(tmp_path: Path) -> None:
    code = "import os\nos.system('echo {}')\n"
    own = json.dumps({"model_type": "own", "auto_map": {"AutoModel": "modeling.Own"}}).encode()
    other = json.dumps({"model_type": "own", "auto_map": {"AutoModel": "org/repo--modeling.Own"}}).encode()
    for folder, config in (("own", own), ("other", other), ("plain", b'{"model_type": "bert"}')):
        (tmp_path / folder / "custom_generate").mkdir(parents=True)
        (tmp_path / folder / "config.json").write_bytes(config)
        for place in ("modeling.py", "custom_generate/generate.py"):
            (tmp_path / folder / place).write_text(code.format(folder))
    found = modelward("inspect", tmp_path, output=tmp_path / "report").report["findings"]
    grave = {one["path"] for one in found if one["rule"] == "python-acts-on-import"}
    own_code = ("modeling.py", "custom_generate/generate.py")
    assert grave == {str(tmp_path / "own" / place) for place in own_code}


@pytest.mark.parametrize("words", [["inspect", "m.pkl"], ["inspect", "m.pkl", "--json"], ["--help"]])
def test_an_output_that_nobody_reads_ends_it_quietly(tmp_path: Path, words: list[str]) -> None:
    """As in ``modelward inspect m.pkl | head -1``: no traceback, and no status that could be a verdict."""
    (tmp_path / "m.pkl").write_bytes(EVIL)
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, str(ENTRYPOINT), *words],
            cwd=tmp_path,
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (141, b"")


def test_the_demo_behaves_as_it_says(tmp_path: Path) -> None:
    ran = modelward("demo", "--output", tmp_path / "demo")
    assert ran.status == 0, ran.out + ran.err
    good, bad = (
        json.loads((tmp_path / f"demo/report-{name}/report.json").read_bytes())
        for name in ("add-safetensors", "add-ranker")
    )
    assert (good["verdict"], bad["verdict"]) == ("pass", "fail")
    assert modelward("demo", "--output", tmp_path / "demo").status == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").touch()
    assert modelward("demo", "--output", tmp_path / "mine").status == 2
