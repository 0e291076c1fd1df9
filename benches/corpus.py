#!/usr/bin/env python3
"""Writes a generated archive with the statistics of natural text, for measuring growth.

    benches/corpus.py --articles 1000000 --seed 1 OUT.jsonl
    benches/corpus.py --describe OUT.jsonl

One article a line: id, url, title, author, date, tags, source, body. The same seed gives the same bytes, whatever the
number of processes, and the first 10,000 articles of a million are those of 10,000. What is natural about it:

- Words follow two laws of Zipf: 1/(r + 2.7) up to rank 7873 and r^-1.77 from there on, without an end (Gerlach and
  Altmann, "Stochastic model for the vocabulary growth in natural languages", 2013, fitted to English). So new words
  never cease, and vocabulary grows by Heaps' law; `--describe` says with which exponent.
- The commonest words are those of English, so that lists of common words and recognition of languages work. The others
  are made of syllables, the frequent ones short, with endings that a stemmer takes off; one of eight is a number.
- Bursts: a third of the words of an article repeat an earlier one of the same article.
- Some neighbours belong together, so that phrases have frequencies as well.
- Lengths are log-normal, the median 110 words and the mean 158: between Reuters-21578 (median 87, mean 127) and the
  articles of a site (digitalgov.gov: 411 and 580).
- 0 to 5 of 4,000 tags, 0 to 2 of 3,000 authors, both by Zipf; days of 50 years, of which later ones have more articles.
"""

import argparse
import datetime
import itertools
import json
import math
import multiprocessing
import os
import pathlib
import random
import re
import statistics
import sys

BLOCK = 5_000
URN = 1 << 20
BREAK = 7_873
TAIL_EXPONENT = 1.77
SHIFT = 2.7
REPEATED = 1 / 3
COLLOCATED = 0.08
MEDIAN_WORDS, SIGMA, LEAST_WORDS, MOST_WORDS = 110, 0.85, 8, 8_000
FIRST_DAY, DAYS = datetime.date(1970, 1, 1), 18_262
TAGS, AUTHORS = 4_000, 3_000
SOURCES = ["courier", "gazette", "herald", "journal", "ledger", "observer", "record", "tribune"]

COMMON = (
    "the of to and a in is that for it was on with as he be at by this had not are but from or have an they which one you "
    "were all her she there would their we him been has when who will no more if out so up said what its about than into "
    "them can only other time new some could these two may first then do any like my now over such our man me even most "
    "made after also did many off before must well back through years much where your way down should because long each "
    "just those people how too"
).split()
COMMON_WORDS = frozenset(COMMON)

ONSETS = "b c d f g h j l m n p r s t v w br ch cl dr gr pl sh st th tr".split()
VOWELS = "a e i o u".split()
CODAS = "n r l t m p k g".split()
SYLLABLES = [onset + vowel for onset in ONSETS for vowel in VOWELS]
# Of eight ranks: the stem among their five, and the ending. No stem can end as these do, so no two ranks are one word.
FORMS = [(0, ""), (0, "s"), (1, ""), (1, "ing"), (2, ""), (2, "ed"), (3, "")]
SCATTER = 1_000_003


def capacity(syllables):
    """How many stems have this many syllables."""
    return len(CODAS) * len(SYLLABLES) ** syllables


def syllables_of(number):
    """How long the stem with this number is: the frequent ones short, with some longer ones among them."""
    least = 1 if number < 300 else 2
    while capacity(least) <= number:
        least += 1
    return least + (number % 5 == 1)


def stem(number):
    """The stem with this number; different numbers have different stems."""
    count = syllables_of(number)
    rest, coda = divmod(number * SCATTER % capacity(count), len(CODAS))
    parts = [CODAS[coda]]
    for _ in range(count):
        rest, syllable = divmod(rest, len(SYLLABLES))
        parts.append(SYLLABLES[syllable])
    return "".join(reversed(parts))


def word(rank):
    """The word of a rank, from 0."""
    if rank < len(COMMON):
        return COMMON[rank]
    group, place = divmod(rank - len(COMMON), 8)
    if place == 7:
        return str(group + 2)
    which, ending = FORMS[place]
    number = group * 4 + which
    made = stem(number) + ending
    if made in COMMON_WORDS:
        made += "o"
    return made.capitalize() if number % 12 == 5 else made


def law(rank):
    """Relative frequency of a rank of the head, from 0."""
    return 1 / (rank + 1 + SHIFT)


def tail_weight():
    """Relative frequency of all ranks behind the head together: the integral of the second law."""
    return BREAK * law(BREAK) / (TAIL_EXPONENT - 1)


def companion(rank):
    """The word that often stands behind this one, of about the same frequency; None if there is none."""
    return rank | 64 if rank >= 256 and not rank & 64 else None


def make_urn():
    """Strings to draw from evenly, each as often as it is frequent; None stands for the tail."""
    total = sum(law(rank) for rank in range(BREAK)) + tail_weight()
    urn = []
    for rank in range(BREAK):
        slots = max(1, round(law(rank) / total * URN))
        partner = companion(rank)
        pairs = round(slots * COLLOCATED) if partner else 0
        urn += [word(rank)] * (slots - pairs)
        urn += [f"{word(rank)} {word(partner)}"] * pairs if partner else []
    return urn + [None] * (URN - len(urn))


