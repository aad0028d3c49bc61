//! Verified history: what a replica or a bundle proved about a set of subjects.
