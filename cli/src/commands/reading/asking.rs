//! Asking the gateways of a policy's logs about subjects, and what becomes of a log whose gateways
//! give nothing that holds.

use super::answers::Answers;
use super::bundles::BundleRead;
use super::gateways::{Gateways, Source};
use crate::context::Context;
use crate::error::CliError;
use fairtrail::bundle::{Bundle, Evidence, Inquired, Inquiry, InquiryError, Question, complete};
use fairtrail::client::{Seen, SyncError, follow_index};
use fairtrail::history::LogNotRead;
use fairtrail::log::{LogError, Origin};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use fairtrail::subject::SubjectId;
use fairtrail::time::Date;

/// The logs of a policy that are asked, each through one gateway at a time.
pub(crate) struct Asking {
    policy: Policy,
    asked: Vec<Asked>,
    not_read: Vec<LogNotRead>,
}

/// One log.
struct Asked {
    origin: Origin,
    seen: Seen,
    source: Source,
    /// Whom to ask when that one gives nothing that holds.
    others: Vec<Source>,
    /// What its index covered when it was compared with the log last.
    compared: Option<(TreeSize, Root)>,
}

impl Asking {
    /// Every log of the policy that has a gateway.
    ///
    /// # Errors
    /// A log signed two histories, as was proved before; what is remembered cannot be read.
    pub(super) fn new(
        context: &Context<'_>,
        policy: Policy,
        mut gateways: Gateways,
    ) -> Result<Self, CliError> {
        let (mut asked, mut not_read) = (Vec::new(), Vec::new());
        for log in policy.logs().logs() {
            let mut sources = gateways.take(log).into_iter();
            let Some(source) = sources.next() else {
                not_read.push(LogNotRead {
                    origin: log.origin().to_string(),
                    reason: Reason::GatewayUnreachable,
                });
                continue;
            };
            asked.push(Asked {
                origin: log.origin().clone(),
                seen: Seen::open(context.home.path(), log)?,
                source,
                others: sources.collect(),
                compared: None,
            });
        }
        Ok(Self {
            policy,
            asked,
            not_read,
        })
    }

    /// Asks about subjects, until nothing is missing. A gateway whose answer does not hold is
    /// passed over; a log without another one is left out, and the history names it.
    ///
    /// # Errors
    /// No log is left; the policy trusts no index; a log is caught.
    pub(crate) fn inquire(
        &mut self,
        context: &mut Context<'_>,
        subjects: &[SubjectId],
        known_at: Option<Date>,
    ) -> Result<BundleRead, CliError> {
        self.talk(context, subjects, known_at, Talk::once())
    }

    /// As [`Self::inquire`], of logs whose answers are held: what came since is asked for and put to
    /// them. What does not fit or does not hold is asked for again in full. The answers come back too.
    ///
    /// # Errors
    /// As [`Self::inquire`].
    pub(crate) fn inquire_since(
        &mut self,
        context: &mut Context<'_>,
        subjects: &[SubjectId],
        known_at: Option<Date>,
        held: Answers,
    ) -> Result<BundleRead, CliError> {
        self.talk(context, subjects, known_at, Talk::since(held))
    }

    fn talk(
        &mut self,
        context: &mut Context<'_>,
        subjects: &[SubjectId],
        known_at: Option<Date>,
        mut talk: Talk,
    ) -> Result<BundleRead, CliError> {
        let policy = self.policy.clone();
        let new = || Inquiry::new(&policy, subjects.to_vec(), known_at);
        let mut inquiry = new().again(&talk.held.question);
        let inquired = loop {
            let bundles = self.ask(context, inquiry.question(), &mut talk)?;
            inquiry.leave_out(self.not_read.clone());
            match inquiry.take(bundles) {
                Ok(None) => {}
                Ok(Some(inquired)) => {
                    if self.compare(context, &inquired.evidence)? {
                        break inquired;
                    }
                }
                Err(InquiryError::Answer { at, error }) => {
                    if !talk.forgets(self.asked.get(at).map(|asked| &asked.origin)) {
                        self.pass_over(context, at, error.into())?;
                    }
                }
                Err(_) if talk.begins_anew() => inquiry = new(),
                Err(error) => return Err(error.into()),
            }
        };
        let Inquired {
            bundle,
            evidence,
            history,
            ..
        } = inquired;
        Ok(BundleRead {
            policy,
            bundle,
            evidence,
            history,
            came: talk.came,
            answers: talk.held,
        })
    }

