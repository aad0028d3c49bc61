//! Feeds: key states, forks and the feed value (specs/feed.md).
