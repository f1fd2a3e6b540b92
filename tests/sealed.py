"""Runs a program for which opening a network socket is death, and for all processes that it starts.

The kernel itself sees to it (seccomp, see man 2 seccomp), on Linux on x86-64 and ARM; elsewhere `IS_POSSIBLE` is False.
"""

from __future__ import annotations

import ctypes
import platform
import socket
import struct
import subprocess
import sys

_SOCKET_CALLS = {"x86_64": 41, "aarch64": 198}
IS_POSSIBLE = sys.platform == "linux" and platform.machine() in _SOCKET_CALLS
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NUMBER, _FIRST_ARGUMENT = 0, 16  # where they stand in what the kernel shows a filter


def _seal() -> None:
    call = _SOCKET_CALLS[platform.machine()]
    program = b"".join(
        struct.pack("HBBI", *step)
        for step in (
            (_LOAD, 0, 0, _NUMBER),
            (_IF_EQUAL, 0, 4, call),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (_IF_EQUAL, 1, 0, socket.AF_INET),
            (_IF_EQUAL, 0, 1, socket.AF_INET6),
            (_RETURN, 0, 0, _KILL),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    steps = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps)))
    libc = ctypes.CDLL(None)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_SET_SECCOMP, _FILTER, head, 0, 0)


def run_sealed(*command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments; it ends with -SIGSYS where it opens a socket."""
    return subprocess.run([sys.executable, *command], preexec_fn=_seal, capture_output=True, text=True, check=False)
