"""Pictures are decoded outside the web process: a broken or hostile one costs a decoder, at worst, and some seconds."""

import atexit
import logging
import os
import queue
import subprocess
import sys
import threading
from typing import Any

from webapp.common.errors import refuse
from webapp.config.environment import ROOT
from webapp.uploads.decoder import read_frame, write_frame
from webapp.uploads.images import Kept

logger = logging.getLogger("tessera.uploads")

DECODERS = 2
"""How many pictures one web process decodes at a time; that bounds its memory."""
SECONDS = 20.0
"""How long one picture may take, and how long one waits for a decoder."""


def picture_kept(data: bytes, *, name: str, limit_pixels: int) -> Kept:
    """The first frame of a picture as it is kept. Refusal: what is wrong with it."""
    try:
        decoder = _free.get(timeout=SECONDS)
    except queue.Empty as error:
        detail = f"{DECODERS} pictures are being read, and nobody finished within {SECONDS:.0f} seconds. Try again."
        raise refuse("pictures-waiting", detail, limit=DECODERS) from error
    try:
        answer = decoder.ask({"name": name, "limit_pixels": limit_pixels}, data)
    finally:
        _free.put(decoder)
    if answer is None:
        detail = f"The picture could not be decoded within {SECONDS:.0f} seconds, or broke its decoder."
        raise refuse("image-unreadable", detail, field="file")
    head, png = answer
    if head["id"] is not None:
        raise refuse(head["id"], head["detail"], field="file", limit=head.get("limit"), value=head.get("value"))
    return Kept(png, head["width"], head["height"])


class Decoder:
    """A process that decodes, started when it is needed; one request at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return self._process.pid if self._process is not None else None

    def ask(self, head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Its answer; None if it did not come in time or the process broke, which then is replaced."""
        process = self._running()
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        assert process.stdin is not None  # both are pipes
        assert process.stdout is not None
        try:
            write_frame(process.stdin, head, data)
            answer = read_frame(process.stdout)
        except (OSError, ValueError):
            answer = None
        finally:
            watch.cancel()
        if answer is None:
            logger.warning("a picture of %d bytes broke its decoder (exit %s)", len(data), self.end())
        return answer

    def end(self) -> int | None:
        """End the process, whatever it does; its exit status."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # what was still to be written has nobody to read it
                pass
        return process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.end()
            argv = [sys.executable, "-m", "webapp.uploads.decoder"]
            told = os.environ | {"MALLOC_MMAP_THRESHOLD_": str(2**20)}  # what a picture took goes back when it is done
            self._process = subprocess.Popen(argv, cwd=ROOT, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return self._process


decoders = tuple(Decoder() for _ in range(DECODERS))
_free: "queue.LifoQueue[Decoder]" = queue.LifoQueue()  # the last one is warm
for _decoder in decoders:
    _free.put(_decoder)
    atexit.register(_decoder.end)
