//! The forms of the query language, as a table: what `help query` prints. Fields come from the schema.

use crate::analysis::positions::MAX_FREE_WORDS;
use crate::analysis::regex::MAX_REGEX_BYTES;
use crate::query::parse::{
    MAX_BOOST, MAX_BYTES, MAX_CLAUSES, MAX_DISTANCE, MAX_NEAR, MAX_NESTING, MAX_REGEXES,
};
use crate::query::saved;
use crate::query::term::{MAX_EDITS, MAX_FUZZY, MIN_FUZZY};
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
    row("word word", "all of the words, by their stems; any of them with --match any", "coal miners"),
    row("\"a phrase\"", "these words side by side, as written, not by their stems", "\"coal station\""),
    row("=word", "the word as written, not its stem; --exact does so for all", "=Howell"),
    row(
        "wor*, w?rd, *ord",
        "words that fit: * is any letters or none, ? is one; at least one letter at the beginning, or two in all; \
         in phrases as well; a ? at the end of a word is a question mark",
        "electr* OR *graph OR \"wom?n vot*\"",
    ),
    row(
        "word~, word~2",
        "words that differ by one letter, or by two: put in, left out, changed, or swapped with its neighbour",
        "govermnent~2",
    ),
    row(
        "\"a phrase\"~8",
        "its words in any order, with fewer than 8 other words among them",
        "\"nuclear waste\"~8",
    ),
    row(
        "a NEAR/8 b",
        "within 8 words of each other; NEAR alone is NEAR/10; words by their stems, phrases, words with wildcards, \
         and alternatives of them, in one field",
        "nuclear NEAR/8 (waste OR \"spent fuel\")",
    ),
    row("a ADJ/8 b", "the same, and a stands before b; ADJ alone is ADJ/1", "title:(nuclear ADJ/3 waste)"),
    row(
        "/regex/",
        "words that fit a regular expression as a whole, in capitals or not; \\/ is a slash",
        "/colou?r(ed|ing)?/",
    ),
    row("a OR b, a | b", "one of them", "coal OR gas"),
    row("a AND b, a && b", "both of them, as without AND", "coal AND gas"),
    row("NOT a, -a", "not this; a minus counts only at the start of a word", "coal -\"coal strike\""),
    row("( )", "a group", "(coal OR gas) -oil"),
    row("field:value", "in this field alone; quote a value with blanks", "author:\"Ann Howells\""),
    row("field:(a OR b)", "several values of a field", "title:(coal OR tram)"),
    row("field:val*", "values that fit: * is anything, ? is one character", "tag:ener* author:br?ndt"),
    row("field:value/*", "what lies below a value in a hierarchy", "tag:energy/*"),
    row("field:*, -field:*", "has, or has not, any value in the field", "tag:* -author:*"),
    row(
        "word^3",
        "counts three times as much for the order; phrases and groups too",
        "coal^3 \"gas company\"^0.5",
    ),
    row("*", "every article", "*"),
    row("+word", "the word, even when it looks like an operator", "+NOT"),
    row("\\", "makes the sign behind it plain", "\"said \\\"Aye\\\" so\""),
];

/// Forms that stand for something kept with the index, each with its meaning.
pub const KEPT_FORMS: &[(&str, &str)] = &[
    ("@name", "a saved query, as if it stood here in parentheses: backfile saved add name QUERY"),
    (
        "car, automobile",
        "a line of --synonyms FILE, else of synonyms.txt in the index: each bare word finds the others, at 0.8 of \
         their weight; phrases, =word, wildcards and word^3 do not",
    ),
    ("tv => television", "the same one way; several words (motor car) are a phrase"),
];

/// Ways to write the value of a date field, each with its meaning.
pub const DATE_FORMS: &[(&str, &str)] = &[
    ("date:1953, date:1953-02, date:1953-02-03", "a year, a month, a day"),
    ("date:1973-11..1974, date:..1968, date:2010..", "from and to, both included"),
    ("date:[2019 TO 2020], date:>=2010-01-01", "the same"),
    ("date:\"last month\", date:3y..", "counted from today"),
    ("date-within:2019", "all days that the date can mean lie in it"),
    ("date:none", "without a date"),
];

/// Ways to write the value of a number field, each with its meaning.
pub const NUMBER_FORMS: &[(&str, &str)] = &[
    ("words:500, words:100..500, words:..200, words:[100 TO 500]", "from and to, both included"),
    ("words:>500, words:>=500, words:<500, words:<=500", "more, or less"),
];

/// What binds tighter, as the parser has it.
const BINDING: &str = "^, field: and the minus bind tightest, then NEAR and ADJ (from left to right), then AND, then \
                       words side by side, then OR: a NEAR/3 b c OR d is ((a NEAR/3 b) c) OR d. Operators are \
                       written in capitals. What cannot be read as it stands is read as text, with a warning; \
                       --strict makes that an error.";

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
    forms(&mut page, DATE_FORMS);
    page.push_str("\nNUMBERS\n");
    forms(&mut page, NUMBER_FORMS);
    page.push_str("\nKEPT WITH THE INDEX\n");
    for (syntax, meaning) in KEPT_FORMS {
        entry(&mut page, syntax, meaning);
    }
    page.push_str("\nWHAT BINDS TIGHTER\n");
    paragraph(&mut page, BINDING);
    page.push_str("\nLIMITS\n");
    limits().iter().for_each(|(what, most)| entry(&mut page, what, most));
    page
}

