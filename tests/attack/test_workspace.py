"""Attacks by the state of the clone: git's configuration, hooks, attributes, replaced objects, LFS settings.

``tests/collect/test_collector.py`` tries drivers and lazy fetching on collect alone; here the whole program
runs inside the hostile workspace.
"""

from __future__ import annotations

import socket

from tests.attack.scene import Scene
from tests.scan.samples import BENIGN, EVIL

DRIVERS = (
    *("core.fsmonitor", "core.editor", "core.pager", "core.sshCommand", "core.gitProxy", "core.askPass"),
    *("credential.helper", "diff.external", "diff.evil.textconv", "diff.evil.command", "merge.evil.driver"),
    *(
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "filter.lfs.smudge",
        "filter.lfs.process",
    ),
    *("uploadpack.packObjectsHook", "gpg.program", "alias.cat-file", "alias.ls-tree", "trailer.x.command"),
)


def arm(scene: Scene) -> None:
    """Every setting and hook of the clone runs the attacker's program."""
    evil = scene.repo.path / ".git/evil.sh"
    evil.write_text(f"#!/bin/sh\n{scene.touch}\ncat\n")
    evil.chmod(0o755)
    for key in DRIVERS:
        scene.repo.git("config", key, str(evil))
    for hook in (
        "post-checkout",
        "pre-auto-gc",
        "reference-transaction",
        "post-index-change",
        "fsmonitor-watchman",
    ):
        (scene.repo.path / ".git/hooks").mkdir(exist_ok=True)
        (scene.repo.path / ".git/hooks" / hook).symlink_to(evil)
    (scene.repo.path / ".git/info").mkdir(exist_ok=True)
    (scene.repo.path / ".git/info/attributes").write_text(
        "* diff=evil filter=evil working-tree-encoding=UTF-16\n"
    )


def test_nothing_of_the_clone_is_obeyed(scene: Scene) -> None:
    scene.repo.commit({"m.pkl": EVIL, "requirements.txt": b"requests==2.32.0\n"})
    attributes = b"* diff=evil filter=evil merge=evil export-subst\n*.pkl -diff\n"
    scene.repo.commit({".gitattributes": attributes + b"[attr]binary -diff\n"})
    arm(scene)
    scene.repo.write(
        {"requirements.txt": b"changed==1\n"}
    )  # makes git compare the content of the working tree
    judged = scene.judge()
    assert judged.status == 1
    assert "pickle-dangerous-import" in judged.rules("m.pkl")


def test_included_configuration_and_a_repository_that_names_another(scene: Scene) -> None:
    scene.repo.commit({"m.pkl": EVIL, "inner/.git": f"gitdir: {scene.folder}/elsewhere\n".encode()})
    scene.repo.git("config", "include.path", str(scene.secret))
    scene.repo.git("config", "core.worktree", "/")
    scene.repo.git("config", "core.attributesFile", str(scene.secret))
    scene.repo.git("config", "core.excludesFile", str(scene.secret))
    judged = scene.judge("--head", "change")
    assert judged.status == 1


def test_replaced_objects_are_not_looked_at(scene: Scene) -> None:
    """``git replace`` shows a harmless file wherever the hostile one is asked for."""
    scene.repo.commit({"m.pkl": EVIL, "good.pkl": BENIGN})
    evil, good = (scene.repo.git("rev-parse", f"HEAD:{name}") for name in ("m.pkl", "good.pkl"))
    scene.repo.git("replace", evil, good)
    judged = scene.judge()
    assert "pickle-dangerous-import" in judged.rules("m.pkl")


def test_the_lfs_server_is_not_the_one_that_the_tree_names(scene: Scene) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 10\n".encode()
        scene.repo.commit(
            {
                ".lfsconfig": f"[lfs]\n\turl = {address}\n\tconcurrenttransfers = 1\n"
                f'[lfs "customtransfer.x"]\n\tpath = sh\n\targs = -c "{scene.touch}"\n'
                "[lfs]\n\tstandalonetransferagent = x\n".encode(),
                ".gitattributes": b"*.bin filter=lfs diff=lfs merge=lfs -text\n",
                "m.bin": pointer,
            }
        )
        scene.repo.git("config", "lfs.url", address)
        scene.repo.git("config", "remote.origin.url", address)
        judged = scene.judge()
        assert judged.artifact("m.bin")["status"] == "incomplete"
        try:
            server.accept()
        except BlockingIOError:
            return
        raise AssertionError("someone was asked")


def test_lfs_pointers_cannot_name_files(scene: Scene) -> None:
    """Nor sizes that nobody could hold."""
    head = b"version https://git-lfs.github.com/spec/v1\n"
    escape = "/".join([".."] * 12) + str(scene.secret)
    scene.repo.commit(
        {
            "path.bin": head + f"oid sha256:{escape}\nsize 38\n".encode(),
            "huge.bin": head + b"oid sha256:" + b"b" * 64 + b"\nsize " + b"9" * 400 + b"\n",
            "minus.bin": head + b"oid sha256:" + b"c" * 64 + b"\nsize -1\n",
            "extension.bin": head
            + b"ext-0-evil sha256:"
            + b"d" * 64
            + b"\noid sha256:"
            + b"e" * 64
            + b"\nsize 3\n",
        }
    )
    store = scene.repo.path / ".git/lfs/objects/aa/aa"
    store.mkdir(parents=True)
    (store / ("a" * 64)).symlink_to(scene.secret)
    scene.repo.commit({"link.bin": head + b"oid sha256:" + b"a" * 64 + b"\nsize 38\n"})
    judged = scene.judge()
    assert not any(
        item["status"] == "scanned" and item["path"] == "link.bin" for item in judged.report["artifacts"]
    )
