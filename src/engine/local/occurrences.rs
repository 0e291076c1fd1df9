//! Where the words of one field of a segment under construction stand: four bytes for nearly every occurrence.

/// The occurrences of words in the order of the articles and of their texts.
///
/// Most words stand right behind the one before, so an occurrence is its word alone, and says with a mark when it
/// stands elsewhere.
#[derive(Default)]
pub(super) struct Occurrences {
    /// In chunks, so that growing copies nothing and nothing is allocated in vain.
    full: Vec<Vec<u32>>,
    last: Vec<u32>,
    /// The position behind the last occurrence.
    next: u32,
}

/// Marks an occurrence at the position of the one before: the pair that begins with a character.
const SAME_PLACE: u32 = 1 << 31;

/// Marks how far behind its place the next occurrence stands; alone it begins the next article.
const JUMP: u32 = 3 << 30;
const UNMARKED: u32 = !JUMP;

/// Codes of a chunk.
const CHUNK: usize = 1 << 16;

impl Occurrences {
    pub(super) fn begin_article(&mut self) {
        self.push_code(JUMP);
        self.next = 0;
    }

    /// Adds an occurrence behind all others of its article, or at the position of the last one.
    pub(super) fn push(&mut self, word: u32, position: u32) {
        debug_assert!(word & JUMP == 0, "no segment has so many words");
        debug_assert!(position + 1 >= self.next, "words come in their order");
        if position + 1 == self.next {
            self.push_code(SAME_PLACE | word);
            return;
        }
        if position != self.next {
            self.push_code(JUMP | (position - self.next));
        }
        self.push_code(word);
        self.next = position + 1;
    }

    fn push_code(&mut self, code: u32) {
        if self.last.len() == self.last.capacity() {
            self.begin_chunk();
        }
        self.last.push(code);
    }

    #[cold]
    fn begin_chunk(&mut self) {
        let full = std::mem::replace(&mut self.last, Vec::with_capacity(CHUNK));
        if !full.is_empty() {
            self.full.push(full);
        }
    }

    /// Hands the word, the article and the position of every occurrence to `visit`, in order.
    pub(super) fn each(&self, mut visit: impl FnMut(u32, u32, u32)) {
        // Wraps to 0 with the first article.
        let (mut document, mut next) = (u32::MAX, 0);
        for chunk in self.full.iter().chain([&self.last]) {
            for code in chunk {
                match *code {
                    word if word < SAME_PLACE => {
                        visit(word, document, next);
                        next += 1;
                    }
                    marked if marked < JUMP => visit(marked & UNMARKED, document, next - 1),
                    JUMP => (document, next) = (document.wrapping_add(1), 0),
                    jump => next += jump & UNMARKED,
                }
            }
        }
    }

    /// At least as many as there are occurrences, and hardly more.
    pub(super) fn len(&self) -> usize {
        self.full.len() * CHUNK + self.last.len()
    }

    /// Memory in use.
    pub(super) fn bytes(&self) -> usize {
        self.len() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chunks_are_one_after_the_other() {
        let mut occurrences = Occurrences::default();
        let all = || (0..CHUNK as u32 * 3).map(|at| (at % 1_000, at / 7, at % 7 * 2));
        for (word, _, position) in all() {
            if position == 0 {
                occurrences.begin_article();
            }
            occurrences.push(word, position);
        }
        let mut expected = all();
        occurrences.each(|word, document, position| {
            assert_eq!(Some((word, document, position)), expected.next());
        });
        assert_eq!(expected.next(), None);
    }

    /// How far an occurrence stands from the one before.
    fn step() -> impl Strategy<Value = u32> {
        prop_oneof![8 => Just(1), 1 => Just(0), 1 => 2..2_000_000u32]
    }

    proptest! {
        #[test]
        fn what_was_pushed_is_visited(
            articles in prop::collection::vec(prop::collection::vec((0..UNMARKED, step()), 0..40), 0..20)
        ) {
            let (mut occurrences, mut expected) = (Occurrences::default(), Vec::new());
            for (document, article) in articles.iter().enumerate() {
                occurrences.begin_article();
                // A first step of 0 would lead before the beginning.
                let mut behind = 0;
                for (word, step) in article {
                    let position = (behind + step).max(1) - 1;
                    occurrences.push(*word, position);
                    expected.push((*word, document as u32, position));
                    behind = position + 1;
                }
            }
            let mut visited = Vec::new();
            occurrences.each(|word, document, position| visited.push((word, document, position)));
            prop_assert!(occurrences.len() >= visited.len());
            prop_assert_eq!(visited, expected);
        }
    }
}
