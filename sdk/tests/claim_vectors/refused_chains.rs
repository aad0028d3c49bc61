//! One claim for each refusal of the kinds in [`super::chains`].

use fairtrail::claim::*;
use fairtrail::entry::Role;
use fairtrail::reason::Reason;

use super::chains::*;
use super::examples::{AGENCY, FIRM, SITE, code, date, money, subject};
use super::refused::vector;
use super::vector::{Header, Vector};

const INVALID: Reason = Reason::ClaimInvalid;
const MISSING: Reason = Reason::MissingField;
const BAND: Reason = Reason::PrivacyBand;

/// Name, refusal, comment, and what makes a good claim one to refuse.
type Change<T> = (&'static str, Reason, &'static str, fn(&mut T));

fn changed<T: Into<Claim>>(
    good: fn() -> T,
    header: fn() -> Header,
    changes: &[Change<T>],
) -> Vec<Vector> {
    let refused = |(name, reason, comment, change): &Change<T>| {
        let mut claim = good();
        change(&mut claim);
        vector(name, *reason, comment, ("", claim.into(), header()))
    };
    changes.iter().map(refused).collect()
}

pub(crate) fn all() -> Vec<Vector> {
    [
        changed(agreement, agreeing, AGREEMENTS),
        changed(certified, certifying, CERTIFICATES),
        changed(suspended, certifying, CERTIFICATE_STATUSES),
        changed(recalled, certifying, AUDIT_STATUSES),
        changed(remedy, remedying, REMEDIES),
        changed(link, linking, LINKS),
        changed(barred, reading, LISTINGS),
        changed(complaints, complaining, GRIEVANCES),
        changed(seen, acknowledging, ACKS),
        changed(hidden, withholding, WITHHOLDINGS),
        changed(adopted, adopting, RULESETS),
        roles(),
    ]
    .concat()
}

/// Good claims by a role that makes none of their kind.
fn roles() -> Vec<Vector> {
    let by = |role, header: Header| Header { role, ..header };
    let all: [(_, Claim, _); 11] = [
        (
            "agreement_role",
            agreement().into(),
            by(Role::Ngo, agreeing()),
        ),
        (
            "certificate_role",
            certified().into(),
            by(Role::Ngo, certifying()),
        ),
        (
            "certificate_status_role",
            suspended().into(),
            by(Role::Company, certifying()),
        ),
        (
            "audit_status_role",
            recalled().into(),
            by(Role::Company, certifying()),
        ),
        (
            "remedy_role",
            remedy().into(),
            by(Role::Respondent, remedying()),
        ),
        ("link_role", link().into(), by(Role::Node, linking())),
        (
            "listing_role",
            barred().into(),
            by(Role::Company, reading()),
        ),
        (
            "grievance_role",
            complaints().into(),
            by(Role::Scheme, complaining()),
        ),
        ("ack_role", seen().into(), by(Role::Desk, acknowledging())),
        (
            "withhold_role",
            hidden().into(),
            by(Role::Company, withholding()),
        ),
        (
            "ruleset_role",
            adopted().into(),
            by(Role::Recruiter, adopting()),
        ),
    ];
    let refused = |(name, claim, header)| {
        let comment = "a role that makes no statements of this kind";
        vector(name, Reason::RoleMismatch, comment, ("", claim, header))
    };
    all.into_iter().map(refused).collect()
}

const AGREEMENTS: &[Change<RecruitmentAgreement>] = &[
    (
        "agreement_fees",
        INVALID,
        "the highest below the lowest",
        |claim| {
            claim.fee_highest = Some(money(3_999_999));
        },
    ),
    (
        "agreement_sub_agents",
        INVALID,
        "not allowed, and named",
        |claim| {
            claim.sub_agents = Set::from([subject(AGENCY)]);
        },
    ),
    (
        "agreement_licence",
        INVALID,
        "a licence the header does not name",
        |claim| {
            claim.licences = Set::from([subject("lic:NP-DOFE:124/064/065")]);
        },
    ),
    ("agreement_agency", MISSING, "with whom?", |claim| {
        claim.parties = Set::from([Party::new(PartyRole::Employer, subject(FIRM))]);
    }),
    ("agreement_few", BAND, "what three people cost", |claim| {
        claim.workers = Some(Band::Few);
        claim.valid_from = None;
        claim.valid_to = None;
        claim.fee_highest = None;
    }),
];