    /// One answer for each log, in their order.
    fn ask(
        &mut self,
        context: &mut Context<'_>,
        question: &Question,
        talk: &mut Talk,
    ) -> Result<Vec<Bundle>, CliError> {
        let mut bundles = Vec::new();
        talk.completed.clear();
        while let Some(asked) = self.asked.get(bundles.len()) {
            let hear = |question: &Question| {
                let (bundle, len) = asked.source.gateway.bundle_and_len(question)?;
                Ok((of_log(bundle, &asked.origin)?, len))
            };
            match talk.answer(&asked.origin, question, hear) {
                Ok(bundle) => bundles.push(bundle),
                Err(error) => self.pass_over(context, bundles.len(), error)?,
            }
        }
        if bundles.is_empty() {
            let text = "no gateway of the policy's logs is known";
            let error = CliError::coded(Reason::GatewayUnreachable, text);
            return Err(error.only_hint("name one: --gateway http://127.0.0.1:8080"));
        }
        if talk.keeps {
            let logs = self.asked.iter().map(|asked| asked.origin.clone());
            talk.held = Answers {
                question: question.clone(),
                by_log: logs.zip(bundles.iter().cloned()).collect(),
            };
        }
        Ok(bundles)
    }

    /// Compares what was proved with what the gateways show and what was seen before; whether no
    /// log had to be left out for it.
    fn compare(
        &mut self,
        context: &mut Context<'_>,
        evidence: &Evidence,
    ) -> Result<bool, CliError> {
        let mut whole = true;
        for log in evidence.logs() {
            let mut places = self.asked.iter();
            let Some(at) = places.position(|asked| asked.origin == *log.origin()) else {
                continue;
            };
            let Some(asked) = self.asked.get_mut(at) else {
                continue;
            };
            let covered = (log.proved.head.size, log.proved.head.root);
            if asked.compared == Some(covered) {
                continue;
            }
            let (gateway, shown) = (&asked.source.gateway, asked.source.shown.as_ref().ok());
            match follow_index(gateway, shown, &asked.seen, &self.policy, log) {
                Ok(()) => asked.compared = Some(covered),
                Err(error @ (SyncError::Store(_) | SyncError::RolledBack { .. })) => {
                    return Err(error.into());
                }
                Err(error) => {
                    whole = false;
                    self.pass_over(context, at, error.into())?;
                }
            }
        }
        Ok(whole)
    }

    /// Asks another gateway of a log from now on, or leaves the log out.
    ///
    /// # Errors
    /// That was the last log.
    fn pass_over(
        &mut self,
        context: &mut Context<'_>,
        at: usize,
        error: CliError,
    ) -> Result<(), CliError> {
        let reason = error.reason().unwrap_or(Reason::GatewayUnreachable);
        let message = error.message();
        let Some(asked) = self.asked.get_mut(at) else {
            return Err(error);
        };
        if !asked.others.is_empty() {
            let url = &asked.source.url;
            context
                .ui
                .note(&format!("{url} was left out: {reason}: {message}"));
            asked.source = asked.others.remove(0);
            asked.compared = None;
            return Ok(());
        }
        let origin = asked.origin.to_string();
        if self.asked.len() == 1 {
            return Err(error);
        }
        self.asked.remove(at);
        context
            .ui
            .note(&format!("{origin} was not read: {reason}: {message}"));
        self.not_read.push(LogNotRead { origin, reason });
        Ok(())
    }
}

