"""Work on many things in several processes that live no longer than whoever takes their answers.

    with closing(answers(read, desk, files, processes=2)) as found:
        for file, answer in found: ...

What goes to and fro lies in files, and only their names go through pipes: whoever dies while filling a pipe
would keep the other side waiting for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, TypeVar

from haihe.kit.errors import N_, HaiheError, Invalid, Unavailable

_AHEAD = 4
_T = TypeVar("_T")
_Desk = TypeVar("_Desk")
_Answer = TypeVar("_Answer")
_begun: list[Any] = []


def answers(
    task: Callable[[_Desk, _T], _Answer], desk: _Desk, things: Sequence[_T], processes: int
) -> Generator[tuple[_T, _Answer | HaiheError]]:
    """The answer to `task(desk, thing)` for each thing, in order; each process has the desk once.

    A HaiheError that the task raises is its answer. A fault, or a process that dies, costs its one thing and
    is an Unavailable. Closing the generator ends the processes at once, and so does the end of this process.
    """
    context = multiprocessing.get_context("spawn")
    heard, held = context.Pipe(duplex=False)
    waiting = deque(things)
    taken: deque[tuple[_T, Future[Path]]] = deque()
    flying: dict[Future[Path], ProcessPoolExecutor] = {}
    with TemporaryDirectory(prefix="haihe-") as place:
        folder = Path(place)
        (folder / "desk").write_bytes(pickle.dumps((task, desk)))

        def born() -> ProcessPoolExecutor:
            return ProcessPoolExecutor(1, context, _begin, (folder, heard))

        idle = [born() for _ in things[:processes]]
        try:
            while waiting or taken:
                while waiting and idle and len(taken) < _AHEAD * processes:
                    pool, thing = idle.pop(), waiting.popleft()
                    future = _sent(pool, thing, len(waiting))
                    taken.append((thing, future))
                    flying[future] = pool
                for done in wait(flying, return_when=FIRST_COMPLETED).done:
                    pool = flying.pop(done)
                    idle.append(born() if isinstance(done.exception(), BrokenProcessPool) else pool)
                while taken and taken[0][1].done():
                    thing, future = taken.popleft()
                    yield thing, _answer(thing, future)
        finally:
            held.close()
            for pool in (*idle, *flying.values()):
                pool.shutdown(cancel_futures=True)
            heard.close()


def _sent(pool: ProcessPoolExecutor, thing: Any, number: int) -> Future[Path]:
    """Give a process its next thing; it is born deaf to Ctrl-C, which this process alone answers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(_work, thing, number)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(thing: object, future: Future[Path]) -> Any:
    fault = future.exception()
    if fault is not None:
        return Unavailable(
            N_("{thing} could not be worked on: {reason}."),
            advice=N_("Report this; the others were worked on."),
            thing=thing,
            reason=f"{type(fault).__name__} {fault}".strip().rstrip("."),
        )
    file = future.result()
    answer, said = pickle.loads(file.read_bytes())  # noqa: S301  written by a process of ours
    file.unlink()
    return answer if said is None else Invalid(said[0], advice=said[1], **said[2])


# In a process that works


def _begin(folder: Path, life: Connection) -> None:
    Thread(target=_end_with, args=(life,), daemon=True).start()
    task, desk = pickle.loads((folder / "desk").read_bytes())  # noqa: S301  written by the parent
    _begun.extend((folder, task, desk))


def _end_with(life: Connection) -> None:
    """Leave at once when the parent has closed its end, as it does when it dies."""
    with suppress(EOFError, OSError):
        life.recv_bytes()
    os._exit(1)


def _work(thing: Any, number: int) -> Path:
    folder, task, desk = _begun
    try:
        said, answer = None, task(desk, thing)
    except HaiheError as error:
        said, answer = (error.message, error.advice, dict(error.facts)), None
    file: Path = folder / f"{number}.answer"
    file.write_bytes(pickle.dumps((answer, said)))
    return file
