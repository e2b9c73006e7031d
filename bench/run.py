"""`make bench`: how much dearer we are than the bare work, as ratios within one run on one machine.

Every `bench/measure_*.py` gives `pairs()`: (what, ours, bare), two functions without arguments that do the same work,
with everything around it and with nothing around it. Never part of the tests: a clock decides nothing there.
`make bench ARGS="combine"` runs the measures whose name contains the word.
"""

import sys
from importlib import import_module
from pathlib import Path
from time import perf_counter

ROUNDS = 7


def best(functions, rounds=ROUNDS):
    """Shortest time of each, taken in turns so that a busy moment of the machine hits all alike."""
    times = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            start = perf_counter()
            function()
            taken.append(perf_counter() - start)
    return [min(taken) for taken in times]


def main(words):
    print(f"{'':48}{'ours ms':>12}{'bare ms':>12}{'ratio':>8}")
    for path in sorted(Path(__file__).parent.glob("measure_*.py")):
        if words and not any(word in path.stem for word in words):
            continue
        for what, ours, bare in import_module(f"bench.{path.stem}").pairs():
            mine, plain = best([ours, bare])
            print(f"{what:48}{mine * 1000:12.1f}{plain * 1000:12.1f}{mine / plain:8.2f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
