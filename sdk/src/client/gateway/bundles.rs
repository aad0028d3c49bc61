//! Bundles of a gateway.

use super::{Gateway, get};
use crate::api::BUNDLE;
use crate::bundle::{Bundle, Question};
use crate::client::ClientError;
use crate::limits::BUNDLE_BYTES;

impl Gateway {
    /// What the log holds about some subjects, with its proof; nothing of it is verified yet. The
    /// gateway learns whom was asked about.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn bundle(&self, question: &Question) -> Result<Bundle, ClientError> {
        Ok(self.bundle_and_len(question)?.0)
    }

    /// The same, and how many bytes it came in.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn bundle_and_len(&self, question: &Question) -> Result<(Bundle, usize), ClientError> {
        let path = format!("/v1/bundle?{}", question.to_query());
        let bytes = self.ask(&get(&path, BUNDLE, BUNDLE_BYTES))?;
        let bundle = Bundle::parse(&bytes);
        let bundle = bundle.map_err(|error| ClientError::answer("/v1/bundle", error.code()))?;
        Ok((bundle, bytes.len()))
    }
}
