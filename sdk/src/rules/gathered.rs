//! What the rules gather on their way to a verdict.

use super::index::marks_of;
use super::lines::carried;
use super::marks::Marks;
use super::{
    Case, Effect, Indicator, NotEvaluated, OpenFinding, RecruitedUnder, Rule, Unknown, catalogue,
};
use crate::history::HistoryEntry;
use crate::id::EntryId;
use crate::messages::Sentence;
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) indicators: Vec<Indicator>,
    pub(super) open_findings: Vec<OpenFinding>,
    pub(super) unknowns: Vec<Unknown>,
    pub(super) not_evaluated: Vec<NotEvaluated>,
    pub(super) evaluated: BTreeMap<&'static str, usize>,
    pub(super) recruited_under: Vec<RecruitedUnder>,
    /// Where the entries stand that indicators rest on.
    pub(super) cited: Vec<usize>,
}

/// Something a rule found, before it is weighed.
pub(super) struct Found {
    pub(super) rule: &'static Rule,
    /// The case of the rule, where the settings weigh it by itself: `on-receipt` of `R-19`.
    pub(super) case: Option<&'static str>,
    /// The ILO indicators, where they are not those of the rule.
    pub(super) ilo: Option<&'static [u8]>,
    /// The severity, where the settings do not decide it.
    pub(super) severity: Option<u8>,
    /// What it does to the verdict, where that is not what the rule does.
    pub(super) effect: Option<Effect>,
    pub(super) sentence: Sentence,
}

impl Found {
    pub(super) const fn new(rule: &'static Rule, sentence: Sentence) -> Self {
        Self {
            rule,
            case: None,
            ilo: None,
            severity: None,
            effect: None,
            sentence,
        }
    }

    /// Weighed as a case of its own: `R-19.on-receipt` in the settings.
    pub(super) const fn case(mut self, case: &'static str) -> Self {
        self.case = Some(case);
        self
    }

    /// Its severity before the evidence caps it.
    pub(super) fn weight(&self, case: &Case<'_>) -> u8 {
        self.severity.unwrap_or_else(|| {
            let settings = case.policy.settings();
            match self.case {
                Some(one) => settings.severity(&format!("{}.{one}", self.rule.id)),
                None => settings.severity(self.rule.id),
            }
        })
    }

    /// With the ILO indicators of this finding instead of the rule's.
    pub(super) const fn bearing_on(mut self, ilo: &'static [u8]) -> Self {
        self.ilo = Some(ilo);
        self
    }

    /// With another effect than the rule has: an inquiry where others of the rule are adverse.
    pub(super) const fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// What it does to the verdict, once its severity reaches the setting.
    pub(super) fn effect(&self) -> Effect {
        self.effect.unwrap_or(self.rule.effect)
    }

    /// With a severity that something other than the settings decides.
    pub(super) const fn of_severity(mut self, severity: u8) -> Self {
        self.severity = Some(severity);
        self
    }
}

impl Gathered {
    pub(super) fn unknown(
        &mut self,
        code: &'static str,
        sentence: Sentence,
        mut rests_on: Vec<EntryId>,
    ) {
        // In an order that no log decides.
        rests_on.sort();
        rests_on.dedup();
        self.unknowns.push(Unknown {
            code,
            sentence,
            rests_on,
        });
    }

    /// A rule had what it needs on one more statement, whatever it found there.
    pub(super) fn evaluated(&mut self, rule: &'static Rule) {
        let count = self.evaluated.entry(rule.id).or_default();
        *count = count.saturating_add(1);
    }

    /// A rule lacked a field on one more statement.
    pub(super) fn not_evaluated(&mut self, rule: &'static Rule, field: &'static str) {
        let same = |item: &&mut NotEvaluated| item.rule == rule.id && item.field == field;
        match self.not_evaluated.iter_mut().find(same) {
            Some(item) => item.statements = item.statements.saturating_add(1),
            None => self.not_evaluated.push(NotEvaluated {
                rule: rule.id,
                statements: 1,
                field,
            }),
        }
    }

    /// An indicator that rests on one statement, which carries its severity: above 3 only with
    /// evidence of at least `observed`.
    pub(super) fn found(&mut self, case: &Case<'_>, entry: &HistoryEntry, found: Found) {
        let severity = found.weight(case);
        let severity = match entry.claim() {
            Some(claim) => carried(claim, severity),
            None => severity.min(3),
        };
        self.found_on(case, vec![entry], found.of_severity(severity));
    }

    /// An indicator that rests on several statements, none of which caps its severity: registers,
    /// manifests, forks and other things that are proved or looked up.
    pub(super) fn found_on(&mut self, case: &Case<'_>, on: Vec<&HistoryEntry>, found: Found) {
        let severity = found.weight(case);
        let rule = found.rule;
        let threshold = case.policy.settings().adverse_from_severity;
        let marks = on.iter().map(|entry| marks_of(case, entry));
        let marks = marks.fold(Marks::default(), Marks::and).to_vec();
        self.cited.extend(on.iter().map(|entry| entry.position));
        let mut rests_on: Vec<_> = on.into_iter().map(HistoryEntry::id).collect();
        rests_on.sort();
        rests_on.dedup();
        let counts = severity >= threshold;
        let effect = found.effect();
        self.indicators.push(Indicator {
            rule: rule.id,
            severity,
            ilo: found.ilo.unwrap_or(rule.ilo),
            sentence: found.sentence,
            rests_on,
            marks,
            adverse: counts && effect == Effect::Adverse,
            inquiry: counts && effect == Effect::Inquiry,
        });
    }

    /// Notes what was never evaluated, and what an open inquiry leaves unknown; worst first, and
    /// beyond that in an order that no log decides.
    pub(super) fn finished(mut self) -> Self {
        self.note_rules_without_statements();
        self.note_inquiries();
        self.indicators.sort_by(|a, b| {
            let key = |found: &Indicator| (Reverse(found.severity), found.rule);
            let more = || (&a.sentence, &a.rests_on).cmp(&(&b.sentence, &b.rests_on));
            key(a).cmp(&key(b)).then_with(more)
        });
        // A finding that its scheme does not grade comes first: nobody said that it is minor.
        self.open_findings
            .sort_by_key(|found| (found.severity.map(Reverse), found.found_on, found.entry));
        self.unknowns.sort_by(|a, b| {
            (a.code, &a.rests_on, &a.sentence).cmp(&(b.code, &b.rests_on, &b.sentence))
        });
        self.not_evaluated
            .sort_by_key(|item| (item.rule, item.field));
        self
    }

    fn note_rules_without_statements(&mut self) {
        let silent = |rule: &&'static Rule| {
            let lacking = self.not_evaluated.iter().any(|item| item.rule == rule.id);
            let found = self.indicators.iter().any(|found| found.rule == rule.id);
            !lacking && !found && !self.evaluated.contains_key(rule.id)
        };
        let silent: Vec<_> = catalogue::rules().iter().copied().filter(silent).collect();
        for rule in silent {
            self.not_evaluated.push(NotEvaluated {
                rule: rule.id,
                statements: 0,
                field: rule.fields.first().map_or("", |(kind, _)| kind),
            });
        }
    }

    fn note_inquiries(&mut self) {
        let open = self.indicators.iter().filter(|found| found.inquiry);
        let unknowns: Vec<_> = open
            .map(|found| Unknown {
                code: "inquiry-open",
                sentence: Sentence::new("inquiry-open").with("rule", found.rule),
                rests_on: found.rests_on.clone(),
            })
            .collect();
        self.unknowns.extend(unknowns);
    }
}
