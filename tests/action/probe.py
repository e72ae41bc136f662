"""Stands before the program in a container: says what a phase can see and do, then becomes the program."""

import json
import os
import socket
import sys

PROGRAM = "/opt/modelward/entrypoint.py"


def environments() -> str:
    """What every process in sight was started with, and how."""
    told = b""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for name in ("environ", "cmdline"):
            with open(f"/proc/{pid}/{name}", "rb") as stream:
                told += stream.read()
    return told.decode("utf-8", "replace").replace("\0", "\n")


def writable() -> list[str]:
    """Every folder and file that this process could write to."""
    found = []
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders[:] = [name for name in folders if name not in ("proc", "sys")]
        found += [path for name in files if is_writable_file(path := os.path.join(folder, name))]
        if os.access(folder, os.W_OK):
            found.append(folder)
    return sorted(found)


def is_writable_file(path: str) -> bool:
    return os.path.isfile(path) and not os.path.islink(path) and os.access(path, os.W_OK)


def reaches(address: str) -> bool:
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
    except OSError:
        return False
    return True


def main() -> None:
    with open("/proc/self/status") as stream:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in stream if ":\t" in line)
    with open("/probe.address") as stream:
        address = stream.read()
    facts = {
        "uid": os.getuid(),
        "gid": os.getgid(),
        "capabilities": status["CapEff"] + status["CapBnd"],
        "no_new_privileges": status["NoNewPrivs"],
        "interfaces": sorted(os.listdir("/sys/class/net")),
        "reaches": reaches(address),
        "writable": writable(),
        "environments": environments(),
        "engine": [path for path in ("/var/run/docker.sock", "/run/docker.sock") if os.path.exists(path)],
    }
    print(f"PROBE {sys.argv[1]} {json.dumps(facts)}", flush=True)
    os.execv(sys.executable, [sys.executable, "-I", PROGRAM, *sys.argv[1:]])


main()
