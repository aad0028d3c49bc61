"""A second reader of the formats in `specs/`, written from those documents alone."""
