//! Paragraphs of texts whose lines were broken at a fixed width.

/// Lines of a wrapped text are at least this long at their widest; wider ones were broken by hand.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=110;

/// The text with one line for each paragraph and a blank line between paragraphs. Verse, lists and tables keep their
/// lines.
pub(in crate::reader) fn unwrap(lines: &[&str]) -> String {
    let mut text = String::new();
    for block in lines.split(|line| line.trim().is_empty()).filter(|block| !block.is_empty()) {
        let mut rest = block;
        while !rest.is_empty() {
            let (paragraph, others) = rest.split_at(paragraph_length(rest));
            add_paragraph(&mut text, paragraph);
            rest = others;
        }
    }
    text
}

// Old text files mark a paragraph by the indent of its first line alone.
fn paragraph_length(lines: &[&str]) -> usize {
    if !is_wrapped(lines) {
        return lines.len();
    }
    let next = lines.iter().skip(1).position(|line| is_indented(line));
    next.map_or(lines.len(), |next| next + 1)
}

fn is_indented(line: &str) -> bool {
    line.starts_with("  ") || line.starts_with('\t')
}

fn add_paragraph(text: &mut String, lines: &[&str]) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    let joint = if is_wrapped(lines) { " " } else { "\n" };
    for (number, line) in lines.iter().enumerate() {
        let broken_word = joint == " " && text.ends_with('-') && line.trim().starts_with(char::is_lowercase);
        if number > 0 && !broken_word {
            text.push_str(joint);
        }
        // The shape of what is not wrapped is kept but for the indent of its first line.
        text.push_str(if joint == " " || number == 0 { line.trim() } else { line.trim_end() });
    }
}

/// Whether the lines are one text broken at a fixed width: all but the last of a paragraph are nearly of one width.
fn is_wrapped(lines: &[&str]) -> bool {
    let Some((_, full)) = lines.split_last() else { return false };
    let width = lines.iter().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    if full.is_empty() || !WIDTHS.contains(&width) || lines.iter().any(|line| is_set(line)) {
        return false;
    }
    // The last line of a paragraph inside the block may be short: the next one is indented.
    let short =
        full.iter().zip(&lines[1..]).filter(|(line, next)| !reaches(line, width) && !is_indented(next));
    short.count() * 10 <= full.len()
}

fn reaches(line: &str, width: usize) -> bool {
    line.trim_end().chars().count() * 10 >= width * 7
}

/// Whether a line is set by hand: an item of a list or a row of a table.
fn is_set(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(['-', '*', '|', '+', '>', '#']) && line[1..].starts_with([' ', '|', '-', '='])
        || line.contains("   ")
        || line.contains('\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_are_joined_and_others_kept() {
        let wrapped = "Showers went on through the week in the valley and\n\
                       eased the drought that had lasted since the well-\n\
                       known storm of May.";
        let indented = format!("    {wrapped}\n    Prices rose again on Monday in all of the markets.");
        let verse = "The owl and the cat\nwent to sea\nin a boat";
        let table = "a      1      a very wide column of words and numbers\nb      2      a very wide column of words and numbers";
        let list = "- one line of a list that is about as long as the others\n- one line of a list that is about as long as those";
        let joined = "Showers went on through the week in the valley and eased the drought that had lasted since the \
                      well-known storm of May.";
        for (text, expected) in [
            (wrapped, joined.to_owned()),
            (indented.as_str(), format!("{joined}\n\nPrices rose again on Monday in all of the markets.")),
            (verse, verse.to_owned()),
            (table, table.to_owned()),
            (list, list.to_owned()),
            ("One line.\n\n\nAnother.\n", "One line.\n\nAnother.".to_owned()),
        ] {
            assert_eq!(unwrap(&text.lines().collect::<Vec<_>>()), expected);
        }
    }
}
