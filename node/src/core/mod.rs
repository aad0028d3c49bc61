//! Sans-io state machines: `handle(input, now) -> outputs`; no clock, no disk, no network.