/// What was said on both sides so far.
struct Talk {
    held: Answers,
    /// Leaves that what was held at first covers. That was checked, what came since is not yet.
    covered: Vec<(Origin, TreeSize)>,
    /// Whether answers are held, for whoever asks again.
    keeps: bool,
    /// Whether only whole answers are asked for.
    whole: bool,
    /// Logs whose last answer was put together out of what was held and what came.
    completed: Vec<Origin>,
    /// Bytes that came.
    came: u64,
}

impl Talk {
    /// For whoever asks once and holds nothing.
    fn once() -> Self {
        Self {
            held: Answers::default(),
            covered: Vec::new(),
            keeps: false,
            whole: false,
            completed: Vec::new(),
            came: 0,
        }
    }

    /// For whoever holds answers that were checked.
    fn since(held: Answers) -> Self {
        let covered = held.by_log.iter();
        let covered = covered.filter_map(|(log, held)| Some((log.clone(), covered_by(held)?)));
        Self {
            covered: covered.collect(),
            held,
            keeps: true,
            ..Self::once()
        }
    }

    /// The whole answer of a log, out of what it says to one question or, where that does not go with
    /// what is held, to a second one.
    fn answer(
        &mut self,
        log: &Origin,
        question: &Question,
        hear: impl Fn(&Question) -> Result<(Bundle, usize), CliError>,
    ) -> Result<Bundle, CliError> {
        let held = self.held.to(question, log).filter(|_| !self.whole);
        let since = held.and_then(|held| Some((question.since(held)?, held.clone())));
        if let Some((since, held)) = since {
            match hear(&since) {
                Ok((came, len)) => {
                    self.count(len);
                    if let Ok(bundle) = complete(&held, came) {
                        self.completed.push(log.clone());
                        return Ok(bundle);
                    }
                }
                Err(error) if error.reason() == Some(Reason::GatewayUnreachable) => {
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        let (whole, len) = hear(question)?;
        self.count(len);
        self.check_step(log, &whole)?;
        Ok(whole)
    }

    fn count(&mut self, len: usize) {
        let bytes = u64::try_from(len).unwrap_or(u64::MAX);
        self.came = self.came.saturating_add(bytes);
    }

    /// Whoever was shown more is not taken back to what was true before, whole as that may be.
    fn check_step(&self, log: &Origin, answer: &Bundle) -> Result<(), CliError> {
        let mut covered = self.covered.iter();
        let held = covered.find(|(of, _)| of == log).map(|(_, size)| *size);
        match (held, covered_by(answer)) {
            (Some(held), Some(found)) if found < held => {
                let text = format!("{log}: its index covers {found} entries, {held} were seen");
                let error = CliError::coded(Reason::RollbackSuspected, text);
                Err(error.only_hint("ask another gateway, or later"))
            }
            _ => Ok(()),
        }
    }

    /// Forgets what is held of a log; whether its last answer rested on it.
    fn forgets(&mut self, log: Option<&Origin>) -> bool {
        let Some(log) = log else {
            return false;
        };
        self.held.forget(log);
        self.completed.contains(log)
    }

    /// From now on asks for whole answers alone; whether a last answer was none. So that is done once,
    /// whatever gateways answer.
    fn begins_anew(&mut self) -> bool {
        self.whole = true;
        !self.completed.is_empty()
    }
}

/// Leaves of its log that an answer covers, as far as it can be read.
fn covered_by(answer: &Bundle) -> Option<TreeSize> {
    let (_, head) = answer.logs.first()?.stated().ok()?;
    Some(head.size)
}

/// A gateway answers for the log that it shows, and for no other.
fn of_log(bundle: Bundle, expected: &Origin) -> Result<Bundle, CliError> {
    let stated = bundle.logs.iter().map(|part| Ok(part.stated()?.1.origin));
    let origins = stated.collect::<Result<Vec<_>, CliError>>()?;
    if let [only] = origins.as_slice()
        && only == expected
    {
        return Ok(bundle);
    }
    let found = origins.into_iter().find(|origin| origin != expected);
    let (expected, found) = (expected.clone(), found.unwrap_or_else(|| expected.clone()));
    Err(SyncError::from(LogError::OriginMismatch { expected, found }).into())
}

#[cfg(test)]
mod tests;
