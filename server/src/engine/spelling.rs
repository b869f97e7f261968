//! Rewrites spellings that GraphQL allows and async-graphql's parser rejects: a
//! character beyond the first 65,536 as two escapes, `"\uD83D\uDE00"`, and `-0`
//! for an `Int` (October 2021, "String Value" and "Int Value").

use super::tokens;
use std::borrow::Cow;

/// The length of an escape, `\uD83D`, in bytes.
const ESCAPE: usize = 6;

/// Returns the document in spellings that the parser accepts. All other text keeps
/// its line and column. Block strings must be closed.
pub(super) fn plain(source: &str) -> Cow<'_, str> {
    if !source.contains("\\u") && !source.contains("-0") {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(length) = tokens::opaque(rest.as_bytes()).or_else(|| first_length(rest)) {
        let (token, after) = rest.split_at(length);
        if token.starts_with('"') && !token.starts_with("\"\"\"") {
            push_string(&mut out, token);
        } else if token == "-" && is_zero(after) {
            out.push(' ');
        } else {
            out.push_str(token);
        }
        rest = after;
    }
    Cow::Owned(out)
}

/// Returns the length of the first character.
fn first_length(rest: &str) -> Option<usize> {
    rest.chars().next().map(char::len_utf8)
}

/// Returns true if the text begins with the integer zero.
fn is_zero(text: &str) -> bool {
    let after = text.strip_prefix('0');
    after.is_some_and(|after| {
        !after.starts_with(|c: char| c.is_ascii_alphanumeric() || ".+_".contains(c))
    })
}

/// Appends a string with a character for each pair of escapes, and pads it with
/// blanks to its former length.
fn push_string(out: &mut String, string: &str) {
    let mut saved = 0;
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let length = match pair(from) {
            Some(c) => {
                out.push(c);
                saved += 2 * ESCAPE - 1;
                2 * ESCAPE
            }
            // An escaped character, such as a backslash, does not begin an escape.
            None => {
                let escaped = first_length(&from[1..]).unwrap_or_default();
                out.push_str(&from[..1 + escaped]);
                1 + escaped
            }
        };
        rest = &from[length..];
    }
    out.push_str(rest);
    out.extend(std::iter::repeat_n(' ', saved));
}

/// Returns the character of a leading and a trailing surrogate.
fn pair(text: &str) -> Option<char> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let units = [unit(text)?, unit(text.get(ESCAPE..)?)?];
    let mut characters = char::decode_utf16(units);
    match (characters.next(), characters.next()) {
        (Some(Ok(character)), None) => Some(character),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_parser_does_not_know() {
        for (source, expect) in [
            (
                r#"{ a(b: "\uD83D\uDE00x") c }"#,
                r#"{ a(b: "😀x"           ) c }"#,
            ),
            (
                r#"{ a(b: "\\uD83D\uDE00") }"#,
                r#"{ a(b: "\\uD83D\uDE00") }"#,
            ),
            (r#"{ a(b: "\uD83D") }"#, r#"{ a(b: "\uD83D") }"#),
            (
                r#"{ a(b: "\u0041\u0042é") }"#,
                r#"{ a(b: "\u0041\u0042é") }"#,
            ),
            (
                r#"{ a(b: """\uD83D\uDE00 -0""") }"#,
                r#"{ a(b: """\uD83D\uDE00 -0""") }"#,
            ),
            (
                "{ a } # \"\\uD83D\\uDE00\" -0",
                "{ a } # \"\\uD83D\\uDE00\" -0",
            ),
            ("{ a(b: -0, c: [-0]) }", "{ a(b:  0, c: [ 0]) }"),
            (
                "{ a(b: -0.5, c: -01, d: -0e1, e: \"-0\") }",
                "{ a(b: -0.5, c: -01, d: -0e1, e: \"-0\") }",
            ),
            ("{ a(b: \"\\", "{ a(b: \"\\"),
        ] {
            assert_eq!(plain(source), expect, "{source}");
        }
    }
}
