//! The log: checkpoints, tiles, entry bundles, promises and the archive (specs/log.md).