const CERTIFICATES: &[Change<Certificate>] = &[
    (
        "certificate_expiry",
        INVALID,
        "ended before it was issued",
        |claim| {
            claim.expires_on = Some(date("2025-11-02"));
        },
    ),
    (
        "certificate_body",
        INVALID,
        "certified by itself",
        |claim| {
            claim.body = Some(subject(SITE));
        },
    ),
    (
        "certificate_holder",
        MISSING,
        "who is certified?",
        |claim| {
            claim.parties = Set::new();
        },
    ),
];

const CERTIFICATE_STATUSES: &[Change<CertificateStatus>] = &[
    (
        "certificate_status_until",
        INVALID,
        "withdrawn, and until when",
        |claim| {
            claim.status = CertificateState::Withdrawn;
        },
    ),
    (
        "certificate_status_gone",
        INVALID,
        "gone, and its word",
        |claim| {
            claim.status = CertificateState::NotFound;
            claim.until = None;
            claim.native_status = Some(code("valid"));
        },
    ),
    (
        "certificate_status_interval",
        INVALID,
        "by the day before it began",
        |claim| {
            claim.effective = Effective::Between {
                after: Some(date("2026-04-10")),
                by: date("2026-04-10"),
            };
        },
    ),
];

const AUDIT_STATUSES: &[Change<AuditStatus>] = &[
    (
        "audit_status_by",
        INVALID,
        "recalled, and another in its place",
        |claim| {
            claim.superseded_by = Some(fairtrail::id::EntryId::new([0x5a; 32]));
        },
    ),
    (
        "audit_status_party",
        MISSING,
        "who was inspected?",
        |claim| {
            claim.parties = Set::new();
        },
    ),
];

const REMEDIES: &[Change<Remedy>] = &[
    (
        "remedy_payer_verifies",
        INVALID,
        "verified by who pays",
        |claim| {
            claim.verified_by = Some(subject(FIRM));
        },
    ),
    (
        "remedy_subject_verifies",
        INVALID,
        "verified by who owes",
        |claim| {
            claim.verified_by = Some(subject(AGENCY));
        },
    ),
    (
        "remedy_verification",
        MISSING,
        "how was it verified?",
        |claim| {
            claim.verification = None;
        },
    ),
    (
        "remedy_workers_owed",
        MISSING,
        "owed to how many?",
        |claim| {
            claim.workers_owed = None;
        },
    ),
    (
        "remedy_workers_paid",
        INVALID,
        "more paid than owed",
        |claim| {
            claim.workers_paid = Some(Band::From50);
        },
    ),
    (
        "remedy_currency",
        INVALID,
        "owed and paid in two currencies",
        |claim| {
            claim.paid_total = Money::new(1, Currency::new("EUR").unwrap());
        },
    ),
    ("remedy_nobody", INVALID, "paid, to nobody", |claim| {
        claim.workers_paid = Some(Band::None);
    }),
    (
        "remedy_completed",
        INVALID,
        "done before it was known",
        |claim| {
            claim.completed_on = Some(date("2026-03-02"));
        },
    ),
    (
        "remedy_retaliation",
        INVALID,
        "seen, and never looked",
        |claim| {
            claim.retaliation_seen = Some(ThreeValued::No);
        },
    ),
    (
        "remedy_few_amount",
        BAND,
        "what three people were paid",
        |claim| {
            claim.workers_paid = Some(Band::Few);
            claim.discovered_on = None;
            claim.planned_on = None;
        },
    ),
    (
        "remedy_few_month",
        BAND,
        "three people, by the month",
        |claim| {
            claim.workers_paid = Some(Band::Few);
            claim.paid_total = None;
            claim.discovered_on = Some(date("2026"));
            claim.planned_on = Some(date("2026-05"));
        },
    ),
];

