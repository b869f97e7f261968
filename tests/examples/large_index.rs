//! Makes an index of crates.io's size, for measuring `--all-crates`:
//! `cargo run -p integration-tests --example large_index -- FOLDER [CRATES [VERSIONS]]`.
//!
//! The index is generated, not downloaded, and the same every time. Files that are in
//! the folder already stay, so it can be added to a real one.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// About the number of crates on crates.io.
const CRATES: usize = 200_000;
const VERSIONS: usize = 2_000_000;

/// The letters of names, chosen so that the folders fill evenly.
const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        bail!("usage: large_index FOLDER [CRATES [VERSIONS]]");
    };
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse());
    let (crates, versions) = (number(CRATES)?, number(VERSIONS)?);
    if crates == 0 || versions < crates {
        bail!("every crate has a version at least");
    }
    let folder = PathBuf::from(folder);
    let mut left = versions;
    for place in 0..crates {
        let count = share(place, crates, left);
        left -= count;
        let name = name(place);
        write_file(&folder, &name, &lines(&name, place, count))?;
    }
    Ok(())
}

/// Returns the number of versions of a crate. Few crates have many versions and most
/// have few: in proportion to 1/(place + 10), at least one, and all that are left for
/// the last crate.
fn share(place: usize, crates: usize, left: usize) -> usize {
    let after = crates - place - 1;
    if after == 0 {
        return left;
    }
    let (begin, end) = (as_float(place) + 10.0, as_float(crates) + 10.0);
    let share = as_float(left) / (begin * (end / begin).ln());
    // Shares are small, so nothing is lost.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small and positive"
    )]
    let share = share.round() as usize;
    share.clamp(1, 2_000).min(left - after)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_float(count: usize) -> f64 {
    count as f64
}

/// Returns a name for each place. Neighbouring places have names that are far apart.
fn name(place: usize) -> String {
    let mut rest = place.wrapping_mul(2_654_435_761) % (1 << 32);
    let mut name = String::from("-made");
    for _ in 0..7 {
        name.insert(0, char::from(LETTERS[rest % 26]));
        rest /= 26;
    }
    name
}

/// Makes index lines of the usual length, a few of them yanked or pre-releases.
fn lines(name: &str, place: usize, count: usize) -> String {
    let mut text = String::new();
    for number in 0..count {
        let (minor, patch) = (number / 10, number % 10);
        let pre = if number % 17 == 5 { "-beta.1" } else { "" };
        let yanked = number % 29 == 7;
        let cksum = format!("{:064x}", place * 10_007 + number);
        let (year, month) = (2016 + number % 10, 1 + number % 12);
        let line = format!(
            "{{\"name\":\"{name}\",\"vers\":\"1.{minor}.{patch}{pre}\",\"deps\":[{{\"name\":\"serde\",\
             \"req\":\"^1.0\",\"features\":[\"derive\"],\"optional\":false,\"default_features\":true,\
             \"target\":null,\"kind\":\"normal\"}},{{\"name\":\"tokio\",\"req\":\"^1\",\"features\":[],\
             \"optional\":true,\"default_features\":false,\"target\":null,\"kind\":\"dev\"}}],\
             \"cksum\":\"{cksum}\",\"features\":{{\"default\":[]}},\"yanked\":{yanked},\
             \"pubtime\":\"{year}-{month:02}-11T08:40:00Z\"}}\n"
        );
        text.push_str(&line);
    }
    text
}

/// Writes a file at its path in the plain layout, in which all these names are long.
fn write_file(folder: &Path, name: &str, text: &str) -> Result<()> {
    let folder = folder.join(&name[..2]).join(&name[2..4]);
    fs::create_dir_all(&folder).context("a folder cannot be made")?;
    fs::write(folder.join(name), text).context("a file cannot be written")
}
