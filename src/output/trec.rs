//! Ranked lists in the form of TREC: `topic Q0 document rank score run`.

use std::io::{self, Write};

use crate::text::sanitize::is_unsafe;

/// The name of our runs.
const RUN: &str = "backfile";

/// Writes one ranked list, best first; a document is named by its id and its score.
pub fn write_run<'a>(
    topic: &str,
    ranked: impl Iterator<Item = (&'a str, f32)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let topic = one_word(topic);
    for (index, (document, score)) in ranked.enumerate() {
        writeln!(out, "{topic} Q0 {} {} {score} {RUN}", one_word(document), index + 1)?;
    }
    Ok(())
}

/// A name as one column: blanks and what a terminal may obey as in URLs.
fn one_word(name: &str) -> String {
    let mut word = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_whitespace() || is_unsafe(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| word.push_str(&format!("%{byte:02X}")));
        } else {
            word.push(c);
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_six_columns() {
        let mut out = Vec::new();
        let ranked = [("https://a.example/1", 2.5), ("a b\n\u{1b}.md", 0.0)];
        write_run("t 1", ranked.into_iter(), &mut out).unwrap();
        let expected = "t%201 Q0 https://a.example/1 1 2.5 backfile\nt%201 Q0 a%20b%0A%1B.md 2 0 backfile\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