fn forms(page: &mut String, forms: &[(&str, &str)]) {
    for (syntax, meaning) in forms {
        page.push_str(&format!("  {syntax}\n"));
        entry(page, "", meaning);
    }
}

/// The limits by the constants that the parser keeps.
fn limits() -> Vec<(&'static str, String)> {
    vec![
        ("a query", format!("{MAX_BYTES} bytes, {MAX_CLAUSES} words, {MAX_NESTING} groups in each other")),
        ("NEAR, ADJ, ~", format!("distances up to {MAX_DISTANCE} words; {MAX_NEAR} operators in a row")),
        ("\"a phrase\"~8", format!("{MAX_FREE_WORDS} words")),
        ("word~", format!("words of {MIN_FUZZY} to {MAX_FUZZY} letters, {MAX_EDITS} of them other")),
        ("/regex/", format!("{MAX_REGEX_BYTES} bytes, {MAX_REGEXES} in a query; what multiplies is refused")),
        ("word^3", format!("0 to {MAX_BOOST}")),
        ("@name", format!("{} saved queries in each other", saved::MAX_NESTING)),
    ]
}

fn kind(field: &Field) -> &'static str {
    match &field.kind {
        Kind::Text { .. } => "words",
        Kind::Keyword { path: true, .. } => "paths, with * and **",
        Kind::Keyword { hierarchy: Some(_), .. } => "whole values, with levels",
        Kind::Keyword { words: true, .. } => "whole values or their words",
        Kind::Keyword { .. } => "whole values",
        Kind::Date { .. } => "dates",
        Kind::Number { .. } => "a number",
    }
}

/// A term on the left and its meaning on the right, wrapped.
fn entry(page: &mut String, term: &str, meaning: &str) {
    let mut line = format!("  {term:<width$}", width = COLUMN - 2);
    if term.chars().count() > COLUMN - 4 {
        page.push_str(&format!("  {term}\n"));
        line = " ".repeat(COLUMN);
    }
    wrapped(page, line, COLUMN, meaning);
}

fn paragraph(page: &mut String, text: &str) {
    wrapped(page, "  ".to_owned(), 2, text);
}

/// Goes on with `line`, whose next word stands at the column that further lines begin at.
fn wrapped(page: &mut String, mut line: String, column: usize, text: &str) {
    let mut is_first = true;
    for word in text.split(' ') {
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(line.trim_end());
            page.push('\n');
            line = " ".repeat(column);
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
    use crate::query::parse::{Reading, parse};
    use crate::text::calendar::Day;

    #[test]
    fn every_example_is_understood_as_it_stands() {
        for operator in OPERATORS {
            let parsed = parse(operator.example, &Reading::new(&Schema::for_tests(), Day(0)));
            assert_eq!(parsed.problems, vec![], "{}", operator.example);
        }
    }

    #[test]
    fn every_form_of_a_value_is_understood_as_it_stands() {
        let schema = Schema::for_tests();
        for (syntax, _) in DATE_FORMS.iter().chain(NUMBER_FORMS) {
            for form in syntax.split(", ") {
                let parsed = parse(form, &Reading::new(&schema, Day(20_000)));
                assert_eq!(parsed.problems, vec![], "{form}");
            }
        }
    }

    /// The manual's page of examples, which are played as a test.
    const MANUAL: &str = include_str!("../../tests/cli/language.md");

    /// Whether a command of the manual has this in it.
    fn is_played(text: &str) -> bool {
        MANUAL.lines().filter(|line| line.starts_with("$ backfile ")).any(|line| line.contains(text))
    }

    #[test]
    fn every_form_has_its_example_in_the_manual() {
        for operator in OPERATORS {
            for form in operator.syntax.split(", ") {
                assert!(MANUAL.contains(&format!("`{form}`")), "{form} is not told");
            }
            assert!(is_played(&format!("'{}'", operator.example)), "{} is not played", operator.example);
        }
        for (syntax, _) in DATE_FORMS.iter().chain(NUMBER_FORMS) {
            for form in syntax.split(", ") {
                assert!(is_played(&format!("'{form}'")), "{form} is not played");
            }
        }
        for (syntax, _) in KEPT_FORMS {
            assert!(MANUAL.contains(&format!("`{syntax}`")), "{syntax} is not told");
        }
        for field in &Schema::for_tests().fields {
            assert!(is_played(&format!("{}:", field.name)), "{}: is not played", field.name);
        }
    }

    #[test]
    fn what_is_said_to_bind_tighter_does() {
        let schema = Schema::for_tests();
        let read = |text: &str| parse(text, &Reading::new(&schema, Day(0))).query;
        let (_, example) = BINDING.split_once("OR: ").expect("there is an example");
        let (short, rest) = example.split_once(" is ").expect("it says what it is");
        let (long, _) = rest.split_once(". ").expect("it ends");
        assert_eq!(read(short), read(long));
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
