# The sentences of verdicts and reports. Language: English.
# Reviewed: by nobody yet outside the project.
#
# Words: reported, observed, indicator, needs inquiry, expired, recorded late, not evaluated,
# unknown. Nothing here is legal advice, and no sentence passes judgement on anybody.

## The page of a verdict

page-title = What is known about { $subjects }
page-summary = Verdict
page-as-of = as of
page-known-at = known at
page-known-now = everything known when asked
page-asked-at = asked at
page-worst-severity = worst severity
page-not-graded = not graded
page-nothing-found = no rule found anything; see what is unknown
outcome-findings = findings: at least one adverse entry is open
outcome-no-adverse-entries = no-adverse-entries: nothing adverse is open, and what this policy asks for is covered
outcome-stale = stale: the evidence is older than this policy allows
outcome-unknown = unknown: this is not good news; see what is missing
page-meaning = What this does not mean
page-meaning-reported = It repeats what others stated, and who stated it. It does not say that anybody did wrong.
page-meaning-indicator = One indicator confirms nothing. It says where inquiry is needed.
page-meaning-absence = Where nothing is reported, nobody may have looked. What is unknown or not evaluated is never good news.
page-meaning-scope = It covers the ids, logs and dates named below, and nothing beyond them.
page-meaning-law = It is not legal advice.
page-changes = Changed by --ruleset, against the policy's own settings
page-no-change = nothing
page-covered = What was read
page-covered-note = Every entry of these logs was recomputed and admitted again on the machine that made this page. About the ids below, nothing in them was left out.
page-covered-index = The index of each log proves that about the ids below nothing was left out of it. That every head of these indexes follows from its log was checked by those who vouch for them; what is proved here is the answer about these ids alone.
page-covered-index-alone = The index of each log proves that about the ids below nothing was left out of it, if the operator made it rightly: nobody else vouches for one of these indexes.
page-index = index
page-index-checked = { $origin }, checked by { $who }
page-index-alone = { $origin }, operator's word
page-ids = ids covered
page-related = related ids, read in full as well
page-also = also { $id }
page-another-party = another party: { $link }
page-link = { $from } { $relation } { $to }, says { $who } in { $entry }
page-not-followed = not followed, { $why }: { $link }
page-lacks = { $origin } lacks { $entry }
page-same-party = other ids of the same party
page-other-parties = other parties, not covered
page-links-left = links not followed
page-lacking = lacking in a log
page-policy = policy
page-rules = rules
page-edition = edition { $edition }
page-settings = settings
page-network = network
page-log = log
page-log-read = { $origin }, { $size } entries, root { $root }
page-log-time = everything in it existed by { $time }; it was cosigned again at { $until }
page-time = time
page-time-unknown = time unknown
page-log-not-read = { $origin } was not read: { $why }
page-cosigned = cosigned by
page-cosigned-at = { $who } at { $at }
page-operators-word = operator's word, no independent witness
page-feeds = Feeds and how far they are known
page-author = author
page-known-up-to = known up to
page-seq = seq { $seq }
page-last-heard = last heard of
page-never-heard = never
page-forked = forked
page-ilo = ILO indicators
page-ilo-note = The eleven indicators with their ILO numbers; the worst stands, there is no average.
page-number = no.
page-indicator = indicator
page-state = state
page-severity = severity
page-severity-of = severity { $severity }
page-found-by = rules that found something
page-open-findings-count = { $count ->
    [one] 1 open finding
   *[other] { $count } open findings
  }
