"""backfile itself."""

import json
import pathlib
import subprocess

from model import Command, Missing, Peer


class Backfile(Peer):
    name = "backfile"
    install = "cargo build --release"

    def version(self):
        if not self.options.backfile.exists():
            raise Missing(f"{self.options.backfile} is not built: {self.install}")
        return subprocess.check_output([self.options.backfile, "--version"], text=True).split()[-1]

    def prepare(self, corpus, folder):
        """Nothing to do: it reads the corpus as it is."""
        (folder / "corpus").write_text(json.dumps([str(corpus.path.resolve()), corpus.mapping]))

    def indexing(self, folder):
        path, mapping = json.loads((folder / "corpus").read_text())
        mapped = ["--map", mapping] if mapping else []
        return [self.command(folder, "ingest", path, "--quiet", *mapped, expected=(0, 3))]

    def search(self, folder, query):
        shown = [] if query.kind == "snippets" else ["--snippets", "0"]
        if query.kind == "filter":
            shown += ["--tag", query.tag, "--since", query.since, "--until", query.until]
        if query.kind == "facets":
            shown += ["--facet", "tag:10", "--facet", "date:month"]
        return self.command(folder, "query", query.text(), "--timeout", "0", "--json", *shown, expected=(0, 1))

    def hits(self, output):
        return json.loads(output)["total"]

    def command(self, folder: pathlib.Path, *words, expected):
        return Command((str(self.options.backfile), "-i", str(folder / "index"), *words), expected=expected)


PEER = Backfile
