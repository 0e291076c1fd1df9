//! The versioned JSON of answers. The wire shapes live here and in the files of the other commands; core types do
//! not know them. `index_schema/json/` holds their JSON Schema.

use std::fmt::Display;
use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::article::{ArticleId, Place, Published};
use crate::output::explain::ExplainedView;
use crate::output::fields::{HitField, file};
use crate::output::{Answer, Format, Options, Printer, Question};
use crate::query::display::display;
use crate::schema::Schema;
use crate::search::{DateBucket, FacetCounts, Family, Hit, Passage, Snippet, Suggestion, ValueBucket};
use crate::text::sanitize::is_unsafe;

/// The shape of the answer to a query.
pub const QUERY_SCHEMA: &str = "backfile.query/1";

/// One object.
pub struct Json;

/// A hit a line, then a summary.
pub struct JsonLines;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }
    fn about(&self) -> &'static str {
        "one JSON object with hits and facets"
    }
    fn default_fields(&self) -> &'static [HitField] {
        HitField::OF_JSON
    }
    fn printer(&self, options: Options) -> Box<dyn Printer> {
        Box::new(ObjectPrinter { fields: fields(options), any: false, buffer: Vec::new() })
    }
}

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }
    fn about(&self) -> &'static str {
        "JSON lines: one for each hit, then a summary"
    }
    fn default_fields(&self) -> &'static [HitField] {
        HitField::OF_JSON
    }
    fn printer(&self, options: Options) -> Box<dyn Printer> {
        Box::new(LinePrinter { fields: fields(options), buffer: Vec::new() })
    }
}

fn fields(options: Options) -> Vec<HitField> {
    options.fields.unwrap_or_else(|| HitField::OF_JSON.to_vec())
}

struct ObjectPrinter {
    fields: Vec<HitField>,
    any: bool,
    buffer: Vec<u8>,
}

impl Printer for ObjectPrinter {
    fn begin(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        append(&mut self.buffer, &Head::of(answer))?;
        // The object stays open for the hits.
        self.buffer.pop();
        self.buffer.extend_from_slice(b",\"hits\":[");
        flush(&mut self.buffer, out)
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        for hit in hits {
            self.buffer.extend_from_slice(if self.any { b",\n" } else { b"\n" });
            append(&mut self.buffer, &HitView { hit, fields: &self.fields })?;
            self.any = true;
            flush(&mut self.buffer, out)?;
        }
        Ok(())
    }

    fn end(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.buffer.extend_from_slice(if self.any { b"\n]" } else { b"]" });
        let open = self.buffer.len();
        append(&mut self.buffer, &Tail::of(answer))?;
        self.buffer[open] = b',';
        self.buffer.push(b'\n');
        flush(&mut self.buffer, out)
    }
}

struct LinePrinter {
    fields: Vec<HitField>,
    buffer: Vec<u8>,
}

impl Printer for LinePrinter {
    fn begin(&mut self, _: &Answer<'_>, _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    fn hits(&mut self, hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
        for hit in hits {
            append(&mut self.buffer, &HitView { hit, fields: &self.fields })?;
            self.buffer.push(b'\n');
            flush(&mut self.buffer, out)?;
        }
        Ok(())
    }

    fn end(&mut self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let summary = Summary { kind: "summary", head: Head::of(answer), tail: Tail::of(answer) };
        write_line(&summary, out)
    }
}

/// What is known before the first hit.
#[derive(Serialize)]
struct Head<'a> {
    schema: &'static str,
    query: QueryView<'a>,
    total: u64,
    collapse: &'static str,
    offset: usize,
    limit: usize,
}