page-missing = missing
ilo-reported = reported
ilo-unknown = unknown
ilo-not-evaluated = not evaluated
ilo-nothing-reported = nothing reported
ilo-1 = abuse of vulnerability
ilo-2 = deception
ilo-3 = restriction of movement
ilo-4 = isolation
ilo-5 = physical and sexual violence
ilo-6 = intimidation and threats
ilo-7 = retention of identity documents
ilo-8 = withholding of wages
ilo-9 = debt bondage
ilo-10 = abusive working and living conditions
ilo-11 = excessive overtime
page-indicators = Indicators
page-adverse = adverse
page-inquiry = needs inquiry
page-context = context
page-ilo-numbers = ILO { $numbers }
page-findings = Findings still open
page-no-findings = no open finding is known; see what is unknown
page-finding = clause { $clause }, graded { $grade }, reported on { $found }
page-due = due { $due }
page-overdue = due { $due }, and open beyond it
page-no-due = no date was set for closing it; that does not mean it is never due
page-stands = stated to be { $state }
page-replies = Replies
page-reply-from = { $who } { $stance }
page-reply-pending = reply pending until { $until }
page-reply-not-made = no reply was made until { $until }
page-reply-none = no reply
page-reply-withheld = a text of this reply is not here
page-rests-on = rests on
page-unknowns = Unknown
page-no-unknowns = nothing that the policy asks for is unknown
page-not-evaluated = Not evaluated
page-no-not-evaluated = every rule was evaluated wherever it applies
page-absent = { $field }: absent in { $count ->
    [one] 1 statement
   *[other] { $count } statements
  }
page-no-statement = { $field }: no statement holds it
page-rule = rule
page-points-at = points at
page-what-is-missing = what is missing
page-licences = Licences
page-licences-note = Solid: the status is certain. Hatched: it changed somewhere in between. Shaded from top to bottom: months of recruitment. The line marks the date asked about.
page-no-licences = no licence is named
page-licence-source = { $source } { $who }
page-several-rows = several rows of the register carry this name and are not told apart
page-on-date = on the date asked
page-on-date-unknown = unknown, { $why }
page-certain-from = certain from
page-began-after = began after
page-last-known = last known
page-ended-by = ended by
page-doubtful = doubtful: counts as unknown
page-start-unknown = unknown
page-still-open = no end known
page-began-between = began after { $after }, at the latest on { $day }
page-began-on = from { $day }
page-began-unknown = start unknown, seen from { $day }
page-ended-between = last seen { $day }, ended by { $by }
page-ended-unknown = last known { $day }
page-recruited = recruited { $months }
page-recruited-under = Recruited under
page-licence = licence
page-month = month
page-known-today = as known now
page-recorded = recorded on
page-known-then = as known at the end of
page-recruited-month = { $licence } in { $month }: { $now } as known now, recorded on { $recorded }; { $then } as known on { $day }
page-recruited-month-unsaid = { $licence } in { $month }: { $now } as known now; { $then } as known on { $day }
page-timeline = Timeline
page-timeline-note = Circle: when it happened, as stated. Square: when it was proved to be known. The line between them is the time in which nobody could know of it here.
page-timeline-some = The newest { $shown } of { $all } entries are drawn; the table below lists all.
page-entries = Entries
page-no-entries = no entries about these ids (the whole log was read)
page-known = known
page-happened = happened
page-kind = kind
page-who = who
page-states = states
page-basis = basis
page-standard = evidence standard
page-counts = counts
page-marks = marks
page-entry = entry
page-desk = { $principal }, through its desk { $desk }
page-revoked-by = revoked by { $entry }
page-about-related = Entries about related ids
counts-yes = yes
counts-network = shapes who may speak
counts-replaced = replaced by a later statement
counts-off-path = off the path of a forked feed: only what is adverse counts
counts-revoked = does not count: standing was revoked
counts-not-authorised = does not count: the author may not say this
counts-not-accepted = does not count: not accepted by this policy
counts-not-readable = not readable here
counts-suspect = written with a compromised key: only what is adverse counts
counts-unsound = breaks a rule of its kind: only what is adverse counts
page-withheld = Withheld
page-withheld-by = by { $who } on the basis { $basis }, since { $since }
page-withheld-until = until { $until }
page-withheld-stated = stated in { $entry }
page-withheld-word = on the word of its gateway
page-no-withheld = nothing about these ids is withheld
page-part = part
page-reason = reason
page-ignored = References without effect
page-refers = { $by } { $sort } { $target }
page-check = Check it yourself
page-check-note = This page alone proves nothing. With the same policy file and the same log, anybody gets the same verdict:
page-check-policy = The digest of the policy file has to be { $digest }.
page-check-entries = The id of an entry leads to it, with its signature and proofs.
page-unreviewed = The words of this page have not been reviewed by a person who speaks the language and knows the matter.

