"""Write the fixtures that only their own libraries can make: torch, joblib, py7zr, scikit-learn and others.

``python tests/inspect/make_fixtures.py`` writes into ``tests/inspect/fixtures``, and packed into
``tests/inspect/large``; the files are committed, so that the tests need none of these libraries. The payloads
only print when somebody loads them by mistake.
"""

from __future__ import annotations

import io
import lzma
import os
import pickle
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "fixtures"
LARGE = Path(__file__).parent / "large"


class Payload:
    """Pickles to a call of ``os.system``, which only prints."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("echo loaded",)


def torch_files() -> None:
    import torch

    state = {"weight": torch.arange(6, dtype=torch.float32).reshape(2, 3), "bias": torch.zeros(2)}
    torch.save(state, TARGET / "torch-zip.pt")
    torch.save(state, TARGET / "torch-legacy.pth", _use_new_zipfile_serialization=False)
    hostile = {"weight": torch.zeros(2), "hook": Payload()}
    torch.save(hostile, TARGET / "torch-zip-payload.pt")
    torch.save(hostile, TARGET / "torch-legacy-payload.pth", _use_new_zipfile_serialization=False)

    class Doubler(torch.nn.Module):
        def forward(self, value: torch.Tensor) -> torch.Tensor:
            return value * 2

    torch.jit.save(torch.jit.script(Doubler()), str(TARGET / "torchscript.pt"))


def large_torch_files() -> None:
    """Checkpoints of some 6 MiB, nearly all of it zeros, packed."""
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(1024, 800), torch.nn.Linear(800, 1024))
    for parameter in model.parameters():
        parameter.data.zero_()
    optimizer = torch.optim.SGD(model.parameters(), momentum=0.9)
    kinds = (torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.bool, torch.complex64)
    state = {str(kind): torch.zeros(300_000, dtype=kind) for kind in kinds}
    whole = {"state": state, "optimizer": optimizer.state_dict(), "view": state["torch.float64"][5:9]}
    many = {f"layer.{index}": torch.zeros(1_000) for index in range(1_200)}
    for name, content in (
        ("state", whole),
        ("module", model),
        ("many", many),
        ("payload", {**state, "hook": Payload()}),
    ):
        for ending, new in ((".pt", True), (".pth", False)):
            made = io.BytesIO()
            torch.save(content, made, _use_new_zipfile_serialization=new)
            (LARGE / f"{name}{ending}.xz").write_bytes(lzma.compress(made.getvalue()))
    made = io.BytesIO()
    torch.jit.save(torch.jit.script(model), made)
    (LARGE / "script.pt.xz").write_bytes(lzma.compress(made.getvalue()))


def joblib_files() -> None:
    import joblib
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 0, 1, 1]))
    joblib.dump(model, TARGET / "joblib.joblib")
    arrays = {"a": np.arange(1000.0), "text": np.array(["x", "yy"]), "b": np.asfortranarray(np.ones((3, 4)))}
    joblib.dump(arrays, TARGET / "joblib-arrays.joblib")
    for name, how in (("zlib", ("zlib", 3)), ("gzip", ("gzip", 3)), ("bz2", ("bz2", 3)), ("xz", ("xz", 3))):
        joblib.dump(arrays, TARGET / f"joblib-{name}.joblib", compress=how)
    joblib.dump({"a": np.arange(50.0), "then": Payload()}, TARGET / "joblib-payload.joblib")
    objects = np.array([Payload(), "text"], dtype=object)
    joblib.dump({"objects": objects, "after": np.arange(5)}, TARGET / "joblib-objects.joblib")


def safetensors_files() -> None:
    import numpy as np
    from safetensors.numpy import save_file

    tensors = {"weight": np.ones((4, 5), dtype=np.float32), "bias": np.zeros(5, dtype=np.float16)}
    save_file(tensors, TARGET / "model.safetensors", metadata={"format": "np"})


def sevenz_files() -> None:
    """The same four files, packed by every codec that py7zr writes."""
    import py7zr

    last = {"id": py7zr.FILTER_LZMA2, "preset": 1}
    chains: dict[str, list[dict[str, int]]] = {
        "copy": [{"id": py7zr.FILTER_COPY}],
        "lzma": [{"id": py7zr.FILTER_LZMA, "preset": 1}],
        "lzma2": [last],
        "bzip2": [{"id": py7zr.FILTER_BZIP2}],
        "deflate": [{"id": py7zr.FILTER_DEFLATE}],
        "zstd": [{"id": py7zr.FILTER_ZSTD, "level": 3}],
        "x86": [{"id": py7zr.FILTER_X86}, last],
        "delta": [{"id": py7zr.FILTER_DELTA}, last],
        "ppmd": [{"id": py7zr.FILTER_PPMD, "order": 6, "mem": 24}],
    }
    content = {
        "readme.txt": b"hello " * 50,
        "docs/notes.txt": pickle.dumps(Payload(), 4),
        "empty": b"",
        "good.pkl": pickle.dumps({"weights": [1.0, 2.0]}, 4),
    }
    for name, chain in chains.items():
        with py7zr.SevenZipFile(TARGET / f"sevenz-{name}.7z", "w", filters=chain) as file:
            file.set_encoded_header_mode(name != "lzma")
            for member, data in content.items():
                file.writestr(data, member)
    for name, whole in (("encrypted", False), ("encrypted-header", True)):
        with py7zr.SevenZipFile(TARGET / f"sevenz-{name}.7z", "w", password="open") as file:
            file.set_encrypted_header(whole)
            file.writestr(content["docs/notes.txt"], "docs/notes.txt")


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    LARGE.mkdir(exist_ok=True)
    torch_files()
    large_torch_files()
    joblib_files()
    safetensors_files()
    sevenz_files()


if __name__ == "__main__":
    main()
