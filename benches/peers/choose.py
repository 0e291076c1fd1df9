"""Chooses the queries from the corpus, by document frequency and with a seed, so that no hand picks what suits.

Words have at least four letters and are none of the hundred commonest. Common ones stand in 2 to 10 % of the articles,
medium ones in 0.2 to 1 %, rare ones in 0.02 to 0.06 % (and in three at least).
"""

import collections
import random
import re

from model import Query

COUNTED, SAMPLED, PHRASES_FROM = 100_000, 500, 10_000
COMMONEST = 100
BANDS = {"common": (0.02, 0.10), "medium": (0.002, 0.01), "rare": (0.0002, 0.0006)}
LEAST_HITS = 3
WORD = re.compile(r"\w+")
PLAIN = re.compile(r"[a-z]{4,}")
ENDING = re.compile(r"(?:s|ing|ed|er|ly|al|ity|ive|ion|ation|ment|ness|e|y)$")
STEADY = 0.95


class Statistics:
    """Document frequencies of words, occurrences of pairs of neighbours, and a sample of articles."""

    def __init__(self, corpus, chance):
        self.articles = 0
        self.words, self.stems = collections.Counter(), collections.Counter()
        self.pairs, self.stem_pairs = collections.Counter(), collections.Counter()
        self.sample = []
        for article in corpus.articles():
            if self.articles == COUNTED:
                break
            self.add(article, chance)
        self.usual = set(sorted(self.words, key=lambda word: (-self.words[word], word))[:COMMONEST])

    def add(self, article, chance):
        body = WORD.findall(article.body.lower())
        words = set(body).union(WORD.findall(article.title.lower()))
        self.words.update(words)
        self.stems.update({stem(word) for word in words})
        if self.articles < PHRASES_FROM:
            stems = [stem(word) for word in body]
            self.pairs.update(set(zip(body, body[1:])))
            self.stem_pairs.update(set(zip(stems, stems[1:])))
        self.articles += 1
        kept = len(self.sample) if len(self.sample) < SAMPLED else chance.randrange(self.articles)
        self.sample[kept : kept + 1] = [(article, words)] if kept < SAMPLED else self.sample[kept : kept + 1]

    def plain(self, word):
        return word not in self.usual and PLAIN.fullmatch(word)

    def steady(self, word):
        """Whether a word has hardly any other forms, so that it does not matter whether stems are searched or words."""
        return stem(word) == word and self.words[word] >= STEADY * self.stems[word]

    def steady_pair(self, pair):
        return all(map(self.plain, pair)) and self.pairs[pair] >= STEADY * self.stem_pairs[tuple(map(stem, pair))]

    def band(self, name, words):
        """Those of `words` whose frequency is in a band, in an order that does not depend on chance."""
        low, high = (share * self.articles for share in BANDS[name])
        return sorted(word for word in words if max(low, LEAST_HITS) <= self.words[word] <= max(high, 2 * LEAST_HITS))


def stem(word):
    """A rough one, to tell words with endings."""
    return ENDING.sub("", word)


def choose(corpus, seed):
    """Two or three queries for each kind that the corpus allows."""
    chance = random.Random(seed)
    statistics = Statistics(corpus, chance)
    plain = [word for word in statistics.words if statistics.plain(word)]
    bands = {name: statistics.band(name, plain) for name in BANDS}
    singles = {name: some(words, 2, chance) for name, words in bands.items()}
    flat = [word for words in singles.values() for word in words]
    steady = [word for words in bands.values() for word in some([w for w in words if statistics.steady(w)], 2, chance)]
    return [
        *(Query("term", "term", (word,)) for word in flat),
        *together(statistics, chance),
        *(Query("or", "or", words) for words in zip(*singles.values())),
        *phrases(statistics, chance),
        *(Query("prefix", "prefix", (word[:5],)) for word in flat if len(word) > 5 and stem(word[:5]) == word[:5]),
        *(Query("fuzzy", "fuzzy", (misspelled(word, chance),)) for word in steady if len(word) > 5),
        *filtered(statistics, chance),
        *(Query("facets", "term", (word,)) for word in singles["common"] + singles["medium"]),
        *(Query("snippets", "term", (word,)) for word in flat),
    ]


def some(words, count, chance):
    return chance.sample(words, min(count, len(words)))


def together(statistics, chance):
    """Pairs of words that an article of the sample holds."""
    found = []
    for bands in (("common", "common"), ("common", "medium"), ("medium", "medium")):
        for _, words in chance.sample(statistics.sample, len(statistics.sample)):
            plain = [word for word in words if statistics.plain(word)]
            pair = [chance.choice(statistics.band(band, plain) or [""]) for band in bands]
            if all(pair) and pair[0] != pair[1]:
                found.append(Query("and", "and", tuple(pair)))
                break
    return found


def phrases(statistics, chance):
    """Neighbours: of those that come three times and more, one of the commonest twentieth, a middle one, a rare one."""
    pairs = [pair for pair, count in statistics.pairs.items() if count >= LEAST_HITS and statistics.steady_pair(pair)]
    pairs.sort(key=lambda pair: (-statistics.pairs[pair], pair))
    share = max(1, len(pairs) // 20)
    parts = [pairs[:share], pairs[8 * share : 12 * share], pairs[-share:]]
    return [Query("phrase", "phrase", chance.choice(part)) for part in parts if part]


def misspelled(word, chance):
    """One letter in the middle replaced by another."""
    at = chance.randrange(2, len(word) - 1)
    other = chance.choice([letter for letter in "abcdefghijklmnopqrstuvwxyz" if letter != word[at]])
    return word[:at] + other + word[at + 1 :]


def filtered(statistics, chance):
    """A common word among the articles with one of the usual tags, from the middle two fifths of all days."""
    dated = sorted(article.date for article, _ in statistics.sample if article.date)
    tags = collections.Counter(tag for article, _ in statistics.sample for tag in article.tags).most_common(3)
    if not dated or not tags:
        return []
    since, until = dated[len(dated) * 4 // 10], dated[len(dated) * 8 // 10]
    return [Query("filter", "term", (with_tag(statistics, tag, chance),), tag, since, until) for tag, _ in tags]


def with_tag(statistics, tag, chance):
    """One of the three common words that stand in most of the articles with this tag."""
    tagged = collections.Counter(word for article, words in statistics.sample if tag in article.tags for word in words)
    common = statistics.band("common", filter(statistics.plain, tagged)) or sorted(tagged)
    return chance.choice(sorted(common, key=lambda word: -tagged[word])[:3])
