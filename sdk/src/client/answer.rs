//! What the bytes of an answer mean, before anything is believed.

use super::transport::{Response, TransportError};
use super::{ClientError, Refusal};
use crate::api::{LogInfo, ProblemDetails};
use crate::log::Origin;
use crate::note::{KeyType, NoteVerifier};
use crate::reason::Reason;
use serde::de::DeserializeOwned;

/// A segment of a path: everything but unreserved characters and the colon as `%XX`.
pub(super) fn escape(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(byte);
    let escaped = |byte: u8| {
        if plain(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escaped).collect()
}

/// Reads a JSON answer.
pub(super) fn json<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, ClientError> {
    serde_json::from_slice(bytes).map_err(|_| ClientError::answer(path, Reason::SchemaMismatch))
}

/// What an answer without success means: the gateway's own words, or whoever stood before it.
pub(super) fn refused(path: &str, response: &Response) -> ClientError {
    let status = response.status;
    let problem = serde_json::from_slice::<ProblemDetails>(&response.body).ok();
    match problem.filter(|problem| problem.status == status && status >= 400) {
        Some(problem) => {
            ClientError::Refused(Box::new(Refusal::new(&problem, response.retry_after)))
        }
        None if (502..=504).contains(&status) => ClientError::Unreachable {
            path: path.to_owned(),
            source: TransportError::Status { status },
        },
        None => ClientError::answer(path, Reason::SchemaMismatch),
    }
}

/// Are the keys of a log proper keys of the right sort, with the names that follow from its origin?
pub(super) fn check_info(path: &str, info: &LogInfo) -> Result<(), ClientError> {
    let refused = |why| ClientError::answer(path, why);
    let origin: Origin = info
        .origin
        .parse()
        .map_err(|_| refused(Reason::OriginMismatch))?;
    let key = |vkey: &str, wanted| {
        let key: NoteVerifier = vkey.parse().map_err(|_| refused(Reason::VkeyMalformed))?;
        if key.key_type() == wanted {
            Ok(key)
        } else {
            Err(refused(Reason::VkeyMalformed))
        }
    };
    let log = key(&info.vkey, KeyType::Ed25519)?;
    let promise = key(&info.promise_vkey, KeyType::Ed25519)?;
    key(&info.witness_vkey, KeyType::Cosignature)?;
    for witness in &info.witnesses {
        key(&witness.vkey, KeyType::Cosignature)?;
    }
    let index = match &info.index {
        Some(index) => {
            key(&index.witness_vkey, KeyType::Cosignature)?;
            let signer = key(&index.vkey, KeyType::Ed25519)?;
            let index: Result<Origin, _> = index.origin.parse();
            index.is_ok_and(|index| {
                index.is_index()
                    && index.log() == origin
                    && signer.name().as_str() == index.as_str()
            })
        }
        None => true,
    };
    if index && *log.name() == origin.key_name()? && *promise.name() == origin.promise_key_name()? {
        Ok(())
    } else {
        Err(refused(Reason::OriginMismatch))
    }
}
