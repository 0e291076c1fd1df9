//! Makes any row of tokens well formed: parentheses are balanced, no operator lacks an operand. Every change is told.

use std::ops::Range;

use crate::query::lexer::{Token, TokenKind};
use crate::query::parse::Problem;

/// Balances parentheses, then turns lone operators into words, or drops them when they are only signs.
pub(super) fn repair<'a>(
    text: &'a str,
    tokens: Vec<Token<'a>>,
    problems: &mut Vec<Problem>,
) -> Vec<Token<'a>> {
    let tokens = drop_lone_signs(tokens, problems);
    let tokens = balance(tokens, problems);
    // From the end, so that an operator sees what became of the operators behind it.
    let mut tokens = resolve(text, tokens.into_iter().rev(), lacks_right_operand, problems);
    tokens.reverse();
    resolve(text, tokens.into_iter(), lacks_left_operand, problems)
}

fn drop_lone_signs<'a>(tokens: Vec<Token<'a>>, problems: &mut Vec<Problem>) -> Vec<Token<'a>> {
    let mut kept: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let is_sign = matches!(token.kind, TokenKind::Bare("-" | "+"));
        if is_sign && !ends_with_field(&kept) {
            problems.push(Problem::repaired(token.span, "a sign that stands alone is left out"));
        } else {
            kept.push(token);
        }
    }
    kept
}

fn balance<'a>(tokens: Vec<Token<'a>>, problems: &mut Vec<Problem>) -> Vec<Token<'a>> {
    let mut kept: Vec<Token<'a>> = Vec::with_capacity(tokens.len());
    let mut open: Vec<Range<usize>> = Vec::new();
    let end = tokens.last().map_or(0, |token| token.span.end);
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if token.kind == TokenKind::Open {
            open.push(token.span.clone());
        }
        if token.kind != TokenKind::Close {
            kept.push(token);
            continue;
        }
        match open.pop() {
            Some(_) if !ends_with_open(&kept) => {
                kept.push(token);
                continue;
            }
            Some(opened) => {
                drop_open(&mut kept);
                let span = opened.start..token.span.end;
                problems.push(Problem::repaired(span, "these parentheses are empty and left out"));
            }
            None => problems.push(Problem::repaired(token.span, "nothing is open here, so this is left out")),
        }
        tokens.next_if(|token| matches!(token.kind, TokenKind::Boost(_)));
    }
    close_at_end(&mut kept, open, end, problems);
    kept
}

fn close_at_end(kept: &mut Vec<Token<'_>>, open: Vec<Range<usize>>, end: usize, problems: &mut Vec<Problem>) {
    for opened in open.into_iter().rev() {
        if ends_with_open(kept) {
            drop_open(kept);
            problems.push(Problem::repaired(opened, "nothing follows this parenthesis, so it is left out"));
        } else {
            kept.push(Token { kind: TokenKind::Close, span: end..end });
            problems.push(Problem::repaired(opened, "this parenthesis is closed at the end of the query"));
        }
    }
}

fn ends_with_open(kept: &[Token<'_>]) -> bool {
    kept.last().is_some_and(|token| token.kind == TokenKind::Open)
}

fn ends_with_field(kept: &[Token<'_>]) -> bool {
    kept.last().is_some_and(|token| matches!(token.kind, TokenKind::Field(..)))
}

/// Takes away the `(` at the end, and the field that it belongs to.
fn drop_open(kept: &mut Vec<Token<'_>>) {
    kept.pop();
    kept.pop_if(|token| matches!(token.kind, TokenKind::Field(..)));
}

/// Copies tokens; `lacks` tells from the kind of a token and its neighbour, which was copied before, whether it is lone.
fn resolve<'a>(
    text: &'a str,
    tokens: impl Iterator<Item = Token<'a>>,
    lacks: fn(TokenKind<'_>, Option<TokenKind<'_>>) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<Token<'a>> {
    let mut kept: Vec<Token<'a>> = Vec::new();
    for token in tokens {
        if lacks(token.kind, kept.last().map(|neighbour| neighbour.kind)) {
            kept.extend(reread(text, token, problems));
        } else {
            kept.push(token);
        }
    }
    kept
}

fn lacks_right_operand(kind: TokenKind<'_>, behind: Option<TokenKind<'_>>) -> bool {
    let is_operator =
        matches!(kind, TokenKind::And | TokenKind::Or | TokenKind::Not | TokenKind::Near { .. });
    is_operator && !behind.is_some_and(starts_operand)
}

fn lacks_left_operand(kind: TokenKind<'_>, before: Option<TokenKind<'_>>) -> bool {
    let is_operator = matches!(kind, TokenKind::And | TokenKind::Or | TokenKind::Near { .. });
    is_operator && !before.is_some_and(ends_operand)
}

/// A lone operator as a word; a lone sign is nothing.
fn reread<'a>(text: &'a str, token: Token<'a>, problems: &mut Vec<Problem>) -> Option<Token<'a>> {
    let written = &text[token.span.clone()];
    let is_word = written.starts_with(|c: char| c.is_ascii_alphabetic());
    let made = if is_word { "read as a word" } else { "left out" };
    let message = format!("`{written}` has nothing to join or deny here, so it is {made}");
    problems.push(Problem::repaired(token.span.clone(), message));
    is_word.then_some(Token { kind: TokenKind::Bare(written), ..token })
}

fn ends_operand(kind: TokenKind<'_>) -> bool {
    match kind {
        TokenKind::Close
        | TokenKind::Bare(_)
        | TokenKind::Quoted(..)
        | TokenKind::Regex(_)
        | TokenKind::Bracketed(_)
        | TokenKind::Refused
        | TokenKind::Boost(_) => true,
        TokenKind::Open
        | TokenKind::And
        | TokenKind::Or
        | TokenKind::Not
        | TokenKind::Near { .. }
        | TokenKind::Field(..) => false,
    }
}

fn starts_operand(kind: TokenKind<'_>) -> bool {
    match kind {
        TokenKind::Open
        | TokenKind::Not
        | TokenKind::Field(..)
        | TokenKind::Bare(_)
        | TokenKind::Quoted(..)
        | TokenKind::Regex(_)
        | TokenKind::Bracketed(_)
        | TokenKind::Refused => true,
        TokenKind::Close | TokenKind::And | TokenKind::Or | TokenKind::Near { .. } | TokenKind::Boost(_) => {
            false
        }
    }
}
