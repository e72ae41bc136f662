"""Attacks by what is in the tree: links, names, modes, objects that git itself would not write."""

from __future__ import annotations

import os
import zlib
from hashlib import sha1

import pytest

from tests.attack.scene import Scene
from tests.scan.samples import BENIGN, EVIL, WEIGHTS


def raw(scene: Scene, kind: str, content: bytes) -> str:
    """An object as it is, which git would refuse to make."""
    data = f"{kind} {len(content)}\0".encode() + content
    oid = sha1(data).hexdigest()
    path = scene.repo.path / ".git/objects" / oid[:2] / oid[2:]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(data))
    return oid


def entry(mode: str, name: bytes, oid: str) -> bytes:
    return mode.encode() + b" " + name + b"\0" + bytes.fromhex(oid)


def commit_tree(scene: Scene, tree: str) -> None:
    """Make a commit of that tree the head of ``change``; the working tree stays as it is."""
    commit = scene.repo.git("commit-tree", tree, "-p", "main", "-m", "x")
    scene.repo.git("update-ref", "refs/heads/change", commit)


def test_a_configuration_of_the_head_decides_nothing(scene: Scene) -> None:
    """Nor do files by which the tools inside could be configured."""
    scene.repo.commit(
        {
            ".github/modelward.yml": b"fail-on-severity: never\nrules: {pickle-dangerous-import: off}\n"
            b'paths-ignore: ["**"]\n',
            ".modelward.yml": b'paths-ignore: ["**"]\n',
            "modelward.yml": b'paths-ignore: ["**"]\n',
            "pyproject.toml": b'[tool.modelward]\npaths-ignore = ["**"]\n',
            ".gitignore": b"*\n",
            ".gitattributes": b"* -diff export-ignore linguist-generated binary\n",
            "m.pkl": EVIL,
        }
    )
    judged = scene.judge()
    assert judged.status == 1
    assert "pickle-dangerous-import" in judged.rules("m.pkl")
    assert "policy-changed" in judged.rules(".github/modelward.yml")


def test_links_lead_nowhere(scene: Scene) -> None:
    links = {
        "environ.bin": "/proc/self/environ",
        "parent.pkl": "/proc/1/environ",
        "up.pt": "../secret.txt",
        "absolute.pkl": str(scene.secret),
        "models/deep.pkl": "../../../../../../../../etc/passwd",
        "requirements.txt": "../secret.txt",
        "package-lock.json": str(scene.secret),
        ".github/modelward.yml": "../../secret.txt",
        "folder": "..",
        "loop": "loop",
        "stdin.pkl": "/dev/stdin",
    }
    scene.repo.write({"models/.keep": b"", ".github/.keep": b""})
    for name, target in links.items():
        (scene.repo.path / name).symlink_to(target)
    scene.repo.commit()
    judged = scene.judge()
    assert judged.report["verdict"] == "warn"
    for name in ("environ.bin", "parent.pkl", "up.pt", "absolute.pkl", "models/deep.pkl", "stdin.pkl"):
        assert "symlink-escapes-repository" in judged.rules(name), name
        assert judged.artifact(name)["coverage"] == "none"


def test_a_link_in_place_of_the_base_configuration_is_not_followed(scene: Scene) -> None:
    scene.repo.git("checkout", "--quiet", "main")
    (scene.repo.path / ".github").mkdir()
    (scene.repo.path / ".github/modelward.yml").symlink_to(scene.secret)
    scene.repo.commit()
    scene.repo.branch("next")
    scene.repo.commit({"m.pkl": EVIL})
    judged = scene.judge(base="HEAD~1")
    assert judged.status in (1, 2)


def test_links_in_the_working_tree_alone_are_not_followed(scene: Scene) -> None:
    """The tree that git names is clean; what lies in the directory was exchanged afterwards."""
    scene.repo.commit({"m.pkl": BENIGN, "requirements.txt": b"a==1\n"})
    for name in ("m.pkl", "requirements.txt"):
        (scene.repo.path / name).unlink()
        (scene.repo.path / name).symlink_to(scene.secret)
    judged = scene.judge()
    assert judged.artifact("m.pkl")["status"] == "scanned"