## The page of a chain

page-chain-title = What is known along the chain of { $subject }
page-chain-note = Nothing that is reported of one party is reported of another: the outcome of a chain says that something in it needs a look, and where.
page-chain-steps = steps
page-chain-parties = parties
page-chain-verdict = chain verdict
page-chain-worst-of-all = the worst of all parties above
page-chain-tree = Parties, and the statements that lead to them
page-chain-party = party
page-chain-reached = reached by
page-chain-says = says { $who } in { $entry }
page-chain-not-named = a party not named ({ $id })
page-chain-other-ids = { $count ->
    [one] 1 other id
   *[other] { $count } other ids
  }
page-chain-tiers = Step by step
page-chain-step = step { $step }
page-chain-count = { $count ->
    [one] 1 party
   *[other] { $count } parties
  }
page-chain-hidden = { $count } not named
page-chain-worst = Worst in the chain, ILO indicator by indicator
page-chain-way = where, and the way there
page-chain-shared = One recruiter, several users
page-chain-recruits = { $recruiter } recruits for { $users }
page-chain-cycles = Parties that depend on each other in a circle
page-chain-cut = Steps to parties that were not looked at
page-chain-other-times = Steps that held at another time
page-chain-ends = { $count ->
    [one] nobody states on whom 1 of these parties depends; that does not mean: on nobody
   *[other] nobody states on whom { $count } of these parties depend; that does not mean: on nobody
  }
page-chain-more = { $items } and { $count } more
page-chain-reported = What is reported, party by party
page-chain-none-reported = nothing is reported of any of them; see what is unknown
page-chain-no-unknowns = nothing that the policy asks for is unknown of any of them

## R-01, R-02 and what is known of licences

licence-not-named = no licence of the recruiter { $recruiter } is known
recruiter-not-named = neither a recruiter nor a licence is named
recruited-too-long = the recruitment lasted longer than what is looked at: known is { $months }, beyond is unknown
licence-unknown = the status of { $licence } is not known through { $months }
licence-lapsed = workers are reported to have been recruited in { $months } while { $licence } was suspended, expired or otherwise out of force; as known at the end of each month: { $then }; recorded on { $recorded }
not-yet-recorded = a day that is not proved yet
no-licence = no licence was in force under { $licence } when workers were recruited in { $months }; as known at the end of each month: { $then }; recorded on { $recorded }
force-in-force = in force
force-not-in-force = not in force
force-out-of-force = out of force
force-unknown = unknown
no-months = no month
months = { $first } to { $last } ({ $count } months)
status-not-found = the register no longer shows it, cause unknown
status-under-appeal = a decision is under appeal; whether the licence is in force meanwhile is unknown
status-without-meaning = what the status { $status } means is unknown
no-register-statement = no register statement
may-have-begun = it may or may not have begun
nothing-so-early = nothing is known of a time so early
nothing-so-late = nothing was heard so late
changed-around-then = the status changed around then, the day is not known
doubtful-status = who said so has a forked feed or a compromised key
rows-not-told-apart = several rows of the register carry this name and are not told apart

## R-03 to R-07, R-39, R-44 licences and recruiters

