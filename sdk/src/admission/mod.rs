//! Admission: the network-wide door whose answer depends on admitted bytes alone (specs/feed.md).
