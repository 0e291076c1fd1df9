//! Marks around words in light markup (`*so*`, `_so_`): taken out where they come in pairs, kept where they do not.

/// Text put together with the marks still in it; [`Pairs::into_text`] takes out those that came in pairs.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    text: String,
    /// Places of marks to be taken out: start and length, each within `text`.
    paired: Vec<(usize, usize)>,
    /// Marks that wait for their second half.
    open: Vec<Open>,
}

#[derive(Debug)]
struct Open {
    mark: char,
    count: usize,
    at: usize,
}

/// Marks that can be open at the same time; a further one is text.
const MAX_OPEN: usize = 8;

impl Pairs {
    /// Adds text as it is.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// How much text there is, with all marks.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// The text so far, with all marks.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes back what was added after the first `length` bytes.
    pub(super) fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.paired.retain(|(at, _)| *at < length);
        self.open.retain(|open| open.at < length);
    }

    /// Adds a mark of `count` times `mark`, which may begin or end a pair.
    pub(super) fn mark(&mut self, mark: char, count: usize, side: Side) {
        let partner = match side.may_end {
            true => self.open.iter().rposition(|open| open.mark == mark && open.count == count),
            false => None,
        };
        let at = self.text.len();
        for _ in 0..count {
            self.text.push(mark);
        }
        match partner {
            Some(partner) => {
                self.paired.push((self.open[partner].at, count));
                self.paired.push((at, count));
                self.open.truncate(partner);
            }
            None if side.may_begin && self.open.len() < MAX_OPEN => self.open.push(Open { mark, count, at }),
            None => {}
        }
    }

    /// The text without the marks that came in pairs.
    pub(super) fn into_text(mut self) -> String {
        if self.paired.is_empty() {
            return self.text;
        }
        self.paired.sort_unstable();
        let mut clean = String::with_capacity(self.text.len());
        let mut done = 0;
        for (at, count) in self.paired {
            clean.push_str(&self.text[done..at]);
            done = at + count;
        }
        clean.push_str(&self.text[done..]);
        clean
    }
}

/// What a mark can be by what stands on both sides of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    /// It can begin a pair.
    pub(super) may_begin: bool,
    /// It can end one.
    pub(super) may_end: bool,
}

impl Side {
    /// A mark at the border of a word: it begins before a word and ends after one.
    pub(super) fn of_word(before: Option<char>, after: Option<char>) -> Side {
        let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        Side {
            may_begin: !is_blank(after) && !is_letter(before),
            may_end: !is_blank(before) && !is_letter(after),
        }
    }

    /// A mark that can stand inside a word.
    pub(super) const ANYWHERE: Side = Side { may_begin: true, may_end: true };
}

/// The next place of a pattern, looked for anew only when it is passed; asked for places that only go forward.
#[derive(Debug)]
pub(super) struct Next<'a> {
    text: &'a str,
    pattern: &'static str,
    found: Option<Option<usize>>,
}

impl<'a> Next<'a> {
    /// Looks for `pattern` in `text`.
    pub(super) fn new(text: &'a str, pattern: &'static str) -> Next<'a> {
        Next { text, pattern, found: None }
    }

    /// The first place at or after `at`.
    pub(super) fn at(&mut self, at: usize) -> Option<usize> {
        let is_known = match self.found {
            Some(Some(found)) => found >= at,
            Some(None) => true,
            None => false,
        };
        if !is_known {
            let rest = self.text.as_bytes().get(at..).unwrap_or_default();
            self.found = Some(memchr::memmem::find(rest, self.pattern.as_bytes()).map(|found| at + found));
        }
        self.found.flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> String {
        let mut pairs = Pairs::default();
        let chars: Vec<char> = source.chars().collect();
        for (at, c) in chars.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| chars[before]);
            match c {
                '*' => pairs.mark('*', 1, Side::of_word(before, chars.get(at + 1).copied())),
                '^' => pairs.mark('^', 1, Side::ANYWHERE),
                c => pairs.push(c.encode_utf8(&mut [0; 4])),
            }
        }
        pairs.into_text()
    }

    #[test]
    fn pairs_go_and_single_marks_stay() {
        for (source, expected) in [
            ("a *b c* d", "a b c d"),
            ("2 * 3 * 4", "2 * 3 * 4"),
            ("f(*args)", "f(*args)"),
            ("a*b*c", "a*b*c"),
            ("x^2^ y^", "x2 y^"),
            ("*a* (*b*), *c*.", "a (b), c."),
        ] {
            assert_eq!(text(source), expected, "{source}");
        }
    }

    #[test]
    fn a_far_place_is_looked_for_once() {
        let mut next = Next::new("a]b]", "]");
        assert_eq!(
            [next.at(0), next.at(1), next.at(2), next.at(4), next.at(4)],
            [Some(1), Some(1), Some(3), None, None]
        );
    }
}
