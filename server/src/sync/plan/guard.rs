//! Refuses a sync whose result is less plausible than a fault of its source.

use crate::entity::data_status::{self, Source};
use crate::sync::parse::advisory_file::Advisories;
use crate::sync::plan::known::Known;
use crate::sync::source::sources::Opened;
use crate::sync::{Lost, SyncError};
use std::collections::HashSet;

/// The number of removals that is always allowed: in a small database any
/// change is a large share.
const ALWAYS_PLAUSIBLE: usize = 10;

/// The limits of what a sync may remove.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// The largest share of the known data that one sync may remove or
    /// withdraw, in percent.
    pub max_loss: u8,
    /// True if the operator has looked and accepts the loss.
    pub is_forced: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            max_loss: 5,
            is_forced: false,
        }
    }
}

impl Guard {
    /// Checks that the advisory-db may replace the known data.
    pub(in crate::sync) fn check_advisories(
        &self,
        known: &Known,
        status: Option<&data_status::Model>,
        opened: &Opened,
        read: &Advisories,
    ) -> Result<(), SyncError> {
        let (unreadable, of) = (read.skipped.len(), read.skipped.len() + read.count());
        let is_mostly_unreadable =
            unreadable > ALWAYS_PLAUSIBLE && unreadable > of / 2 && !self.is_forced;
        if read.count() == 0 || is_mostly_unreadable {
            return Err(SyncError::MostlyUnreadable { unreadable, of });
        }
        // Losing the sample does not matter.
        let Some(status) = status.filter(|status| status.source != Source::Sample) else {
            return Ok(());
        };
        if let (Some(last), Some((_, now))) = (status.committed_at, &opened.commit)
            && *now < last
            && !self.is_forced
        {
            return Err(SyncError::GoneBackwards { now: *now, last });
        }
        let before = known.live_advisories().count();
        let after = live_after(known, read);
        let lost = known.live_advisories().filter(|id| !after.contains(id));
        self.check_loss(Lost::Advisories, lost.count(), before)
    }

    /// Checks that this many items may be removed at once.
    pub(in crate::sync) fn check_loss(
        &self,
        what: Lost,
        lost: usize,
        of: usize,
    ) -> Result<(), SyncError> {
        let is_plausible =
            lost <= ALWAYS_PLAUSIBLE || lost * 100 <= of * usize::from(self.max_loss);
        match is_plausible || self.is_forced {
            true => Ok(()),
            false => Err(SyncError::TooMuchLost { what, lost, of }),
        }
    }
}

/// Returns the ids of the advisories that would be live after this sync.
fn live_after<'a>(known: &'a Known, read: &'a Advisories) -> HashSet<&'a str> {
    let parsed = read.parsed.iter().filter(|row| row.withdrawn.is_none());
    let parsed = parsed.map(|row| row.advisory_id.as_str());
    let kept = read.kept(known).into_iter();
    let kept = kept.filter_map(|path| known.live_advisory_at(path));
    parsed.chain(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_much_may_be_lost() {
        let guard = Guard::default();
        let check = |guard: Guard, lost, of| guard.check_loss(Lost::Advisories, lost, of).is_ok();
        for (lost, of, is_plausible) in [
            (0, 0, true),
            (10, 10, true),
            (11, 20, false),
            (50, 1000, true),
            (51, 1000, false),
        ] {
            assert_eq!(check(guard, lost, of), is_plausible, "{lost} of {of}");
        }
        let forced = Guard {
            is_forced: true,
            ..guard
        };
        assert!(check(forced, 1000, 1000));
    }
}
