//! What an entry states, in a few fields of its claim: for whoever reads the list of entries.

use super::Stated;
use crate::claim::{Claim, Effective};
use std::fmt::Display;

/// The fields of a claim that say most; none for kinds that speak through their subjects alone.
pub(super) fn stated(claim: &Claim) -> Vec<Stated> {
    let mut fields = Fields::default();
    match claim {
        Claim::Audit(audit) => {
            fields.set("report_ref", &audit.report_ref);
            fields.set("audit_type", &audit.audit_type);
            fields.set("announcement", &audit.announcement);
            fields.set("findings_total", &audit.findings_total);
            fields.if_any("valid_until", audit.valid_until.as_ref());
        }
        Claim::ContractAttest(attest) => {
            fields.set("recruited_from", &attest.recruited_from);
            fields.set("recruited_to", &attest.recruited_to);
            fields.set("fee_statement", &attest.fee_statement);
            fields.if_any("documents_held_by", attest.documents_held_by.as_ref());
        }
        Claim::Finding(finding) => {
            fields.set("topic", &finding.topic);
            fields.set("clause", &finding.clause);
            fields.set("native_grade", &finding.native_grade);
            fields.if_any("severity", finding.severity.as_ref());
            fields.if_any("due", finding.due.as_ref());
        }
        Claim::FindingStatus(status) => {
            fields.set("state", &status.state);
            fields.set("on", &status.on);
            fields.if_any("due", status.due.as_ref());
        }
        Claim::IdLink(link) => {
            fields.set("from", &link.from);
            fields.set("relation", &link.relation);
            fields.set("to", &link.to);
        }
        Claim::Licence(licence) => {
            fields.if_any("status", licence.status.as_ref());
            fields.if_any("route", licence.route.as_ref());
            fields.if_any("valid_from", licence.common().valid_from.as_ref());
            fields.if_any("valid_to", licence.common().valid_to.as_ref());
            fields.if_any("last_observed", licence.last_observed.as_ref());
        }
        Claim::LicenceStatus(status) => {
            fields.set("status", &status.status);
            fields.effective(status.effective);
        }
        Claim::AuditStatus(status) => {
            fields.set("state", &status.state);
            fields.set("on", &status.on);
        }
        Claim::GrievanceStat(stat) => {
            fields.set("channel", &stat.channel);
            fields.set("period_from", &stat.period_from);
            fields.set("period_to", &stat.period_to);
            fields.set("received", &stat.received);
        }
        Claim::Listing(listing) => {
            fields.set("list", &listing.list);
            fields.if_any("country", listing.country.as_ref());
        }
        Claim::Remedy(remedy) => {
            fields.set("remedy_type", &remedy.remedy_type);
            fields.if_any("owed_total", remedy.owed_total.as_ref());
            fields.if_any("paid_total", remedy.paid_total.as_ref());
            fields.if_any("completed_on", remedy.completed_on.as_ref());
        }
        Claim::Reply(reply) => fields.set("stance", &reply.stance),
        other => more(other, &mut fields),
    }
    fields.0
}

/// The same for agreements, certificates, chains and acts.
fn more(claim: &Claim, fields: &mut Fields) {
    match claim {
        Claim::Ack(ack) => {
            fields.set("seen_on", &ack.seen_on);
            fields.if_any("action", ack.action.as_ref());
        }
        Claim::Certificate(certificate) => {
            fields.set("scheme", &certificate.scheme);
            fields.set("number", &certificate.number);
            fields.if_any("expires_on", certificate.expires_on.as_ref());
        }
        Claim::CertificateStatus(status) => {
            fields.set("number", &status.number);
            fields.set("status", &status.status);
            fields.effective(status.effective);
        }
        Claim::RecruitmentAgreement(agreement) => {
            fields.set("service_fee_paid_by", &agreement.service_fee_paid_by);
            fields.if_any("zero_fee_clause", agreement.zero_fee_clause.as_ref());
        }
        Claim::RulesetAdopt(adopt) => {
            fields.set("ruleset", &adopt.ruleset);
            fields.set("ruleset_sha256", &adopt.ruleset_sha256);
        }
        Claim::SupplyLink(link) => {
            fields.set("from", &link.from);
            fields.set("relation", &link.relation);
            fields.set("to", &link.to);
        }
        Claim::Withhold(withhold) => {
            fields.set("legal_basis", &withhold.legal_basis);
            fields.set("from", &withhold.from);
            fields.if_any("until", withhold.until.as_ref());
        }
        _ => {}
    }
}

#[derive(Default)]
struct Fields(Vec<Stated>);

impl Fields {
    fn effective(&mut self, effective: Effective) {
        match effective {
            Effective::On(day) => self.set("effective", &day),
            Effective::Between { after, by } => {
                self.if_any("effective_after", after.as_ref());
                self.set("effective_by", &by);
            }
        }
    }

    fn set(&mut self, field: &'static str, value: &impl Display) {
        let value = value.to_string();
        self.0.push(Stated { field, value });
    }

    fn if_any(&mut self, field: &'static str, value: Option<&impl Display>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }
}
