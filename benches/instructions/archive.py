"""A small archive of made-up articles, the same bytes in every run: JSON lines, Markdown files and web pages.

Words are made of syllables and drawn by Zipf's law, with English function words among them, so that sizes of
dictionaries, lengths of posting lists and the language come out as they do in real text.
"""

import json
import math
import os
import random

RECORDS, MARKDOWN, PAGES = 2_000, 200, 20

WRITTEN = 1_577_880_000
"""When every file was written last: 2020-01-01T12:00:00Z. Fresh files are read again, whatever they hold."""

FUNCTION_WORDS = "the of and to in a is that for it as was with on by at from be this which have are not or had but".split()

ONSETS = "b br c ch d dr f g gr h l m n p pl r s st t tr v w".split()
VOWELS = "a e i o u ea ai ou".split()
CODAS = ["", "", "n", "r", "l", "s", "nd", "rt", "ck", "m"]
ENDINGS = ["", "", "", "s", "ed", "ing", "ation", "ly", "er"]

VOCABULARY = 30_000
FIRST_YEAR, YEARS = 1970, 50


class Chance:
    """Choices by `random()` alone, the one method whose numbers Python promises to keep."""

    def __init__(self, seed):
        self.next = random.Random(seed).random

    def below(self, end):
        return int(self.next() * end)

    def of(self, values):
        return values[self.below(len(values))]

    def rank(self, end):
        """From 0; the chance of rank r is as 1 / (r + 1)."""
        return int(math.exp(self.next() * math.log(end + 1))) - 1


class Writer:
    """Makes articles."""

    def __init__(self, seed):
        self.chance = Chance(seed)
        self.words = self.vocabulary()
        self.names = [f"{self.words[200 + n].title()} {self.words[9_000 + n].title()}" for n in range(300)]
        self.tags = [f"{self.words[100 + top]}/{self.words[300 + top * 8 + leaf]}" for top in range(20) for leaf in range(8)]

    def vocabulary(self):
        known = dict.fromkeys(FUNCTION_WORDS)
        while len(known) < VOCABULARY:
            # Common words are short.
            syllables = range(1 + min(self.chance.below(3), len(known) // 200))
            stem = "".join(self.chance.of(ONSETS) + self.chance.of(VOWELS) + self.chance.of(CODAS) for _ in syllables)
            known[stem + self.chance.of(ENDINGS)] = None
        return list(known)

    def word(self):
        return self.words[self.chance.rank(VOCABULARY)]

    def sentence(self, least=5, most=25):
        words = [self.word() for _ in range(least + self.chance.below(most - least))]
        return " ".join(words).capitalize()

    def paragraphs(self):
        """From one to nine, most often few."""
        count = 1 + self.chance.rank(9)
        return [". ".join(self.sentence() for _ in range(2 + self.chance.below(5))) + "." for _ in range(count)]

    def article(self, number):
        year, month, day = FIRST_YEAR + self.chance.below(YEARS), 1 + self.chance.below(12), 1 + self.chance.below(28)
        return {
            "id": f"article-{number}",
            "title": self.sentence(3, 10),
            "author": self.names[self.chance.rank(len(self.names))],
            "date": f"{year}-{month:02}-{day:02}",
            "tags": sorted({self.tags[self.chance.rank(len(self.tags))] for _ in range(3)}),
            "paragraphs": self.paragraphs(),
        }


def record(article):
    kept = {name: value for name, value in article.items() if name != "paragraphs"}
    return json.dumps(kept | {"body": "\n\n".join(article["paragraphs"])}) + "\n"


def markdown(article):
    first, *others = article["paragraphs"]
    head = f"---\ntitle: {article['title']}\nauthor: {article['author']}\ndate: {article['date']}\ntags:\n"
    tags = "".join(f"  - {tag}\n" for tag in article["tags"])
    sections = "".join(f"\n## {text[:30].strip()}\n\n- {text}\n- See [the source](https://example.org/{article['id']})\n" for text in others)
    return f"{head}{tags}---\n\n*{first}*\n{sections}"


def page(article):
    links = "".join(f'<li><a href="/{tag}">{tag}</a></li>' for tag in article["tags"])
    text = "\n".join(f"<p>{text}</p>" for text in article["paragraphs"])
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{article["title"]} | The Example</title>
<meta name="author" content="{article["author"]}">
<meta property="article:published_time" content="{article["date"]}T08:00:00Z">
<style>body {{ margin: 2em }}</style></head>
<body><header><nav><ul>{links}</ul></nav></header>
<main><article><h1>{article["title"]}</h1><p class="byline">By {article["author"]}</p>
{text}
<figure><img src="/{article["id"]}.png" alt=""><figcaption>A picture</figcaption></figure></article></main>
<aside><h2>More</h2><ul>{links}</ul></aside><footer><p>All rights reserved</p></footer></body></html>
"""


def write(folder):
    """Writes the archive into a new folder; gives its words, the commonest first, and its tags."""
    writer = Writer(seed=1)
    texts = {"records.jsonl": "".join(record(writer.article(number)) for number in range(RECORDS))}
    for number in range(MARKDOWN):
        texts[f"notes/{number:03}.md"] = markdown(writer.article(f"note-{number}"))
    for number in range(PAGES):
        texts[f"pages/{number:02}.html"] = page(writer.article(f"page-{number}"))
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (WRITTEN, WRITTEN))
    return writer.words, writer.tags
