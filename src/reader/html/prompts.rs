//! Lines on web pages that ask the reader for something or speak of the page, in the midst of an article: links to
//! other articles, newsletters, credits of pictures, notes about the author.
//!
//! Only short blocks; what stands at the edges of any text is known by `reader/edges`.

use crate::reader::edges;
use crate::reader::html::blocks::{Block, Role};

/// The most words of such a line.
const MAX_WORDS: usize = 40;

/// How lines begin that are prompts when they hold a link or are no sentence; a sentence may begin with the same words.
const PROMPTS: &[&str] = &[
    // Other articles.
    "read more",
    "read also",
    "read next",
    "also read",
    "read:",
    "[read:",
    "more:",
    "related:",
    "related stories",
    "related article",
    "see also",
    "see more",
    "watch:",
    "watch more",
    "listen:",
    "must read",
    "recommended:",
    "more from ",
    "more on ",
    "more about",
    "continue reading",
    "keep reading",
    "don't miss",
    "you may also like",
    "you might also like",
    "most read",
    "what to read",
    "next page",
    "previous page",
    "lire aussi",
    "à lire",
    "lire :",
    "lire notre",
    "lesen sie auch",
    "mehr zum thema",
    "auch interessant",
    "lea también",
    "lee también",
    "leia também",
    "leia mais",
    "leggi anche",
    "lees ook",
    "czytaj też",
    "czytaj także",
    "читайте также",
    "läs också",
    "läs mer",
    "les også",
    "læs også",
    "ver también",
    "te puede interesar",
    "más información",
    "veja também",
    // Newsletters and sales.
    "sign up",
    "subscribe",
    "get the latest",
    "get our",
    "newsletter",
    "join our",
    "download our",
    "download the app",
    "support our",
    "advertisement",
    "sponsored",
    "promoted by",
    "click here",
    "tap here",
    "follow us",
    "follow @",
    "share this",
    // Pictures and films.
    "image source",
    "media caption",
    "photo:",
    "photos:",
    "photo by",
    "photos by",
    "photo credit",
    "(photo",
    "[photo",
    "(image",
    "image:",
    "picture:",
    "pictured:",
    "(getty",
    "getty images",
    "video:",
    "play video",
    "loading video",
    "credit:",
    "foto:",
    "top photo by",
    // The page itself.
    "copyright ",
    "© ",
    "(c) ",
    "reuse content",
    "report a typo",
    "post a comment",
    "leave a comment",
    "first published",
    "last updated",
    "last modified",
];

/// How lines begin that speak of the page or ask for something, sentence or not.
const NOTICES: &[&str] = &[
    "this article originally appeared",
    "this article was originally published",
    "this article was reprinted",
    "this story originally appeared",
    "this story was originally published",
    "this post originally appeared",
    "this post was originally published",
    "originally published ",
    "a version of this article appear",
    "copyright ©",
    "copyright (c)",
    "copyright 19",
    "copyright 20",
    "© 19",
    "© 20",
    "all rights reserved",
    "this material may not be published",
    "image copyright",
    "image caption",
    "story continues below",
    "article continues below",
    "sign up for our",
    "sign up to our",
    "sign up here",
    "subscribe to our",
    "subscribe now",
    "click here to subscribe",
    "click here to sign up",
    "get the latest news",
    "download our app",
    "download the app",
    "follow us on",
    "like us on facebook",
    "join the conversation",
];

/// What is said of authors.
const AUTHOR_VERBS: &[&str] = &[
    " is a ",
    " is an ",
    " is the ",
    " covers ",
    " writes ",
    " has written",
    " has covered",
    " reports ",
    " joined ",
    " works ",
    " can be reached",
    " contributed",
    " tweets ",
];

/// Whether a block is no part of the article wherever it stands. `below_head` when text of the article stands above it.
pub(super) fn is_prompt(block: &Block, authors: &[String], below_head: bool) -> bool {
    if block.role == Role::Preformatted || block.words.len() > MAX_WORDS {
        return false;
    }
    edges::is_furniture(&block.text)
        || begins_as_prompt(block)
        || (below_head && is_note_on_author(&block.text, authors))
}

fn begins_as_prompt(block: &Block) -> bool {
    const SHORT: usize = 3;
    let plain = plain(&block.text);
    let begins_with = |table: &[&str]| table.iter().any(|beginning| plain.starts_with(beginning));
    let is_linked = block.linked * 3 > block.text.len();
    let is_line = block.role != Role::Heading && (block.words.len() <= SHORT || !block.is_sentence());
    begins_with(NOTICES) || ((is_linked || is_line) && begins_with(PROMPTS))
}

/// The beginning of a line in lower case, without marks before it.
fn plain(text: &str) -> String {
    const LONGEST: usize = 80;
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '(' | '[' | '©'));
    text[..text.floor_char_boundary(LONGEST)].to_lowercase().replace('’', "'")
}

