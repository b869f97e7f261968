//! Writes every sample to a folder, as pages that open without a server, and as
//! the fragments that the tab door would send, which a host's own tests may serve:
//! `cargo run -p ui-component --example gallery -- FOLDER`

use std::path::Path;
use std::{env, fs, io};

use ui_component::{Assets, SCRIPT, STYLE, badge, preview, samples};

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "gallery".to_owned());
    let folder = Path::new(&folder);
    let fragments = folder.join("fragments");
    fs::create_dir_all(&fragments)?;
    let files = preview::Files {
        script: "preview.js".to_owned(),
        style: "preview.css".to_owned(),
        tab: Assets {
            style: "security-tab.css".to_owned(),
            script: "security-tab.js".to_owned(),
        },
    };
    let served = Assets {
        style: "/security-tab.css".to_owned(),
        script: "/security-tab.js".to_owned(),
    };
    fs::write(folder.join("preview.css"), preview::STYLE)?;
    fs::write(folder.join("security-tab.css"), STYLE)?;
    fs::write(folder.join("security-tab.js"), SCRIPT)?;

    let samples = samples::all();
    for sample in &samples {
        let page = preview::gallery_page(sample, &files).into_string();
        fs::write(folder.join(format!("{}.html", sample.name)), page)?;
        let tab = sample.markup(&served).into_string();
        fs::write(fragments.join(format!("{}.html", sample.name)), tab)?;
        let badge = sample.data().map(badge).unwrap_or_default().into_string();
        fs::write(fragments.join(format!("{}.badge.html", sample.name)), badge)?;
    }
    // The links of a server's gallery, made links between files.
    let mut index = preview::gallery(&samples, &files).into_string();
    for sample in &samples {
        let (from, to) = (
            format!("\"/gallery/{}\"", sample.name),
            format!("\"{}.html\"", sample.name),
        );
        index = index.replace(&from, &to);
    }
    fs::write(folder.join("index.html"), index)
}
