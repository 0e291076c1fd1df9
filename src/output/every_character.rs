//! Every character of Unicode in everything that strangers wrote, through everything that is printed: nothing reaches a
//! terminal that could move its cursor, change its colours or turn the direction of writing, and programs get back what
//! was written. `BACKFILE_CHARACTERS=all` tries all of them, else those that are written much and some others.

use std::fmt::Debug;
use std::io::{self, Write};

use serde_json::Value;

use crate::article::{Article, Place};
use crate::diagnostic::{Diagnostic, LeftOut, Omission, Reason, Severity};
use crate::ingest::report::IngestReport;
use crate::output::article::{write_json as write_article_json, write_passages, write_text as write_article};
use crate::output::batch::{Asked, BatchError, BatchFormat, write_answer, write_error, write_head};
use crate::output::coverage::CoverageAnswer;
use crate::output::fields::HitField;
use crate::output::kwic::{KwicFormat, KwicPrinter};
use crate::output::samples::*;
use crate::output::trend::TrendAnswer;
use crate::output::why::{FileRead, WhyAnswer};
use crate::output::{
    Answer, FORMATS, Options, Question, Style, coverage, eval, facets, ingest, saved, similar, status, trend,
    verification, why, write,
};
use crate::query::Query;
use crate::schema::{FieldName, Schema};
use crate::search::coverage::{Coverage, CoverageRequest, CoverageRow};
use crate::search::effectiveness::{Evaluation, Measured, Measures, Topic};
use crate::search::kwic::{Counted, KwicLine, KwicTotals, Part};
use crate::search::marked::Marked;
use crate::search::saved::Saved;
use crate::search::status::{DatesKnown, IndexStatus, Skipped, SourceStatus};
use crate::search::trend::{Count, Of, Per, Period, TermCounts, Trend, TrendRequest};
use crate::search::verification::{Finding, Kind, Verification};
use crate::search::why::{Held, Why};
use crate::search::{
    Collapse, Explained, ExplainedWord, Explanation, FacetCounts, Hit, Level, NearDuplicate, NearDuplicates,
    Passage, SearchRequest, SearchResponse, Snippet, Suggestion, SuggestionKind, ValueBucket,
};
use crate::text::calendar::Interval;

/// Characters in one text.
const AT_ONCE: usize = 512;

/// What an output is for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum For {
    /// People, at a terminal.
    Reading,
    /// Both; its values are the texts again.
    Json,
    /// Programs that read so many records, as CSV.
    Csv(usize),
    /// The same with tabs.
    Tsv(usize),
}

/// Prints, and looks at what was printed.
struct Checker<'a> {
    text: &'a str,
}

impl Checker<'_> {
    #[track_caller]
    fn check(&self, what: impl Debug, purpose: For, print: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        let printed = String::from_utf8(out).unwrap();
        let is_separator = |c: char| c == '\n' || c == '\t' && matches!(purpose, For::Tsv(_));
        let harmful = printed.chars().find(|c| is_harmful(*c) && !is_separator(*c));
        assert_eq!(harmful, None, "{what:?} for {purpose:?} of {:?}", self.text);
        match purpose {
            For::Reading => {}
            For::Json => {
                for line in serde_json::Deserializer::from_str(&printed).into_iter::<Value>() {
                    self.comes_back(&line.unwrap(), &what);
                }
            }
            For::Csv(records) => self.has_records(&printed, b',', true, records, &what),
            For::Tsv(records) => self.has_records(&printed, b'\t', false, records, &what),
        }
    }

    /// The text is among the values as it was written.
    #[track_caller]
    fn comes_back(&self, value: &Value, what: &dyn Debug) {
        let mut found = 0;
        each_text(value, &mut |text| {
            if text == self.text {
                found += 1;
            }
        });
        assert!(found > 0, "{what:?} does not give {:?} back", self.text);
    }

    #[track_caller]
    fn has_records(&self, printed: &str, separator: u8, quoted: bool, records: usize, what: &dyn Debug) {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(separator).quoting(quoted).from_reader(printed.as_bytes());
        let read: Vec<csv::StringRecord> = reader.records().map(|it| it.unwrap()).collect();
        assert_eq!(read.len(), records, "{what:?} of {:?}", self.text);
    }
}

