//! The text of a query to a [`Query`]: the grammar, and what is said of a text that does not fit it.
//!
//! ```text
//! query    = sequence ( OR sequence )*
//! sequence = conjunct conjunct*                 all must hold, or any under `Matching::Any`
//! conjunct = operand ( AND operand )*
//! operand  = ( NOT | "-" )* ( [ field ":" ] ( term | "(" query ")" ) [ "^" number ] )
//! ```

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use crate::query::lexer::{Token, TokenKind, tokens};
use crate::query::repair::repair;
use crate::query::simplify::{only_field, simplify};
use crate::query::term::{Setting, term};
use crate::query::{Matching, Query};
use crate::schema::{Field, Schema};
use crate::text::calendar::Day;

/// Longest query, in bytes.
pub const MAX_BYTES: usize = 4096;
/// Deepest nesting of parentheses.
pub const MAX_NESTING: usize = 30;
/// Most words, phrases and values of one query.
pub const MAX_CLAUSES: usize = 1024;
/// Largest boost.
pub const MAX_BOOST: f32 = 1000.0;

/// A query and what is to be said of its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// What was understood, simplified. With a [`ProblemKind::Refused`] among the problems it must not be run.
    pub query: Query,
    /// In order of their place in the text.
    pub problems: Vec<Problem>,
}

impl Parsed {
    /// The first reason why the query cannot be run.
    pub fn refusal(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.kind == ProblemKind::Refused)
    }
}

/// One thing to say of the text of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Bytes of the text, on character boundaries.
    pub span: Range<usize>,
    /// What is wrong and what was made of it, lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
    /// Whether the query can be run.
    pub kind: ProblemKind,
}

/// Whether a query with a problem can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The text was read as the message says: a warning, and an error under `--strict`.
    Repaired,
    /// Its meaning cannot be had: an error always.
    Refused,
}

impl Problem {
    pub(super) fn repaired(span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { span, message: message.into(), hint: None, kind: ProblemKind::Repaired }
    }

    pub(super) fn refused(span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { span, message: message.into(), hint: None, kind: ProblemKind::Refused }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Problem {
        Problem { hint: Some(hint.into()), ..self }
    }
}

/// Reads a query. Every text gives an answer, in time linear in its length up to [`MAX_BYTES`].
///
/// `today` is what "last month" counts from; `exact` makes every word match as written, not by its stem.
pub fn parse(text: &str, schema: &Schema, today: Day, matching: Matching, exact: bool) -> Parsed {
    if text.len() > MAX_BYTES {
        let span = text.floor_char_boundary(MAX_BYTES)..text.len();
        return refused(span, format!("the query is longer than {MAX_BYTES} bytes"));
    }
    let mut problems = Vec::new();
    let tokens = tokens(text, schema, &mut problems);
    if let Some((span, message)) = over_limit(&tokens) {
        return refused(span, message);
    }
    let tokens = repair(text, tokens, &mut problems);
    let setting = Setting { field: None, within: false, exact, today };
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), matching, problems: &mut problems };
    let query = parser.alternatives(setting).unwrap_or(Query::All);
    problems.sort_by_key(|problem| problem.span.start);
    Parsed { query: simplify(query), problems }
}

fn refused(span: Range<usize>, message: String) -> Parsed {
    Parsed { query: Query::Not(Box::new(Query::All)), problems: vec![Problem::refused(span, message)] }
}

