//! Searches for the text whose formatting takes longest:
//! `cargo run --release -p ui-component --example markdown_cost -- SECONDS BYTES`
//!
//! A text consists of fragments of Markdown and HTML, each repeated. The program
//! keeps the worst texts so far and changes them slightly, again and again. It
//! fails if one takes longer than [`LIMIT`].

use std::env;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ui_component::Description;

/// The longest time that a text of 10 kB may take.
const LIMIT: Duration = Duration::from_millis(50);

/// The number of the worst texts that are kept.
const KEPT: usize = 20;

/// Every piece of syntax, and texts that have been costly in other parsers.
const FRAGMENTS: &[&str] = &[
    ">",
    "> ",
    "- ",
    "-",
    "+ ",
    "* ",
    "1. ",
    "1) ",
    "  ",
    "\t",
    " ",
    "\n",
    "\n\n",
    "\r",
    "a",
    "a ",
    "é",
    "#",
    "# ",
    "###### ",
    "=",
    "---\n",
    "===\n",
    "***\n",
    "`",
    "```",
    "```\n",
    "~~~\n",
    "~",
    "~~",
    "*",
    "**",
    "*a ",
    "*a* ",
    "**a**",
    "_",
    "__",
    "_a ",
    "a_",
    "[",
    "]",
    "![",
    "[a](",
    ")",
    "(",
    "[a](<b",
    "[a]: b\n",
    "[a]",
    "[a][b]",
    "[^a]",
    "[a](b)",
    "![a](b)",
    "<",
    ">",
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href='https://a'>",
    "</a>",
    "<kbd>",
    "</kbd>",
    "<div>",
    "</div>",
    "<p>",
    "<ul>",
    "<li>",
    "<T>",
    "<table>",
    "<tr>",
    "<td>",
    "<br>",
    "<b x=\"",
    "<a b='",
    "<!--",
    "-->",
    "<?",
    "?>",
    "<!A",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script>",
    "<svg>",
    "<a@b.c>",
    "<https://a>",
    "&",
    "&amp;",
    "&#1;",
    "&#",
    "\\",
    "\\*",
    "http",
    "(http",
    "http://a",
    "https://a ",
    "(https://a",
    "https://a)",
    "http://a\"",
    "http://a{",
    ")))",
    "|",
    "|a",
    "| a |\n",
    "|-",
    "|-|\n",
    "|a\n",
    "||\n",
    "a|b\n-|-\n",
    ":-:|",
    "\\|",
    "!",
    "\"",
    "'",
    "\0",
    "\u{202e}",
    "${",
    "{{",
    "x\n",
    "x  \n",
    "\\\n",
    "> a\n",
    "- a\n",
    "- a\n\n",
    "  - a\n",
    "\n> ",
];

/// Texts that took long before there were limits.
const KNOWN: &[&[(usize, &[&str])]] = &[
    &[(1, &[">"]), (0, &["a"])],
    &[(1, &["- "]), (0, &["a"])],
    &[(1, &["- "]), (1, &["\n"])],
    &[(1, &["(http"])],
    &[(1, &["http://a)"])],
    &[(1, &["<div>"])],
    &[(1, &["<p><ul>"])],
    &[(1, &["<b><i>"])],
    &[(1, &["|a"]), (0, &["\n"]), (1, &["|-"]), (2, &["\n|a"])],
];

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let mut number = |default| {
        arguments
            .next()
            .and_then(|it| it.parse().ok())
            .unwrap_or(default)
    };
    let (seconds, size) = (number(60), number(10_000));
    let end = Instant::now() + Duration::from_secs(seconds as u64);
    let mut random = Random(0x9e37_79b9_7f4a_7c15 ^ u64::from(std::process::id()));
    let known = KNOWN
        .iter()
        .map(|groups| groups.iter().map(|(share, it)| (*share, it.to_vec())));
    let known = known.map(|groups| Recipe(groups.collect()));
    let mut worst: Vec<(Duration, Recipe)> = known.map(|it| (time(&it.text(size)), it)).collect();
    let mut tried = 0_u64;
    while Instant::now() < end {
        let recipe = match worst.len() {
            KEPT if random.below(4) > 0 => worst[random.below(KEPT)].1.changed(&mut random),
            _ => Recipe::new(&mut random),
        };
        tried += 1;
        let text = recipe.text(size);
        let mut took = time(&text);
        let is_among_worst = worst.len() < KEPT || took > worst[KEPT - 1].0;
        if is_among_worst {
            // Another process may have had the core, so take the best of three.
            took = took.min(time(&text)).min(time(&text));
            worst.push((took, recipe));
            worst.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
            worst.dedup_by(|a, b| a.1.0 == b.1.0);
            worst.truncate(KEPT);
        }
    }
    let report: String = worst
        .iter()
        .map(|(took, recipe)| format!("{took:>10.1?}  {:?}\n", recipe.0))
        .collect();
    report_all(&format!(
        "{tried} texts of {size} bytes; the worst:\n{report}"
    ));
    match worst.first() {
        Some((took, _)) if *took > LIMIT => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

#[expect(clippy::print_stderr, reason = "a program that reports")]
fn report_all(text: &str) {
    eprint!("{text}");
}

fn time(text: &str) -> Duration {
    let start = Instant::now();
    let description = Description::new(text);
    let took = start.elapsed();
    drop(description);
    took
}

/// Groups of fragments, each repeated until it fills its share of the text. A
/// group without a share occurs once.
#[derive(Clone, PartialEq, Eq)]
struct Recipe(Vec<(usize, Vec<&'static str>)>);

impl Recipe {
    fn new(random: &mut Random) -> Self {
        let groups = 1 + random.below(3);
        Self((0..groups).map(|_| group(random)).collect())
    }

    fn changed(&self, random: &mut Random) -> Self {
        let mut groups = self.0.clone();
        let at = random.below(groups.len());
        match random.below(6) {
            0 => groups[at] = group(random),
            1 => groups[at].0 = random.below(16),
            2 => groups.insert(at, group(random)),
            3 if groups.len() > 1 => drop(groups.remove(at)),
            _ => {
                let fragments = &mut groups[at].1;
                let place = random.below(fragments.len());
                match random.below(3) {
                    0 => fragments[place] = fragment(random),
                    1 => fragments.insert(place, fragment(random)),
                    _ if fragments.len() > 1 => drop(fragments.remove(place)),
                    _ => {}
                }
            }
        }
        groups.truncate(5);
        Self(groups)
    }

    fn text(&self, size: usize) -> String {
        let shares: usize = self.0.iter().map(|(share, _)| share).sum();
        let shares = shares.max(1);
        let mut text = String::with_capacity(size);
        for (share, fragments) in &self.0 {
            let end = (text.len() + size * share / shares).min(size);
            let group = fragments.concat();
            if *share == 0 {
                text.push_str(&group);
            }
            while text.len() + group.len() <= end {
                text.push_str(&group);
            }
        }
        text
    }
}

fn group(random: &mut Random) -> (usize, Vec<&'static str>) {
    let count = 1 + random.below(3);
    let fragments = (0..count).map(|_| fragment(random)).collect();
    (random.below(16), fragments)
}

fn fragment(random: &mut Random) -> &'static str {
    FRAGMENTS[random.below(FRAGMENTS.len())]
}

/// Marsaglia's xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}
