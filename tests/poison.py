"""A pipeline that some files make loop, swell, die, kill or fail; workers import it by name."""

from __future__ import annotations

import multiprocessing
import os
import signal

from extract import pipeline
from extract.pipeline import Extraction
from extract.rules import RuleSet


def extract(data: bytes, rules: RuleSet) -> Extraction:
    while data.startswith(b"LOOP"):
        pass
    if data.startswith(b"SWELL"):
        hoard = [bytes(2**20)]
        while True:
            hoard.append(bytes(2**20))
    if data.startswith(b"DIE"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"PARENT") and (parent := multiprocessing.parent_process()):
        os.kill(parent.pid or 0, signal.SIGKILL)
        signal.pause()
    if data.startswith(b"FAIL"):
        raise RuntimeError("a mistake of ours")
    return pipeline.extract(data, rules)
