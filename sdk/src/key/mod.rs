//! Keys: enrolment of public keys, signing keys, the key file text.