licence-lapses-soon = the validity of { $licence } ends on { $end }, no renewal is known
licence-out-of-scope = what was recruited for lies outside of { $fields } of { $licence }: needs inquiry
licence-quota-exceeded = at least { $people } workers are reported under the order { $order } of { $licence }, more than it allows: needs inquiry
successor-licence = { $licence } began on { $begun }, soon after { $revoked } of a linked holder was revoked: needs inquiry
sub-agents-not-named = sub-agents are reported to have been used and none is named: needs inquiry
sub-agent-not-registered = the sub-agent { $agent } is reported not to be registered with a principal, and no licence of it is known
sub-agent-unknown = neither a licence nor a registration of the sub-agent { $agent } is known: needs inquiry
condition-overdue = the condition { $code } of { $licence } was due on { $due } and is still shown as open
condition-perhaps-overdue = the condition { $code } of { $licence } was due on { $due }, whether it was met is not known: needs inquiry
licence-barred = { $licence } is reported as barred from { $from } on, within the time of recruitment
listed-at-recruitment = { $who } is reported on the list { $list } from { $from } on, within the time of recruitment
perhaps-listed-at-recruitment = { $who } is reported on the list { $list } from { $from } on, perhaps within the time of recruitment: needs inquiry
recruiter-of-migrants-not-named = workers from another country are reported, and nobody is named who recruited them: needs inquiry
recruiter-hidden = somebody recruits who is named by a blinded id only: needs inquiry

## R-08 fees, R-19 documents

fee-charged-for-nothing-stated = workers are reported to have been charged, for what is not stated
fee-paid = workers are reported to have paid for { $sorts }
fee-paid-up-to = workers are reported to have paid for { $sorts }, up to { $amounts }
fee-repaid = { $paid }; { $verifier } is named as having verified that all of it was repaid until { $completed }
fee-over-cap = workers are reported to have paid for { $sorts } more than the cap that the author states: { $caps }
fee-debt = workers are reported to have paid for { $sorts } more than { $percent } per cent of a month's wage of { $wage }
fee-loan = workers are reported to have borrowed with interest to pay for { $sorts }
fee-illegitimate = payments are reported that nobody may be charged for: { $sorts }
fee-contradicted = one statement says that no worker was charged, another reports that workers paid: needs inquiry
fee-contradicted-elsewhere = one statement says that no worker was charged; of the same recruiter it is reported elsewhere that workers paid
remedy-short = less is reported to be repaid than is owed, more than { $days } days after it came to be known on { $discovered }
remedy-departed = workers who had left are reported to be left out of the repayment
remedy-retaliation = somebody is reported to have suffered for a repayment or a complaint
documents-on-request = the employer is reported to hold identity documents on request, against receipt: needs inquiry
documents-held = identity documents are reported to be held by: { $holder }

## R-15 to R-18, R-20 to R-25 contracts and work

contract-changed-worse = terms of the contract are reported to have changed for the worse: { $terms }
contract-versions-differ = versions of the contract differ ({ $stages }), what changed is not stated: needs inquiry
terms-missing = the contract was read and is reported without: { $terms }
contract-language = contracts are reported in { $written }, workers to speak { $spoken }
signed-after-departure = workers are reported to have left before contracts were signed
signed-partly-after-departure = some workers are reported to have left before contracts were signed
signed-late = contracts are reported to have been signed { $days } days before departure, fewer than { $least }
exit-hindered = leaving is reported to be hindered: { $how }
exit-not-free = workers may not leave
exit-penalty = leaving early costs workers money
exit-penalty-of = leaving early costs workers { $amount }
exit-notice = { $days } days of notice
deposit-of-workers = workers are reported to have put up a deposit or bond
deposit-of-workers-of = workers are reported to have put up a deposit or bond of { $amounts }
deposit-payer-unknown = a deposit or bond is reported, who paid it is not stated: needs inquiry
wage-below-minimum = a wage of { $wage } for each { $per } is reported, below the minimum of { $minimum } for each { $interval } that { $source } gives from { $from } to { $to }
wage-perhaps-below-minimum = a wage of { $wage } for each { $per } is reported, which may lie below the minimum of { $minimum } for each { $interval } that { $source } gives from { $from } to { $to }: needs inquiry
wages-late = the time between wages is reported as: { $interval }
deductions-heavy = deductions from the wage are reported: { $shares }
deductions-total = all together { $share }
deductions-housing = housing { $share }
deductions-food = food { $share }
hours-long = working time is reported beyond what is set: { $how }
hours-with-overtime = { $hours } hours a week with overtime
hours-normal = { $hours } normal hours a week
hours-rest = days of rest a week: { $days }

## R-30 findings, R-47 audits

