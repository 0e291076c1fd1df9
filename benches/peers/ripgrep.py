"""ripgrep: what the first answer costs without any index."""

import subprocess

from model import Command, Peer


class Ripgrep(Peer):
    name = "ripgrep"
    install = "apt-get install ripgrep"
    note = "Reads the whole archive for each answer and prints the number of articles alone, without stems."
    ranked = False
    indexes = False
    kinds = frozenset({"term", "or", "phrase", "prefix"})

    def version(self):
        return subprocess.check_output([self.program("rg"), "--version"], text=True).split()[1]

    def prepare(self, corpus, folder):
        (folder / "corpus").write_text(str(corpus.path.resolve()))

    def search(self, folder, query):
        words = "|".join(query.words) if query.form == "or" else r"\s+".join(query.words)
        pattern = rf"\b(?:{words})" + ("" if query.form == "prefix" else r"\b")
        path = (folder / "corpus").read_text()
        return Command((self.program("rg"), "--no-filename", "--ignore-case", "--count", pattern, path), expected=(0, 1))

    def hits(self, output):
        return int(output or 0)


PEER = Ripgrep
