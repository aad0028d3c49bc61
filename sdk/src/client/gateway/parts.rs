//! Parts: pages of them from a gateway, each by itself from a mirror of files.

use super::super::ClientError;
use super::super::answer::{json, refused};
use super::{Gateway, JSON, get, is_of_files};
use crate::api::{self, PartsPage, WithheldPage};
use crate::cbor::{self, Rules};
use crate::entry::Body;
use crate::id::PartDigest;
use crate::limits;
use crate::reason::Reason;

impl Gateway {
    /// The public parts of a run of leaves, as far as the gateway holds them. Every body is the
    /// one its digest names; whether an entry of the run names it, the caller checks.
    ///
    /// # Errors
    /// [`ClientError`]; also when the page does not begin where asked or does not lead on.
    pub fn parts(&self, first: u64, count: u64) -> Result<PartsPage, ClientError> {
        let path = format!("/v1/parts?first={first}&count={count}");
        let bytes = self.get(&path, api::PARTS, limits::WIRE_BYTES)?;
        page_of(&path, &bytes, first, count)
    }

    /// As [`Gateway::parts`]; `None` from a mirror of files, which has no pages but has each part by
    /// itself.
    ///
    /// # Errors
    /// As [`Gateway::parts`].
    pub fn parts_unless_files(
        &self,
        first: u64,
        count: u64,
    ) -> Result<Option<PartsPage>, ClientError> {
        let path = format!("/v1/parts?first={first}&count={count}");
        let response = self.send(&get(&path, api::PARTS, limits::WIRE_BYTES))?;
        if is_of_files(&response) {
            return Ok(None);
        }
        if response.status != 200 {
            return Err(refused(&path, &response));
        }
        page_of(&path, &response.body, first, count).map(Some)
    }

    /// A public part; it is the one its digest names. `None` if it is not there.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn part(&self, digest: PartDigest) -> Result<Option<Body>, ClientError> {
        let path = format!("/v1/parts/{digest}");
        let response = self.send(&get(&path, api::BODY, limits::WIRE_BYTES))?;
        if response.status == 404 {
            return Ok(None);
        }
        if response.status != 200 {
            return Err(refused(&path, &response));
        }
        let body: Body = cbor::decode(&response.body, Rules::WIRE)
            .map_err(|error| ClientError::answer(&path, error.code()))?;
        if body.digest() == digest {
            Ok(Some(body))
        } else {
            Err(ClientError::answer(&path, Reason::PartMismatch))
        }
    }

    /// Why public parts of a run of leaves are not served: the gateway's word.
    ///
    /// # Errors
    /// [`ClientError`]; also when the page does not begin where asked or does not lead on.
    pub fn withheld(&self, first: u64, count: u64) -> Result<WithheldPage, ClientError> {
        let path = format!("/v1/withheld?first={first}&count={count}");
        let page: WithheldPage = json(&path, &self.get(&path, JSON, limits::ANSWER_BYTES)?)?;
        let end = first.saturating_add(count);
        if page.first == first && page.next > first && page.next <= end {
            Ok(page)
        } else {
            Err(ClientError::answer(&path, Reason::SchemaMismatch))
        }
    }
}

/// A page of parts that begins where asked and leads on.
fn page_of(path: &str, bytes: &[u8], first: u64, count: u64) -> Result<PartsPage, ClientError> {
    let page = PartsPage::parse(bytes);
    let page = page.map_err(|error| ClientError::answer(path, error.code()))?;
    let end = first.saturating_add(count);
    if page.first == first && page.next > first && page.next <= end {
        Ok(page)
    } else {
        Err(ClientError::answer(path, Reason::SchemaMismatch))
    }
}
