//! Rules and verdicts: a pure function of verified history, policy and date.
