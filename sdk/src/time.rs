//! Instants in whole seconds and plain dates; nothing here reads a clock.
