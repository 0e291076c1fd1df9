//! The measures of `eval`, for reading and as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::output::json::write_line;
use crate::search::effectiveness::{Evaluation, Measured, Measures};
use crate::text::sanitize::visible;

/// The shape of the answer.
pub const EVAL_SCHEMA: &str = "backfile.eval/1";

/// Writes the means, or with `per_query` a table of all topics with the means at its end.
pub fn write_text(evaluation: &Evaluation, per_query: bool, out: &mut dyn Write) -> io::Result<()> {
    let mean = evaluation.mean();
    if per_query {
        return write_table(evaluation, mean, out);
    }
    writeln!(out, "{:<12}{}", "topics", evaluation.topics.len())?;
    mean.named().into_iter().try_for_each(|(name, value)| writeln!(out, "{name:<12}{value:.4}"))?;
    for (name, count) in [("unjudged", evaluation.unjudged), ("unasked", evaluation.unasked)] {
        if count > 0 {
            writeln!(out, "{name:<12}{count}")?;
        }
    }
    Ok(())
}

fn write_table(evaluation: &Evaluation, mean: Measures, out: &mut dyn Write) -> io::Result<()> {
    let width = evaluation.topics.iter().map(|it| it.topic.chars().count()).max().unwrap_or(0).max(5);
    write!(out, "{:<width$}", "topic")?;
    mean.named().into_iter().try_for_each(|(name, _)| write!(out, "  {name:>10}"))?;
    writeln!(out)?;
    let rows = evaluation.topics.iter().map(|it| (visible(&it.topic).into_owned(), it.measures));
    for (topic, measures) in rows.chain([("all".to_owned(), mean)]) {
        write!(out, "{topic:<width$}")?;
        measures.named().into_iter().try_for_each(|(_, value)| write!(out, "  {value:>10.4}"))?;
        writeln!(out)?;
    }
    Ok(())
}

/// Writes the same as one versioned object; the topics are in it with `per_query`.
pub fn write_json(evaluation: &Evaluation, per_query: bool, out: &mut dyn Write) -> io::Result<()> {
    let view = View {
        schema: EVAL_SCHEMA,
        topics: evaluation.topics.len(),
        unjudged: evaluation.unjudged,
        unasked: evaluation.unasked,
        mean: MeasuresView(evaluation.mean()),
        per_query: per_query.then(|| evaluation.topics.iter().map(TopicView::of).collect()),
    };
    write_line(&view, out)
}

#[derive(Serialize)]
struct View<'a> {
    schema: &'static str,
    topics: usize,
    unjudged: usize,
    unasked: usize,
    mean: MeasuresView,
    #[serde(skip_serializing_if = "Option::is_none")]
    per_query: Option<Vec<TopicView<'a>>>,
}

#[derive(Serialize)]
struct TopicView<'a> {
    id: &'a str,
    hits: usize,
    measures: MeasuresView,
}

impl<'a> TopicView<'a> {
    fn of(measured: &'a Measured) -> TopicView<'a> {
        TopicView { id: &measured.topic, hits: measured.hits, measures: MeasuresView(measured.measures) }
    }
}

/// Rounded to what the numbers can mean.
struct MeasuresView(Measures);

impl Serialize for MeasuresView {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Measures { ndcg_10, map, p_10, recall_100 } = self.0;
        let mut view = serializer.serialize_map(Some(4))?;
        for (key, value) in [("ndcg_10", ndcg_10), ("map", map), ("p_10", p_10), ("recall_100", recall_100)] {
            view.serialize_entry(key, &((value * 1e6).round() / 1e6))?;
        }
        view.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples::*;

    fn evaluation() -> Evaluation {
        let measures = Measures { ndcg_10: 2.0 / 3.0, map: 0.25, p_10: 0.3, recall_100: 1.0 };
        let measured = |topic: &str, measures| Measured { topic: topic.to_owned(), hits: 7, measures };
        let topics = vec![measured("coal\u{1b}[2J", measures), measured("2", Measures::default())];
        Evaluation { topics, unjudged: 1, unasked: 1 }
    }

    #[test]
    fn measures_look_as_they_should() {
        let mut out = Vec::new();
        write_text(&evaluation(), false, &mut out).unwrap();
        out.push(b'\n');
        write_text(&evaluation(), true, &mut out).unwrap();
        golden("eval.txt", &out);
    }

    #[test]
    fn measures_conform_to_their_schema() {
        for per_query in [false, true] {
            let mut out = Vec::new();
            write_json(&evaluation(), per_query, &mut out).unwrap();
            conforms("eval", std::str::from_utf8(&out).unwrap());
        }
    }
}