fn over_limit(tokens: &[Token<'_>]) -> Option<(Range<usize>, String)> {
    let (mut nesting, mut clauses) = (0_usize, 0_usize);
    for token in tokens {
        match token.kind {
            TokenKind::Open => nesting += 1,
            TokenKind::Close => nesting = nesting.saturating_sub(1),
            TokenKind::Bare(_) | TokenKind::Quoted(_) | TokenKind::Bracketed(_) => clauses += 1,
            TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Field(..)
            | TokenKind::Refused
            | TokenKind::Boost(_) => {}
        }
        if nesting > MAX_NESTING {
            return Some((token.span.clone(), format!("parentheses are nested deeper than {MAX_NESTING}")));
        }
        if clauses > MAX_CLAUSES {
            return Some((token.span.clone(), format!("the query has more than {MAX_CLAUSES} words")));
        }
    }
    None
}

/// Reads repaired tokens; recursion is bounded by [`MAX_NESTING`].
struct Parser<'a, 'p> {
    tokens: Peekable<IntoIter<Token<'a>>>,
    matching: Matching,
    problems: &'p mut Vec<Problem>,
}

impl<'a> Parser<'a, '_> {
    fn peek(&mut self) -> Option<TokenKind<'a>> {
        self.tokens.peek().map(|token| token.kind)
    }

    fn skip(&mut self, kind: TokenKind<'_>) -> bool {
        self.tokens.next_if(|token| token.kind == kind).is_some()
    }

    fn alternatives(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut alternatives = Vec::new();
        loop {
            alternatives.extend(self.sequence(setting));
            if !self.skip(TokenKind::Or) {
                return join(alternatives, Query::Or);
            }
        }
    }

    fn sequence(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut conjuncts = Vec::new();
        while !matches!(self.peek(), None | Some(TokenKind::Or | TokenKind::Close)) {
            conjuncts.extend(self.conjunct(setting));
        }
        match self.matching {
            Matching::All => join(conjuncts, Query::And),
            Matching::Any => any_of_words(conjuncts),
        }
    }

    fn conjunct(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut operands = Vec::new();
        loop {
            operands.extend(self.operand(setting));
            if !self.skip(TokenKind::And) {
                return join(operands, Query::And);
            }
        }
    }

    fn operand(&mut self, setting: Setting<'a>) -> Option<Query> {
        let mut denied = false;
        while self.skip(TokenKind::Not) {
            denied = !denied;
        }
        let query = self.fielded(setting)?;
        Some(if denied { Query::Not(Box::new(query)) } else { query })
    }

    fn fielded(&mut self, setting: Setting<'a>) -> Option<Query> {
        let setting = match self.next_field() {
            Some((field, within)) => Setting { field: Some(field), within, ..setting },
            None => setting,
        };
        let first = self.tokens.next()?;
        let query = match first.kind {
            TokenKind::Open => {
                let inner = self.alternatives(setting);
                self.skip(TokenKind::Close);
                inner
            }
            TokenKind::Close
            | TokenKind::And
            | TokenKind::Or
            | TokenKind::Not
            | TokenKind::Field(..)
            | TokenKind::Bare(_)
            | TokenKind::Quoted(_)
            | TokenKind::Bracketed(_)
            | TokenKind::Refused
            | TokenKind::Boost(_) => self.term(&first, setting),
        };
        self.boosted(query)
    }

    fn term(&mut self, token: &Token<'a>, setting: Setting<'a>) -> Option<Query> {
        term(token, setting, self.problems).unwrap_or_else(|problem| {
            self.problems.push(problem);
            None
        })
    }

    fn boosted(&mut self, query: Option<Query>) -> Option<Query> {
        let Some((factor, span)) = self.next_boost() else { return query };
        if factor > MAX_BOOST {
            self.problems.push(Problem::refused(span, format!("a boost is a number from 0 to {MAX_BOOST}")));
        }
        query.map(|query| Query::Boost(Box::new(query), factor))
    }

    fn next_boost(&mut self) -> Option<(f32, Range<usize>)> {
        let Some(TokenKind::Boost(factor)) = self.peek() else { return None };
        self.tokens.next().map(|token| (factor, token.span))
    }

    fn next_field(&mut self) -> Option<(&'a Field, bool)> {
        let Some(TokenKind::Field(field, within)) = self.peek() else { return None };
        self.tokens.next();
        Some((field, within))
    }
}

