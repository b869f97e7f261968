//! Limits on a text, so that the time to format it is proportional to its length.
//!
//! The parser reads a line once for each open block, and an HTML parser looks
//! through the open elements at most tags: both take time in proportion to the
//! nesting. RustSec's longest description has 9.5 kB, and its deepest nests six
//! elements.

/// The longest text that is formatted, in bytes.
pub(super) const MAX_TEXT: usize = 64 * 1024;

/// The largest HTML of a text, in bytes: a table can have far more cells than its
/// text has characters.
pub(super) const MAX_HTML: usize = 256 * 1024;

/// The greatest depth of nested elements or blocks.
pub(super) const MAX_NESTING: usize = 48;

/// Returns true if a text is short and flat enough for the parser.
pub(super) fn may_be_parsed(text: &str) -> bool {
    text.len() <= MAX_TEXT && nesting(text) <= MAX_NESTING && cells(text) <= max_events(text)
}

/// Returns the maximum number of events of a text that does not try to fill
/// memory. A byte of Markdown opens and closes two elements at most, except for
/// the missing cells of a table.
pub(super) fn max_events(text: &str) -> usize {
    4 * text.len() + 64
}

/// Returns an upper bound of the depth of quotes and lists. A line continues at
/// most as many blocks as it has indentation and quote marks before its last
/// mark, and begins at most as many as it has marks.
fn nesting(text: &str) -> usize {
    let (mut open, mut deepest) = (0, 0);
    for line in lines(text) {
        let Prefix { old, new } = Prefix::of(line.as_bytes());
        // A line without a mark can continue all open blocks.
        if new > 0 {
            open = old.min(open) + new;
            deepest = deepest.max(open);
        }
    }
    deepest
}

/// Splits a text into lines, at any kind of line end.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    lines.flat_map(|line| line.split('\r'))
}

/// Returns the maximum number of cells that tables can have. The parser fills
/// each row up to the columns of the table, and a table ends at a blank line at
/// the latest.
fn cells(text: &str) -> usize {
    let (mut cells, mut columns) = (0, 0);
    for line in lines(text) {
        if line.trim_ascii().is_empty() {
            columns = 0;
        } else if line.contains('-') && line.bytes().all(|byte| b"|:- \t>".contains(&byte)) {
            columns = columns.max(line.matches('|').count() + 1);
        }
        cells += columns;
    }
    cells
}

/// The beginning of a line, up to its last mark.
#[derive(Default)]
struct Prefix {
    /// The number of blocks that the line may continue.
    old: usize,
    /// The number of blocks that the line may begin.
    new: usize,
}

impl Prefix {
    fn of(line: &[u8]) -> Self {
        let mut prefix = Self::default();
        let (mut rest, mut columns) = (line, 0);
        loop {
            let length = match rest {
                [b' ', ..] => {
                    columns += 1;
                    1
                }
                [b'\t', ..] => {
                    columns += 4;
                    1
                }
                _ => {
                    let length = mark(rest);
                    if length == 0 {
                        return prefix;
                    }
                    prefix.old += columns + usize::from(rest.first() == Some(&b'>'));
                    prefix.new += 1;
                    columns = 0;
                    length
                }
            };
            rest = &rest[length..];
        }
    }
}

/// Returns the length of the mark of a quote or of a list item, or 0 without one.
fn mark(rest: &[u8]) -> usize {
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (length, after) = match &rest[digits..] {
        [b'>', ..] if digits == 0 => return 1,
        [b'-' | b'+' | b'*', after @ ..] if digits == 0 => (1, after),
        [b'.' | b')', after @ ..] if (1..=9).contains(&digits) => (digits + 1, after),
        _ => return 0,
    };
    match after {
        [] | [b' ' | b'\t', ..] => length,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_never_fewer_than_they_are() {
        for (text, expect) in [
            ("a | b\n\nc", 0),
            ("a | b\n- | -\nc | d\n\ne", 4),
            ("a|b\r\n-|-\r\nc\r\n\r\nd", 4),
            ("> | a |\n> | - |\n> b\n> c", 9),
        ] {
            assert_eq!(cells(text), expect, "{text:?}");
        }
    }

    #[test]
    fn nesting_is_never_less_than_it_is() {
        for (text, expect) in [
            ("", 0),
            ("a\n\n        code, however far to the right", 0),
            ("-- a\n--- b\n**c**\n2.5 times\n1234567890. a", 0),
            ("> a", 1),
            (">>> a", 3),
            ("- - 1. a", 3),
            ("- a\n- b\n-          c", 1),
            ("- a\n  - b\n\n    - c", 3),
            ("- a\n\n\n\tb\n\n\t- c", 2),
            ("> > a\n> > - b", 5),
            ("-\r-\t-", 3),
        ] {
            assert_eq!(nesting(text), expect, "{text:?}");
        }
    }
}
