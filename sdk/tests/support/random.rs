//! Random statements of every kind of claim, with random values of the fields that rules read.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "shared by tests, of which none uses all; a test fails by panicking"
)]

use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;

/// A reference: its sort, and the template of what it refers to.
pub(crate) type Reference = (&'static str, &'static str);

/// A statement somebody may make.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) by: &'static str,
    pub(crate) template: &'static str,
    /// What differs from the template, in TOML.
    pub(crate) changes: String,
    pub(crate) reference: Option<Reference>,
}

/// What statements of a template may be made of.
pub(crate) struct Sort {
    pub(crate) template: &'static str,
    by: &'static [&'static str],
    refs: &'static [Option<Reference>],
    /// Fields of the claim, of the statement where a dot comes first, and values in TOML; `""` takes
    /// a field away.
    fields: &'static [(&'static str, &'static [&'static str])],
}

const ASK: &[&str] = &["'yes'", "'no'", "'not_assessed'", "''"];
const STANDARD: &[&str] = &[
    "'alleged'",
    "'reported'",
    "'observed'",
    "'adjudicated'",
    "''",
];
const BACKFILL: &[&str] = &["true"];
const DAYS: &[&str] = &[
    "'2023-03-01'",
    "'2026-02-13'",
    "'2026-06-10'",
    "'2026-08-12'",
    "'2026-08-31'",
    "'2026-10-01'",
    "''",
];
const BANDS: &[&str] = &["'none'", "'few'", "'10-19'", "'50-99'", "'250+'", "''"];
const FEES: &[&str] = &[
    "''",
    "[{ category = 'medical', payer = 'worker' }]",
    "[{ category = 'medical', payer = 'worker_later_reimbursed', financed_by_loan = 'yes', loan_interest = 'yes' }]",
    "[{ category = 'recruitment_service', payer = 'worker', lowest = { minor_units = 100000, currency = 'AED' }, median = { minor_units = 400000, currency = 'AED' }, highest = { minor_units = 500000, currency = 'AED' }, legal_cap = { minor_units = 200000, currency = 'AED' } }]",
    "[{ category = 'bribe_kickback', payer = 'agency', highest = { minor_units = 9, currency = 'AED' } }]",
    "[{ category = 'medical', payer = 'worker', highest = { minor_units = 0, currency = 'AED' } }]",
    "[{ category = 'medical', payer = 'a_friend' }]",
];
const TEXT: &[&str] = &["{ lang = 'en', description = 'As it was seen on site.' }"];
const STATES: &[&str] = &[
    "'active'",
    "'active_with_conditions'",
    "'suspended'",
    "'revoked'",
    "'expired'",
    "'refused'",
    "'barred'",
    "'not_found'",
    "'under_appeal'",
    "'applied'",
    "'of_tomorrow'",
];
const EFFECTIVE: &[&str] = &[
    "{ on = '2026-02-01' }",
    "{ on = '2026-06-10' }",
    "{ on = '2026-08-30' }",
    "{ between = { after = '2026-05-20', by = '2026-06-05' } }",
    "{ between = { by = '2026-07-15' } }",
];
/// The same in place of a day, and in place of an interval from one day to another.
const OF_DAY: &[&str] = &[
    "{ on = '2026-02-01' }",
    "{ on = '2026-06-10' }",
    "{ on = '2026-08-30' }",
    "{ on = '', between = { after = '2026-05-20', by = '2026-06-05' } }",
    "{ on = '', between = { by = '2026-07-15' } }",
];
const OF_INTERVAL: &[&str] = &[
    "{ between = '', on = '2026-02-01' }",
    "{ between = '', on = '2026-06-10' }",
    "{ between = { after = '2026-05-20', by = '2026-06-05' } }",
    "{ between = { after = '', by = '2026-07-15' } }",
];
const CONDITIONS: &[&str] = &[
    "''",
    "[{ code = 'C-1', due = '2026-08-01' }]",
    "[{ code = 'C-1', due = '2026-08-01', closed_on = '2026-08-02' }]",
    "[{ code = 'C-2' }]",
];
const ABOUT_FINDING: &[Option<Reference>] = &[
    Some(("about", "finding")),
    Some(("closes", "finding")),
    None,
];

