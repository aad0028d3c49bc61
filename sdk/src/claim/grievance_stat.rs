//! `grievance.stat`: how a complaint channel was used.

use super::common::{Kind, Need};
use super::value::{Band, Digest, Language, PartialDate, Set, ThreeValued};
use super::words::{PartyRole, Topic};
use super::{ClaimContext, Problems, claim_kind, claim_map, word_list};
use crate::entry::Role;

/// Days of the shortest quarter.
const QUARTER_DAYS: u32 = 90;

word_list! {
    /// Where workers can complain.
    pub enum GrievanceChannel {
        App "app",
        Committee "committee",
        Hotline "hotline",
        Letterbox "letterbox",
        Ngo "ngo",
        Regulator "regulator",
        Union "union",
    }
}

claim_map! {
    /// Complaints about one topic; only where ten people or more complained of it.
    pub struct TopicBand {
        /// What they were about.
        1 => topic: Topic,
        /// How many.
        2 => received: Band,
    }
}

claim_kind! {
    /// Use of a complaint channel over a quarter or longer, in bands; over a year where fewer than
    /// ten complained. A channel nobody used says `none`, which is a statement.
    pub struct GrievanceStat: "grievance.stat" {
        /// Where workers could complain.
        16 => channel: GrievanceChannel,
        /// First month or year.
        17 => period_from: PartialDate,
        /// Last month or year.
        18 => period_to: PartialDate,
        /// How many complained.
        19 => received: Band,
        /// How many of these complaints were settled.
        20 ? resolved: Option<Band>,
        /// Whether somebody independent of the employer runs it.
        21 ? operator_independent: Option<ThreeValued>,
        /// How many workers may use it.
        22 ? workers_covered: Option<Band>,
        /// Languages it is offered in.
        23 ? languages: Set<Language>,
        /// The middle number of days to an answer.
        24 ? median_days: Option<u16>,
        /// Complaints by topic.
        25 ? topics: Vec<TopicBand>,
        /// Whether one may stay unnamed.
        26 ? anonymous_allowed: Option<ThreeValued>,
        /// Whether a policy protects those who complain.
        27 ? non_retaliation_policy: Option<ThreeValued>,
        /// Salted digest of that policy.
        28 ? policy: Option<Digest>,
    }
}

impl Kind for GrievanceStat {
    const ROLES: &'static [Role] = &[
        Role::Authority,
        Role::Auditor,
        Role::Company,
        Role::Recruiter,
        Role::Ngo,
        Role::WorkerOrganisation,
    ];
    const NEEDS: &'static [Need] = &[Need {
        any_of: &[
            PartyRole::Site,
            PartyRole::Dormitory,
            PartyRole::Vessel,
            PartyRole::Employer,
            PartyRole::Operator,
            PartyRole::LegalEntity,
            PartyRole::Recruiter,
            PartyRole::LabourProvider,
        ],
        required: true,
        meaning: "the site, firm or agency whose workers may use it",
    }];

    fn check(&self, _: &ClaimContext<'_>, problems: &mut Problems) {
        let (first, last) = (self.period_from.first(), self.period_to.last());
        let days = last
            .days()
            .checked_sub(first.days())
            .and_then(|days| days.checked_add(1));
        problems.rule(
            days.is_some_and(|days| days >= QUARTER_DAYS),
            "period_to",
            "a quarter at least",
        );
        problems.rule(
            self.resolved
                .is_none_or(|resolved| resolved <= self.received),
            "resolved",
            "are more than received",
        );
        problems.rule(
            self.median_days.is_none() || self.resolved.is_some_and(|band| band > Band::None),
            "median_days",
            "stand without complaints settled",
        );
        problems.rule(
            self.topics.is_sorted_by(|a, b| a.topic < b.topic),
            "topics",
            "do not rise, or come twice",
        );
        problems.rule(
            self.topics
                .iter()
                .all(|line| line.received <= self.received),
            "topics",
            "hold more complaints than received",
        );
        problems.rule(
            self.policy.is_none() || self.non_retaliation_policy == Some(ThreeValued::Yes),
            "non_retaliation_policy",
            "is not `yes` though policy names one",
        );
    }
}
