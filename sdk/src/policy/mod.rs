//! The verifier's trust file: logs, witnesses, quorum, accepted authors, rule settings.
