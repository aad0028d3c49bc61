//! When what a claim states happened, for "recorded late" (specs/rules.md, section 9).

use super::{Claim, Common, Effective, Licence, Listing, PartialDate};
use crate::time::{Date, Timestamp};

/// The first and the last day of an event, as precise as they are stated.
type Days = (Date, Date);

impl Claim {
    /// When what it states happened: the first and the last day, as precise as stated, of what had
    /// come to its end on the day it was `said`; `None` where it is about nothing that happened, or
    /// states no day.
    ///
    /// Every kind decides for itself: a new one does not compile before it has.
    pub fn event(&self, said: Date) -> Option<(Date, Date)> {
        let common = self.common();
        match self {
            Self::Ack(ack) => Some((ack.seen_on, ack.action_on.unwrap_or(ack.seen_on))),
            Self::Audit(audit) => Some((audit.started_on, audit.ended_on)),
            Self::AuditStatus(status) => Some(day(status.on)),
            Self::Certificate(certificate) => Some(day(certificate.issued_on)),
            Self::CertificateStatus(status) => Some(change(status.effective)),
            Self::ContractAttest(attest) => {
                Some((attest.recruited_from.first(), attest.recruited_to.last()))
            }
            Self::Finding(finding) => {
                let from = finding.period_from.map(PartialDate::first);
                let found = finding.found_on;
                Some((from.unwrap_or(found).min(found), found))
            }
            Self::FindingStatus(status) => Some(day(status.on)),
            Self::GrievanceStat(stat) => Some((stat.period_from.first(), stat.period_to.last())),
            Self::IdLink(_) | Self::RecruitmentAgreement(_) | Self::SupplyLink(_) => {
                newest_end(common, said)
            }
            Self::Licence(licence) => row(licence),
            Self::LicenceStatus(status) => Some(change(status.effective)),
            Self::Listing(listing) => listed(listing, said),
            Self::RegisterSnapshot(snapshot) => {
                let read = snapshot.retrieved_at.map(Timestamp::date);
                Some((snapshot.listed_on, read.unwrap_or(snapshot.listed_on)))
            }
            // What is still to be done has no end that somebody could be late for.
            Self::Remedy(remedy) => remedy.completed_on.map(span),
            Self::RulesetAdopt(adopt) => Some(day(adopt.from)),
            Self::Withhold(withhold) => Some(day(withhold.from)),
            // A description and an answer: neither is about a day.
            Self::Profile(_) | Self::Reply(_) => None,
        }
    }
}

/// A row of a register: when somebody looked, else since when it has been so.
fn row(licence: &Licence) -> Option<Days> {
    let seen = licence.first_observed.zip(licence.last_observed);
    let one = licence.last_observed.or(licence.first_observed);
    seen.or(one.map(day))
        .or(licence.status_since.map(change))
        .or(licence.valid_from.map(span))
}

/// A row of a list: when it was taken off, else put on, else when the first copy held it.
fn listed(listing: &Listing, said: Date) -> Option<Days> {
    let dated = listing.delisted_on.or(listing.listed_on).map(change);
    dated
        .or_else(|| newest_end(listing.common(), said))
        .or(listing.first_observed.map(day))
}

/// Of what goes on for a time: its end, if that lies in the past, else its beginning.
fn newest_end(common: Common<'_>, said: Date) -> Option<Days> {
    let ended = common.valid_to.filter(|to| to.last() <= said);
    ended.or(common.valid_from).map(span)
}

fn span(date: PartialDate) -> Days {
    (date.first(), date.last())
}

fn change(effective: Effective) -> Days {
    let by = effective.latest();
    (effective.earliest().unwrap_or(by), by)
}

const fn day(day: Date) -> Days {
    (day, day)
}

#[cfg(test)]
mod tests;