finding-overdue = a finding about { $topic }, reported on { $found }, was due on { $due } and is open
finding-overdue-by-scheme = a finding about { $topic }, reported on { $found }, states no date; under the clock of { $scheme } in the settings it was due on { $due }, and it is open
finding-open-on-topic = a finding about { $topic }, reported on { $found }, is open
finding-long-open = a finding about { $topic }, reported on { $found }, has no closing date and is open for more than { $days } days: needs inquiry
finding-self-closed = a finding about { $topic }, reported on { $found }, is said to be closed as verified by { $verifier }, which is reported to be the audited party or one linked to it: needs inquiry
finding-repeated = a finding about { $topic }, reported on { $found }, says again what had been reported before
reply-pending = a finding about { $topic }, reported on { $found }: a reply is pending until { $until }
audit-incomplete = the audit { $report } declared { $declared } findings, { $posted } are posted: results incomplete, needs inquiry
access-denied-full = auditors are reported to have been kept out
access-denied-partial = auditors are reported to have been kept from a part of what they came for
audit-management-present = management is reported to have been present when workers were interviewed: needs inquiry
audit-languages = workers were interviewed in { $used }; of a cohort { $spoken } is stated: needs inquiry
audit-few-interviews = few workers were interviewed for a workforce of { $workforce }: needs inquiry
audits-announced = the newest { $count } on-site audits were all announced: needs inquiry
audit-dormitories = dormitories were left out of the audit, and migrants are stated to work there: needs inquiry
audit-stale = the newest on-site audit, { $report }, was valid until { $until }
audits-differ = a finding about { $topic }, reported on { $found }; the audit { $report }, near in time, says nothing of that topic: needs inquiry
list-hit = the list { $list } is reported to name this party
list-possible = a name on the list { $list } is alike: a possible match, not scored
list-presumption = the list { $list } is reported to name this party; its presumption applies
goods-listed = the list { $list } names goods of { $country }; no on-site audit of the last { $months } months is known
channel-not-independent = no complaint channel independent of the employer is known of the last { $months } months
channel-silent = nobody is reported to have complained for { $quarters } quarters on a large site
author-forked = { $author } signed two histories: needs inquiry
disclosed-late = of { $event }, disclosed more than { $days } days later, and not declared as loaded history: needs inquiry
evidence-gone = a text or document of this statement was erased or is not served: needs inquiry

## What is not known

replacement-in-doubt = { $count ->
    [one] meant to take the place of others, on a fork or with a compromised key: 1 statement; which stands is unknown
   *[other] meant to take the place of others, on a fork or with a compromised key: { $count } statements; which stands is unknown
  }
standing-lost = { $count ->
    [one] not counted, because the standing of their authors was revoked or had ended: 1 statement; what they say is not settled
   *[other] not counted, because the standing of their authors was revoked or had ended: { $count } statements; what they say is not settled
  }
claims-unreadable = { $count ->
    [one] withheld, erased, broken or of a kind this version does not know: 1 statement
   *[other] withheld, erased, broken or of a kind this version does not know: { $count } statements
  }
withheld-by-law = parts are withheld by { $who } on the legal basis { $basis }, since { $since }: what they say is unknown
too-many-related-ids = more recruiters and licences are named than are looked at
chain-cut = { $count ->
    [one] 1 step leads to a party that was not looked at
   *[other] { $count } steps lead to parties that were not looked at
}
chain-not-stated = nobody states on whom this party depends; that does not mean: on nobody
chain-party-not-named = a party not named: { $id }
alias-disputed = whether { $id } names the same party is disputed; what is reported about it is shown here
alias-not-covered = { $id } is reported to name the same party and is not covered
logs-missing = { $have } of { $need } required logs were read; not read: { $missing }
logs-too-few = { $have } of { $need } required logs were read; the policy names no others
audit-missing = no on-site audit made by an accepted auditor, within its validity, is known
audit-coverage-incomplete = not all findings that the audit declared are posted
fee-not-assessed = whether workers were charged was not assessed
attestation-missing = no statement on how workers were recruited is known
author-last-heard = { $author } was last heard of at { $at }
author-never-heard = { $author } was never heard of
inquiry-open = an indicator of rule { $rule } needs inquiry before anything can be said