class Writer:
    """Draws articles. One for each process; the seed of a block makes it independent of the others."""

    def __init__(self, seed):
        self.seed = seed
        self.urn = make_urn()
        self.known = {}
        self.tags = [f"{word(1_000 + 8 * n)}-{word(2_002 + 8 * n)}".lower() for n in range(TAGS)]
        self.tag_weights = list(itertools.accumulate(1 / (n + 5) for n in range(TAGS)))
        self.authors = [f"{word(5_000 + 8 * n)} {word(9_002 + 8 * (n % 997))}".title() for n in range(AUTHORS)]
        self.author_weights = list(itertools.accumulate(1 / (n + 20) for n in range(AUTHORS)))

    def block(self, number, articles):
        """The lines of one block, as bytes."""
        self.random = random.Random(f"{self.seed}/{number}")
        first = number * BLOCK
        lines = (json.dumps(self.article(first + n), ensure_ascii=False) for n in range(articles))
        return "".join(line + "\n" for line in lines).encode()

    def article(self, number):
        words = self.words(self.length())
        day = FIRST_DAY + datetime.timedelta(days=int(DAYS * math.sqrt(self.random.random())))
        source = self.random.choice(SOURCES)
        return {
            "id": f"a{number:08}",
            "url": f"https://{source}.example/{day.year}/{day.month:02}/{number}",
            "title": self.title(words),
            "author": self.some(self.authors, self.author_weights, [0, 1, 1, 1, 1, 2]),
            "date": day.isoformat(),
            "tags": self.some(self.tags, self.tag_weights, [0, 1, 1, 2, 2, 3, 3, 4, 5]),
            "source": source,
            "body": self.body(words),
        }

    def length(self):
        drawn = int(self.random.lognormvariate(math.log(MEDIAN_WORDS), SIGMA))
        return min(max(drawn, LEAST_WORDS), MOST_WORDS)

    def some(self, values, weights, counts):
        drawn = self.random.choices(values, cum_weights=weights, k=self.random.choice(counts))
        return list(dict.fromkeys(drawn))

    def words(self, count):
        """Words in order. Repeats replace drawn ones, so that their frequencies stay those of the law."""
        words = [drawn or self.tail() for drawn in self.random.choices(self.urn, k=count)]
        repeats = int(count * REPEATED)
        places = self.random.choices(range(count), k=repeats)
        for place, again in zip(places, self.random.choices(words, k=repeats)):
            words[place] = again
        return words

    def tail(self):
        """A word behind the head: the inverse of the second law's distribution, which has no end."""
        rank = int(BREAK * (1 - self.random.random()) ** (-1 / (TAIL_EXPONENT - 1)))
        found = self.known.get(rank)
        if found is None:
            found = word(rank)
            if rank < 1 << 18:
                self.known[rank] = found
        return found

    def title(self, words):
        """Four to ten words, those of the text that say something first."""
        wanted = self.random.randint(4, 10)
        telling = [w for w in words[: 4 * wanted] if w not in COMMON_WORDS][:wanted]
        return capital(" ".join(telling or words[:wanted]))

    def body(self, words):
        """Sentences of 6 to 30 words, long ones with a comma, paragraphs of four."""
        sentences, begin = [], 0
        while begin < len(words):
            end = begin + 6 + int(25 * self.random.random())
            sentences.append(sentence(words[begin:end]))
            begin = end
        paragraphs = (" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))
        return "\n\n".join(paragraphs)


def capital(text):
    return text[0].upper() + text[1:]


def sentence(words):
    if len(words) > 16:
        half = len(words) // 2
        return capital(f"{' '.join(words[:half])}, {' '.join(words[half:])}.")
    return capital(" ".join(words) + ".")


def start_process(seed):
    global writer
    writer = Writer(seed)


def one_block(task):
    return writer.block(*task)


def generate(path, articles, seed, processes):
    """Writes the archive to `path`, which appears when it is complete."""
    tasks = [(at // BLOCK, min(BLOCK, articles - at)) for at in range(0, articles, BLOCK)]
    part = path.with_name(path.name + ".part")
    with multiprocessing.Pool(processes, start_process, (seed,)) as pool, part.open("wb") as out:
        for block in pool.imap(one_block, tasks):
            out.write(block)
    part.rename(path)


def slope(points):
    """Of the straight line through (log x, log y)."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    return statistics.linear_regression([x for x, _ in logs], [y for _, y in logs]).slope


def describe(path):
    """Counts words (runs of letters and digits, without regard to capitals) of titles and bodies."""
    articles = words = 0
    seen, growth, lengths = set(), [], []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found = re.findall(r"\w+", f"{record['title']} {record['body']}".lower())
            articles, words = articles + 1, words + len(found)
            lengths.append(len(found))
            seen.update(found)
            growth.append((words, len(seen)))
    late = growth[articles // 20 :: max(1, articles // 1000)]
    print(f"articles        {articles:>15,}")
    print(f"words           {words:>15,}   of an article: median {statistics.median(lengths):.0f}, mean {words / articles:.0f}")
    print(f"distinct words  {len(seen):>15,}")
    print(f"Heaps exponent  {slope(late):>15.3f}   from the first twentieth on")
    print(f"bytes           {path.stat().st_size:>15,}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=pathlib.Path, metavar="OUT.jsonl")
    parser.add_argument("--articles", type=int, help="write so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--describe", action="store_true", help="print what is in the file")
    options = parser.parse_args()
    if not options.articles and not options.describe:
        sys.exit("nothing to do: --articles N, or --describe")
    if options.articles:
        generate(options.path, options.articles, options.seed, options.processes)
    if options.describe:
        describe(options.path)


if __name__ == "__main__":
    main()