/// Every kind of claim is here at least once; a test asks.
pub(crate) const SORTS: &[Sort] = &[
    Sort {
        template: "finding",
        by: &["auditor", "other-auditor", "field-desk", "company"],
        refs: &[None, None, None, Some(("supersedes", "finding"))],
        fields: &[
            (".own_key", &["'R-1/2'", "'R-1/3'", "'R-2/1'"]),
            (".backfill", BACKFILL),
            (".text", TEXT),
            (
                "topic",
                &[
                    "'fees'",
                    "'debt'",
                    "'movement'",
                    "'living'",
                    "'violence'",
                    "'child'",
                    "'young_worker'",
                    "'wages_withheld'",
                    "'access_denied'",
                    "'state_imposed'",
                    "'safety'",
                    "'of_tomorrow'",
                ],
            ),
            ("severity", &["0", "1", "2", "3", "4", "5", "''"]),
            (
                "found_on",
                &[
                    "'2026-08-12'",
                    "'2026-05-01'",
                    "'2025-01-10'",
                    "'2026-09-20'",
                ],
            ),
            ("reply_by", &["''", "'2026-09-30'"]),
            ("due", DAYS),
            ("positive", &["true"]),
            ("evidence_standard", STANDARD),
            ("report_ref", &["'R-1'", "'R-2'", "'R-9'"]),
            ("scheme", &["'SMETA'", "'SMETA-7'"]),
            ("native_grade", &["'Critical'", "'CAR'"]),
            ("notified_on", DAYS),
            ("fees", FEES),
        ],
    },
    Sort {
        template: "closed",
        by: &["auditor", "other-auditor", "field-desk"],
        refs: &[
            Some(("closes", "finding")),
            Some(("closes", "finding")),
            Some(("about", "finding")),
            Some(("supersedes", "closed")),
            Some(("retracts", "finding")),
        ],
        fields: &[
            (
                "state",
                &[
                    "'open'",
                    "'in_progress'",
                    "'closed_unverified'",
                    "'withdrawn'",
                    "'extension_granted'",
                    "'overdue'",
                    "'disputed'",
                ],
            ),
            (
                "on",
                &[
                    "'2026-08-13'",
                    "'2026-08-20'",
                    "'2026-08-31'",
                    "'2026-09-09'",
                ],
            ),
            ("due", DAYS),
            (
                "verified_by",
                &["''", "'osid:XA2026001N0RTHW'", "'lei:999900DEMO0000000152'"],
            ),
            ("method", &["''", "'desk'"]),
            (".text", TEXT),
        ],
    },
    Sort {
        template: "audit",
        by: &["auditor", "other-auditor", "field-desk"],
        refs: &[None, None, Some(("supersedes", "audit"))],
        fields: &[
            (".own_key", &["'R-2'", "'R-9'"]),
            (".backfill", BACKFILL),
            (".basis", &["['document_seen']", "['on_site']"]),
            (
                ".declares",
                &[
                    "[{ own_key = 'R-1/1', grade = 'major' }]",
                    "[{ own_key = 'R-2/1', grade = 'major' }]",
                ],
            ),
            (".text", TEXT),
            ("report_ref", &["'R-2'", "'R-9'"]),
            ("started_on", &["'2026-01-05'", "'2023-01-01'"]),
            (
                "ended_on",
                &[
                    "'2026-01-06'",
                    "'2026-05-01'",
                    "'2026-08-11'",
                    "'2026-09-03'",
                ],
            ),
            ("valid_until", DAYS),
            ("scheme", &["'BSCI'", "'SLCP'"]),
            (
                "rating",
                &[
                    "{ scale = 'letters', value = 'C' }",
                    "{ scale = 'letters', value = 'A' }",
                ],
            ),
            (
                "announcement",
                &["'announced'", "'semi_announced'", "'not_stated'"],
            ),
            ("access_denied", &["'full'", "'partial'", "'delayed'", "''"]),
            ("dormitories_in_scope", ASK),
            (
                "workforce",
                &[
                    "''",
                    "{ total = '250+' }",
                    "{ total = '', migrant = 'none' }",
                    "{ migrant = '' }",
                ],
            ),
            (
                "interviews",
                &[
                    "''",
                    "{ individual = 'few' }",
                    "{ languages = ['en'] }",
                    "{ management_present = 'yes' }",
                    "{ individual = '', languages = '' }",
                ],
            ),
            ("evidence_standard", STANDARD),
        ],
    },
    Sort {
        template: "audit_status",
        by: &["auditor", "other-auditor", "scheme"],
        refs: &[Some(("about", "audit")), Some(("about", "audit")), None],
        fields: &[
            ("state", &["'superseded'", "'qa_passed'", "'issued'"]),
            ("on", &["'2026-08-31'", "'2026-09-09'"]),
        ],
    },
    Sort {
        template: "attest",
        by: &["company", "auditor"],
        refs: &[
            None,
            None,
            Some(("supersedes", "attest")),
            Some(("retracts", "attest")),
        ],
        fields: &[
            (".basis", &["['self_declared']", "['on_site']"]),
            ("recruited_from", &["'2026-01'", "'2026'", "'2026-09'"]),
            ("recruited_to", &["'2026-08'", "'2026-12'", "'2026-06'"]),
            ("fee_statement", &["'charged'", "'not_assessed'"]),
            ("fees", FEES),
            ("size", &["'few'", "'250+'"]),
            ("destination", &["{ country = 'SA' }"]),
            (
                "origin",
                &["''", "{ country = 'AE' }", "{ country = 'BD' }"],
            ),
            ("occupation", &["'9329'", "'9'"]),
            ("job_order", &["'O-1'"]),
            (
                "channel",
                &["'direct'", "'sub_agent'", "'government'", "''"],
            ),
            ("licences", &["''", "['lic:XA-LAB:OLDROAD-0']"]),
            (
                "documents_held_by",
                &[
                    "'employer'",
                    "'employer_on_request_receipt'",
                    "'not_assessed'",
                    "''",
                    "'a_friend'",
                ],
            ),
            ("sub_agents_used", ASK),
            ("terms_assessed", ASK),
            ("terms_stated", &["''", "['base_wage', 'hours']"]),
            ("changes_assessed", ASK),
            (
                "changes",
                &[
                    "[{ term = 'base_wage', direction = 'worse', stage = 'on_arrival' }]",
                    "[{ term = 'base_wage', direction = 'better', stage = 'on_arrival' }]",
                ],
            ),
            ("contract_languages", &["''", "['en']"]),
            ("cohort_languages", &["''", "['bn']"]),
            (
                "signed_before_departure",
                &["'no'", "'partial'", "'not_assessed'", "''"],
            ),
            ("days_before_departure", &["''", "4", "0"]),
            ("free_to_terminate", ASK),
            ("exit_penalty_charged", ASK),
            (
                "exit_penalty",
                &[
                    "{ minor_units = 1, currency = 'AED' }",
                    "{ minor_units = 0, currency = 'AED' }",
                ],
            ),
            ("notice_days", &["''", "91", "0"]),
            ("deposit_taken", ASK),
            (
                "deposits",
                &[
                    "[{ payer = 'worker', amount = { minor_units = 1, currency = 'AED' } }]",
                    "[{ payer = 'employer' }]",
                    "[{ payer = 'a_friend' }]",
                ],
            ),
            ("wage", &["''", "{ per = 'day' }", "{ per = 'hour' }"]),
            (
                "pay_interval",
                &["''", "'longer'", "'week'", "'of_tomorrow'"],
            ),
            (
                "total_deductions",
                &["''", "'over_50_percent'", "'25_to_50_percent'"],
            ),
            ("housing_deduction", &["'25_to_50_percent'", "'none'"]),
            ("food_deduction", &["'25_to_50_percent'", "'none'"]),
            ("hours_week", &["''", "49", "90"]),
            ("overtime_week_max", &["''", "13", "0"]),
            ("rest_days_week", &["''", "0", "2"]),
            ("evidence_standard", STANDARD),
        ],
    },
    Sort {
        template: "licence",
        by: &["ministry"],
        refs: &[None, Some(("supersedes", "licence"))],
        fields: &[
            (".subjects", &["['lic:XA-LAB:OLDROAD-0']"]),
            ("status", STATES),
            ("status_since", EFFECTIVE),
            ("valid_from", DAYS),
            ("valid_to", &["'2026-06-15'", "'2026-09-15'", "''"]),
            ("route", &["'A'", "'B'"]),
            ("destination_countries", &["['SA']", "''"]),
            ("source_countries", &["['BD']", "''"]),
            ("occupations", &["['9329']", "['93']"]),
            ("all_occupations", &["true"]),
            ("quota", &["49", "50", "1"]),
            ("job_order", &["'O-1'"]),
            ("conditions", CONDITIONS),
            ("legal_holder", &["'lei:999900DEMO0000000249'"]),
            ("sub_agents", &["['lei:999900DEMO0000000249']"]),
        ],
    },
    Sort {
        template: "seen",
        by: &["watcher", "other-watcher"],
        refs: &[None, Some(("supersedes", "seen"))],
        fields: &[
            ("status", STATES),
            ("first_observed", DAYS),
            ("last_observed", DAYS),
            ("status_since", OF_INTERVAL),
            ("valid_to", &["'2026-06-15'"]),
            ("destination_countries", &["['SA']"]),
            ("conditions", CONDITIONS),
            ("unresolved", &["true"]),
        ],
    },
    Sort {
        template: "status",
        by: &["ministry"],
        refs: &[None, Some(("supersedes", "status"))],
        fields: &[
            ("status", STATES),
            ("effective", OF_DAY),
            ("previous_status", STATES),
            ("conditions", CONDITIONS),
        ],
    },
    Sort {
        template: "seen_status",
        by: &["watcher", "other-watcher"],
        refs: &[None],
        fields: &[
            ("status", STATES),
            ("effective", OF_INTERVAL),
            ("previous_status", STATES),
        ],
    },
    Sort {
        template: "remedy",
        by: &["company", "auditor", "other-auditor"],
        refs: ABOUT_FINDING,
        fields: &[
            (".text", TEXT),
            ("remedy_type", &["'wage_repayment'", "'apology'"]),
            ("evidence_standard", STANDARD),
            ("discovered_on", DAYS),
            ("completed_on", DAYS),
            (
                "owed_total",
                &[
                    "''",
                    "{ minor_units = 500001, currency = 'AED' }",
                    "{ minor_units = 1, currency = 'NPR' }",
                ],
            ),
            (
                "paid_total",
                &["''", "{ minor_units = 1, currency = 'AED' }"],
            ),
            ("workers_owed", BANDS),
            ("workers_paid", BANDS),
            ("departed_workers_included", ASK),
            ("payers", &["''", "['lei:999900DEMO0000000249']"]),
            ("verified_by", &["''", "'osid:XA2026001N0RTHW'"]),
            ("verification", &["''", "'desk'"]),
            (
                "worker_confirmation",
                &["'none'", "'under_50_percent'", "'over_90_percent'"],
            ),
            ("retaliation_seen", ASK),
            ("fees", FEES),
        ],
    },
    Sort {
        template: "listing",
        by: &["auditor", "ministry", "watcher"],
        refs: &[None, None, Some(("supersedes", "listing"))],
        fields: LISTED,
    },
    Sort {
        template: "bar",
        by: &["watcher", "other-auditor"],
        refs: &[None, None, Some(("supersedes", "bar"))],
        fields: LISTED,
    },
    Sort {
        template: "grievance",
        by: &["company", "auditor"],
        refs: &[None, None, Some(("supersedes", "grievance"))],
        fields: &[
            ("period_from", &["'2025-01'", "'2025-07'", "'2026-05'"]),
            ("period_to", &["'2025-12'", "'2026-08'", "'2026-12'"]),
            ("received", &["'none'", "'few'", "'250+'"]),
            ("operator_independent", ASK),
        ],
    },
    Sort {
        template: "agent_link",
        by: &["company", "watcher", "auditor"],
        refs: &[None],
        fields: &[
            ("registered", ASK),
            ("relation", &["'recruits_through'", "'labour_from'"]),
            ("evidence_standard", STANDARD),
        ],
    },
    Sort {
        template: "chain",
        by: &["company", "auditor"],
        refs: &[None, Some(("supersedes", "chain"))],
        fields: &[
            ("tier", &["''", "2"]),
            ("relation", &["'labour_from'", "'buys_from'"]),
            ("valid_from", DAYS),
            ("valid_to", DAYS),
        ],
    },
    Sort {
        template: "link",
        by: &["auditor", "other-auditor", "ministry", "company"],
        refs: &[None],
        fields: &[(
            "relation",
            &["'owns'", "'operates'", "'successor_of'", "'formerly'"],
        )],
    },
    Sort {
        template: "successor",
        by: &["ministry", "watcher"],
        refs: &[None],
        fields: &[("relation", &["'same_legal_entity'", "'formerly'"])],
    },
    Sort {
        template: "reply",
        by: &["respondent", "company"],
        refs: &[
            Some(("replies", "finding")),
            Some(("replies", "audit")),
            Some(("replies", "remedy")),
            Some(("replies", "listing")),
            Some(("replies", "grievance")),
        ],
        fields: &[("stance", &["'disputes'", "'accepts'", "'corrects'"])],
    },
    Sort {
        template: "certificate",
        by: &["scheme", "company", "auditor"],
        refs: &[None],
        fields: &[
            ("expires_on", DAYS),
            ("issued_on", &["'2020-01-01'", "'2026-08-31'"]),
        ],
    },
    Sort {
        template: "certificate_status",
        by: &["scheme", "auditor", "watcher"],
        refs: &[Some(("about", "certificate")), None],
        fields: &[
            (
                "status",
                &["'suspended'", "'expired'", "'not_found'", "'active'"],
            ),
            ("effective", OF_DAY),
        ],
    },
    Sort {
        template: "agreement",
        by: &["company", "auditor"],
        refs: &[None],
        fields: &[
            ("service_fee_paid_by", &["'worker'"]),
            ("zero_fee_clause", ASK),
            ("licences", &["''", "['lic:XA-LAB:OLDROAD-0']"]),
        ],
    },
    Sort {
        template: "profile",
        by: &["company", "ministry", "auditor"],
        refs: &[None],
        fields: &[("workers", BANDS), ("migrant_workers", BANDS)],
    },
    Sort {
        template: "snapshot",
        by: &["watcher", "ministry"],
        refs: &[None],
        fields: &[
            ("coverage", &["'sample'"]),
            ("listed_on", &["'2026-06-01'"]),
        ],
    },
    Sort {
        template: "ack",
        by: &["company", "respondent"],
        refs: &[Some(("about", "finding")), Some(("about", "audit"))],
        fields: &[("seen_on", &["'2026-08-20'", "'2026-01-01'"])],
    },
    Sort {
        template: "withhold",
        by: &["scheme"],
        refs: &[Some(("about", "finding")), Some(("about", "audit"))],
        fields: &[("from", &["'2026-08-20'"])],
    },
    Sort {
        template: "adopt",
        by: &["company", "ministry", "scheme"],
        refs: &[None],
        fields: &[("ruleset", &["'2026-2'"])],
    },
];