## Two verdicts side by side

changed-edition = edition of the rules: { $before } before, { $after } now
changed-as-of = as of: { $before } before, { $after } now
changed-known-at = known at: { $before } before, { $after } now
changed-outcome = verdict: { $before } before, { $after } now
changed-worst-severity = worst severity: { $before } before, { $after } now
changed-due = due { $before } before and { $after } now
changed-replies = replies { $before } before and { $after } now
id-came = id covered now: { $id }
id-went = id no longer covered: { $id }
indicator-came = indicator new: { $rule } severity { $severity }: { $sentence }
indicator-went = indicator no longer there: { $rule } severity { $severity }: { $sentence }
indicator-changed = indicator changed: { $rule } severity { $severity }: { $sentence } ({ $how })
other-entries-than-before = rests on other entries than before
not-adverse-before = not adverse before
adverse-before = adverse before, not now
severity-before = severity { $before } before
due-not-set = not set
finding-came = finding opened: { $topic }, clause { $clause }, severity { $severity }, { $entry }
finding-went = finding no longer open: { $topic }, clause { $clause }, severity { $severity }, { $entry }
finding-changed = finding changed: { $topic }, clause { $clause }, severity { $severity }, { $entry } ({ $how })
unknown-came = unknown now: { $code }: { $sentence }
unknown-went = no longer unknown: { $code }: { $sentence }
not-evaluated-came = not evaluated now: { $rule } ({ $field } absent)
not-evaluated-went = no longer left out: { $rule } ({ $field } was absent)
entries-came = { $count ->
    [one] 1 entry new
   *[other] { $count } entries new
  }
entries-went = { $count ->
    [one] 1 entry not there now
   *[other] { $count } entries not there now
  }

## What each rule points at

rule-r-01 = no licence in force at recruitment
rule-r-02 = recruited under a licence that had lost its force
rule-r-03 = a licence that ends soon
rule-r-04 = recruitment outside of what the licence is for
rule-r-05 = a successor's licence soon after a revocation
rule-r-06 = a sub-agent without licence or registration
rule-r-07 = a condition of the licence overdue
rule-r-08 = workers paid for their recruitment
rule-r-15 = the contract was changed on the way
rule-r-16 = terms missing from the contract
rule-r-17 = a contract in no language of the workers
rule-r-18 = contracts signed late
rule-r-19 = identity documents held by others
rule-r-20 = leaving is hindered
rule-r-21 = a deposit or bond of workers
rule-r-22 = a wage below the legal minimum
rule-r-23 = wages late or withheld
rule-r-24 = heavy deductions from the wage
rule-r-25 = long hours or no rest
rule-r-30 = a finding open beyond its date
rule-r-39 = barred or listed at recruitment
rule-r-44 = a recruiter that nobody names
rule-r-47 = audit results incomplete
rule-r-26 = movement restricted, or workers isolated
rule-r-27 = violence, threats or retaliation
rule-r-28 = living conditions
rule-r-29 = children or young workers at work
rule-r-31 = a finding long open without a date
rule-r-32 = a finding closed on the audited party's own word
rule-r-33 = the same found again
rule-r-41 = labour imposed by a state
rule-r-48 = a reply is pending
rule-r-09 = a fee above the stated cap
rule-r-10 = debt from recruitment
rule-r-11 = repayment short after its time
rule-r-12 = workers who had left are left out
rule-r-13 = costs that nobody may be charged for
rule-r-14 = zero-fee statement and fee report both present
rule-r-34 = assurance out of date
rule-r-35 = a thin audit
rule-r-36 = access denied to auditors
rule-r-37 = audits differ
rule-r-38 = named on a list
rule-r-40 = listed goods of a country
rule-r-42 = no independent complaint channel
rule-r-43 = a complaint channel nobody uses
rule-r-45 = two histories, or disclosed late
rule-r-46 = evidence gone
