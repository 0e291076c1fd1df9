//! Text as it was typed into a message: lines joined to paragraphs, signatures and footers of lists cut off.

use crate::reader::plain::paragraphs;

/// A signature is at most so many lines (RFC 3676 tells of four, people write more).
const LONGEST_SIGNATURE: usize = 12;
/// The footer that a list adds is at most so many lines.
const LONGEST_FOOTER: usize = 6;
/// Underscores in the line above the footer of a list.
const FOOTER_RULE: usize = 30;

/// How lines end (RFC 3676): a blank at the end of a line may mean that its paragraph goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Fixed,
    Flowed {
        /// The blank at the end of such a line is no part of the text (`DelSp`).
        drop_space: bool,
    },
}

/// The text with a blank line between paragraphs, and the signature that was cut off. Quoted lines keep their marks
/// and their breaks.
pub(super) fn read(text: &str, format: Format) -> (String, Option<String>) {
    let lines = without_scrubbed(text.lines());
    let lines = without_footer(&lines);
    let (lines, signature) = without_signature(lines);
    let body = match format {
        Format::Fixed => fixed(lines),
        Format::Flowed { drop_space } => flowed(lines, drop_space),
    };
    let signature = signature.join("\n").trim().to_owned();
    (body, (!signature.is_empty()).then_some(signature))
}

/// Drops what archives of mailing lists (Pipermail) put in the place of attachments: a rule and a few lines on each.
fn without_scrubbed<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    const RULE: &str = "-------------- next part --------------";
    let (mut kept, mut begins, mut dropping) = (Vec::new(), false, false);
    for line in lines {
        let is_rule = line.trim_end() == RULE;
        dropping &= !line.trim().is_empty();
        dropping |= begins && line.trim_end().ends_with("scrubbed...");
        begins = is_rule;
        if !dropping {
            // What follows a rule may be a part in another character set: a paragraph of its own.
            kept.push(if is_rule { "" } else { line });
        }
    }
    kept
}

/// Cuts what a mailing list added: a rule of underscores and a few lines that name the list.
fn without_footer<'a, 'b>(lines: &'a [&'b str]) -> &'a [&'b str] {
    let is_rule = |line: &&str| line.len() >= FOOTER_RULE && line.trim_end().bytes().all(|byte| byte == b'_');
    let Some(rule) = lines.iter().rposition(is_rule) else { return lines };
    let footer = &lines[rule + 1..];
    let names_list = footer.iter().any(|line| line.contains("list") || line.contains("://"));
    if footer.len() <= LONGEST_FOOTER && names_list { &lines[..rule] } else { lines }
}

/// Cuts the signature: a line `-- ` and a few lines to the end (RFC 3676, 4.3). Programs that trim lines leave `--`.
fn without_signature<'a, 'b>(lines: &'a [&'b str]) -> (&'a [&'b str], &'a [&'b str]) {
    let Some(rule) = lines.iter().rposition(|line| matches!(*line, "-- " | "--")) else {
        return (lines, &[]);
    };
    let has_text = lines[..rule].iter().any(|line| !line.trim().is_empty());
    if has_text && lines.len() - rule - 1 <= LONGEST_SIGNATURE {
        (&lines[..rule], &lines[rule + 1..])
    } else {
        (lines, &[])
    }
}

fn is_quoted(line: &str) -> bool {
    line.starts_with('>')
}

/// Runs of quoted lines stay as they are; others are joined if they were broken at a width.
fn fixed(lines: &[&str]) -> String {
    let runs = lines.chunk_by(|one, other| is_quoted(one) == is_quoted(other));
    let texts = runs.map(|run| match is_quoted(run[0]) {
        true => run.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n"),
        false => paragraphs::unwrap(run),
    });
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A line of flowed text taken apart.
struct Line<'a> {
    depth: usize,
    text: &'a str,
}

impl Line<'_> {
    fn parse(line: &str) -> Line<'_> {
        let text = line.trim_start_matches('>');
        let depth = line.len() - text.len();
        // A blank at the beginning protects what follows it, such as "From " (RFC 3676, 4.4).
        Line { depth, text: text.strip_prefix(' ').unwrap_or(text) }
    }

    fn flows(&self) -> bool {
        self.text.ends_with(' ') && self.text != "-- "
    }
}