/// What became of copies, as it is named in requests.
pub(super) fn collapse(answer: &Answer<'_>) -> &'static str {
    answer.request.collapse.as_str()
}

impl<'a> Head<'a> {
    fn of(answer: &Answer<'a>) -> Head<'a> {
        Head {
            schema: QUERY_SCHEMA,
            query: QueryView::of(answer),
            total: answer.response.total,
            collapse: collapse(answer),
            offset: answer.request.page.offset,
            limit: answer.request.page.limit,
        }
    }
}

/// What is known after the last hit.
#[derive(Serialize)]
struct Tail<'a> {
    next: Option<Shown<crate::search::Cursor>>,
    took_ms: f64,
    facets: FacetsView<'a>,
    suggestions: Vec<SuggestionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<ExplainedView<'a>>,
}

impl<'a> Tail<'a> {
    fn of(answer: &Answer<'a>) -> Tail<'a> {
        let suggestions = answer.response.suggestions.iter();
        Tail {
            next: answer.response.next.map(Shown),
            took_ms: thousandths(answer.took_ms),
            facets: FacetsView { facets: &answer.response.facets, schema: answer.schema },
            suggestions: suggestions.map(|it| SuggestionView::of(it, answer.schema)).collect(),
            explanation: answer.response.explanation.as_ref().map(ExplainedView::of),
        }
    }
}

/// Another query worth trying.
#[derive(Serialize)]
struct SuggestionView<'a> {
    kind: &'static str,
    from: &'a str,
    to: &'a str,
    count: u64,
    query: String,
}

impl<'a> SuggestionView<'a> {
    fn of(suggestion: &'a Suggestion, schema: &Schema) -> SuggestionView<'a> {
        let Suggestion { kind, from, to, count, query } = suggestion;
        SuggestionView { kind: kind.as_str(), from, to, count: *count, query: display(query, schema) }
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    head: Head<'a>,
    #[serde(flatten)]
    tail: Tail<'a>,
}

/// The question, as typed and as understood.
#[derive(Serialize)]
pub(super) struct QueryView<'a> {
    input: &'a str,
    understood: &'a str,
    warnings: Vec<&'a str>,
}

impl<'a> QueryView<'a> {
    pub(super) fn new(input: &'a str, understood: &'a str, warnings: &'a [String]) -> QueryView<'a> {
        QueryView { input, understood, warnings: warnings.iter().map(String::as_str).collect() }
    }

    pub(super) fn of(answer: &Answer<'a>) -> QueryView<'a> {
        let warnings = answer.warnings.iter().chain(&answer.response.warnings).map(String::as_str).collect();
        QueryView { input: answer.input, understood: answer.understood, warnings }
    }

    /// The same of a question, with what the engine had to say.
    pub(super) fn of_question(question: &'a Question, engine: &'a [String]) -> QueryView<'a> {
        let warnings = question.warnings.iter().chain(engine).map(String::as_str).collect();
        QueryView { input: &question.input, understood: &question.understood, warnings }
    }
}

/// The chosen fields of a hit, in the chosen order.
pub(super) struct HitView<'a> {
    pub(super) hit: &'a Hit,
    pub(super) fields: &'a [HitField],
}

impl Serialize for HitView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let hit = self.hit;
        let mut map = serializer.serialize_map(Some(self.fields.len()))?;
        for field in self.fields {
            let key = field.name();
            match field {
                HitField::Rank => map.serialize_entry(key, &hit.rank)?,
                HitField::Id => map.serialize_entry(key, &Shown(hit.id))?,
                HitField::Key => map.serialize_entry(key, &hit.key)?,
                HitField::Score => map.serialize_entry(key, &finite(hit.score))?,
                HitField::Title => map.serialize_entry(key, &hit.title.text)?,
                HitField::Authors => map.serialize_entry(key, &hit.authors)?,
                HitField::Tags => map.serialize_entry(key, &hit.tags)?,
                HitField::Section => map.serialize_entry(key, &hit.sections)?,
                HitField::Lang => map.serialize_entry(key, &hit.language.map(Shown))?,
                HitField::Words => map.serialize_entry(key, &hit.words)?,
                HitField::Date => map.serialize_entry(key, &hit.published.map(DateView::of))?,
                HitField::Url => map.serialize_entry(key, &hit.url)?,
                HitField::Source => map.serialize_entry(key, &hit.source)?,
                HitField::Location => map.serialize_entry(key, &LocationView::of(&hit.place))?,
                HitField::Family => map.serialize_entry(key, &hit.family.map(FamilyView::of))?,
                HitField::Path => map.serialize_entry(key, &file(&hit.place))?,
                HitField::Snippets => {
                    let snippets: Vec<SnippetView<'_>> = hit.snippets.iter().map(SnippetView::of).collect();
                    map.serialize_entry(key, &snippets)?;
                }
                HitField::Snippet => {
                    map.serialize_entry(key, &hit.snippets.first().map(|it| &it.passage.text))?;
                }
            }
        }
        map.end()
    }
}

/// An article and its copies.
#[derive(Serialize)]
pub(super) struct FamilyView {
    id: Shown<ArticleId>,
    size: u64,
}

impl FamilyView {
    pub(super) fn of(family: Family) -> FamilyView {
        FamilyView { id: Shown(family.id), size: family.size }
    }
}

/// A publication date.
#[derive(Serialize)]
pub(super) struct DateView {
    value: Shown<crate::text::calendar::DateSpan>,
    from: Shown<crate::text::calendar::Day>,
    to: Shown<crate::text::calendar::Day>,
    precision: &'static str,
    origin: &'static str,
}

impl DateView {
    pub(super) fn of(published: Published) -> DateView {
        DateView {
            value: Shown(published.date),
            from: Shown(published.date.from),
            to: Shown(published.date.to),
            precision: published.date.precision.as_str(),
            origin: published.origin.as_str(),
        }
    }
}

