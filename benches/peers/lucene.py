"""Lucene, the library inside Anserini's jar, driven by `Lucene.java`."""

import json
import os
import pathlib
import subprocess

from model import Command, Missing, Peer

DRIVER = pathlib.Path(__file__).with_name("Lucene.java")
# For a process that lives for a moment: no second compiler, the simplest collector.
SHORT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]


class Lucene(Peer):
    name = "lucene"
    install = (
        "apt-get install openjdk-17-jdk-headless; pip download --no-deps pyserini==0.22.1; "
        "unzip -j pyserini-*.whl '*.jar'; --anserini anserini-0.22.1-fatjar.jar"
    )
    note = "Every query starts a Java machine."
    kinds = frozenset({"term", "and", "or", "phrase", "prefix", "fuzzy", "filter", "facets"})

    def version(self):
        self.program("javac")
        jar = self.options.anserini
        if not jar or not jar.exists():
            raise Missing(f"Anserini's jar is not given: {self.install}")
        return jar.name.removesuffix("-fatjar.jar")

    def prepare(self, corpus, folder):
        """Articles as JSON lines, and the driver compiled."""
        with (folder / "articles.jsonl").open("w") as out:
            out.writelines(json.dumps(vars(article), ensure_ascii=False) + "\n" for article in corpus.articles())
        subprocess.check_call(["javac", "-cp", self.options.anserini, "-d", folder, DRIVER])

    def indexing(self, folder):
        files = [folder / "articles.jsonl", folder / "index", os.cpu_count()]
        return [self.command(folder, [], "index", *files)]

    def search(self, folder, query):
        narrowed = [query.tag, query.since, query.until] if query.kind == "filter" else []
        mode = "facets" if query.kind == "facets" else "search"
        return self.command(folder, SHORT, mode, folder / "index", query.text(), *narrowed)

    def hits(self, output):
        return int(output.split(maxsplit=1)[0])

    def command(self, folder, flags, *words):
        path = f"{self.options.anserini}:{folder}"
        return Command((self.program("java"), *flags, "-cp", path, "Lucene", *map(str, words)))


PEER = Lucene