const LINKS: &[Change<SupplyLink>] = &[
    ("link_self", INVALID, "to itself", |claim| {
        claim.to = subject(SITE);
    }),
    (
        "link_stranger",
        INVALID,
        "a party the header does not name",
        |claim| {
            claim.to = subject(FIRM);
        },
    ),
    ("link_tier", INVALID, "tier 0", |claim| {
        claim.tier = Some(0);
    }),
];

const LISTINGS: &[Change<Listing>] = &[
    (
        "listing_unconfirmed",
        MISSING,
        "confirmed by whom?",
        |claim| {
            claim.matched_by = None;
        },
    ),
    (
        "listing_score",
        INVALID,
        "an identifier, and how alike",
        |claim| {
            claim.match_method = MatchMethod::Identifier;
            claim.matched_by = None;
        },
    ),
    ("listing_score_above", INVALID, "more than all", |claim| {
        claim.match_score = Some(101);
    }),
    (
        "listing_delisted",
        INVALID,
        "gone before it came",
        |claim| {
            claim.delisted_on = Some(Effective::On(date("2025-09-30")));
        },
    ),
    (
        "listing_goods",
        MISSING,
        "goods of which country?",
        |claim| {
            claim.goods = Set::from([Hs::new("52").unwrap()]);
        },
    ),
];

const GRIEVANCES: &[Change<GrievanceStat>] = &[
    ("grievance_period", INVALID, "two months", |claim| {
        claim.period_to = date("2026-02");
    }),
    (
        "grievance_resolved",
        INVALID,
        "more than received",
        |claim| {
            claim.resolved = Some(Band::From50);
        },
    ),
    (
        "grievance_policy",
        INVALID,
        "no policy, and which",
        |claim| {
            claim.non_retaliation_policy = Some(ThreeValued::No);
        },
    ),
    ("grievance_topics", INVALID, "a topic twice", |claim| {
        claim.topics.push(TopicBand::new(Topic::Fees, Band::From10));
    }),
    (
        "grievance_topic_few",
        BAND,
        "a topic of three people",
        |claim| {
            claim.topics = vec![TopicBand::new(Topic::Violence, Band::Few)];
        },
    ),
    ("grievance_day", BAND, "to the day", |claim| {
        claim.period_to = date("2026-03-31");
    }),
    (
        "grievance_few_month",
        BAND,
        "three people, in a quarter",
        |claim| {
            claim.received = Band::Few;
            claim.resolved = None;
            claim.median_days = None;
            claim.topics.clear();
            claim.period_from = date("2025");
        },
    ),
    (
        "grievance_few_days",
        BAND,
        "the days of three complaints",
        |claim| {
            claim.resolved = Some(Band::Few);
        },
    ),
];

const ACKS: &[Change<Ack>] = &[
    ("ack_action", INVALID, "when, but not what", |claim| {
        claim.action = None;
    }),
    ("ack_before", INVALID, "done before it was seen", |claim| {
        claim.action_on = Some(date("2026-03-05"));
    }),
];

const WITHHOLDINGS: &[Change<Withhold>] = &[(
    "withhold_until",
    INVALID,
    "ends before it begins",
    |claim| {
        claim.until = Some(date("2026-05-31"));
    },
)];

const RULESETS: &[Change<RulesetAdopt>] = &[
    ("ruleset_until", INVALID, "ends before it begins", |claim| {
        claim.until = Some(date("2026-06-30"));
    }),
    ("ruleset_previous", INVALID, "in place of itself", |claim| {
        claim.previous = Some(code("2026-1"));
    }),
];