/// Where an article lies.
#[derive(Serialize)]
pub(super) struct LocationView<'a> {
    path: &'a str,
    member: Option<&'a str>,
    record: Option<u64>,
}

impl<'a> LocationView<'a> {
    pub(super) fn of(place: &'a Place) -> LocationView<'a> {
        LocationView { path: &place.path, member: place.member.as_deref(), record: place.record }
    }
}

/// A passage of an article.
#[derive(Serialize)]
pub(super) struct SnippetView<'a> {
    field: &'static str,
    text: &'a str,
    spans: Vec<[usize; 2]>,
}

impl<'a> SnippetView<'a> {
    pub(super) fn of(snippet: &'a Snippet) -> SnippetView<'a> {
        SnippetView::new(snippet.field, &snippet.passage)
    }

    pub(super) fn new(field: &'static str, passage: &'a Passage) -> SnippetView<'a> {
        SnippetView { field, text: &passage.text, spans: scalar_spans(passage) }
    }
}

/// The spans counted in Unicode scalar values, found in one walk over the text.
pub(super) fn scalar_spans(passage: &Passage) -> Vec<[usize; 2]> {
    let count = |from: usize, to: usize| passage.text.get(from..to).map_or(0, |part| part.chars().count());
    let (mut byte, mut scalar) = (0, 0);
    let mut spans = Vec::with_capacity(passage.spans.len());
    for span in &passage.spans {
        let start = scalar + count(byte, span.start);
        let end = start + count(span.start, span.end);
        spans.push([start, end]);
        (byte, scalar) = (span.end, end);
    }
    spans
}

/// Facets as an object, keyed by field in the order asked for. A second date facet of the same field is keyed
/// `field:interval`, since an object has each key once; what is asked twice is printed once.
pub(super) struct FacetsView<'a> {
    pub(super) facets: &'a [FacetCounts],
    pub(super) schema: &'a Schema,
}

impl Serialize for FacetsView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut used: Vec<String> = Vec::with_capacity(self.facets.len());
        for facet in self.facets {
            let Some(key) = free_key(facet, &used) else { continue };
            map.serialize_entry(&key, &FacetView::of(facet, self.schema))?;
            used.push(key);
        }
        map.end()
    }
}

fn free_key(facet: &FacetCounts, used: &[String]) -> Option<String> {
    let names = match facet {
        FacetCounts::Values { field, .. } => vec![field.to_string()],
        FacetCounts::Dates { field, interval, .. } => {
            vec![field.to_string(), format!("{field}:{}", interval.as_str())]
        }
    };
    names.into_iter().find(|name| !used.contains(name))
}

#[derive(Serialize)]
#[serde(untagged)]
enum FacetView<'a> {
    Values { values: u64, other: u64, missing: u64, buckets: Vec<ValueBucketView<'a>> },
    Dates { interval: &'static str, imprecise: u64, missing: u64, buckets: Vec<DateBucketView> },
}

impl<'a> FacetView<'a> {
    fn of(facet: &'a FacetCounts, schema: &Schema) -> FacetView<'a> {
        match facet {
            FacetCounts::Values { field: _, values, other, missing, buckets } => FacetView::Values {
                values: *values,
                other: *other,
                missing: *missing,
                buckets: buckets.iter().map(|bucket| ValueBucketView::of(bucket, schema)).collect(),
            },
            FacetCounts::Dates { field: _, interval, imprecise, missing, buckets } => FacetView::Dates {
                interval: interval.as_str(),
                imprecise: *imprecise,
                missing: *missing,
                buckets: buckets
                    .iter()
                    .map(|bucket| DateBucketView::of(bucket, interval.label(bucket.from), schema))
                    .collect(),
            },
        }
    }
}

#[derive(Serialize)]
struct ValueBucketView<'a> {
    value: &'a str,
    count: u64,
    selected: bool,
    #[serde(flatten)]
    level: Option<LevelView<'a>>,
    query: String,
}

/// The place of a value in a hierarchy.
#[derive(Serialize)]
struct LevelView<'a> {
    parent: Option<&'a str>,
    depth: usize,
}

