"""`make bench`: how much dearer we are than the bare work, as ratios within one run on one machine.

Every `bench/measure_*.py` has `measures()`, which yields what is to be measured, one after another:

    Times("export", ours, [Against("the same cells joined as text", bare, target=1.5)])
    Memory("export", "bench.measure_export:from_database", target=100)

Each file is measured in a process of its own, and each peak of memory in one more. Never part of the tests: a clock
decides nothing there. `make bench ARGS="combine"` runs the measures whose name contains the word. The exit status says
whether every target was met.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

from bench.measures import line, peak_of


def main(arguments):
    match arguments:
        case ["--peak", call]:
            print(peak_of(call))
            return 0
        case ["--file", name]:
            missed = [each for each in import_module(f"bench.{name}").measures() if not each.measure()]
            return 1 if missed else 0
    line("", "ours", "other")
    names = [path.stem for path in sorted(Path(__file__).parent.glob("measure_*.py"))]
    chosen = [name for name in names if not arguments or any(word in name for word in arguments)]
    return max([subprocess.run([sys.executable, "-m", "bench.run", "--file", name]).returncode for name in chosen], default=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
