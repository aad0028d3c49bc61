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
            match status.effective {
                Effective::On(day) => fields.set("effective", &day),
                Effective::Between { after, by } => {
                    fields.if_any("effective_after", after.as_ref());
                    fields.set("effective_by", &by);
                }
            }
        }
        Claim::Reply(reply) => fields.set("stance", &reply.stance),
        _ => {}
    }
    fields.0
}

#[derive(Default)]
struct Fields(Vec<Stated>);

impl Fields {
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