impl<'a> ValueBucketView<'a> {
    fn of(bucket: &'a ValueBucket, schema: &Schema) -> ValueBucketView<'a> {
        ValueBucketView {
            value: &bucket.value,
            count: bucket.count,
            selected: bucket.selected,
            level: bucket
                .level
                .as_ref()
                .map(|level| LevelView { parent: level.parent.as_deref(), depth: level.depth }),
            query: display(&bucket.query, schema),
        }
    }
}

#[derive(Serialize)]
struct DateBucketView {
    value: String,
    from: Shown<crate::text::calendar::Day>,
    to: Shown<crate::text::calendar::Day>,
    count: u64,
    query: String,
}

impl DateBucketView {
    fn of(bucket: &DateBucket, value: String, schema: &Schema) -> DateBucketView {
        let (from, to) = (Shown(bucket.from), Shown(bucket.to));
        DateBucketView { value, from, to, count: bucket.count, query: display(&bucket.query, schema) }
    }
}

/// A value written as the text that it displays as.
pub(super) struct Shown<T>(pub(super) T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// JSON has no infinities.
pub(super) fn finite(score: f32) -> f32 {
    if score.is_finite() { score } else { 0.0 }
}

/// Rounded: more digits of a time are noise.
pub(super) fn thousandths(value: f64) -> f64 {
    if value.is_finite() { (value * 1000.0).round() / 1000.0 } else { 0.0 }
}

/// Writes `value` as one line of JSON.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut buffer = Vec::new();
    append(&mut buffer, value)?;
    buffer.push(b'\n');
    out.write_all(&buffer)
}

pub(super) fn append(buffer: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(buffer, TerminalSafe);
    value.serialize(&mut serializer).map_err(io::Error::from)
}

fn flush(buffer: &mut Vec<u8>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(buffer)?;
    buffer.clear();
    Ok(())
}

/// Compact JSON that also escapes what a terminal may obey or be deceived by and JSON (RFC 8259, 7) allows as it
/// is: DEL, the C1 controls, the marks of the Unicode bidirectional algorithm (UAX 9), and the separators of lines and
/// paragraphs. The values stay the same.
struct TerminalSafe;

impl serde_json::ser::Formatter for TerminalSafe {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, found)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            write!(writer, "\\u{:04x}", u32::from(found))?;
            rest = &rest[at + found.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::output::samples::*;
    use crate::search::SearchResponse;
    use crate::text::calendar::Interval;

    fn json(found: &SearchResponse) -> String {
        render("json", options(PIPE), &request(), found)
    }

    #[test]
    fn answers_keep_their_shape() {
        golden("query.json", json(&response()).as_bytes());
        golden("query.jsonl", render("jsonl", options(PIPE), &request(), &response()).as_bytes());
    }

    #[test]
    fn answers_conform_to_their_schemas() {
        conforms("query", &json(&response()));
        conforms("query", &json(&SearchResponse::default()));
        for line in render("jsonl", options(PIPE), &request(), &response()).lines() {
            conforms("query-lines", line);
        }
        let chosen = Options { fields: Some(HitField::ALL.to_vec()), ..options(PIPE) };
        conforms("query", &render("json", chosen, &request(), &response()));
    }

    #[test]
    fn chosen_fields_are_the_keys_in_that_order() {
        let fields = Some(vec![HitField::Title, HitField::Path, HitField::Rank]);
        let lines = render("jsonl", Options { fields, ..options(PIPE) }, &request(), &response());
        let path = r#"{"title":"Letters","path":"letters.txt","rank":3}"#;
        assert_eq!(lines.lines().nth(2), Some(path));
    }

    #[test]
    fn spans_count_scalar_values() {
        let cases: &[(&str, &[[usize; 2]])] = &[
            ("", &[]),
            ("[a] b [c]", &[[0, 1], [4, 5]]),
            ("気候[政策]の[e\u{301}] 🏭[x]", &[[2, 4], [5, 7], [9, 10]]),
        ];
        for (text, expected) in cases {
            assert_eq!(scalar_spans(&passage(text)), *expected, "{text}");
        }
    }

    #[test]
    fn one_field_by_two_intervals_has_two_keys() {
        let facets = vec![
            dates(Interval::Year, day(1990, 1, 1), &[1]),
            dates(Interval::Month, day(1990, 1, 1), &[1]),
            dates(Interval::Month, day(1990, 1, 1), &[1]),
        ];
        let found = SearchResponse { facets, ..response() };
        let value: Value = serde_json::from_str(&json(&found)).unwrap();
        let keys: Vec<&String> = value["facets"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["date", "date:month"]);
    }

    #[test]
    fn active_characters_are_escaped_and_come_back() {
        let text: String = (0..=0x2fff).filter_map(char::from_u32).collect();
        let mut line = Vec::new();
        write_line(&text, &mut line).unwrap();
        assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), text);
        let line = String::from_utf8(line).unwrap();
        assert_eq!(line.trim_end_matches('\n').chars().find(|c| is_unsafe(*c)), None);
    }

    #[test]
    fn numbers_that_are_none_become_zero() {
        let mut found = response();
        found.hits[0].score = f32::NAN;
        conforms("query", &json(&found));
        assert_eq!(thousandths(f64::INFINITY), 0.0);
        assert_eq!(thousandths(2.71251), 2.713);
    }
}
