//! Which rules there are, which fields they read and on what these rest (specs/rules.md).

/// A rule: its sentence, and the claim fields without which it is not evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The rule.
    pub id: &'static str,
    /// What it points at.
    pub title: &'static str,
    /// The fields it reads: kind and field.
    pub fields: &'static [(&'static str, &'static str)],
    /// What these fields rest on.
    pub basis: &'static str,
    /// Its severity, and what changes that.
    pub severity: &'static str,
    /// Numbers of the ILO indicators it bears on; empty where that depends on the topic.
    pub ilo: &'static [u8],
}

/// The rules of this edition, by id.
pub const CATALOGUE: &[Rule] = &[
    Rule {
        id: "R-01",
        title: "no licence in force at recruitment",
        fields: &[
            ("contract.attest", "licences"),
            ("contract.attest", "parties"),
            ("contract.attest", "recruited_from"),
            ("contract.attest", "recruited_to"),
            ("licence", "status"),
            ("licence", "status_since"),
            ("licence", "valid_from"),
            ("licence.status", "effective"),
            ("licence.status", "status"),
        ],
        basis: "an authority's word, or an observer's register_lookup",
        severity: "4",
        ilo: &[1, 2],
    },
    Rule {
        id: "R-02",
        title: "recruited under a licence that had lost its force",
        fields: &[
            ("contract.attest", "licences"),
            ("contract.attest", "parties"),
            ("contract.attest", "recruited_from"),
            ("contract.attest", "recruited_to"),
            ("licence", "status"),
            ("licence", "valid_to"),
            ("licence.status", "effective"),
            ("licence.status", "status"),
        ],
        basis: "an authority's word, or an observer's register_lookup",
        severity: "5",
        ilo: &[1, 2],
    },
    Rule {
        id: "R-08",
        title: "workers paid for their recruitment",
        fields: &[
            ("contract.attest", "fee_statement"),
            ("contract.attest", "fees"),
            ("finding", "fees"),
        ],
        basis: "as the statement says; shown as reported below observed",
        severity: "4; 3 below observed",
        ilo: &[9],
    },
    Rule {
        id: "R-19",
        title: "identity documents held by others",
        fields: &[("contract.attest", "documents_held_by")],
        basis: "as the statement says; shown as reported below observed",
        severity: "5; 3 below observed; 2 on request against receipt",
        ilo: &[7],
    },
    Rule {
        id: "R-30",
        title: "a finding open beyond its date",
        fields: &[
            ("finding", "due"),
            ("finding", "severity"),
            ("finding.status", "due"),
            ("finding.status", "state"),
        ],
        basis: "the auditor's",
        severity: "that of the finding, 2 if not graded; at most 3 below observed",
        ilo: &[],
    },
    Rule {
        id: "R-47",
        title: "audit results incomplete",
        fields: &[
            ("audit", "findings_total"),
            ("audit", "manifest"),
            ("finding", "external_ref"),
            ("finding", "report_ref"),
        ],
        basis: "the audit's own manifest",
        severity: "3, needs inquiry; never adverse by itself",
        ilo: &[],
    },
];

/// What keeps a history from "no adverse entries": codes and what is missing.
pub const UNKNOWN_CODES: &[(&str, &str)] = &[
    (
        "alias-not-covered",
        "an id of the same party, as an accepted author says, was not asked about",
    ),
    (
        "attestation-missing",
        "no statement on how workers were recruited counts",
    ),
    (
        "audit-incomplete",
        "an audit declared findings that are not posted",
    ),
    (
        "audit-missing",
        "no on-site audit made by an accepted auditor is within its validity",
    ),
    (
        "author-silent",
        "an author that the policy names was not heard of in time",
    ),
    (
        "claim-not-readable",
        "a claim is withheld, erased, broken or of an unknown kind",
    ),
    (
        "fee-statement-missing",
        "nobody looked whether workers were charged",
    ),
    (
        "licence-not-named",
        "a recruiter of whom no licence is known",
    ),
    (
        "licence-status-unknown",
        "the status of a licence in a month of recruitment",
    ),
    (
        "logs-missing",
        "fewer logs were read than the policy asks for",
    ),
    (
        "related-ids-too-many",
        "more recruiters and licences than are looked at",
    ),
    (
        "replacement-in-doubt",
        "which of two statements stands, for one was made on a fork or with a compromised key",
    ),
    (
        "standing-lost",
        "statements whose authors' standing was revoked or had ended",
    ),
];