def test_a_tree_cannot_name_what_lies_outside(scene: Scene) -> None:
    """Names that git would refuse to check out: they are reported or refused, and never written to."""
    blob, script = raw(scene, "blob", EVIL), raw(scene, "blob", f"#!/bin/sh\n{scene.touch}\n".encode())
    hooks = raw(scene, "tree", entry("100755", b"post-checkout", script))
    dotgit = raw(scene, "tree", entry("40000", b"hooks", hooks))
    inner = raw(scene, "tree", entry("100644", b"escape.pkl", blob))
    tree = raw(
        scene,
        "tree",
        entry("40000", b"..", inner)
        + entry("40000", b".git", dotgit)
        + entry("100644", b"../../flat.pkl", blob)
        + entry("100644", b"/absolute.pkl", blob)
        + entry("100644", b"m.pkl", blob),
    )
    commit_tree(scene, tree)
    judged = scene.judge()
    assert judged.status in (1, 3)
    assert not list(scene.folder.rglob("escape.pkl"))
    assert not list(scene.folder.rglob("flat.pkl"))
    assert not list(scene.folder.rglob("post-checkout"))


NAMES = [
    *(b"report.json", b"comment.md", b"results.sarif", b"sbom.cdx.json", b"requests.json", b"manifest.json"),
    *(
        b"--help",
        b"--output=x",
        b"-rf",
        b"-",
        b"--upload-pack=touch x",
        b":(exclude)*",
        b":!",
        b"~",
        b"$HOME",
    ),
    *(b"`id`", b"$(id)", b"; id", b"| id", b"a&&b", b"%00", b"%2e%2e%2f", b"CON", b"a\\..\\b", b" ", b"a "),
    *(b"caf\xc3\xa9", b"cafe\xcc\x81", b"\xff\xfe", b"Model.PKL", b"model.pkl", b"MODEL.pkl"),
]


def test_names_are_only_names(scene: Scene) -> None:
    files: dict[str | bytes, bytes] = {b"x/" + name + b".pkl": BENIGN for name in NAMES}
    scene.repo.commit(files | dict.fromkeys(NAMES, EVIL))
    judged = scene.judge()
    assert judged.status == 1
    found = {artifact["path"] for artifact in judged.report["artifacts"]}
    assert len(found) == 2 * len(NAMES)
    assert judged.report["totals"]["incomplete"] == 0


def test_many_paths(scene: Scene) -> None:
    blob = raw(scene, "blob", BENIGN)
    names = [b"m%05d.txt" % number for number in range(200)]
    tree = raw(scene, "tree", b"".join(entry("100644", name, blob) for name in names))
    evil = raw(scene, "blob", EVIL)
    commit_tree(scene, raw(scene, "tree", entry("40000", b"many", tree) + entry("100644", b"z.pkl", evil)))
    judged = scene.judge()
    assert judged.status == 1
    assert "pickle-dangerous-import" in judged.rules("z.pkl")


def test_a_path_longer_than_any_system_allows(scene: Scene) -> None:
    evil = raw(scene, "blob", EVIL)
    deep = raw(scene, "tree", entry("100644", b"deep.pkl", evil))
    for _ in range(500):
        deep = raw(scene, "tree", entry("40000", b"d" * 20, deep))
    commit_tree(scene, raw(scene, "tree", entry("40000", b"d", deep) + entry("100644", b"z.pkl", evil)))
    judged = scene.judge()
    assert judged.status == 1
    assert "pickle-dangerous-import" in judged.rules("z.pkl")


@pytest.mark.parametrize(
    "url", ["ext::sh -c '{touch}'", "--upload-pack={touch}", "file:///", "../secret.txt"]
)
def test_a_submodule_is_named_and_never_fetched(scene: Scene, url: str) -> None:
    modules = (
        f'[submodule "m"]\n\tpath = m\n\turl = {url.format(touch=scene.touch)}\n\tupdate = !{scene.touch}\n'
    )
    scene.repo.write({".gitmodules": modules.encode(), "w.safetensors": WEIGHTS})
    scene.repo.git("add", ".")
    scene.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},m")
    scene.repo.git("commit", "--quiet", "--message", "x")
    judged = scene.judge()
    assert judged.artifact("w.safetensors")["status"] == "scanned"


def test_devices_and_pipes_in_the_working_tree_block_nothing(scene: Scene) -> None:
    scene.repo.commit({"w.safetensors": WEIGHTS})
    os.mkfifo(scene.repo.path / "pipe.pkl")
    (scene.repo.path / "w.safetensors").unlink()
    os.mkfifo(scene.repo.path / "w.safetensors")
    judged = scene.judge()
    assert judged.artifact("w.safetensors")["status"] == "scanned"
