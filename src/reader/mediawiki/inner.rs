//! What stands inside a mark of wikitext, in its parts.

/// The inside of a template, parameter or link, read already.
pub(super) struct Inner<'a> {
    /// The output; the inside ends with it.
    pub(super) text: &'a str,
    /// Where the parts begin in it: the first after the opening mark, each other after its `|`. Never empty.
    pub(super) parts: &'a [usize],
}

impl<'a> Inner<'a> {
    /// All of it.
    pub(super) fn whole(&self) -> &'a str {
        self.parts.first().and_then(|start| self.text.get(*start..)).unwrap_or_default()
    }

    /// A part, trimmed; the first is the name or target.
    pub(super) fn get(&self, index: usize) -> Option<&'a str> {
        let start = *self.parts.get(index)?;
        let end = self.parts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end).map(str::trim)
    }

    /// The parts after the first.
    pub(super) fn rest(&self) -> impl DoubleEndedIterator<Item = &'a str> + '_ {
        (1..self.parts.len()).filter_map(|index| self.get(index))
    }

    /// The value of the argument without a name at that place, from 1; `1=value` is one too.
    pub(super) fn unnamed(&self, place: usize) -> Option<&'a str> {
        let numbered = self.rest().find_map(|part| match part.split_once('=') {
            Some((name, value)) if name.trim().parse() == Ok(place) => Some(value.trim()),
            Some(_) | None => None,
        });
        numbered.or_else(|| self.rest().filter(|part| name(part).is_none()).nth(place - 1))
    }

    /// The value of the argument of one of these names.
    pub(super) fn named(&self, names: &[&str]) -> Option<&'a str> {
        self.rest().find_map(|part| {
            let name = name(part)?;
            let known = names.iter().any(|known| known.eq_ignore_ascii_case(name));
            known.then(|| part[name.len()..].trim_start().trim_start_matches('=').trim())
        })
    }
}

/// The name of an argument `name=value`; one with other marks before the `=` is text.
fn name(part: &str) -> Option<&str> {
    let (name, _) = part.split_once('=')?;
    let is_name = name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-'));
    is_name.then(|| name.trim_end())
}
