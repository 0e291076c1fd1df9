"""Runs processes and says what they took.

Peak memory is `wait4`'s, which counts from the fork: a child begins with what its parent holds. So the parent stays
small, and whatever needs memory here (choosing queries, preparing inputs) runs in a process of its own: `apart`.
"""

import dataclasses
import multiprocessing
import os
import pathlib
import subprocess
import tempfile
import time

DROP_CACHES = pathlib.Path("/proc/sys/vm/drop_caches")


class Failed(Exception):
    """What a process said that did not end as it should."""


@dataclasses.dataclass(frozen=True)
class Run:
    """Seconds of wall and CPU time (of its own children as well), and peak memory in bytes."""

    wall: float
    cpu: float
    memory: int


def run(command, output=None):
    """One process from start to end. What it prints goes to a file, as a pipe's reader would take time of its own."""
    with tempfile.TemporaryFile() as nowhere, open(command.stdin, "rb") as stdin, tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command.argv, env=os.environ | command.env, stdin=stdin, stdout=output or nowhere, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in command.expected:
            errors.seek(0)
            told = errors.read().decode(errors="replace")
            raise Failed(f"{' '.join(command.argv)}: exit code {process.returncode} {told}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def printed(command):
    """What a command prints."""
    with tempfile.TemporaryFile() as output:
        run(command, output)
        output.seek(0)
        return output.read().decode(errors="replace")


def together(runs):
    """Several processes one after the other as one: times add up, memory is that of the largest."""
    return Run(sum(r.wall for r in runs), sum(r.cpu for r in runs), max(r.memory for r in runs))


def apart(function, *arguments):
    """The result of a function that ran in a process of its own."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, arguments)


def can_drop_caches():
    return os.access(DROP_CACHES, os.W_OK)


def drop_caches():
    """Empties the page cache of the whole machine, so that the next process reads everything from the disk."""
    os.sync()
    DROP_CACHES.write_text("3\n")


def bytes_of(folder):
    """Bytes of all files of a folder as they lie on the disk: some programs make files with holes."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
