//! Reason codes: one stable word per refusal (specs/reason-codes.md).
