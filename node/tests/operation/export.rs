//! The published log as files.
