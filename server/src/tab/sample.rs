//! The policy for the bundled sample: only the machine that it runs on may see it.

use crate::door::DoorAddr;
use crate::entity::data_status::Source;
use crate::mode::Mode;
use ui_component::Data;
use ui_component::answer::{Availability, DataSource};
use ui_component::marks::{requirement_marks, version_marks};

/// The policy for the bundled sample. Each process decides by its own addresses,
/// because a tab door in front of another process's GraphQL knows who can reach it,
/// and the process behind it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SamplePolicy {
    /// Show the sample: only this machine reaches the process.
    Show,
    /// Hide the sample: other machines may reach the process, so the sample counts as
    /// no data.
    Hide,
}

impl SamplePolicy {
    /// Returns the policy of a process with doors at these addresses.
    pub fn at(doors: impl IntoIterator<Item = DoorAddr>) -> Self {
        match doors.into_iter().all(|door| door.is_local()) {
            true => Self::Show,
            false => Self::Hide,
        }
    }

    /// Returns an answer as this process may show it. A hidden sample is replaced by
    /// the answer of a database before its first sync.
    #[must_use]
    pub fn shown<T: Answer>(self, mut answer: T) -> T {
        if self == Self::Hide && *answer.source() == DataSource::SAMPLE {
            answer.empty();
        }
        answer
    }
}

/// An answer that may be of the bundled sample.
pub trait Answer {
    /// Returns the source of the data.
    fn source(&self) -> &DataSource;
    /// Replaces the content by that of a database before its first sync.
    fn empty(&mut self);
}

impl Answer for Data {
    fn source(&self) -> &DataSource {
        &self.data_status.source
    }

    fn empty(&mut self) {
        self.data_status.source = DataSource::NONE;
        self.data_status.commit = None;
        self.data_status.committed_at = None;
        self.data_status.is_stale = true;
        self.asked = None;
        if let Some(krate) = &mut self.crate_ {
            krate.availability = Availability::UNKNOWN;
            krate.default_version = None;
            krate.last_affected_version = None;
            krate.version = None;
            krate.advisories.clear();
            krate.versions.total_count = 0;
            krate.versions.nodes.clear();
        }
    }
}

impl Answer for version_marks::ResponseData {
    fn source(&self) -> &DataSource {
        &self.data_status.source
    }

    fn empty(&mut self) {
        if let Some(krate) = &mut self.crate_ {
            krate.versions.nodes.clear();
        }
    }
}

impl Answer for requirement_marks::ResponseData {
    fn source(&self) -> &DataSource {
        &self.data_status.source
    }

    fn empty(&mut self) {
        self.requirements.clear();
    }
}

/// Returns true if data from this source makes a server ready. The sample does so for
/// developers only: a production server on loopback may have a public server in front
/// of it.
#[must_use]
pub fn is_ready(source: Source, mode: Mode) -> bool {
    source != Source::Sample || mode == Mode::Dev
}

#[cfg(test)]
mod tests {
    use super::*;
    use ui_component::{Assets, Descriptions, samples};

    #[test]
    fn shown_to_this_machine_only() {
        for (doors, expect) in [
            (&["127.0.0.1:4000", "127.0.0.1:4001"], SamplePolicy::Show),
            (&["unix:graphql.sock", "[::1]:4001"], SamplePolicy::Show),
            (&["127.0.0.1:4000", "0.0.0.0:4001"], SamplePolicy::Hide),
            (&["unix:graphql.sock", "10.0.0.1:4001"], SamplePolicy::Hide),
            (&["0.0.0.0:4000", "127.0.0.1:4001"], SamplePolicy::Hide),
            (&["[::]:4000", "[::]:4001"], SamplePolicy::Hide),
        ] {
            let addrs = doors.map(|door| door.parse().expect("an address"));
            assert_eq!(SamplePolicy::at(addrs), expect, "{doors:?}");
        }
    }

    #[test]
    fn ready_with_real_data_or_for_developers() {
        for (source, mode, expect) in [
            (Source::Git, Mode::Production, true),
            (Source::Folder, Mode::Production, true),
            (Source::Sample, Mode::Production, false),
            (Source::Sample, Mode::Dev, true),
        ] {
            assert_eq!(is_ready(source, mode), expect, "{source:?} {mode:?}");
        }
    }

    /// Nothing of the sample is left in a page or a badge; other data is unchanged.
    #[test]
    fn a_hidden_sample_says_nothing() {
        let assets = Assets {
            style: String::new(),
            script: String::new(),
        };
        for sample in samples::all() {
            let Some(data) = sample.data() else { continue };
            let of = |source: DataSource| {
                let mut data = data.clone();
                data.data_status.source = source;
                data
            };
            let git = of(DataSource::GIT);
            assert_eq!(
                SamplePolicy::Hide.shown(git.clone()),
                git,
                "{}",
                sample.name
            );
            let local = of(DataSource::SAMPLE);
            assert_eq!(
                SamplePolicy::Show.shown(local.clone()),
                local,
                "{}",
                sample.name
            );

            let hidden = SamplePolicy::Hide.shown(local);
            assert_eq!(
                ui_component::badge(&hidden).into_string(),
                "",
                "{}",
                sample.name
            );
            let tab = ui_component::security_tab(&hidden, None, &Descriptions::default(), &assets)
                .into_string();
            assert!(tab.contains("No advisories have been read yet"), "{tab}");
            assert!(tab.contains(r#"data-affected="0" data-total="0""#), "{tab}");
            assert!(!tab.contains("RUSTSEC-"), "{tab}");
        }
    }
}
