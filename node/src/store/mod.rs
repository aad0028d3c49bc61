//! Durable storage: the journal and the bodies are the truth, everything else is derived.
