//! The counters of one tenant.

use std::collections::BTreeMap;

use crate::{Month, UsageCounter, UsageKind, UsageTotals, WriterId};

#[derive(Debug, Default)]
pub(super) struct Usage(BTreeMap<(Month, UsageKind, WriterId), u64>);

impl Usage {
    pub(super) fn count_creation(&mut self, month: Month) {
        let total = self.0.entry((month, UsageKind::Creation, WriterId::STORE)).or_default();
        *total = total.saturating_add(1);
    }

    pub(super) fn merge(&mut self, counters: &[UsageCounter]) {
        for counter in counters {
            let total = self.0.entry((counter.month, counter.kind, counter.writer)).or_default();
            *total = counter.total.max(*total);
        }
    }

    pub(super) fn totals(&self, month: Month) -> UsageTotals {
        let of_month = self.0.iter().filter(|((of, ..), _)| *of == month);
        of_month.fold(UsageTotals::default(), |sum, ((_, kind, _), total)| sum.with(*kind, *total))
    }
}
