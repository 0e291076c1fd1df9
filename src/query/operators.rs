//! The forms of the query language, as a table: what `help query` prints. Fields come from the schema.

use crate::schema::{Field, Kind, Schema};

/// One form of the query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// How it is written.
    pub syntax: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// A query that uses it.
    pub example: &'static str,
}

const fn row(syntax: &'static str, meaning: &'static str, example: &'static str) -> Operator {
    Operator { syntax, meaning, example }
}

/// Every form, in the order of the help.
pub const OPERATORS: &[Operator] = &[
    row("word word", "all of the words; any of them with --match any", "climate policy"),
    row(
        "\"a phrase\"",
        "these words next to each other, as written, not by their stems",
        "\"climate policy\"",
    ),
    row("\"a phras*\"", "a phrase whose last word is only a beginning", "\"climate polic*\""),
    row("word*", "words that begin so", "electr*"),
    row("a OR b, a | b", "one of them; AND binds tighter than OR", "coal OR gas"),
    row("a AND b, a && b", "both of them, as without AND", "coal AND gas"),
    row("NOT a, -a", "not this; a minus counts only at the start of a word", "coal -\"coal tit\""),
    row("( )", "a group", "(coal OR gas) -oil"),
    row("field:value", "in this field alone; quote a value with blanks", "author:\"Ann Lee\""),
    row("field:(a OR b)", "several values of a field", "title:(coal OR gas)"),
    row("field:value/*", "what lies below a value in a hierarchy", "tag:energy/*"),
    row("field:*, -field:*", "has, or has not, any value in the field", "tag:* -author:*"),
    row(
        "word^3",
        "counts three times as much for the order; phrases and groups too",
        "coal^3 \"natural gas\"^0.5",
    ),
    row("*", "every article", "*"),
    row("+word", "the word, even when it looks like an operator", "+NOT"),
    row("\\", "makes the sign behind it plain", "\\-273 \"so-called \\\"facts\\\"\""),
];

/// Ways to write the value of a date field, each with its meaning.
pub const DATE_FORMS: &[(&str, &str)] = &[
    ("date:2019, date:2019-05, date:2019-05-17", "a year, a month, a day"),
    ("date:2019-05..2020, date:..1968, date:2010..", "from and to, both included"),
    ("date:[2019 TO 2020], date:>=2010-01-01", "the same"),
    ("date:\"last month\", date:3y..", "counted from today"),
    ("date-within:2019", "all days that the date can mean lie in it"),
    ("date:none", "without a date"),
];

const WIDTH: usize = 80;
const COLUMN: usize = 22;

/// The page that `help query` prints, at most 80 columns wide.
pub fn help(schema: &Schema) -> String {
    let mut page = String::from("FORMS\n");
    for operator in OPERATORS {
        entry(&mut page, operator.syntax, operator.meaning);
        entry(&mut page, "", &format!("for example: {}", operator.example));
    }
    page.push_str("\nFIELDS\n");
    for field in &schema.fields {
        entry(&mut page, &format!("{}:", field.name), &format!("{} ({})", field.help, kind(field)));
    }
    page.push_str("\nDATES (an article of which only the month is known counts for all its days)\n");
    for (syntax, meaning) in DATE_FORMS {
        page.push_str(&format!("  {syntax}\n"));
        entry(&mut page, "", meaning);
    }
    page
}

fn kind(field: &Field) -> &'static str {
    match &field.kind {
        Kind::Text { .. } => "words",
        Kind::Keyword { path: true, .. } => "paths, with * and **",
        Kind::Keyword { hierarchy: Some(_), .. } => "whole values, with levels",
        Kind::Keyword { words: true, .. } => "whole values or their words",
        Kind::Keyword { .. } => "whole values",
        Kind::Date { .. } => "dates",
        Kind::Number { .. } => "a number; only field:* so far",
    }
}

/// A term on the left and its meaning on the right, wrapped.
fn entry(page: &mut String, term: &str, meaning: &str) {
    let mut line = format!("  {term:<width$}", width = COLUMN - 2);
    if term.chars().count() > COLUMN - 4 {
        page.push_str(&format!("  {term}\n"));
        line = " ".repeat(COLUMN);
    }
    let mut is_first = true;
    for word in meaning.split(' ') {
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(line.trim_end());
            page.push('\n');
            line = " ".repeat(COLUMN);
            is_first = true;
        }
        if !is_first {
            line.push(' ');
        }
        line.push_str(word);
        is_first = false;
    }
    page.push_str(line.trim_end());
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Matching;
    use crate::query::parse::parse;
    use crate::text::calendar::Day;

    #[test]
    fn every_example_is_understood_as_it_stands() {
        for operator in OPERATORS {
            let parsed = parse(operator.example, &Schema::for_tests(), Day(0), Matching::All, false);
            assert_eq!(parsed.problems, vec![], "{}", operator.example);
        }
    }

    #[test]
    fn the_help_fits_the_page_and_names_every_field() {
        let schema = Schema::for_tests();
        let page = help(&schema);
        for line in page.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        for field in &schema.fields {
            assert!(page.contains(&format!("\n  {}:", field.name)), "{}", field.name);
        }
    }
}