fn each_text(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(values) => values.iter().for_each(|value| each_text(value, take)),
        Value::Object(values) => values.values().for_each(|value| each_text(value, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What no terminal may get: the controls C0 and C1 with DEL, those of the bidirectional algorithm, and the separators of
/// lines and paragraphs. Written down once more, so that an error in what is tested is no error of the test.
fn is_harmful(c: char) -> bool {
    matches!(
        u32::from(c),
        0..=0x1f | 0x7f..=0x9f | 0x61c | 0x200e | 0x200f | 0x2028..=0x202e | 0x2066..=0x2069
    )
}

fn marked(text: &str) -> Passage {
    Passage { text: text.to_owned(), spans: std::iter::once(0..text.len()).collect() }
}

fn place(text: &str) -> Place {
    Place { path: text.to_owned(), member: Some(text.to_owned()), record: Some(3) }
}

fn stranger_hit(text: &str) -> Hit {
    let list = || vec![text.to_owned(), "other".to_owned()];
    Hit {
        key: text.to_owned(),
        title: marked(text),
        authors: list(),
        tags: list(),
        sections: list(),
        url: Some(text.to_owned()),
        source: text.to_owned(),
        place: place(text),
        snippets: vec![Snippet { field: "body", passage: marked(text) }],
        ..hit(1, "Coal", "")
    }
}

fn stranger_article(text: &str) -> Article {
    Article {
        key: text.to_owned(),
        source: text.to_owned(),
        place: place(text),
        title: text.to_owned(),
        description: Some(text.to_owned()),
        body: text.to_owned(),
        authors: vec![text.to_owned()],
        tags: vec![text.to_owned()],
        sections: vec![text.to_owned()],
        url: Some(text.to_owned()),
        furniture: vec![text.to_owned()],
        meta: [(text.to_owned(), vec![text.to_owned()])].into(),
        ..article()
    }
}

fn word(text: &str) -> Query {
    Query::Word { field: None, text: text.to_owned(), exact: false }
}

fn value_of(text: &str) -> Query {
    Query::Value { field: FieldName::for_tests("tag"), value: text.to_owned() }
}

fn stranger_response(text: &str) -> SearchResponse {
    let bucket = |level: Option<Level>| ValueBucket {
        value: text.to_owned(),
        count: 7,
        selected: true,
        level,
        query: value_of(text),
    };
    let below = Level { parent: Some(text.to_owned()), depth: 1 };
    let tags = FacetCounts::Values {
        field: FieldName::for_tests("tag"),
        values: 9,
        other: 1,
        missing: 2,
        buckets: vec![bucket(None), bucket(Some(below))],
    };
    let suggestion = |kind| Suggestion {
        kind,
        from: text.to_owned(),
        to: text.to_owned(),
        count: 5,
        query: Query::And(vec![word(text), value_of(text)]),
    };
    let hit = stranger_hit(text);
    let explanation = Explained {
        words: vec![ExplainedWord {
            word: text.to_owned(),
            terms: vec![(text.to_owned(), 3)],
            as_written: 1,
        }],
        left_out: vec![text.to_owned()],
        added: vec![(text.to_owned(), 0.5)],
        hits: vec![Explanation { id: hit.id, total: 1.0, parts: vec![(text.to_owned(), 1.0)] }],
    };
    SearchResponse {
        total: 1,
        hits: vec![hit],
        facets: vec![tags],
        warnings: vec![text.to_owned()],
        suggestions: [SuggestionKind::Spelling, SuggestionKind::Without, SuggestionKind::Any]
            .map(suggestion)
            .into(),
        explanation: Some(explanation),
        ..SearchResponse::default()
    }
}

fn question(text: &str) -> Question {
    Question {
        input: text.to_owned(),
        understood: text.to_owned(),
        is_replaced: true,
        warnings: vec![text.to_owned()],
    }
}

fn diagnostic(text: &str, severity: Severity) -> Diagnostic {
    Diagnostic {
        place: place(text),
        severity,
        reason: Reason::Broken,
        message: text.to_owned(),
        hint: Some(text.to_owned()),
    }
}

const STYLES: [Style; 2] = [PIPE, Style { color: false, ..NARROW }];

fn with_answer(text: &str, response: &SearchResponse, schema: &Schema, check: impl Fn(&Answer<'_>)) {
    let request = SearchRequest { explain: true, ..request() };
    let warnings = [text.to_owned()];
    check(&Answer {
        input: text,
        understood: text,
        is_replaced: true,
        warnings: &warnings,
        request: &request,
        response,
        schema,
        took_ms: 1.0,
    });
}

fn check_queries(checker: &Checker<'_>, schema: &Schema) {
    let text = checker.text;
    let response = stranger_response(text);
    let nothing = SearchResponse { total: 0, hits: Vec::new(), ..response.clone() };
    with_answer(text, &nothing, schema, |answer| {
        for style in STYLES {
            checker
                .check("nothing found", For::Reading, |out| write(FORMATS[0], options(style), answer, out));
        }
    });
    with_answer(text, &response, schema, |answer| {
        for format in FORMATS {
            let purpose = match format.name() {
                "json" | "jsonl" => For::Json,
                "csv" => For::Csv(1),
                "tsv" => For::Tsv(1),
                _ => For::Reading,
            };
            for style in STYLES {
                checker.check(format.name(), purpose, |out| write(*format, options(style), answer, out));
            }
            if !format.default_fields().is_empty() {
                let all = Options { fields: Some(HitField::ALL.to_vec()), ..options(PIPE) };
                checker.check((format.name(), "all"), purpose, |out| write(*format, all, answer, out));
            }
        }
        let true_to_the_byte = |name: &str| {
            let null = Options { null: true, ..options(PIPE) };
            let mut out = Vec::new();
            write(super::format(name).unwrap(), null, answer, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(true_to_the_byte("paths"), format!("{text}!{text}\0"));
        for style in STYLES {
            checker.check("facets", For::Reading, |out| facets::write_text(answer, &style, out));
        }
        checker.check("facets", For::Json, |out| facets::write_json(answer, out));
        checker.check("facets", For::Csv(4), |out| facets::write_csv(&response.facets, out));
        checker.check("facets", For::Tsv(4), |out| facets::write_tsv(&response.facets, out));
        let topic = Topic { id: text.to_owned(), text: text.to_owned() };
        let asked = Asked { line: 1, topic: &topic };
        let error = BatchError { message: text.to_owned(), hint: Some(text.to_owned()) };
        for (name, format) in BatchFormat::NAMED {
            let purpose = match format {
                BatchFormat::JsonLines => For::Json,
                BatchFormat::Csv => For::Csv(2),
                BatchFormat::Trec | BatchFormat::Counts => For::Reading,
            };
            let separated = *format == BatchFormat::Counts;
            checker.check(("batch", name), if separated { For::Tsv(0) } else { purpose }, |out| {
                write_head(*format, out)?;
                write_answer(*format, asked, answer, out)?;
                write_error(*format, asked, &error, out)
            });
        }
    });
}

fn check_articles(checker: &Checker<'_>) {
    let text = checker.text;
    let article = stranger_article(text);
    let marks = Marked {
        title: marked(text),
        description: Some(marked(text)),
        body: marked(text),
        passages: vec![Snippet { field: "body", passage: marked(text) }],
    };
    for style in STYLES {
        checker.check("show", For::Reading, |out| write_article(&article, None, &style, out));
        checker.check("show", For::Reading, |out| write_article(&article, Some(&marks), &style, out));
        checker.check("passages", For::Reading, |out| write_passages(&article, &marks, &style, out));
    }
    checker.check("extract", For::Json, |out| write_article_json(&article, Some(&marks), out));
    let copies = vec![NearDuplicate { similarity: 0.5, article: article.clone() }];
    let found = NearDuplicates { of: article, family: None, copies };
    checker.check("similar", For::Reading, |out| similar::write_text(&found, &PIPE, out));
    checker.check("similar", For::Json, |out| similar::write_json(&found, out));
}

fn check_views(checker: &Checker<'_>, schema: &Schema) {
    let text = checker.text;
    let question = question(text);
    let hit = stranger_hit(text);
    let line = KwicLine {
        id: hit.id,
        key: hit.key,
        published: hit.published,
        source: hit.source,
        title: hit.title.text,
        part: Part::Body,
        left: text.to_owned(),
        matched: text.to_owned(),
        right: text.to_owned(),
        offset: 4,
    };
    let counted = Some(Counted { matches: 1, articles: 1 });
    let totals = KwicTotals { articles: 1, lines: 1, counted, warnings: vec![text.to_owned()] };
    for (name, format) in KwicFormat::ALL {
        let purpose = match format {
            KwicFormat::Text => For::Reading,
            KwicFormat::Json | KwicFormat::JsonLines => For::Json,
            KwicFormat::Csv => For::Csv(1),
            KwicFormat::Tsv => For::Tsv(1),
        };
        checker.check(("kwic", name), purpose, |out| {
            let mut printer = KwicPrinter::new(format, PIPE, None, None);
            printer.begin(&question, out)?;
            printer.lines(std::slice::from_ref(&line), out)?;
            printer.end(&question, &totals, out)
        });
    }
    check_trend(checker, &question, schema);
    check_coverage(checker, &question, schema);
    check_why(checker, schema);
}

fn check_trend(checker: &Checker<'_>, question: &Question, schema: &Schema) {
    let text = checker.text;
    let request = TrendRequest {
        base: value_of(text),
        terms: vec![word(text)],
        collapse: Collapse::None,
        field: FieldName::for_tests("date"),
        by: None,
        per: Per::Articles,
        of: Of::Filter,
    };
    let (from, to) = (day(1974, 1, 1), day(1974, 12, 31));
    let counts = TermCounts {
        articles: 1,
        matches: None,
        imprecise: 0,
        missing: 0,
        points: vec![Count { articles: 1, matches: None }],
        warnings: vec![text.to_owned()],
    };
    let periods = vec![Period { from, to, articles: 3, words: None }];
    let counted = Trend { interval: Interval::Year, periods, articles: 3, terms: vec![counts] };
    let questions = std::slice::from_ref(question);
    let answer = TrendAnswer { questions, request: &request, trend: &counted, schema };
    for queries in [false, true] {
        checker.check("trend", For::Reading, |out| trend::write_text(&answer, queries, &PIPE, out));
    }
    checker.check("trend", For::Json, |out| trend::write_json(&answer, out));
    checker.check("trend", For::Csv(1), |out| trend::write_csv(&answer, out));
    checker.check("trend", For::Tsv(1), |out| trend::write_tsv(&answer, out));
}

fn check_coverage(checker: &Checker<'_>, question: &Question, schema: &Schema) {
    let text = checker.text;
    let row = |value: Option<&str>| CoverageRow {
        value: value.map(str::to_owned),
        query: value_of(text),
        articles: 1,
        imprecise: 0,
        missing: 0,
        estimated: None,
        copies: 0,
        first: 0,
        counts: vec![1],
        gaps: Vec::new(),
    };
    let covered = Coverage {
        interval: Interval::Year,
        periods: vec![day(1974, 1, 1)],
        all: row(None),
        rows: vec![row(Some(text))],
        warnings: vec![text.to_owned()],
    };
    let request = CoverageRequest {
        query: word(text),
        collapse: Collapse::None,
        of: FieldName::for_tests("source"),
        dates: FieldName::for_tests("date"),
        by: None,
    };
    let answer = CoverageAnswer { question, request: &request, coverage: &covered, schema };
    checker.check("coverage", For::Reading, |out| coverage::write_text(&answer, 9, &PIPE, out));
    checker.check("coverage", For::Json, |out| coverage::write_json(&answer, out));
    checker.check("coverage", For::Csv(1), |out| coverage::write_csv(&answer, out));
    checker.check("coverage", For::Tsv(1), |out| coverage::write_tsv(&answer, out));
}

fn check_why(checker: &Checker<'_>, schema: &Schema) {
    let text = checker.text;
    let held = |holds| Held {
        clause: word(text),
        holds,
        score: 1.0,
        values: Some(vec![text.to_owned()]),
        near: vec![text.to_owned()],
        title: Some(marked(text)),
        passages: vec![Snippet { field: "body", passage: marked(text) }],
    };
    let found = Why {
        article: stranger_article(text),
        found: false,
        total: 1,
        rank: None,
        score: 0.0,
        clauses: vec![held(true), held(false)],
        change: Some(value_of(text)),
        warnings: Vec::new(),
    };
    let warnings = [text.to_owned()];
    let answer = WhyAnswer { input: text, understood: text, warnings: &warnings, found: &found, schema };
    let remarks = [diagnostic(text, Severity::Skip)];
    let files = [FileRead { source: text, path: text, articles: 1, remarks: &remarks }];
    checker.check("why", For::Reading, |out| why::write_text(&answer, &PIPE, out));
    checker.check("why", For::Json, |out| why::write_json(&answer, out));
    checker.check("why", For::Reading, |out| why::write_files_text(&files, &PIPE, out));
    checker.check("why", For::Json, |out| why::write_files_json(&files, out));
}

fn check_reports(checker: &Checker<'_>) {
    let text = checker.text;
    let report = IngestReport {
        skipped: [(Reason::Broken, 1)].into(),
        notes: [(Reason::Broken, 1)].into(),
        diagnostics: vec![diagnostic(text, Severity::Skip), diagnostic(text, Severity::Note)],
        ..IngestReport::default()
    };
    let omission = Omission { place: place(text), what: LeftOut::Unpublished };
    checker.check("ingest", For::Reading, |out| ingest::write_text(&report, &PIPE, out));
    checker.check("report", For::Json, |out| ingest::write_record(&report.diagnostics[0], out));
    checker.check("report", For::Json, |out| ingest::write_omission(&omission, out));
    let source = SourceStatus { name: text.to_owned(), root: text.to_owned(), ..SourceStatus::default() };
    let skipped = Skipped { count: 1, examples: vec![diagnostic(text, Severity::Skip)] };
    let state = IndexStatus {
        sources: vec![source],
        dates: DatesKnown::default(),
        last_ingest: Some(text.to_owned()),
        skipped: [(Reason::Broken, skipped)].into(),
        ..IndexStatus::default()
    };
    checker.check("status", For::Reading, |out| status::write_text(&state, &PIPE, out));
    checker.check("status", For::Json, |out| status::write_json(&state, out));
    let finding = Finding { file: text.to_owned(), kind: Kind::Unreadable(text.to_owned()) };
    let verified = Verification { files: 1, bytes: 1, articles: 1, findings: vec![finding], seconds: 0.0 };
    checker.check("verify", For::Reading, |out| verification::write_text(&verified, &PIPE, out));
    checker.check("verify", For::Json, |out| verification::write_json(&verified, out));
    let row = |understood: Result<String, String>| Saved {
        name: text.to_owned(),
        query: text.to_owned(),
        understood,
    };
    let rows = [row(Ok(text.to_owned())), row(Err(text.to_owned()))];
    checker.check("saved", For::Reading, |out| saved::write_text(&rows, &PIPE, out));
    checker.check("saved", For::Json, |out| saved::write_json(&rows, out));
    let topics = vec![Measured { topic: text.to_owned(), hits: 1, measures: Measures::default() }];
    let evaluation = Evaluation { topics, unjudged: 0, unasked: 0 };
    checker.check("eval", For::Reading, |out| eval::write_text(&evaluation, true, out));
    checker.check("eval", For::Json, |out| eval::write_json(&evaluation, true, out));
}

fn check(text: &str, schema: &Schema) {
    let checker = Checker { text };
    check_queries(&checker, schema);
    check_articles(&checker);
    check_views(&checker, schema);
    check_reports(&checker);
}

/// Whether characters from here on are tried: all that are written much, and some of the others, or all of them.
fn is_tried(block: usize, of: &[char]) -> bool {
    const WRITTEN_MUCH: char = '\u{3000}';
    let all = std::env::var("BACKFILE_CHARACTERS").is_ok_and(|wanted| wanted == "all");
    all || of[0] < WRITTEN_MUCH || block.is_multiple_of(16)
}

/// Among letters, so that a text is never empty or all blanks.
#[test]
fn no_character_does_harm() {
    let schema = Schema::for_tests();
    let all: Vec<char> = ('\0'..=char::MAX).collect();
    assert_eq!(all.len(), 1_112_064);
    for (_, characters) in all.chunks(AT_ONCE).enumerate().filter(|(block, of)| is_tried(*block, of)) {
        let text: String = characters.iter().collect();
        check(&format!("a{text}z"), &schema);
    }
}

/// One by one those that may do harm, and signs that mean something to a format or a shell.
#[test]
fn no_character_does_harm_alone() {
    let schema = Schema::for_tests();
    let alone =
        ('\0'..=char::MAX).filter(|c| is_harmful(*c)).chain("\"\\',;|!%<>&$`@=+-# \u{feff}\u{a0}".chars());
    for character in alone {
        for text in [character.to_string(), format!("{character}z"), format!("a{character}{character}")] {
            check(&text, &schema);
        }
    }
}
