//! The buyer's other way: asking the indexes of all logs for bundles, instead of reading logs.

use super::DemoError;
use fairtrail::bundle::{Bundle, Inquired, Inquiry, Question};
use fairtrail::client::Gateway;
use fairtrail::policy::Policy;
use fairtrail::subject::SubjectId;
use std::thread;
use std::time::Duration;

/// Time from one attempt to the next.
const PAUSE: Duration = Duration::from_millis(250);
/// Attempts until indexes that do not cover their logs count as missing.
const ATTEMPTS: usize = 120;

/// The gateways of a policy's logs.
pub(super) struct Indexes<'a> {
    policy: &'a Policy,
    gateways: Vec<Gateway>,
    /// Entries in each log.
    entries: u64,
}

impl<'a> Indexes<'a> {
    pub(super) fn new(policy: &'a Policy, entries: u64) -> Result<Self, DemoError> {
        let logs = policy.logs().logs().iter();
        let gateways = logs.map(|log| Gateway::at(log.url().unwrap_or_default()));
        Ok(Self {
            policy,
            gateways: gateways.collect::<Result<_, _>>()?,
            entries,
        })
    }

    /// What bundles prove about a subject, once the indexes cover all entries and the other nodes
    /// vouch for them, which takes them a moment.
    pub(super) fn inquire(&self, subject: &SubjectId) -> Result<Inquired, DemoError> {
        let mut attempt = 1;
        loop {
            let failed = match self.try_inquire(subject) {
                Ok(inquired) if self.covers(&inquired) => return Ok(inquired),
                Ok(_) => None,
                Err(error) => Some(error),
            };
            if attempt == ATTEMPTS {
                return Err(failed.unwrap_or(DemoError::IndexBehind));
            }
            attempt += 1;
            thread::sleep(PAUSE);
        }
    }

    fn covers(&self, inquired: &Inquired) -> bool {
        let mut logs = inquired.evidence.logs().iter();
        logs.all(|log| log.proved.head.size.get() == self.entries)
    }

    fn try_inquire(&self, subject: &SubjectId) -> Result<Inquired, DemoError> {
        let mut inquiry = Inquiry::new(self.policy, vec![subject.clone()], None);
        loop {
            let bundles = self.ask(inquiry.question())?;
            if let Some(inquired) = inquiry.take(bundles)? {
                return Ok(inquired);
            }
        }
    }

    fn ask(&self, question: &Question) -> Result<Vec<Bundle>, DemoError> {
        let bundles = self.gateways.iter().map(|gateway| gateway.bundle(question));
        Ok(bundles.collect::<Result<_, _>>()?)
    }
}
