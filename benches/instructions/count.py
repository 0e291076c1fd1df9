#!/usr/bin/env python3
"""Counts the instructions that `backfile` executes, and compares them with the counts in counts.tsv.

    benches/instructions/count.py [--program target/release/backfile] [--rounds 1]
    BACKFILE_ACCEPT=1 benches/instructions/count.py

Whole processes under `valgrind --tool=callgrind`, so that other work on the machine does not matter. Exit code 1 when a
case executes more than 5 % more instructions than written down, 77 when nothing can be compared: no valgrind, or counts
of another compiler or machine. With BACKFILE_ACCEPT=1 the counts of this machine are written down anew.
"""

import argparse
import os
import pathlib
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

import archive

HERE = pathlib.Path(__file__).parent
COUNTS = HERE / "counts.tsv"
PROGRAM = HERE.parent.parent / "target" / "release" / "backfile"

COLUMNS = ["case", "instructions", "rustc", "target"]
TOLERANCE = 0.05
SKIPPED = 77

INGEST = ["ingest", "archive", "--threads", "1", "--quiet"]
FACETS = ["--facet", "tag", "--facet", "author", "--facet", "date:month"]
PERIOD = ["--since", "1980", "--until", "1999-06"]

QUERIES = 50
"""So many queries of a kind are answered by one process: of a single one, its start is nearly all."""

NO_END = ["--timeout", "0"]
"""Under valgrind everything takes fifty times as long."""


def kinds(words, tags):
    """Each kind of query: what makes the one of a number, and the arguments."""
    common, rarer = words[30:], words[500:]
    return {
        "term": (lambda n: common[n], []),
        "and": (lambda n: f"{common[n]} {common[n + 50]}", []),
        "or": (lambda n: f"{common[n]} OR {rarer[n]}", []),
        "phrase": (lambda n: f'"{words[n % 20]} {common[n]}"', []),
        "prefix": (lambda n: f"{common[n][:3]}*", []),
        "fuzzy": (lambda n: f"{rarer[n]}x~", []),
        "filter by tag and date": (lambda n: common[n], ["--tag", tags[0], *PERIOD]),
        "facets and histogram": (lambda n: common[n], FACETS),
        "snippets": (lambda n: f"{common[n]} {common[n + 50]}", ["--snippets", "1"]),
    }


def prepare(folder):
    """Writes an archive and files of queries; gives the arguments of each case, the one that makes the index first."""
    words, tags = archive.write(folder / "archive")
    cases = {
        "ingest": INGEST,
        "ingest, nothing changed": INGEST,
        "start": ["--version"],
        "query, with everything": ["query", f"{words[30]} {words[45]}", *FACETS, *NO_END],
    }
    for name, (make, arguments) in kinds(words, tags).items():
        queries = folder / f"{name}.txt"
        queries.write_text("".join(make(number) + "\n" for number in range(QUERIES)))
        cases[f"{QUERIES} queries, {name}"] = ["batch", queries.name, "--threads", "1", *arguments, *NO_END]
    return cases


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(SKIPPED)


def compiler():
    return subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout


def environment():
    """The compiler, and what else decides which instructions are executed: the C library and what it finds in the
    processor. Valgrind shows the program none above AVX2."""
    said = compiler()
    rustc = re.search(r"^rustc (\S+)", said).group(1)
    target = [re.search(r"^host: (\S+)", said, re.MULTILINE).group(1), " ".join(platform.libc_ver())]
    flags = pathlib.Path("/proc/cpuinfo")
    if flags.exists() and re.search(r"\bavx2\b", flags.read_text()):
        target.append("avx2")
    return rustc, ", ".join(target)


def read_counts():
    if not COUNTS.exists():
        return []
    lines = COUNTS.read_text().splitlines()
    return [dict(zip(COLUMNS, line.split("\t"))) for line in lines[1:]]


def write_counts(rows):
    lines = ["\t".join(COLUMNS)] + ["\t".join(str(row[column]) for column in COLUMNS) for row in rows]
    COUNTS.write_text("\n".join(lines) + "\n")


def count(program, folder, arguments):
    """The instructions of one process, in surroundings that are the same each time."""
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC", "COLUMNS": "80", "NO_COLOR": "1"}
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command = [*valgrind, str(program), "--index", "index", *arguments]
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True)
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not counted:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return int(counted.group(1))


def measure(program, rounds):
    """The median count of each case."""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for case, arguments in prepare(folder).items():
            counted = []
            for _ in range(rounds):
                if case == "ingest":
                    shutil.rmtree(folder / "index", ignore_errors=True)
                counted.append(count(program, folder, arguments))
            counts[case] = int(statistics.median(counted))
            spread = f"  spread {(max(counted) - min(counted)) / min(counted):.2%}" if rounds > 1 else ""
            print(f"{case:40} {counts[case]:>16,}{spread}", flush=True)
    return counts


def compare(counts, known):
    """Tells what differs; whether nothing got worse."""
    worse = better = 0
    for case, now in counts.items():
        if case not in known:
            print(f"{case}: no count is written down")
            worse += 1
            continue
        then = known[case]
        change = now / then - 1
        if abs(change) > TOLERANCE:
            print(f"{case}: {now:,} instructions instead of {then:,}, {change:+.1%}")
            worse, better = worse + (change > 0), better + (change < 0)
    if worse or better:
        print("to write these counts down: BACKFILE_ACCEPT=1 .ci/run instructions")
    return not worse


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=PROGRAM)
    parser.add_argument("--rounds", type=int, default=1, help="count so many times, to see how far the counts agree")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        skip("valgrind is not installed")
    rustc, target = environment()
    accept = os.environ.get("BACKFILE_ACCEPT") == "1"
    rows = read_counts()
    known = {row["case"]: int(row["instructions"]) for row in rows if (row["rustc"], row["target"]) == (rustc, target)}
    if not known and not accept:
        others = {f"rustc {row['rustc']} ({row['target']})" for row in rows}
        skip(f"no counts of rustc {rustc} ({target}), only of {'; '.join(sorted(others)) or 'nothing'}")

    counts = measure(options.program.resolve(), options.rounds)
    if accept:
        # Those of another compiler on this machine are out of date; those of other machines are theirs to renew.
        others = [row for row in rows if row["target"] != target]
        ours = [dict(zip(COLUMNS, (case, number, rustc, target))) for case, number in counts.items()]
        write_counts(others + ours)
    elif not compare(counts, known):
        sys.exit(1)


if __name__ == "__main__":
    main()
