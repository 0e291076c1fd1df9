//! The title of an article among the titles that its page states.

/// Marks between the title of an article and the name of its site, longest first.
const SEPARATORS: &[&str] = &[" | ", " - ", " – ", " — ", " » ", " « ", " :: ", " · ", " • ", " / ", " > "];
/// A part with fewer words is hardly a title by itself.
const FEW_WORDS: usize = 3;

/// The title out of `<title>`, with the name of the site cut off.
///
/// A heading of the page that is the larger part of it settles the question, then the stated name of the site; else what
/// follows the last separator is taken for the site, when enough is left.
pub(super) fn from_title_element(title: &str, heading: Option<&str>, site: Option<&str>) -> String {
    let is_most = |heading: &&str| heading.len() * 2 >= title.len();
    if let Some(heading) = heading.filter(is_most).filter(|heading| is_part(heading, title)) {
        return heading.to_owned();
    }
    if let Some(cut) = without_site(title, site) {
        return cut.to_owned();
    }
    let Some((at, separator)) = last_separator(title) else { return title.to_owned() };
    let (front, back) = (title[..at].trim(), title[at + separator.len()..].trim());
    if words(front) >= FEW_WORDS {
        front.to_owned()
    } else if words(back) >= FEW_WORDS && words(back) > words(front) {
        back.to_owned()
    } else {
        title.to_owned()
    }
}

/// `title` without the name of the site at its end or start; `None` when it is not there.
pub(super) fn without_site<'a>(title: &'a str, site: Option<&str>) -> Option<&'a str> {
    let site = site.filter(|site| !site.is_empty())?;
    let cut = SEPARATORS.iter().find_map(|separator| {
        let ends = title.rsplit_once(separator).filter(|(_, back)| same(back, site)).map(|(front, _)| front);
        let starts =
            || title.split_once(separator).filter(|(front, _)| same(front, site)).map(|(_, back)| back);
        ends.or_else(starts)
    })?;
    Some(cut.trim()).filter(|cut| !cut.is_empty())
}

/// The part of `title` behind the name of its site, when it stands on the page in a line or cell of its own and the
/// heading of the page does not say otherwise.
pub(super) fn on_page<'a>(title: &'a str, heading: Option<&str>, page: &str) -> Option<&'a str> {
    const TOP_LINES: usize = 40;
    const NEAR_CELLS: usize = 4;
    let cells = || page.lines().take(TOP_LINES).flat_map(|line| line.split(" | ")).map(str::trim);
    let long = |cell: &&str| words(cell) > 1 || cell.len() * 2 > title.len();
    let (at, site) = cells().enumerate().filter(|(_, cell)| long(cell)).find_map(|(at, cell)| {
        let site = title.strip_suffix(cell)?;
        let borders = [": ", " -- ", "：", "| "].iter().chain(SEPARATORS).any(|mark| site.ends_with(mark));
        borders.then_some((at, site))
    })?;
    let part = &title[site.len()..];
    let front = site.trim_end_matches(|mark: char| !mark.is_alphanumeric());
    let is_other = |heading: &str| is_part(heading, title) || heading.starts_with(front);
    let is_heading = heading.is_none_or(|heading| heading == part || !is_other(heading));
    // The name of the site stands above the title, or far below it at the foot of the page.
    let front_is_below = cells().skip(at).take(NEAR_CELLS).any(|cell| cell == front);
    (is_heading && !front_is_below).then_some(part)
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Whether `heading` is the title or one of the parts between its separators.
fn is_part(heading: &str, title: &str) -> bool {
    let borders_part = |(at, _): (usize, &str)| {
        let (before, after) = (&title[..at], &title[at + heading.len()..]);
        let starts = before.is_empty() || SEPARATORS.iter().any(|separator| before.ends_with(separator));
        let ends = after.is_empty() || SEPARATORS.iter().any(|separator| after.starts_with(separator));
        starts && ends
    };
    !heading.is_empty() && title.match_indices(heading).any(borders_part)
}

fn last_separator(title: &str) -> Option<(usize, &'static str)> {
    let found = SEPARATORS.iter().filter_map(|separator| Some((title.rfind(separator)?, *separator)));
    found.max_by_key(|(at, _)| *at)
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_page_settle_the_title() {
        for (title, page, expected) in [
            ("Paper on the Web -- Rain in May", "[ News ]\n\nRain in May\n\nText.", Some("Rain in May")),
            ("Paper: Rain in May", "Menu | Rain in May\nText.", Some("Rain in May")),
            ("The Paper | World | Rain in May", "The Paper\nWorld\nRain in May", Some("Rain in May")),
            ("Paper: Rain in May", "There was\n\nRain", None),
            ("Rain in May - The Paper", "The Paper\n\nRain in May\n\nText.", None),
            ("", "", None),
        ] {
            assert_eq!(on_page(title, None, page), expected, "{title}");
        }
        assert_eq!(on_page("Rain in May - The Paper", Some("Rain in May"), "Rain in May\n\nThe Paper"), None);
        assert_eq!(
            on_page("Rain in May - The Paper", Some("Rain in May¶"), "Rain in May¶\n\nThe Paper"),
            None
        );
    }

    #[test]
    fn site_is_cut() {
        let cases = [
            ("A walk in the rain | The Paper", None, None, "A walk in the rain"),
            ("A walk - in the rain - The Paper", None, None, "A walk - in the rain"),
            ("Rain | The Paper", None, Some("the paper"), "Rain"),
            ("The Paper: Rain", None, Some("The Paper"), "The Paper: Rain"),
            ("The Paper | Rain", None, Some("The Paper"), "Rain"),
            ("Rain | The Paper", None, None, "Rain | The Paper"),
            ("Paper - A walk in the rain", None, None, "A walk in the rain"),
            ("Paper | Rain falls", Some("Rain falls"), None, "Rain falls"),
            ("A walk in the rain · Paper", Some("Paper"), None, "A walk in the rain"),
            ("Paper | Rainfall", Some("Rain"), None, "Paper | Rainfall"),
            ("A walk in the rain", Some("Paper"), None, "A walk in the rain"),
            ("Paper | ", None, Some("Paper"), "Paper | "),
            ("", None, None, ""),
        ];
        for (title, heading, site, expected) in cases {
            assert_eq!(from_title_element(title, heading, site), expected, "{title}");
        }
    }
}