/// `Ann Lee is a reporter in Paris.`, when Ann Lee is the author.
fn is_note_on_author(text: &str, authors: &[String]) -> bool {
    let behind = authors
        .iter()
        .filter(|author| author.contains(' '))
        .find_map(|author| text.strip_prefix(author.as_str()));
    behind.is_some_and(|behind| {
        AUTHOR_VERBS.iter().any(|verb| behind[..behind.floor_char_boundary(40)].contains(verb))
    })
}

/// What people who write are.
const TRADES: &[&str] = &[
    "reporter",
    "correspondent",
    "editor",
    "writer",
    "journalist",
    "columnist",
    "contributor",
    "author",
    "freelance",
    "producer",
    "intern",
    "fellow",
    "professor",
    "blogger",
    "critic",
    "anchor",
    "historian",
    "analyst",
    "redakteur",
    "redakteurin",
    "periodista",
    "journaliste",
];

/// What stands below an article about it or its author.
const ENDINGS: &[&str] = &[
    "this article",
    "this story",
    "this post",
    "this piece",
    "a version of this",
    "email:",
    "e-mail:",
    "contact:",
    "contact the",
    "contact us",
    "follow ",
    "about the author",
    "have a tip",
    "got a tip",
    "got a story",
    "do you have",
    "send us",
    "write to us",
    "to contact the",
    "topics:",
    "more:",
    "tags:",
    "filed under",
    "source:",
    "via:",
    "image credit",
    "featured image",
    "top image",
    "header image",
    "cover image",
    "lead image",
    "feature image",
    "for more information",
    "for more stories",
];

/// Whether a block at the very end of an article is a note on it or its author.
pub(super) fn is_end_note(block: &Block) -> bool {
    if block.words.len() > MAX_WORDS {
        return false;
    }
    let plain = plain(&block.text);
    ENDINGS.iter().any(|ending| plain.starts_with(ending)) || is_introduction(&block.text)
}

/// `Ann Lee is a reporter in Paris.`
fn is_introduction(text: &str) -> bool {
    const VERBS: &[&str] = &[" is a ", " is an ", " is the ", " are "];
    const LONGEST_NAME: usize = 50;
    let verb = VERBS.iter().filter_map(|verb| Some((text.find(verb)?, verb.len()))).min();
    let Some((at, length)) = verb.filter(|(at, _)| *at <= LONGEST_NAME) else { return false };
    let names = text[..at].split_whitespace();
    let is_name =
        |word: &str| word.starts_with(char::is_uppercase) || matches!(word, "and" | "de" | "van" | "von");
    let words = names.clone().count();
    let trade = text[at + length..]
        .split(|c: char| !c.is_alphabetic())
        .any(|word| TRADES.contains(&word.to_lowercase().as_str()));
    (2..=6).contains(&words) && names.into_iter().all(is_name) && trade
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::html::blocks;

    fn block(html: &str) -> Block {
        blocks::read(html).remove(0)
    }

    #[test]
    fn prompts_are_told_from_text() {
        let authors = ["Ann Lee".to_owned()];
        for (html, expected) in [
            ("<p><a>Read more: The ferry returns.</a></p>", true),
            ("<p>READ MORE: <a>The ferry returns in May</a></p>", true),
            ("<p>[Read: the ferry returns]</p>", true),
            ("<p>Lire aussi : le bac revient</p>", true),
            ("<p>Sign up for the morning letter</p>", true),
            ("<p>Photo: Robert Ray</p>", true),
            ("<p>Advertisement</p>", true),
            ("<p>This article was originally published in The Courier.</p>", true),
            ("<p>Subscribe to his view or not, the mayor did not mind.</p>", false),
            ("<p>Related: a word that has lost its meaning.</p>", false),
            ("<p>Copyright 2019 The Courier. All rights reserved.</p>", true),
            ("<h2>Watch: a word for sailors</h2>", false),
            ("<p>Read him as a child of his time.</p>", false),
            ("<p>Photo albums fill the house.</p>", false),
            ("<pre>subscribe x</pre>", false),
            ("<p>Ann Lee is a reporter.</p>", true),
            ("<p>Ann Lee walked home.</p>", false),
            ("<p>Bob Ray is a fisherman.</p>", false),
        ] {
            assert_eq!(is_prompt(&block(html), &authors, true), expected, "{html}");
        }
        assert!(!is_prompt(&block("<p>Ann Lee is a reporter.</p>"), &authors, false), "at the head");
    }

    #[test]
    fn notes_at_the_end_are_told_from_text() {
        for (line, expected) in [
            ("Robert Ray is a freelance writer in Lisbon.", true),
            ("Ann Lee and Bob Ray are reporters.", false),
            ("Robert Ray is the author of Leeks.", true),
            ("Email: newsroom@courier.example", true),
            ("The old writer is a fool.", false),
            ("Robert Ray is a baker.", false),
            ("is a writer", false),
        ] {
            assert_eq!(is_end_note(&block(&format!("<p>{line}</p>"))), expected, "{line}");
        }
    }
}
