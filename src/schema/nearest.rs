//! The declared name that a mistyped one most likely means.

/// The name with the fewest edits from `typed`, if they are few enough to be a slip; the first of equals.
pub(crate) fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let typed: Vec<char> = typed.chars().flat_map(char::to_lowercase).take(LONGEST).collect();
    let allowed = typed.len().div_ceil(3).min(3);
    names
        .into_iter()
        .map(|name| (edits(&typed, &name.chars().take(LONGEST).collect::<Vec<_>>()), name))
        .filter(|(edits, name)| *edits <= allowed && *edits < name.chars().count())
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, name)| name)
}

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance).
pub(crate) fn edits(a: &[char], b: &[char]) -> usize {
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let substituted = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = substituted.min(last[j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let names = ["title", "tag", "author", "source", "date"];
        let cases = [
            ("titel", Some("title")),
            ("tags", Some("tag")),
            ("Author", Some("author")),
            ("autor", Some("author")),
            ("tga", Some("tag")),
            ("http", None),
            ("subject", None),
            ("", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(typed, names), expected, "{typed}");
        }
    }

    #[test]
    fn a_swap_is_one_edit() {
        let edits = |a: &str, b: &str| edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(edits("titel", "title"), 1);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
