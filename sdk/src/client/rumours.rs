//! What a gateway says of others: the checkpoints it saw, and the fraud files it holds.

use super::answer::json;
use super::{ClientError, Gateway};
use crate::api::{FraudList, SeenCheckpoints};
use crate::limits::{ANSWER_BYTES, FEED_FORK_BYTES, FRAUD_FILES, SEEN_CHECKPOINTS};
use crate::reason::Reason;
use data_encoding::HEXLOWER;

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

impl Gateway {
    /// The largest checkpoints of other logs that the node has seen: its word, each note has to
    /// stand for itself.
    ///
    /// # Errors
    /// [`ClientError`]; also when there are more than a node lists.
    pub fn seen_checkpoints(&self) -> Result<SeenCheckpoints, ClientError> {
        let path = "/v1/checkpoints";
        let seen: SeenCheckpoints = json(path, &self.get(path, JSON, ANSWER_BYTES)?)?;
        bounded(path, seen.checkpoints.len(), SEEN_CHECKPOINTS)?;
        Ok(seen)
    }

    /// Which fraud files the node holds: its word, each file has to prove what it says.
    ///
    /// # Errors
    /// [`ClientError`]; also when there are more than a node keeps.
    pub fn fraud_files(&self) -> Result<FraudList, ClientError> {
        let path = "/v1/fraud";
        let list: FraudList = json(path, &self.get(path, JSON, ANSWER_BYTES)?)?;
        bounded(path, list.files.len(), FRAUD_FILES)?;
        Ok(list)
    }

    /// A fraud file by the SHA-256 of its bytes, of at most `max_bytes`; nothing of it is verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fraud_file(&self, digest: [u8; 32], max_bytes: usize) -> Result<Vec<u8>, ClientError> {
        let path = format!("/v1/fraud/{}", HEXLOWER.encode(&digest));
        self.get(&path, TEXT, max_bytes.min(FEED_FORK_BYTES))
    }
}

fn bounded(path: &str, len: usize, max: usize) -> Result<(), ClientError> {
    if len <= max {
        Ok(())
    } else {
        Err(ClientError::answer(path, Reason::GatewayAnswer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Request, Response, Transport, TransportError};

    struct Says(String);

    impl Transport for Says {
        fn request(&self, _: &Request<'_>) -> Result<Response, TransportError> {
            Ok(Response {
                status: 200,
                retry_after: None,
                body: self.0.clone().into_bytes(),
            })
        }
    }

    #[test]
    fn lists_are_bounded_at_n_and_n_plus_one() {
        let seen = |count: usize| {
            let text = format!("{{\"checkpoints\":[{}]}}", vec!["\"\""; count].join(","));
            Gateway::new(Says(text)).seen_checkpoints()
        };
        assert_eq!(seen(SEEN_CHECKPOINTS).unwrap().checkpoints.len(), 256);
        assert!(seen(SEEN_CHECKPOINTS + 1).is_err());
        let line = r#"{"accused":"a.example/b/e1","bytes":1,"digest":""}"#;
        let files = |count: usize| {
            let text = format!("{{\"files\":[{}]}}", vec![line; count].join(","));
            Gateway::new(Says(text)).fraud_files()
        };
        assert_eq!(files(FRAUD_FILES).unwrap().files.len(), FRAUD_FILES);
        assert!(files(FRAUD_FILES + 1).is_err());
        let unknown = Says(r#"{"files":[{"accused":"x","bytes":1,"digest":""}]}"#.into());
        assert!(Gateway::new(unknown).fraud_files().is_err());
    }
}
