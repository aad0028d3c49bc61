//! The HTTP API as plain values, shared by node and client.
