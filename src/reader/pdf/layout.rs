//! Glyphs to lines in reading order: words are put together, columns read one after the other.
//!
//! All limits are multiples of the size of the type, so that they hold for every document.

use unicode_normalization::UnicodeNormalization;

use super::page::{Glyph, Glyphs, TURNS, Turn};

/// A wider gap separates words.
const WORD_GAP: f32 = 0.13;
/// A wider gap is no blank but a tabulator or the space between columns.
const CELL_GAP: f32 = 1.0;
/// A glyph may begin so far before the end of the one before.
const OVERLAP: f32 = 0.6;
/// Baselines that differ by less belong to one line: superscripts, fractions.
const SAME_LINE: f32 = 0.5;
/// Lines of neighbouring columns whose baselines differ by less stand beside each other.
const SAME_ROW: f32 = 0.75;
/// The least space between columns of text.
const GUTTER: f32 = 0.7;
/// So many lines must stand beside each other to make columns …
const LEAST_ROWS: usize = 4;
/// … of so many characters each: cells of a table are shorter.
const LEAST_CHARACTERS: usize = 10;
/// Columns within columns are looked for so deep.
const MAX_DEPTH: usize = 5;

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its words.
    pub(super) text: String,
    /// Where it begins.
    pub(super) left: f32,
    /// Where it ends.
    pub(super) right: f32,
    /// Its baseline, from the top of the page.
    pub(super) y: f32,
    /// The size of most of its type.
    pub(super) size: f32,
    /// Whether it has cells set apart by wide gaps.
    pub(super) has_cells: bool,
}

/// Lines that stand below each other.
pub(super) type Block = Vec<Line>;

/// The text of a page, in reading order.
pub(super) fn blocks(glyphs: &Glyphs) -> Vec<Block> {
    let count = |turn: Turn| glyphs.list.iter().filter(|glyph| glyph.turn == turn).count();
    let mut turns = TURNS.map(|turn| (count(turn), turn));
    // Text that stands on its side is a note at the margin, or the page itself stands so.
    turns.sort_by_key(|(count, turn)| (std::cmp::Reverse(*count), *turn));
    let blocks = turns.into_iter().filter(|(count, _)| *count > 0).flat_map(|(_, turn)| {
        let pieces = pieces(glyphs, turn);
        in_reading_order(pieces, 0)
    });
    blocks.map(lines).filter(|block| !block.is_empty()).collect()
}

/// Glyphs that follow each other on a line without a wide gap.
#[derive(Debug, Clone)]
struct Piece {
    text: String,
    left: f32,
    right: f32,
    y: f32,
    size: f32,
    /// Where its last glyph begins in it.
    last: usize,
    last_left: f32,
    /// Whether a blank follows.
    blank: bool,
}

fn pieces(glyphs: &Glyphs, turn: Turn) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for glyph in glyphs.list.iter().filter(|glyph| glyph.turn == turn) {
        let text = glyphs.text(glyph);
        match pieces.last_mut() {
            Some(piece) if piece.is_followed_by(glyph) => piece.push(glyph, text),
            Some(_) | None if text.trim().is_empty() => {}
            Some(_) | None => pieces.push(Piece::new(glyph, text)),
        }
    }
    pieces
}

impl Piece {
    fn new(glyph: &Glyph, text: &str) -> Piece {
        Piece {
            text: text.to_owned(),
            left: glyph.x,
            right: glyph.x + glyph.width,
            y: glyph.y,
            size: glyph.size,
            last: 0,
            last_left: glyph.x,
            blank: false,
        }
    }

    fn is_followed_by(&self, glyph: &Glyph) -> bool {
        let size = self.size.max(glyph.size);
        let gap = glyph.x - self.right;
        let is_repeated = glyph.x >= self.last_left - 0.1 * size;
        (self.y - glyph.y).abs() < SAME_LINE * size
            && gap < CELL_GAP * size
            && (gap > -OVERLAP * size || is_repeated && gap > -2.0 * size)
    }

    fn push(&mut self, glyph: &Glyph, text: &str) {
        if text.trim().is_empty() {
            self.blank = true;
            self.right = self.right.max(glyph.x + glyph.width);
            return;
        }
        let last = self.text.get(self.last..).unwrap_or_default();
        // Bold type is sometimes made by printing twice.
        if text == last && (glyph.x - self.last_left).abs() < 0.15 * glyph.size {
            return;
        }
        let overlaps = glyph.x < self.last_left + 0.5 * (self.right - self.last_left) && !self.blank;
        let accented = overlaps.then(|| accented(last, text)).flatten();
        if let Some(accented) = accented {
            self.text.truncate(self.last);
            self.text.push_str(&accented);
        } else {
            let gap = glyph.x - self.right;
            if self.blank || gap > WORD_GAP * self.size.min(glyph.size) {
                self.text.push(' ');
            }
            self.last = self.text.len();
            self.last_left = glyph.x;
            self.text.push_str(text);
        }
        self.blank = false;
        self.right = self.right.max(glyph.x + glyph.width);
        self.size = self.size.max(glyph.size);
    }

