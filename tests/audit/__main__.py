"""make audit: the whole flow with made-up secrets, which are then looked for everywhere."""

import os
import signal
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Not this folder itself, whose modules' names are common.
sys.path[:] = [str(ROOT / "tests"), str(ROOT), *(each for each in sys.path if each != str(HERE))]

from audit import cores, verdicts  # noqa: E402
from audit.evidence import Place, Row  # noqa: E402
from audit.planted import DEBUG, EXCEPTION, LEAKS  # noqa: E402
from audit.trial import AS_ROOT, Trial, attempt  # noqa: E402

AT_ONCE = 2
WHOLE = (
    Trial("as it is", is_whole=True),
    Trial("DEBUG", planted=DEBUG, is_whole=True),
    Trial("devmode", changes={"PYTHONDEVMODE": "1"}, is_whole=True),
    Trial("exception", planted=EXCEPTION, is_whole=True),
    Trial("kill -9", ending=signal.SIGKILL, is_whole=True),
)
CRASHES = (Trial("SIGSEGV", ending=signal.SIGSEGV), Trial("SIGABRT", ending=signal.SIGABRT))
PLANTED = tuple(Trial(leak, planted=leak) for leak in LEAKS)

Results = dict[str, dict[Place, Row] | str]
"""What the places came to, or why a run came to nothing."""


def main() -> int:
    """Run all of them; returns 0 where nothing was found but what had been planted."""
    trials = (*WHOLE, *CRASHES, *PLANTED)
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        # Each has an environment of its own, with its own display.
        with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
            results: Results = {}
            for trial, rows in zip(trials, pool.map(attempt, trials), strict=True):
                results[trial.name] = rows
                print(f"{trial.name}: {rows if isinstance(rows, str) else 'done'}", flush=True)
    print()
    wrong = [*table(results), *memory(results), *planted(results)]
    print()
    for each in wrong:
        print(f"WRONG: {each}")
    print("The audit failed." if wrong else "No secret was found where none may be.")
    return 1 if wrong else 0


def table(results: Results) -> list[str]:
    """Print each place and the hits of each run. Returns what is wrong."""
    wrong = []
    runs = (*WHOLE, *CRASHES)
    width = max(len(place.value) for place in Place)
    print(f"{'hits in':{width}}  {'marker':>7}  {'bytes':>11}  " + heads(runs))
    for place in Place:
        if place is Place.MEMORY:
            continue
        rows = [row_of(results, trial, place) for trial in runs]
        # Where no marker is expected in a run, it is None.
        marks = {row.marked for row in rows if row} - {None}
        mark = "-" if not marks else "found" if marks == {True} else "MISSING"
        size = sum(row.size for row in rows if row)
        counts = "".join(f"{row.count if row else '?':>10}" for row in rows)
        print(f"{place.value:{width}}  {mark:>7}  {size:11,}  {counts}")
    if not cores.lie_in_current_folder():
        print("NOT SHOWN: core files; the system's core_pattern or limit keeps them elsewhere")
    for trial in runs:
        rows = results[trial.name]
        if isinstance(rows, str):
            wrong.append(f"{trial.name}: {rows}")
        else:
            found = verdicts.complaints(rows, is_whole=trial.is_whole)
            wrong += [f"{trial.name}: {each}" for each in found]
    return wrong


def memory(results: Results) -> list[str]:
    """Print the ratchet. What is wrong with it is told with the table."""
    how = "as root" if AS_ROOT else "as the same user, let in by DEEPBRAIN_DEBUGGABLE=1"
    print(f"\n{Place.MEMORY.value}, read through /proc/PID/mem {how}")
    for trial in (*WHOLE, *CRASHES):
        row = row_of(results, trial, Place.MEMORY)
        if row:
            mark = "found" if row.marked else "MISSING"
            bound = verdicts.memory_bound(is_whole=trial.is_whole)
            kinds = ", ".join(f"{kind}: {count}" for kind, count in sorted(row.hits.items()))
            print(
                f"  {trial.name:10} {row.count:4} hits, bound {bound:3}, marker {mark} in"
                f" {row.size:,} bytes   {kinds}"
            )
    return []


def planted(results: Results) -> list[str]:
    """Print which planted leaks were found, and where. Returns what is wrong."""
    wrong = []
    print("\nplanted leaks")
    for trial in PLANTED:
        rows = results[trial.name]
        found = not isinstance(rows, str) and verdicts.is_found(trial.name, rows)
        places = (
            ""
            if isinstance(rows, str)
            else "; ".join(
                f"{place.value}: {rows[place].count}"
                for place in Place
                if verdicts.is_leaking(rows, place, is_whole=False)
            )
        )
        print(f"  {trial.name:20} {'found' if found else 'NOT FOUND':10} {places}")
        if not found:
            reason = f" ({rows})" if isinstance(rows, str) else ""
            wrong.append(f"a planted leak was not found: {trial.name}{reason}")
    return wrong


def heads(runs: tuple[Trial, ...]) -> str:
    """The names of the runs as the heads of columns."""
    return "".join(f"{trial.name:>10}" for trial in runs)


def row_of(results: Results, trial: Trial, place: Place) -> Row | None:
    """What a place came to, where the run came to an end."""
    rows = results[trial.name]
    return None if isinstance(rows, str) else rows[place]


if __name__ == "__main__":
    sys.exit(main())
