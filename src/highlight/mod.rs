//! Which passages of a text to show, and what in them matched. Knows no engine.
//!
//! A [`Matcher`] is made once for a query. It reads a stored text once, with the tokenizer that indexed it, and marks
//! what the query's positive parts match there: words by their stems, exact words, the words that fit a pattern, phrases
//! as one span, and of words near each other each.

mod clause;
pub mod context;
mod find;
mod window;

use std::ops::Range;

use crate::analysis::language::Language;
use crate::highlight::clause::{Clause, Meaning, Scope, Terms};
use crate::highlight::find::{Found, Plan, Reach};
use crate::query::Query;
use crate::schema::FieldName;
use crate::search::expansion::Expansions;
use crate::search::{Passage, SnippetOptions};

/// By whose stems a query was searched.
#[derive(Debug, Clone, Copy)]
pub struct Stemmed<'a> {
    /// The languages of the index.
    pub languages: &'a [Language],
    /// Whether an article has the stems of its own language alone. Else those of all languages count in it.
    pub by_own: bool,
}

impl<'a> Stemmed<'a> {
    /// The languages whose stems count in the articles of any other one.
    fn everywhere(&self) -> &'a [Language] {
        if self.by_own { &[] } else { self.languages }
    }
}

/// Finds in texts what a query asks for.
#[derive(Debug)]
pub struct Matcher {
    clauses: Vec<Clause>,
    terms: Terms,
    /// The languages whose stems count in every text.
    everywhere: Vec<Language>,
    /// The languages that most articles have, ready to be used.
    plans: Vec<(Language, Plan)>,
    /// For texts whose language is not known.
    plain: Plan,
}

impl Matcher {
    /// Prepares the positive parts of `query`; what stands below a `Not` is never marked.
    ///
    /// `stemmed` says by whose stems the query was searched, `expansions` which words its patterns stood for. `idf` tells how
    /// rare a term is; its second argument says whether the term is a stem or a folded word.
    pub fn new(
        query: &Query,
        default_field: &FieldName,
        stemmed: Stemmed<'_>,
        expansions: &Expansions,
        idf: &dyn Fn(&str, bool) -> f32,
    ) -> Matcher {
        let (languages, everywhere) = (stemmed.languages, stemmed.everywhere());
        let mut terms = Terms::default();
        let meaning = Meaning { default_field, languages, expansions, idf };
        let clauses = clause::clauses(query, meaning, &mut terms);
        let plan = |&language| (language, Plan::new(&terms, Some(language), everywhere));
        let plans = languages.iter().map(plan).collect();
        let plain = Plan::new(&terms, None, everywhere);
        Matcher { clauses, terms, everywhere: everywhere.to_vec(), plans, plain }
    }

    /// The whole of `text`, unchanged, with what matched; for titles.
    ///
    /// `field` is the name of the part of the article; `language` the one by whose stems it was indexed.
    pub fn mark(&self, text: &str, field: &str, language: Option<Language>) -> Passage {
        let found = self.find(text, field, language, Reach::Enough);
        Passage { text: text.to_owned(), spans: window::merged(&found.hits) }
    }

    /// Everything in `text` that matched, however long it is: ranges in order, those that overlap as one.
    pub fn matches(&self, text: &str, field: &str, language: Option<Language>) -> Vec<Range<usize>> {
        window::merged(&self.find(text, field, language, Reach::Whole).hits)
    }

    /// Whether the query has words at all that could be found in a text.
    pub fn has_words(&self) -> bool {
        !self.clauses.is_empty()
    }

    /// The passages of `text` with the densest and rarest matches, best first; the opening, unmarked, when nothing
    /// matches. They do not overlap, their line breaks are blanks, and `…` stands where a sentence was cut.
    pub fn passages(
        &self,
        text: &str,
        field: &str,
        language: Option<Language>,
        options: SnippetOptions,
    ) -> Vec<Passage> {
        if options.count == 0 || text.trim().is_empty() {
            return Vec::new();
        }
        let found = self.find(text, field, language, Reach::Enough);
        let weights = self.clauses.iter().map(|clause| clause.weight).collect();
        window::passages(text, &found, weights, options)
    }