    fn characters(&self) -> usize {
        self.text.chars().count()
    }
}

/// Accents that old fonts print over a letter, and the combining characters that they are.
const ACCENTS: &[(&str, char)] = &[
    ("`", '\u{300}'),
    ("\u{b4}", '\u{301}'),
    ("^", '\u{302}'),
    ("\u{2c6}", '\u{302}'),
    ("~", '\u{303}'),
    ("\u{2dc}", '\u{303}'),
    ("\u{af}", '\u{304}'),
    ("\u{2d8}", '\u{306}'),
    ("\u{2d9}", '\u{307}'),
    ("\u{a8}", '\u{308}'),
    ("\u{2da}", '\u{30a}'),
    ("\u{2dd}", '\u{30b}'),
    ("\u{2c7}", '\u{30c}'),
    ("\u{b8}", '\u{327}'),
    ("\u{2db}", '\u{328}'),
];

/// The letter that two glyphs make, one of which is an accent.
fn accented(one: &str, other: &str) -> Option<String> {
    let accent = |text: &str| ACCENTS.iter().find(|(accent, _)| *accent == text).map(|(_, mark)| *mark);
    let (letter, mark) = match (accent(one), accent(other)) {
        (Some(mark), None) => (other, mark),
        (None, Some(mark)) => (one, mark),
        (Some(_), Some(_)) | (None, None) => return None,
    };
    let letter = match letter {
        "\u{131}" => "i",
        letter => letter,
    };
    let is_letter = letter.chars().next_back().is_some_and(char::is_alphabetic);
    is_letter.then(|| letter.chars().chain([mark]).nfc().collect())
}

/// Groups of pieces, each to be read line by line.
fn in_reading_order(pieces: Vec<Piece>, depth: usize) -> Vec<Vec<Piece>> {
    let rows = rows(pieces, SAME_ROW);
    let gutter = if depth < MAX_DEPTH { gutter(&rows) } else { None };
    let Some(gutter) = gutter else { return vec![rows.into_iter().flatten().collect()] };
    let mut reading = Columns::default();
    // Neighbouring columns rarely share baselines, so what crosses the gutter is asked of each line.
    for row in self::rows(rows.into_iter().flatten().collect(), SAME_LINE) {
        let crosses = row.iter().any(|piece| piece.left < gutter && piece.right > gutter);
        if crosses {
            reading.end_columns(depth);
            reading.wide.extend(row);
        } else {
            let (left, right): (Vec<Piece>, Vec<Piece>) =
                row.into_iter().partition(|piece| piece.right <= gutter);
            reading.left.extend(left);
            reading.right.extend(right);
        }
    }
    reading.end_columns(depth);
    reading.end_wide();
    reading.done
}

/// The parts of a page with columns, as it is gone through from the top.
#[derive(Default)]
struct Columns {
    /// Lines over the whole width since the last columns.
    wide: Vec<Piece>,
    left: Vec<Piece>,
    right: Vec<Piece>,
    done: Vec<Vec<Piece>>,
}

impl Columns {
    fn end_columns(&mut self, depth: usize) {
        let (left, right) = (std::mem::take(&mut self.left), std::mem::take(&mut self.right));
        // The last line of a paragraph over the whole width is short, and no column.
        if left.is_empty() || right.is_empty() {
            self.wide.extend(left);
            self.wide.extend(right);
            return;
        }
        self.end_wide();
        self.done.extend(in_reading_order(left, depth + 1));
        self.done.extend(in_reading_order(right, depth + 1));
    }

    fn end_wide(&mut self) {
        if !self.wide.is_empty() {
            self.done.push(std::mem::take(&mut self.wide));
        }
    }
}

/// Pieces that stand beside each other, from the top; within a row from the left.
fn rows(mut pieces: Vec<Piece>, tolerance: f32) -> Vec<Vec<Piece>> {
    pieces.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    let mut row_y = f32::NEG_INFINITY;
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if piece.y - row_y < tolerance * piece.size.max(row[0].size) => row.push(piece),
            Some(_) | None => {
                row_y = piece.y;
                rows.push(vec![piece]);
            }
        }
    }
    for row in &mut rows {
        row.sort_by(|one, other| one.left.total_cmp(&other.left));
    }
    rows
}

/// Where the space between two columns of text is, if there are such.
fn gutter(rows: &[Vec<Piece>]) -> Option<f32> {
    let mut edges: Vec<(f32, i32)> = Vec::new();
    for row in rows {
        for pair in row.windows(2) {
            let (left, right) = (&pair[0], &pair[1]);
            let is_text = left.characters().min(right.characters()) >= LEAST_CHARACTERS;
            if is_text && right.left - left.right >= GUTTER * left.size.min(right.size) {
                edges.push((left.right, 1));
                edges.push((right.left, -1));
            }
        }
    }
    edges.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut most = (0, 0.0);
    let mut open = 0;
    for (at, edge) in edges.iter().enumerate() {
        open += edge.1;
        if open > most.0 {
            let end = edges.get(at + 1).map_or(edge.0, |next| next.0);
            most = (open, f32::midpoint(edge.0, end));
        }
    }
    (most.0 as usize >= LEAST_ROWS).then_some(most.1)
}