/// Joins the lines of each paragraph (RFC 3676, 4.2).
fn flowed(lines: &[&str], drop_space: bool) -> String {
    let mut text = String::new();
    let mut open: Option<usize> = None;
    let mut quoted = false;
    for line in lines.iter().map(|line| Line::parse(line)) {
        if open != Some(line.depth) {
            start_line(&mut text, &line, &mut quoted);
        }
        open = line.flows().then_some(line.depth);
        let dropped = drop_space && open.is_some();
        text.push_str(if dropped { &line.text[..line.text.len() - 1] } else { line.text });
    }
    one_blank_line_at_most(&text)
}

fn start_line(text: &mut String, line: &Line<'_>, quoted: &mut bool) {
    let is_quoted = line.depth > 0;
    text.push_str(if std::mem::replace(quoted, is_quoted) == is_quoted { "\n" } else { "\n\n" });
    text.extend(std::iter::repeat_n('>', line.depth));
    if is_quoted && !line.text.is_empty() {
        text.push(' ');
    }
}

fn one_blank_line_at_most(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            blank = true;
            continue;
        }
        if !clean.is_empty() {
            clean.push_str(if blank { "\n\n" } else { "\n" });
        }
        blank = false;
        clean.push_str(line);
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FLOWED: Format = Format::Flowed { drop_space: false };

    #[test]
    fn lines_of_flowed_text_are_joined() {
        for (text, format, expected) in [
            ("one \ntwo \nthree\nfour\n", FLOWED, "one two three\nfour"),
            ("one\n\n\n\ntwo", FLOWED, "one\n\ntwo"),
            ("> a \n> b\n>> c\nd", FLOWED, "> a b\n>> c\n\nd"),
            ("> a \nb", FLOWED, "> a\n\nb"),
            (" From here \non", FLOWED, "From here on"),
            ("日本 \n語", Format::Flowed { drop_space: true }, "日本語"),
            ("one \ntwo", Format::Fixed, "one\ntwo"),
            ("Ann wrote:\n> a\n> b\nc", Format::Fixed, "Ann wrote:\n\n> a\n> b\n\nc"),
        ] {
            assert_eq!(read(text, format).0, expected, "{text:?}");
        }
    }

    #[test]
    fn notices_in_the_place_of_attachments_are_dropped() {
        let rule = "-------------- next part --------------";
        for (text, expected) in [
            (format!("one\n{rule}\nAn HTML attachment was scrubbed...\nURL: <x>\n\ntwo"), "one\n\ntwo"),
            (format!("one\n{rule}\ntwo in another character set"), "one\n\ntwo in another character set"),
            ("the film was scrubbed...\nalas".to_owned(), "the film was scrubbed...\nalas"),
        ] {
            assert_eq!(read(&text, Format::Fixed).0, expected, "{text}");
        }
    }

    #[test]
    fn signatures_and_footers_are_cut() {
        let rule = "_".repeat(47);
        let long = "x\n".repeat(LONGEST_SIGNATURE + 1);
        for (text, body, signature) in [
            ("text\n-- \nAnn\nRoom 3".to_owned(), "text".to_owned(), Some("Ann\nRoom 3")),
            ("text\n--\nAnn".to_owned(), "text".to_owned(), Some("Ann")),
            ("text\n---\nAnn".to_owned(), "text\n---\nAnn".to_owned(), None),
            ("-- \nAnn".to_owned(), "--\nAnn".to_owned(), None),
            (
                format!("text\n-- \nAnn\n{rule}\nRiver mailing list\nhttps://l.example/"),
                "text".to_owned(),
                Some("Ann"),
            ),
            (format!("text\n{rule}\nplain words"), format!("text\n{rule}\nplain words"), None),
            (format!("text\n--\n{long}"), format!("text\n--\n{}", long.trim_end()), None),
        ] {
            let (found, cut) = read(&text, Format::Fixed);
            assert_eq!((found, cut.as_deref()), (body, signature), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(>|-- |--| |\n|_{30}|\\PC){0,60}") {
            read(&text, Format::Fixed);
            read(&text, Format::Flowed { drop_space: true });
        }
    }
}