fn join(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Option<Query> {
    match parts.len() {
        0 | 1 => parts.pop(),
        _ => Some(join(parts)),
    }
}

/// Neighbours under [`Matching::Any`]: one of the words is enough, but filters and exclusions hold.
pub(super) fn any_of_words(parts: Vec<Query>) -> Option<Query> {
    let (required, words): (Vec<Query>, Vec<Query>) = parts.into_iter().partition(is_required);
    let words = join(words, Query::Or);
    join(words.into_iter().chain(required).collect(), Query::And)
}

/// Whether it holds under [`Matching::Any`] too.
pub(super) fn is_required(query: &Query) -> bool {
    matches!(query, Query::Not(_)) || only_field(query).is_some()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::display::display;

    const REPAIRED: ProblemKind = ProblemKind::Repaired;
    const REFUSED: ProblemKind = ProblemKind::Refused;

    fn read(text: &str, matching: Matching) -> Parsed {
        parse(text, &Schema::for_tests(), Day(20_000), matching, false)
    }

    /// `text` reads as `expected`, and `problems` are the pieces of it that something is said of.
    fn check(text: &str, expected: &str, problems: &[(ProblemKind, &str)]) {
        let parsed = read(text, Matching::All);
        let canonical = display(&parsed.query, &Schema::for_tests());
        let found: Vec<_> = parsed.problems.iter().map(|p| (p.kind, &text[p.span.clone()])).collect();
        assert_eq!(found, problems, "{text}");
        if !problems.iter().any(|(kind, _)| *kind == REFUSED) {
            assert_eq!(canonical, expected, "{text}");
        }
    }

    #[test]
    fn words_and_operators() {
        let cases = [
            ("", "*"),
            ("  \t\n ", "*"),
            ("*", "*"),
            ("climate", "climate"),
            ("climate policy", "climate policy"),
            ("climate AND policy", "climate policy"),
            ("climate && policy", "climate policy"),
            ("climate&&policy", "climate policy"),
            ("a OR b", "a OR b"),
            ("a | b", "a OR b"),
            ("a || b", "a OR b"),
            ("a|b", "a OR b"),
            ("a OR b c", "a OR (b c)"),
            ("a b OR c", "(a b) OR c"),
            ("a AND b OR c AND d", "(a b) OR (c d)"),
            ("(a OR b) c", "(a OR b) c"),
            ("((a))", "a"),
            ("a (b (c d))", "a b c d"),
            ("NOT a", "-a"),
            ("-a", "-a"),
            ("-a -b", "-a -b"),
            ("NOT NOT a", "a"),
            ("NOT -a", "a"),
            ("a NOT b", "a -b"),
            ("a AND NOT b", "a -b"),
            ("a OR NOT b", "a OR -b"),
            ("-(a b)", "-(a b)"),
            ("-\"a b\"", "-\"a b\""),
            ("-tag:x", "-tag:x"),
            ("NOT(a)", "-a"),
            ("a and b or not c", "a and b or not c"),
            ("+a +b", "a b"),
            ("+\"a b\"", "\"a b\""),
            ("+AND", "+AND"),
            ("-AND", "-+AND"),
            ("a a b a", "a b"),
        ];
        for (text, expected) in cases {
            check(text, expected, &[]);
        }
    }

    #[test]
    fn punctuation_is_part_of_words() {
        let cases = [
            "e-mail",
            "don't",
            "'quoted'",
            "http://x.y/z",
            "http://x.y/z?a=b~c",
            "12:30",
            "C++",
            "#tag",
            "AT&T",
            "R&D",
            "3.14",
            "$5",
            "50%",
            "foo_bar",
            "a/b",
            "/usr/bin/env",
            "ann@example.org",
            "U.S.",
            "--verbose",
            "x=y",
            "wow!",
            "a,b",
            "10:30:15",
            "note:",
            "C#",
            "1,000",
            "who wrote it?",
            "what?!",
            "???",
            "[sic]",
            "{x}",
            "…",
            "– dash",
            "ümlaut",
            "日本語",
            "a;b",
        ];
        for text in cases {
            let parsed = read(text, Matching::All);
            assert_eq!(parsed.problems, vec![], "{text}");
            let words: Vec<&str> = text.split(' ').collect();
            let word = |text: &&str| Query::Word { field: None, text: (*text).to_owned(), exact: false };
            let expected = simplify(Query::And(words.iter().map(word).collect()));
            assert_eq!(parsed.query, expected, "{text}");
        }
    }

    #[test]
    fn phrases_prefixes_boosts_and_escapes() {
        let cases = [
            ("\"climate policy\"", "\"climate policy\""),
            ("“climate policy”", "\"climate policy\""),
            ("«climate policy»", "\"climate policy\""),
            ("„climate policy“", "\"climate policy\""),
            ("\"climate polic*\"", "\"climate polic*\""),
            ("\"climate \\* policy\"", "\"climate \\* policy\""),
            ("\"say \\\"yes\\\"\"", "\"say \\\"yes\\\"\""),
            ("\"who wrote it?\"", "\"who wrote it?\""),
            ("\"AND\"", "\"AND\""),
            ("a\"b c\"", "a \"b c\""),
            ("electr*", "electr*"),
            ("title:electr*", "title:electr*"),
            ("-electr*", "-electr*"),
            ("word^3", "word^3"),
            ("word^0.5", "word^0.5"),
            ("word^1", "word"),
            ("\"a b\"^2", "\"a b\"^2"),
            ("(a OR b)^2 c", "(a OR b)^2 c"),
            ("electr*^3", "electr*^3"),
            ("title:x^2", "title:x^2"),
            ("-a^2", "-a^2"),
            ("x^y", "x\\^y"),
            ("^3", "\\^3"),
            ("2\\*3", "2\\*3"),
            ("\\-a", "\\-a"),
            ("tag\\:x", "tag\\:x"),
            ("a\\ b", "a\\ b"),
            ("\\(a\\)", "\\(a\\)"),
        ];
        for (text, expected) in cases {
            check(text, expected, &[]);
        }
    }

    #[test]
    fn fields_and_values() {
        let cases = [
            ("title:x", "title:x"),
            ("TITLE:x", "title:x"),
            ("title:\"a b\"", "title:\"a b\""),
            ("title:(a OR b)", "title:a OR title:b"),
            ("title:(a tag:b)", "title:a tag:b"),
            ("title:(a (b OR c)) d", "title:a (title:b OR title:c) d"),
            ("author:\"Ann Lee\"", "author:\"Ann Lee\""),
            ("author:Lee", "author:Lee"),
            ("tag:energy", "tag:energy"),
            ("tag:energy/coal", "tag:energy/coal"),
            ("tag:energy/*", "tag:energy/*"),
            ("tag:\"climate change/*\"", "tag:\"climate change/*\""),
            ("tag:\"a\\*\"", "tag:\"a\\*\""),
            ("tag:\"//*\"", "tag:\"//*\""),
            ("tag:(a OR b)", "tag:a OR tag:b"),
            ("tag:C++", "tag:C++"),
            ("tag:what?", "tag:what?"),
            ("-tag:(a b)", "-(tag:a tag:b)"),
            ("tag:AND", "tag:AND"),
            ("tag:-x", "tag:-x"),
            ("url:http://x.y/z?a=b", "url:http://x.y/z?a=b"),
            ("path:2019/**", "path:2019/**"),
            ("path:\"my folder/**\"", "path:\"my folder/**\""),
            ("path:2019/a.md", "path:2019/a.md"),
            ("path:/a/b/", "path:/a/b/"),
            ("id:0123456789abcdef", "id:0123456789abcdef"),
            ("title:*", "title:*"),
            ("tag:*", "tag:*"),
            ("-tag:*", "-tag:*"),
            ("words:*", "words:*"),
            ("date:*", "date:*"),
            ("date-within:2019-05", "date-within:2019-05"),
            ("Added-Within:(2019 OR 2020)", "added-within:2019 OR added-within:2020"),
            ("date-within:none", "-date:*"),
            ("date:none", "-date:*"),
            ("NOT date:none", "date:*"),
        ];
        for (text, expected) in cases {
            check(text, expected, &[]);
        }
    }

    #[test]
    fn dates() {
        let day = |year, month, day| Day::from_ymd(year, month, day);
        let cases = [
            ("date:2019", day(2019, 1, 1), day(2019, 12, 31)),
            ("date:\"2019\"", day(2019, 1, 1), day(2019, 12, 31)),
            ("date:..1968", None, day(1968, 12, 31)),
            ("date:2019-05..2020", day(2019, 5, 1), day(2020, 12, 31)),
            ("date:[2019 TO 2020]", day(2019, 1, 1), day(2020, 12, 31)),
            ("date:>=2010", day(2010, 1, 1), None),
            ("(date:2019)", day(2019, 1, 1), day(2019, 12, 31)),
        ];
        for (text, from, to) in cases {
            let parsed = read(text, Matching::All);
            let range = crate::query::DateRange { from, to };
            let field = crate::schema::FieldName::for_tests("date");
            assert_eq!(
                (parsed.query, parsed.problems),
                (Query::Dates { field, range, within: false }, vec![]),
                "{text}"
            );
        }
        assert_eq!(read("date:\"last month\"", Matching::All).problems, vec![]);
        check("date:soonish", "", &[(REFUSED, "soonish")]);
        check("oil date:[2019 TO", "", &[(REFUSED, "[2019")]);
    }

    #[test]
    fn broken_text_is_repaired_and_told() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("\"climate policy", "\"climate policy\"", &["\"climate policy"]),
            ("oil \"climate", "oil \"climate\"", &["\"climate"]),
            ("the 12\" record", "the 12 \" record\"", &["\" record"]),
            ("“climate", "\"climate\"", &["“climate"]),
            ("(a b", "a b", &["("]),
            ("a b)", "a b", &[")"]),
            ("a) OR (b", "a OR b", &[")", "("]),
            ("((a OR b) c", "(a OR b) c", &["("]),
            ("()", "*", &["()"]),
            ("a ()", "a", &["()"]),
            ("a AND ()", "a +AND", &["AND", "()"]),
            ("tag:()", "*", &["()"]),
            ("()^2 a", "a", &["()"]),
            ("(", "*", &["("]),
            ("AND", "+AND", &["AND"]),
            ("OR", "+OR", &["OR"]),
            ("NOT", "+NOT", &["NOT"]),
            ("foo AND", "foo +AND", &["AND"]),
            ("OR foo", "+OR foo", &["OR"]),
            ("foo AND OR bar", "(foo +AND) OR bar", &["AND"]),
            ("(AND foo)", "+AND foo", &["AND"]),
            ("foo NOT", "foo +NOT", &["NOT"]),
            ("|", "*", &["|"]),
            ("a |", "a", &["|"]),
            ("a | | b", "a OR b", &["|"]),
            ("&& a", "a", &["&&"]),
            ("-", "*", &["-"]),
            ("a - b", "a b", &["-"]),
            ("a + b", "a b", &["+"]),
            ("(foo AND -)", "foo +AND", &["AND", "-"]),
            ("\"\"", "*", &["\"\""]),
            ("a \" \" b", "a b", &["\" \""]),
            ("titel:x", "titel\\:x", &["titel:"]),
            ("foo:\"a b\"", "foo\\: \"a b\"", &["foo:"]),
            ("title: x", "title\\: x", &["title:"]),
            ("(tag:)", "tag\\:", &["tag:"]),
        ];
        for (text, expected, spans) in cases {
            let problems: Vec<_> = spans.iter().map(|span| (REPAIRED, *span)).collect();
            check(text, expected, &problems);
        }
    }

    #[test]
    fn what_is_not_built_is_refused() {
        let cases = [
            ("wom?n", "wom?n"),
            ("el*tr", "el*tr"),
            ("*graph", "*graph"),
            ("**bold**", "**bold**"),
            ("?foo", "?foo"),
            ("foo?*", "foo?*"),
            ("\"el*tr city\"", "\"el*tr city\""),
            ("\"wom?n here\"", "\"wom?n here\""),
            ("title:wom?n", "wom?n"),
            ("color~", "color~"),
            ("color~1", "color~1"),
            ("tag:colr~", "colr~"),
            ("\"a b\"~8", "~8"),
            ("a NEAR/8 b", "NEAR/8"),
            ("a ADJ/8 b", "ADJ/8"),
            ("a NEAR b", "NEAR"),
            ("=Howell", "=Howell"),
            ("-=Howell", "=Howell"),
            ("/colou?r/", "/colou?r/"),
            ("/gr(a|e)y/ OR b", "/gr(a|e)y/"),
            ("title:/gr[ae]y/", "/gr[ae]y/"),
            ("@wind", "@wind"),
            ("a -@wind", "@wind"),
            ("words:>5", ">5"),
            ("words:500", "500"),
            ("section:Eco*", "Eco*"),
            ("author:L*", "L*"),
            ("tag:ener*", "ener*"),
            ("tag:*/coal", "*/coal"),
            ("tag:a*/*", "a*/*"),
            ("foo^1001", "^1001"),
        ];
        for (text, span) in cases {
            check(text, "", &[(REFUSED, span)]);
        }
        let mut schema = Schema::for_tests();
        schema.fields.retain(|field| field.name.as_str() != "id");
        let parsed = parse("id:abc", &schema, Day(0), Matching::All, false);
        assert_eq!(parsed.refusal().map(|problem| problem.span.clone()), Some(0..3));
    }

    #[test]
    fn any_of_the_words_but_all_of_the_filters() {
        let cases = [
            ("a b c", "a OR b OR c"),
            ("a b tag:x", "(a OR b) tag:x"),
            ("a -b date:*", "a -b date:*"),
            ("a b -c", "(a OR b) -c"),
            ("a AND b c", "(a b) OR c"),
            ("a OR b c", "a OR b OR c"),
            ("title:x \"b c\" d*", "title:x OR \"b c\" OR d*"),
            ("tag:x tag:y", "tag:x tag:y"),
            ("(a b) (tag:x OR tag:y)", "(a OR b) (tag:x OR tag:y)"),
        ];
        for (text, expected) in cases {
            let parsed = read(text, Matching::Any);
            assert_eq!(display(&parsed.query, &Schema::for_tests()), expected, "{text}");
        }
    }

    #[test]
    fn exact_words_say_so() {
        let parsed = parse("a", &Schema::for_tests(), Day(0), Matching::All, true);
        assert_eq!(parsed.query, Query::Word { field: None, text: "a".to_owned(), exact: true });
    }

    #[test]
    fn hints_name_the_nearest_field() {
        let hint = |text: &str| read(text, Matching::All).problems[0].hint.clone().unwrap_or_default();
        assert_eq!(hint("titel:x"), "did you mean title:?");
        assert!(hint("subject:x").starts_with("the fields are text, title, tag"));
    }

    #[test]
    fn limits_hold_at_their_edges() {
        let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
        let cases = [
            ("a".repeat(MAX_BYTES), false),
            ("a".repeat(MAX_BYTES + 1), true),
            ("é".repeat(MAX_BYTES / 2 + 1), true),
            (nested(MAX_NESTING), false),
            (nested(MAX_NESTING + 1), true),
            ("a ".repeat(MAX_CLAUSES), false),
            ("a ".repeat(MAX_CLAUSES + 1), true),
            ("(".repeat(12_000), true),
            ("(".repeat(4_000), true),
            ("NOT ".repeat(4_000), true),
            ("NOT ".repeat(1_000), false),
            (")".repeat(4_000), false),
            ("-(".repeat(2_000), true),
            ("\"".repeat(4_000), true),
            ("\"".repeat(2_001), false),
            ("/(".repeat(2_000), true),
        ];
        for (text, refused) in cases {
            let parsed = read(&text, Matching::All);
            assert_eq!(parsed.refusal().is_some(), refused, "{}…", &text[..8]);
        }
    }

    fn spans_lie_inside(text: &str) {
        for matching in [Matching::All, Matching::Any] {
            for problem in read(text, matching).problems {
                assert!(text.get(problem.span.clone()).is_some(), "{text:?} {problem:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            spans_lie_inside(&text);
        }

        #[test]
        fn any_text_of_the_language_is_read(text in r#"([()"“*?~^|&\\/=@:+\[\]é -]|AND|OR|NOT|NEAR|tag:|date:|path:|a|7){0,40}"#) {
            spans_lie_inside(&text);
        }
    }
}