    fn find(&self, text: &str, field: &str, language: Option<Language>, reach: Reach) -> Found {
        let in_scope = |clause: &Clause| match &clause.scope {
            Scope::Everywhere => true,
            Scope::Field(name) => name.as_str() == field,
        };
        let clauses: Vec<bool> = self.clauses.iter().map(in_scope).collect();
        if !clauses.contains(&true) {
            return Found::nothing_in(text);
        }
        let Some(language) = language else { return self.plain.find(text, &self.clauses, &clauses, reach) };
        match self.plans.iter().find(|(known, _)| *known == language) {
            Some((_, plan)) => plan.find(text, &self.clauses, &clauses, reach),
            None => {
                let plan = Plan::new(&self.terms, Some(language), &self.everywhere);
                plan.find(text, &self.clauses, &clauses, reach)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::tokenizer::{TokenKind, tokenize};
    use crate::analysis::wildcard::Slot;
    use crate::query::{Pattern, PhrasePart, Wildcard, WildcardPart};
    use crate::search::Context;
    use crate::search::expansion::Expansion;
    use proptest::prelude::*;

    fn field(name: &str) -> FieldName {
        FieldName::for_tests(name)
    }

    fn language(code: &str) -> Language {
        Language::parse(code).unwrap()
    }

    fn word(text: &str) -> Query {
        Query::Word { field: None, text: text.to_owned(), exact: false }
    }

    fn exact(text: &str) -> Query {
        Query::Word { field: None, text: text.to_owned(), exact: true }
    }

    fn phrase(text: &str) -> Query {
        Query::Phrase { field: None, parts: vec![PhrasePart::Text(text.to_owned())], slop: None }
    }

    fn phrase_prefix(text: &str) -> Query {
        Query::Phrase {
            field: None,
            parts: vec![PhrasePart::Wildcard(Wildcard::beginning(text))],
            slop: None,
        }
    }

    fn prefix(text: &str) -> Query {
        Query::Pattern { field: None, pattern: Pattern::Wildcard(Wildcard::beginning(text)) }
    }

    fn within(name: &str, text: &str) -> Query {
        Query::Word { field: Some(field(name)), text: text.to_owned(), exact: false }
    }

    /// Longer words are rarer.
    fn matcher(query: &Query, languages: &[&str], text: &str) -> Matcher {
        let languages: Vec<Language> = languages.iter().map(|code| language(code)).collect();
        let expansions = expansions(query, text);
        let stemmed = Stemmed { languages: &languages, by_own: true };
        Matcher::new(query, &field("text"), stemmed, &expansions, &|term, _| term.len() as f32)
    }

    /// What the patterns of a query stand for when a text is all that there is.
    fn expansions(query: &Query, text: &str) -> Expansions {
        let mut expansions = Expansions::default();
        let mut open = vec![query];
        while let Some(query) = open.pop() {
            match query {
                Query::Pattern { pattern: Pattern::Wildcard(wildcard), .. } => {
                    expand(&mut expansions, wildcard, text);
                }
                Query::Pattern { pattern, .. } => {
                    let fit = |word: &str| match pattern {
                        Pattern::Fuzzy { word: near, .. } => word.len() == near.len(),
                        _ => word.starts_with('c'),
                    };
                    insert(&mut expansions, pattern.clone(), text, fit);
                }
                Query::Phrase { parts, .. } => parts.iter().for_each(|part| {
                    if let PhrasePart::Wildcard(wildcard) = part {
                        expand(&mut expansions, wildcard, text);
                    }
                }),
                Query::And(parts) | Query::Or(parts) => open.extend(parts),
                Query::Near { left, right, .. } => open.extend([&**left, &**right]),
                Query::Not(inner) | Query::Boost(inner, _) => open.push(inner),
                _ => {}
            }
        }
        expansions
    }

    fn expand(expansions: &mut Expansions, wildcard: &Wildcard, text: &str) {
        for slot in wildcard.slots() {
            if let Slot::Wildcard(wildcard) = slot {
                let pattern = Pattern::Wildcard(wildcard.clone());
                insert(expansions, pattern, text, |word| wildcard.matches(word));
            }
        }
    }

    fn insert(expansions: &mut Expansions, pattern: Pattern, text: &str, fits: impl Fn(&str) -> bool) {
        let mut words = Vec::new();
        tokenize(text, |token| {
            if token.kind != TokenKind::Pair && fits(token.text) {
                words.push((token.text.to_owned(), 1));
            }
        });
        let found = words.len();
        expansions.insert(field("text"), pattern, Expansion { words, found });
    }

    fn near(left: Query, right: Query, distance: u32, ordered: bool) -> Query {
        Query::Near { left: Box::new(left), right: Box::new(right), distance, ordered }
    }

    fn free(text: &str, slop: u32) -> Query {
        Query::Phrase { field: None, parts: vec![PhrasePart::Text(text.to_owned())], slop: Some(slop) }
    }

    /// The text with its spans in brackets.
    fn shown(passage: &Passage) -> String {
        let mut shown = String::new();
        let mut at = 0;
        for span in &passage.spans {
            shown.push_str(&passage.text[at..span.start]);
            shown.push('[');
            shown.push_str(&passage.text[span.clone()]);
            shown.push(']');
            at = span.end;
        }
        shown + &passage.text[at..]
    }

    fn marked(query: &Query, text: &str) -> String {
        shown(&matcher(query, &["en"], text).mark(text, "body", Some(language("en"))))
    }

    fn snippets(query: &Query, text: &str, count: usize, context: Context) -> Vec<String> {
        let options = SnippetOptions { count, context };
        let passages = matcher(query, &["en"], text).passages(text, "body", Some(language("en")), options);
        passages.iter().map(shown).collect()
    }

    #[test]
    fn words_match_by_their_stems() {
        for (query, text, expected) in [
            (word("policy"), "New policies, one Policy.", "New [policies], one [Policy]."),
            (word("policies"), "the policy's text", "the [policy]'s text"),
            (exact("policy"), "policies and policy", "policies and [policy]"),
            (word("cafe"), "Café Cafe\u{301} CAFE", "[Café] [Cafe\u{301}] [CAFE]"),
            (word("CAFÉ"), "a cafe", "a [cafe]"),
            (word("die"), "dying to die", "[dying] to [die]"),
            (word("e-mail"), "e-mails, e mail, mail", "e-mails, [e mail], mail"),
            (word("U.S."), "the U.S. and the US", "the [U.S.] and the [US]"),
            (word("dont"), "Don’t", "[Don’t]"),
            (word("c++"), "C++ or C", "[C++] or C"),
            (word("missing"), "nothing here", "nothing here"),
            (word("…"), "nothing … here", "nothing … here"),
        ] {
            assert_eq!(marked(&query, text), expected, "{query:?}");
        }
    }

    #[test]
    fn phrases_are_one_span() {
        for (query, text, expected) in [
            (
                phrase("climate policy"),
                "Climate policy, climate, a policy",
                "[Climate policy], climate, a policy",
            ),
            (phrase("climate policy"), "climate policies", "climate policies"),
            (phrase("climate policy"), "climate\n policy", "[climate\n policy]"),
            (phrase("a a"), "a a a b a", "[a a a] b a"),
            (phrase_prefix("climate pol"), "climate policies; pol", "[climate policies]; pol"),
            (prefix("electr"), "Electric electrons, elect", "[Electric] [electrons], elect"),
            (prefix("e-mai"), "e-mailing", "[e-mailing]"),
            (Query::And(vec![phrase("a b"), word("b")]), "a b, b", "[a b], [b]"),
        ] {
            assert_eq!(marked(&query, text), expected, "{query:?}");
        }
    }

    #[test]
    fn scripts_without_spaces_match_runs() {
        for (query, text, expected) in [
            (word("検索"), "全文検索の索引", "全文[検索]の索引"),
            (word("水"), "水と油", "[水]と油"),
            (word("เมือง"), "ในเมืองใหญ่", "ใน[เมือง]ใหญ่"),
            (word("ｶﾞｽ"), "都市ガス", "都市[ガス]"),
            (word("서울"), "서울에서", "[서울]에서"),
            (word("全文検"), "全文の文検索", "[全文]の[文検]索"),
            (phrase("全文検"), "全文の文検索、全文検索", "全文の文検索、[全文検]索"),
        ] {
            assert_eq!(marked(&query, text), expected, "{query:?}");
        }
    }

    #[test]
    fn patterns_mark_the_words_they_stand_for() {
        let wildcard = |parts: &[WildcardPart]| Query::Pattern {
            field: None,
            pattern: Pattern::Wildcard(Wildcard(parts.to_vec())),
        };
        let letters = |text: &str| WildcardPart::Text(text.to_owned());
        let women = wildcard(&[letters("Wom"), WildcardPart::One, letters("n")]);
        let fuzzy = Pattern::Fuzzy { word: "coal".to_owned(), distance: 1 };
        for (query, text, expected) in [
            (women.clone(), "Women, a woman, womaan", "[Women], a [woman], womaan"),
            (wildcard(&[WildcardPart::Any, letters("graph")]), "Photograph graphs", "[Photograph] graphs"),
            (wildcard(&[letters("e-m"), WildcardPart::One, letters("il")]), "e-mail, mail", "[e-mail], mail"),
            (Query::Pattern { field: None, pattern: fuzzy }, "Cola and tea", "[Cola] and tea"),
            (
                Query::Pattern { field: None, pattern: Pattern::Regex("c.*".to_owned()) },
                "Coal cat",
                "[Coal] [cat]",
            ),
            (
                near(women, word("vote"), 2, true),
                "women may vote; votes of women",
                "[women] may [vote]; votes of women",
            ),
        ] {
            assert_eq!(marked(&query, text), expected, "{query:?}");
        }
    }

    #[test]
    fn of_words_near_each_other_each_is_marked() {
        let either = Query::Or(vec![word("waste"), phrase("spent fuel")]);
        for (query, text, expected) in [
            (
                near(word("nuclear"), word("waste"), 2, false),
                "Wastes, nuclear and other; waste",
                "[Wastes], [nuclear] and other; waste",
            ),
            (near(word("nuclear"), word("waste"), 1, true), "waste nuclear waste", "waste [nuclear] [waste]"),
            (near(word("a"), word("a"), 2, false), "a b c a d a", "a b c [a] d [a]"),
            (near(word("nuclear"), either, 3, false), "spent fuel is nuclear", "[spent fuel] is [nuclear]"),
            (
                near(near(word("a"), word("b"), 2, true), word("c"), 2, false),
                "c x a x b; a b c",
                "[c] x [a] x [b]; [a] [b] [c]",
            ),
            (free("waste nuclear", 2), "Nuclear solid waste is waste", "[Nuclear] solid [waste] is waste"),
            (free("a a b", 1), "a b a, a b", "[a] [b] [a], [a] [b]"),
            (free("a a b", 1), "a b x x a", "a b x x a"),
            (near(word("coal"), within("title", "gas"), 1, false), "coal gas", "[coal] [gas]"),
        ] {
            assert_eq!(marked(&query, text), expected, "{query:?}");
        }
        let far = near(word("coal"), word("gas"), 90, false);
        let text = format!("coal {}gas", "and so on ".repeat(25));
        let passages = snippets(&far, &text, 2, Context::Words(6));
        assert!(passages[0].starts_with("[coal]") && passages[1].ends_with("[gas]"), "{passages:?}");
    }

    #[test]
    fn only_positive_parts_and_their_fields() {
        let negated = Query::And(vec![word("coal"), Query::Not(Box::new(word("gas")))]);
        assert_eq!(marked(&negated, "coal and gas"), "[coal] and gas");
        let boosted = Query::Or(vec![Query::Boost(Box::new(word("coal")), 3.0), Query::All]);
        assert_eq!(marked(&boosted, "coal"), "[coal]");
        for (query, part, expected) in [
            (within("title", "coal"), "title", "[coal]"),
            (within("title", "coal"), "body", "coal"),
            (within("text", "coal"), "body", "[coal]"),
            (within("author", "coal"), "body", "coal"),
            (Query::Value { field: field("tag"), value: "coal".to_owned() }, "body", "coal"),
        ] {
            let passage = matcher(&query, &["en"], "coal").mark("coal", part, Some(language("en")));
            assert_eq!(shown(&passage), expected, "{query:?} in {part}");
        }
    }

    #[test]
    fn each_language_has_its_stems() {
        for (languages, code, query, text, expected) in [
            (&["en", "de"][..], Some("de"), "hauser", "Die Häuser, das Haus", "Die [Häuser], das [Haus]"),
            (&["en"], Some("de"), "hauser", "das Haus", "das [Haus]"),
            (&["en"], None, "policy", "policy policies", "[policy] policies"),
            // What is a stem in another language alone is another word in this one.
            (&["en", "hu"], Some("en"), "femek", "The fem of femek", "The fem of [femek]"),
            (&["en", "hu"], Some("hu"), "femek", "A fem, a femek", "A [fem], a [femek]"),
            (&["ru"], Some("ru"), "книга", "о книгах", "о [книгах]"),
            (&["ar"], Some("ar"), "كتاب", "قرأ الكِتاب", "قرأ [الكِتاب]"),
            (&[], Some("th"), "policy", "policy policies", "[policy] policies"),
        ] {
            let passage = matcher(&word(query), languages, text).mark(text, "body", code.map(language));
            assert_eq!(shown(&passage), expected, "{query} in {code:?}");
        }
    }

    #[test]
    fn stems_of_all_languages_count_where_nobody_knows_those_of_articles() {
        let languages = ["en", "hu"].map(language);
        let stemmed = Stemmed { languages: &languages, by_own: false };
        let matcher =
            Matcher::new(&word("femek"), &field("text"), stemmed, &Expansions::default(), &|_, _| 1.0);
        let passage = matcher.mark("The fem of femek", "body", Some(language("en")));
        assert_eq!(shown(&passage), "The [fem] of [femek]");
    }

    #[test]
    fn windows_are_dense_and_begin_with_sentences() {
        let filler = "Nothing of note was said here about it. ".repeat(20);
        let both = Query::And(vec![word("harbour"), word("strike")]);
        for (query, text, context, expected) in [
            (
                both.clone(),
                format!("A strike began. {filler}The harbour was closed by a strike. {filler}"),
                Context::Words(10),
                vec![
                    "The [harbour] was closed by a [strike]. Nothing of …",
                    "A [strike] began. Nothing of note was said here …",
                ],
            ),
            (
                word("needle"),
                format!("{}needle {}", "hay ".repeat(100), "hay ".repeat(100)),
                Context::Chars(31),
                vec!["… hay hay [needle] hay hay hay hay …"],
            ),
            (
                word("near"),
                "First line\n  is near\n\nSecond.".to_owned(),
                Context::Chars(200),
                vec!["First line is [near] Second."],
            ),
            (word("absent"), format!("  The opening. {filler}"), Context::Words(3), vec!["The opening."]),
            (word("absent"), "short".to_owned(), Context::Words(50), vec!["short"]),
            (
                word("语"),
                "汉".repeat(50) + "语" + &"汉".repeat(50),
                Context::Chars(7),
                vec!["… 汉汉[语]汉汉汉汉 …"],
            ),
        ] {
            assert_eq!(snippets(&query, &text, 2, context), expected, "{query:?}");
        }
        assert!(snippets(&both, "strike", 0, Context::Words(5)).is_empty());
        assert!(snippets(&both, " \n ", 3, Context::Words(5)).is_empty());
    }

    #[test]
    fn far_matches_are_found() {
        let far = "word ".repeat(200_000);
        let text = format!("coal {far} coal gas");
        assert_eq!(snippets(&phrase("coal gas"), &text, 1, Context::Chars(20)), ["… word word [coal gas]"]);
    }

    #[test]
    fn all_matches_of_a_long_text_are_found() {
        let text = "coal gas ".repeat(100_000);
        let found =
            |query: &Query| matcher(query, &["en"], &text).matches(&text, "body", Some(language("en"))).len();
        assert_eq!(found(&word("coal")), 100_000);
        assert_eq!(found(&phrase("gas coal")), 99_999);
        assert_eq!(found(&Query::And(vec![word("coal"), phrase("coal gas")])), 100_000);
        assert!(!matcher(&Query::All, &["en"], "").has_words());
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        let wide = Context::Chars(1 << 20);
        for (query, text) in [
            (phrase(&"a ".repeat(5000)), "a ".repeat(50_000)),
            (word("a"), "a) ".repeat(50_000)),
            (word("a"), format!("{}a", ")".repeat(100_000))),
            (word("a"), format!(".{}a", " \n".repeat(100_000))),
            (prefix("日"), "日".repeat(30_000)),
            (near(word("a"), word("a"), 255, false), "a ".repeat(5_000)),
            (free("a a a b", 255), "a ".repeat(20_000) + "b"),
            (near(near(word("a"), word("b"), 99, false), word("c"), 99, false), "a b c ".repeat(500)),
            (Query::Or((0..3000).map(|n| word(&format!("w{n}"))).collect()), "w1 w2 ".repeat(10_000)),
        ] {
            let passages = snippets(&query, &text, 3, wide);
            assert!(!passages.is_empty() && passages.iter().all(|passage| passage.contains('[')));
        }
    }

    fn any_query() -> impl Strategy<Value = Query> {
        let text = || prop_oneof!["[ab é日本'.-]{0,6}", any::<String>()];
        let leaf = prop_oneof![
            text().prop_map(|text| word(&text)),
            text().prop_map(|text| exact(&text)),
            text().prop_map(|text| phrase(&text)),
            text().prop_map(|text| phrase_prefix(&text)),
            text().prop_map(|text| prefix(&text)),
            (text(), 0..5_u32).prop_map(|(text, slop)| free(&text, slop)),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
                (inner.clone(), inner.clone(), 1..4_u32, any::<bool>())
                    .prop_map(|(left, right, distance, ordered)| near(left, right, distance, ordered)),
                inner.prop_map(|query| Query::Not(Box::new(query))),
            ]
        })
    }

    fn check_spans(passage: &Passage) {
        let mut end = 0;
        for span in &passage.spans {
            assert!(span.start < span.end && span.start >= end, "{passage:?}");
            assert!(passage.text.get(span.clone()).is_some(), "{passage:?}");
            end = span.end;
        }
    }

    proptest! {
        #[test]
        fn spans_are_sound(
            query in any_query(),
            text in prop_oneof![
                "[ab é\u{301}日本'.\n-]{0,80}",
                any::<String>(),
                "(a b |c. |é日|\n\n){0,60}",
            ],
            count in 0usize..4,
            size in 0usize..30,
            words in any::<bool>(),
        ) {
            let context = if words { Context::Words(size) } else { Context::Chars(size) };
            let matcher = matcher(&query, &["en", "ru"], &text);
            let whole = matcher.mark(&text, "body", Some(language("en")));
            prop_assert_eq!(&whole.text, &text);
            check_spans(&whole);
            let passages = matcher.passages(&text, "body", None, SnippetOptions { count, context });
            prop_assert!(passages.len() <= count.max(1));
            for passage in &passages {
                check_spans(passage);
                prop_assert!(!passage.text.contains('\n') && !passage.text.is_empty());
            }
        }
    }
}
