"""What can be measured: how long we take beside others, and how much memory."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter


@dataclass
class Against:
    """The same work done otherwise. target: how many times its time ours may take at most."""

    what: str
    run: Callable
    target: float | None = None


@dataclass
class Times:
    """Our time and its ratio to that of each of the others: the shortest of so many rounds, in functions without arguments."""

    what: str
    ours: Callable
    against: list[Against]
    rounds: int = 7

    def measure(self):
        """Print a line for each of the others; are all targets met?"""
        mine, *others = _best([self.ours, *(other.run for other in self.against)], self.rounds)
        if not others:
            line(self.what, f"{mine:.1f} ms")
        met = True
        for other, plain in zip(self.against, others, strict=True):
            ratio = mine / plain
            met &= line(f"{self.what} / {other.what}", f"{mine:.1f} ms", f"{plain:.1f} ms", ratio, other.target)
        return met


@dataclass
class Memory:
    """The peak of a fresh process that calls one function ("module:name", without arguments); target in MiB."""

    what: str
    call: str
    target: int | None = None

    def measure(self):
        done = subprocess.run([sys.executable, "-m", "bench.run", "--peak", self.call], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.what}: {done.stderr}")
        peak = float(done.stdout.split()[-1])
        return line(f"{self.what}, peak memory", f"{peak:.1f} MiB", value=peak, target=self.target)


def line(what, first, second="", value=None, target=None):
    """Print one line; is the value within its target?"""
    met = target is None or value <= target
    ratio = f"{value:.2f}" if second and value is not None else ""
    told = "" if target is None else f"  at most {target}: {'yes' if met else 'NO'}"
    print(f"{what:62}{first:>13}{second:>13}{ratio:>8}{told}", flush=True)
    return met


def peak_of(call):
    """Call a function; the most memory that this process has held at once, in MiB."""
    module, _, name = call.partition(":")
    getattr(import_module(module), name)()
    status = Path("/proc/self/status")
    if status.exists():  # getrusage of Linux counts what the parent held before this program started
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    from resource import RUSAGE_SELF, getrusage

    return getrusage(RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def _best(functions, rounds):
    """Shortest time of each in ms, taken in turns so that a busy moment of the machine hits all alike."""
    times = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            start = perf_counter()
            function()
            taken.append(perf_counter() - start)
    return [min(taken) * 1000 for taken in times]
