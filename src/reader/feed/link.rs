//! Web addresses of feeds, which may be relative.

use crate::reader::values::starts_with_ignoring_case;

/// The absolute form of a link (RFC 3986, 5.2, without dot segments); `None` when it is no web address.
pub(super) fn absolute(link: &str, base: Option<&str>) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || !is_in_one_piece(link) {
        return None;
    }
    if is_web_address(link) {
        return Some(link.to_owned());
    }
    let base = base.map(str::trim).filter(|base| is_web_address(base) && is_in_one_piece(base))?;
    let host = base.find("://")? + 3;
    let path = base[host..].find(['/', '?', '#']).map_or(base.len(), |at| host + at);
    if let Some(rest) = link.strip_prefix("//") {
        return Some(format!("{}//{rest}", &base[..host - 2]));
    }
    if has_scheme(link) {
        return None;
    }
    let end = match link.starts_with('/') {
        true => path,
        false => base[path..]
            .split(['?', '#'])
            .next()
            .and_then(|path| path.rfind('/'))
            .map_or(path, |at| path + at),
    };
    Some(format!("{}/{}", &base[..end], link.trim_start_matches("./").trim_start_matches('/')))
}

fn is_web_address(link: &str) -> bool {
    let schemes = ["http://", "https://"];
    schemes.iter().any(|scheme| starts_with_ignoring_case(link, scheme) && link.len() > scheme.len())
}

/// Whether it has no blanks and no control characters: a damaged address is none.
fn is_in_one_piece(link: &str) -> bool {
    !link.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

fn has_scheme(link: &str) -> bool {
    let scheme = link.split(['/', '?', '#']).next().and_then(|start| start.split_once(':'));
    scheme.is_some_and(|(scheme, _)| {
        scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_made_absolute() {
        let base = Some("https://www.gazette.example/news/index.html?x=/y");
        for (link, base, expected) in [
            (" http://a.example/1 ", None, Some("http://a.example/1")),
            ("/1", base, Some("https://www.gazette.example/1")),
            ("1.html", base, Some("https://www.gazette.example/news/1.html")),
            ("./1.html", base, Some("https://www.gazette.example/news/1.html")),
            ("//cdn.example/1", base, Some("https://cdn.example/1")),
            ("1", Some("https://a.example"), Some("https://a.example/1")),
            ("/1", None, None),
            ("tag:a.example,2004:1", base, None),
            ("urn:uuid:1", base, None),
            ("two words", base, None),
            ("nul\0", base, None),
            ("1", Some("https://a\r\0.example/"), None),
            ("1", Some("https://a b.example/"), None),
            ("", base, None),
        ] {
            assert_eq!(absolute(link, base).as_deref(), expected, "{link}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(link in "(https?:|/|\\?|#|:|\\.|a|ä){0,10}", base in "(https?:|/|\\?|#|:|a|ä){0,10}") {
            absolute(&link, Some(&base));
        }
    }
}
