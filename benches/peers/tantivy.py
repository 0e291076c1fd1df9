"""tantivy-cli, the search engine library's own program."""

import json
import os
import subprocess

from model import Command, Peer


def text_field(name):
    indexing = {"record": "position", "fieldnorms": True, "tokenizer": "en_stem"}
    return {"name": name, "type": "text", "options": {"indexing": indexing, "stored": True, "fast": False}}


def keyword_field(name):
    indexing = {"record": "basic", "fieldnorms": False, "tokenizer": "raw"}
    return {"name": name, "type": "text", "options": {"indexing": indexing, "stored": True, "fast": True}}


def date_field(name):
    return {"name": name, "type": "date", "options": {"indexed": True, "fieldnorms": False, "fast": True, "stored": True}}


# One stemmed field that holds title and body: the least work with which tantivy finds the same articles.
SCHEMA = {
    "index_settings": {"docstore_compression": "lz4", "docstore_blocksize": 16384},
    "segments": [],
    "schema": [text_field("text"), date_field("date"), keyword_field("tags"), keyword_field("authors")]
    + [keyword_field("url"), keyword_field("id")],
    "opstamp": 0,
}
TABLES = {
    "tags": {"terms": {"field": "tags", "size": 10}},
    "months": {"date_histogram": {"field": "date", "fixed_interval": "30d"}},
}


class Tantivy(Peer):
    name = "tantivy"
    install = "cargo install tantivy-cli --version 0.24.0"
    note = (
        "`tantivy search` does not rank: it prints every article that matches, whole. With facets it prints the tables alone, "
        "in months of 30 days."
    )
    ranked = False
    kinds = frozenset({"term", "and", "or", "phrase", "filter", "facets"})

    def version(self):
        return subprocess.check_output([self.tantivy(), "--version"], text=True).split()[-1]

    def tantivy(self):
        return self.options.tantivy or self.program("tantivy")

    def prepare(self, corpus, folder):
        with (folder / "articles.jsonl").open("w") as out:
            for article in corpus.articles():
                record = {"text": f"{article.title}\n\n{article.body}", "tags": article.tags, "authors": article.authors}
                record |= {"url": article.url, "id": article.id}
                record |= {"date": f"{article.date}T00:00:00Z"} if article.date else {}
                out.write(json.dumps(record, ensure_ascii=False) + "\n")

    def fresh(self, folder):
        super().fresh(folder)
        (folder / "index" / "meta.json").write_text(json.dumps(SCHEMA))

    def indexing(self, folder):
        threads = ["-t", str(os.cpu_count())]
        return [self.command("index", "-i", folder / "index", "-f", folder / "articles.jsonl", *threads)]

    def search(self, folder, query):
        tables = ["-a", json.dumps(TABLES)] if query.kind == "facets" else []
        return self.command("search", "-i", folder / "index", "-q", self.expression(query), *tables)

    def expression(self, query):
        """In this syntax every word needs its field, else the tags are searched as well."""
        if query.form == "phrase":
            return f"text:{query.text()}"
        found = {"or": " OR "}.get(query.form, " AND ").join(f"text:{word}" for word in query.words)
        if query.kind == "filter":
            found += f' AND tags:"{query.tag}" AND date:[{query.since}T00:00:00Z TO {query.until}T00:00:00Z]'
        return found

    def hits(self, output):
        """One line for each; of the tables, the articles of all months."""
        if not output.startswith("{\n"):
            return output.count("\n")
        return sum(month["doc_count"] for month in json.loads(output)["months"]["buckets"])

    def command(self, *words):
        return Command((str(self.tantivy()), *map(str, words)))


PEER = Tantivy