const LISTED: &[(&str, &[&str])] = &[
    ("list", &["'XA-OTHER'"]),
    ("match_method", &["'possible'", "'person_confirmed'"]),
    ("matched_by", &["'lei:999900DEMO0000000249'"]),
    ("listed_on", EFFECTIVE),
    ("delisted_on", EFFECTIVE),
    ("valid_from", DAYS),
    ("valid_to", DAYS),
    ("first_observed", DAYS),
    ("last_observed", DAYS),
    ("goods", &["['52']"]),
    ("native_goods", &["['cotton']"]),
    ("country", &["'NP'"]),
    ("evidence_standard", STANDARD),
];

/// Choices that a statement follows from.
type Choices = (Index, Index, Index, Vec<(Index, Index)>);

fn line(sorts: &[&'static Sort], (sort, by, to, values): &Choices) -> Line {
    let sort = sort.get::<&Sort>(sorts);
    let mut changes: BTreeMap<&str, &str> = BTreeMap::new();
    for (field, value) in values {
        let (name, values) = field.get(sort.fields);
        changes.insert(name, value.get::<&str>(values));
    }
    let set = |(name, value): (&str, &str)| format!("{name} = {value}\n");
    let of_statement = changes
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix('.')?, *value)));
    let of_statement: String = of_statement.map(set).collect();
    let of_claim = changes.iter().filter(|(name, _)| !name.starts_with('.'));
    let of_claim: String = of_claim.map(|(name, value)| set((name, value))).collect();
    Line {
        by: by.get::<&str>(sort.by),
        template: sort.template,
        changes: format!("{of_statement}[claim]\n{of_claim}"),
        reference: *to.get(sort.refs),
    }
}

/// A random statement of one of these sorts, with up to five fields changed.
pub(crate) fn line_of(sorts: Vec<&'static Sort>) -> impl Strategy<Value = Line> {
    let index = any::<Index>;
    let values = prop::collection::vec((index(), index()), 0..6);
    let choices = (index(), index(), index(), values);
    choices.prop_map(move |choices| line(&sorts, &choices))
}

/// A random statement of any sort.
pub(crate) fn any_line() -> impl Strategy<Value = Line> {
    line_of(SORTS.iter().collect())
}

/// Every field of every sort with every value, one at a time, and every sort as it is.
pub(crate) fn single_changes() -> impl Iterator<Item = (&'static str, String)> {
    SORTS.iter().flat_map(|sort| {
        let values = sort.fields.iter().flat_map(|(name, values)| {
            let change = move |value: &&str| match name.strip_prefix('.') {
                Some(name) => format!("{name} = {value}\n"),
                None => format!("[claim]\n{name} = {value}\n"),
            };
            values.iter().map(change)
        });
        std::iter::once(String::new())
            .chain(values)
            .map(|changes| (sort.template, changes))
    })
}
