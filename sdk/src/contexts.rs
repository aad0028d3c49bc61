//! BLAKE3 derive-key contexts and signed-text headers, each listed once (specs/contexts.md).
