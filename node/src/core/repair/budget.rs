//! What one go may cost.

/// Questions of one go.
pub const GO_QUESTIONS: u32 = 512;
/// Bytes of answers of one go.
pub const GO_BYTES: usize = 64 << 20;

/// What is left of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget {
    questions: u32,
    bytes: usize,
}

impl Budget {
    pub(super) const fn new() -> Self {
        Self {
            questions: GO_QUESTIONS,
            bytes: GO_BYTES,
        }
    }

    /// Whether one more question may be asked.
    pub(super) fn ask(&mut self) -> bool {
        let left = self.questions.checked_sub(1);
        self.questions = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether so many more bytes may be used.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let left = self.bytes.checked_sub(bytes);
        self.bytes = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_bytes_are_counted_down_to_nothing() {
        let mut budget = Budget::new();
        assert_eq!((0..=GO_QUESTIONS).filter(|_| budget.ask()).count(), 512);
        assert!(budget.take(GO_BYTES - 1));
        assert!(!budget.take(2));
        assert!(!budget.take(1));
    }
}
