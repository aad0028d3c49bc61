//! Entries: submitting, trying out, reading, proving.

use super::accept::{EntryForm, entry_form};
use super::answer::{self, Keep, TEXT};
use super::content::Content;
use super::log_service::LogService;
use super::named::Named;
use super::prefer::{self, PREFERENCE_APPLIED};
use super::problem::Refusal;
use super::state::Gateway;
use crate::service::{Acknowledged, StoredEntry, Submitted};
use axum::extract::{Request, State};
use axum::http::header::{LOCATION, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use fairtrail::api::{self, Batch, DraftMessage, EntryView, WithheldView};
use fairtrail::id::EntryId;
use std::time::Duration;

/// `POST /v1/entries`.
pub(super) async fn submit(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Refusal> {
    let wait = prefer::wait(request.headers())?;
    let content = Content::receive(&gateway, request, api::BATCH).await?;
    let (batch, _permit) = content.parse(Batch::parse).await?;
    let submitted = gateway.log().submit(batch, wait).await?;
    receipt(&gateway, &submitted, wait)
}

fn receipt(
    gateway: &Gateway,
    submitted: &Submitted,
    wait: Option<Duration>,
) -> Result<Response, Refusal> {
    let mut response = answer::json(gateway, &submitted.receipt, Keep::Never)?;
    *response.status_mut() = match submitted.acknowledged {
        Acknowledged::Known => StatusCode::OK,
        Acknowledged::Promised => StatusCode::ACCEPTED,
        Acknowledged::Published => StatusCode::CREATED,
    };
    let headers = response.headers_mut();
    if let [entry] = submitted.receipt.entries.as_slice() {
        let place = format!("/v1/entries/{}", entry.id);
        headers.extend(HeaderValue::try_from(place).map(|place| (LOCATION, place)));
    }
    if let Some(wait) = wait {
        let applied = format!("wait={}", wait.as_secs());
        headers.extend(HeaderValue::try_from(applied).map(|wait| (PREFERENCE_APPLIED, wait)));
    }
    Ok(response)
}

/// `POST /v1/check`.
pub(super) async fn check(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Refusal> {
    let content = Content::receive(&gateway, request, api::DRAFT).await?;
    let (draft, _permit) = content.parse(DraftMessage::parse).await?;
    let checked = gateway.read(move |log| Ok(log.check(&draft))).await?;
    answer::json(&gateway, &checked, Keep::Never)
}

/// `GET /v1/entries/{id}`.
pub(super) async fn entry(
    State(gateway): State<Gateway>,
    Named(id): Named<EntryId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let form = entry_form(&headers)?;
    let json = matches!(form, EntryForm::Json);
    let read = move |log: &dyn LogService| {
        let stored = log.entry(id)?;
        let withheld = if json {
            log.withheld(&stored)?
        } else {
            Vec::new()
        };
        Ok((stored, withheld))
    };
    let (stored, withheld) = gateway.read(read).await?;
    let (tag, keep) = match form {
        EntryForm::Bytes => (id.to_string(), Keep::Forever),
        EntryForm::Json => (format!("{id}-json{}", state_of(&withheld)), Keep::WhileSame),
    };
    let response = match (answer::not_modified(&headers, &tag, keep), form) {
        (Some(same), _) => same,
        (None, EntryForm::Bytes) => {
            let bytes = stored.entry.bytes().to_vec();
            answer::bytes(&gateway, api::ENTRY, bytes, keep)?
        }
        (None, EntryForm::Json) => answer::json(&gateway, &view(&stored, withheld), keep)?,
    };
    let mut response = answer::tagged(response, &tag);
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().insert(VARY, vary);
    Ok(response)
}

/// Differs whenever another part, or for another reason, is not served.
pub(super) fn state_of<'a>(withheld: impl IntoIterator<Item = &'a WithheldView>) -> String {
    let lines = withheld.into_iter().map(|line| {
        let WithheldView {
            part,
            reason,
            ground,
        } = line;
        let statement = ground.as_ref().and_then(|ground| ground.statement);
        let statement = statement.map_or_else(String::new, |entry| entry.to_string());
        let ground = ground
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        format!("{part} {reason} {ground} {statement}\n")
    });
    let text: String = lines.collect();
    if text.is_empty() {
        return text;
    }
    format!("-{:08x}", crc32c::crc32c(text.as_bytes()))
}

fn view(stored: &StoredEntry, withheld: Vec<WithheldView>) -> EntryView {
    let entry = &stored.entry;
    let header = entry.header();
    EntryView {
        id: entry.id(),
        leaf_index: stored.leaf_index.get(),
        author: entry.author(),
        seq: header.seq,
        kind: header.kind.to_string(),
        subjects: header.subjects.clone(),
        claimed_at: entry.protected().issued_at.to_string(),
        grant: header.grant,
        parts: header.parts.iter().map(|part| part.digest).collect(),
        withheld,
    }
}

/// `GET /v1/entries/{id}/proof`.
pub(super) async fn proof(
    State(gateway): State<Gateway>,
    Named(id): Named<EntryId>,
) -> Result<Response, Refusal> {
    let proof = gateway.read(move |log| log.proof(id)).await?;
    answer::bytes(&gateway, TEXT, proof, Keep::WhileSame)
}
