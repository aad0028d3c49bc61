//! The submission door: what this node, and a careful author, refuse beyond admission.