fn lines(pieces: Vec<Piece>) -> Block {
    rows(pieces, SAME_LINE).into_iter().filter_map(line).collect()
}

fn line(row: Vec<Piece>) -> Option<Line> {
    let mut pieces = row.into_iter();
    let first = pieces.next()?;
    let mut line = Line {
        left: first.left,
        right: first.right,
        y: first.y,
        size: first.size,
        text: first.text,
        has_cells: false,
    };
    let (mut longest, mut last_start) = (line.text.len(), 0);
    for piece in pieces {
        let size = line.size.min(piece.size);
        let gap = piece.left - line.right;
        // A shadow is the same text printed twice, a little beside itself.
        if gap < -size && line.text.get(last_start..) == Some(piece.text.as_str()) {
            continue;
        }
        line.has_cells |= gap > 1.5 * size;
        if gap > WORD_GAP * size {
            line.text.push(' ');
        }
        last_start = line.text.len();
        line.text.push_str(&piece.text);
        line.right = line.right.max(piece.right);
        if piece.text.len() > longest {
            longest = piece.text.len();
            (line.size, line.y) = (piece.size, piece.y);
        }
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word and where it stands.
    type Word<'t> = (f32, f32, &'t str);

    /// Words set in type of size 10 with glyphs half as wide, each at its place.
    fn set<'t>(words: &[Word<'t>]) -> Vec<(&'t str, [f32; 4])> {
        let glyphs = words.iter().flat_map(|&(x, y, word)| {
            let place =
                move |(at, character): (usize, &'t str)| (character, [x + 5.0 * at as f32, y, 5.0, 10.0]);
            word.split("").filter(|character| !character.is_empty()).enumerate().map(place)
        });
        glyphs.collect()
    }

    fn read(words: &[Word<'_>]) -> Vec<Vec<String>> {
        let texts = |block: Block| block.into_iter().map(|line| line.text).collect();
        blocks(&Glyphs::of(set(words))).into_iter().map(texts).collect()
    }

    #[test]
    fn words_are_put_together() {
        let cases: &[(&[Word<'_>], &str)] = &[
            (&[(10.0, 50.0, "to"), (20.5, 50.0, "gether")], "together"),
            (&[(10.0, 50.0, "two"), (27.0, 50.0, "words")], "two words"),
            (&[(27.0, 50.0, "order"), (10.0, 50.0, "any")], "any order"),
            (&[(10.0, 50.0, "a b")], "a b"),
            (&[(10.0, 50.0, "bold"), (10.2, 50.0, "bold")], "bold"),
            (&[(10.0, 50.0, "H"), (15.0, 53.0, "2"), (20.0, 50.0, "O")], "H2O"),
            (&[(10.0, 50.0, "caf"), (25.0, 50.0, "e"), (25.5, 50.0, "\u{b4}")], "caf\u{e9}"),
            (&[(10.0, 50.0, "\u{a8}"), (10.5, 50.0, "uber")], "\u{fc}ber"),
        ];
        for (words, expected) in cases {
            assert_eq!(read(words), [[expected.to_string()]], "{words:?}");
        }
    }

    #[test]
    fn columns_are_read_one_after_the_other() {
        let mut words = vec![(10.0, 20.0, "a heading over both of the columns of this page")];
        for row in 0..5 {
            let y = 40.0 + 12.0 * row as f32;
            words.push((10.0, y, "text on the left"));
            words.push((140.0, y + 4.0, "text on the right"));
        }
        words.push((10.0, 120.0, "a line over both of the columns at the very end"));
        let found = read(&words);
        let firsts: Vec<(&str, usize)> = found.iter().map(|block| (block[0].as_str(), block.len())).collect();
        assert_eq!(
            firsts,
            [
                ("a heading over both of the columns of this page", 1),
                ("text on the left", 5),
                ("text on the right", 5),
                ("a line over both of the columns at the very end", 1),
            ]
        );
    }

    #[test]
    fn rows_of_tables_stay_together() {
        let rows: Vec<f32> = (0..6).map(|row| 40.0 + 12.0 * row as f32).collect();
        let words: Vec<_> = rows.iter().flat_map(|y| [(10.0, *y, "1956"), (90.0, *y, "3,100")]).collect();
        assert_eq!(read(&words), [vec!["1956 3,100".to_owned(); 6]]);
    }

    proptest::proptest! {
        #[test]
        fn no_placement_panics(
            glyphs in proptest::collection::vec(("[a-c \u{b4}-]{0,2}", proptest::array::uniform4(-1e9_f32..1e9)), 0..60)
        ) {
            let glyphs = glyphs.iter().map(|(text, numbers)| (text.as_str(), *numbers));
            crate::reader::pdf::prose::paragraphs(vec![blocks(&Glyphs::of(glyphs)); 3]);
        }
    }
}
