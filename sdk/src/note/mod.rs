//! C2SP signed notes: keys, signatures and cosignatures.
