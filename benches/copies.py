#!/usr/bin/env python3
"""Measures which copies of articles `backfile` finds, and which it takes for copies that are none.

    backfile extract ARCHIVE > RECORDS.jsonl
    benches/copies.py RECORDS.jsonl [--pairs 1000] [--seed 1]

For each way to change a text, the archive is ingested together with changed copies of some of its articles. Prints
the share of copies that are found, and how many joined families of other articles than their own. Then it looks at
the archive alone: at the families in it, and at pairs of articles on the same subject.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile

BACKFILE = pathlib.Path(__file__).parent.parent / "target" / "release" / "backfile"

LEAST_WORDS = 50
"""Shorter articles are not changed: two per cent of them is no word."""

UNLIKE = 0.3
"""Articles whose runs of three words have less in common are different texts."""


def run(*arguments):
    done = subprocess.run([BACKFILE, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 3):
        sys.exit(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def families(records):
    """The families of an archive of these records: id → family."""
    with tempfile.TemporaryDirectory() as folder:
        archive = pathlib.Path(folder) / "archive.jsonl"
        archive.write_text("".join(json.dumps(record) + "\n" for record in records))
        run("-i", f"{folder}/index", "ingest", archive, "--quiet")
        found = run("-i", f"{folder}/index", "query", "family:*", "--all", "--format", "jsonl", "--fields", "key,family")
    hits = [json.loads(line) for line in found.splitlines()]
    return {hit["key"]: hit["family"]["id"] for hit in hits if "key" in hit}


def dropped(share):
    return lambda words, random, other: [word for word in words if random.random() >= share]


def replaced(share):
    return lambda words, random, other: [random.choice(other) if random.random() < share else word for word in words]


def first(share):
    return lambda words, random, other: words[: int(len(words) * share)]


def unchanged(words, random, other):
    return words


CHANGES = {
    "unchanged": unchanged,
    "headline changed": unchanged,
    **{f"{share} % of the words dropped": dropped(share / 100) for share in (2, 5, 10, 20)},
    **{f"{share} % of the words replaced": replaced(share / 100) for share in (2, 5, 10, 20)},
    "first 75 % alone": first(0.75),
    "first 50 % alone": first(0.5),
    "50 words of another article added": lambda words, random, other: words + other[:50],
}


def copies(originals, change, seed):
    chance = random.Random(seed)
    for record in originals:
        other = chance.choice(originals)
        body = " ".join(CHANGES[change](record["body"].split(), chance, other["body"].split()))
        title = other["title"] if change == "headline changed" else record["title"]
        yield {"id": f"copy of {record['id']}", "title": title, "body": body, "date": "2100-01-01"}


def runs(record):
    words = re.findall(r"\w+", record["body"].lower())
    return set(zip(words, words[1:], words[2:]))


def likeness(a, b):
    return len(a & b) / max(len(a | b), 1)


def same_subject(records, chance, count):
    """Pairs of different texts whose headlines have rare words in common."""
    by_word = collections.defaultdict(list)
    for number, record in enumerate(records):
        for word in set(re.findall(r"\w{4,}", record["title"].lower())):
            by_word[word].append(number)
    pairs = []
    numbers = list(range(len(records)))
    chance.shuffle(numbers)
    for number in numbers:
        shared = collections.Counter()
        for word in set(re.findall(r"\w{4,}", records[number]["title"].lower())):
            if len(by_word[word]) < 200:
                shared.update({other: 1 / len(by_word[word]) for other in by_word[word] if other != number})
        if not shared:
            continue
        other = shared.most_common(1)[0][0]
        if likeness(runs(records[number]), runs(records[other])) < UNLIKE:
            pairs.append((records[number]["id"], records[other]["id"]))
        if len(pairs) == count:
            break
    return pairs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    read = [json.loads(line) for line in options.records.open()]
    records = [
        {"id": f"record {number}", "title": record["title"], "body": record["body"], "date": "2000-01-01"}
        for number, record in enumerate(read)
    ]
    chance = random.Random(options.seed)
    long = [record for record in records if len(record["body"].split()) >= LEAST_WORDS]
    originals = chance.sample(long, min(options.pairs, len(long)))
    alone = families(records)

    print(f"{len(records)} articles, {len(originals)} copies of each kind\n")
    print("| the copy | found | joined to others |\n|---|---|---|")
    for change in CHANGES:
        made = list(copies(originals, change, options.seed))
        joined = families(records + made)
        found = strangers = 0
        for original, copy in zip(originals, made):
            family = joined.get(copy["id"])
            found += family is not None and family == joined.get(original["id"])
            own = alone.get(original["id"])
            strangers += family is not None and family not in (joined.get(original["id"]), own)
        print(f"| {change} | {found / len(made):.1%} | {strangers} |")

    members = collections.defaultdict(list)
    for record in records:
        if record["id"] in alone:
            members[alone[record["id"]]].append(runs(record))
    likenesses = [likeness(family[0], other) for family in members.values() for other in family[1:]]
    unlike = sum(likeness < UNLIKE for likeness in likenesses)
    print(f"\nthe archive alone: {len(members)} families, {len(likenesses)} copies, ", end="")
    print(f"{unlike} of them less than {UNLIKE} like the first of their family")
    pairs = same_subject(records, chance, options.pairs)
    joined = sum(a in alone and alone[a] == alone.get(b) for a, b in pairs)
    print(f"same subject: {joined} of {len(pairs)} pairs joined")


if __name__ == "__main__":
    main()
