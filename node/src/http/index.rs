//! The index log: static resources, as the log's own.

use super::answer::{self, Keep, OCTETS, TEXT};
use super::problem::Refusal;
use super::query::number;
use super::state::Gateway;
use crate::service::IndexQuestion;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use data_encoding::HEXLOWER;
use fairtrail::limits::OPENED_KEYS;
use fairtrail::log::TilePath;
use fairtrail::merkle::TreeSize;
use fairtrail::reason::Reason;
use fairtrail::trie::TrieKey;

const BASE: &str = "/index/";

/// `GET /index/checkpoint`.
pub(super) async fn checkpoint(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    ask(&gateway, IndexQuestion::Checkpoint, TEXT, Keep::Never).await
}

/// `GET /index/checkpoint/full`.
pub(super) async fn full_checkpoint(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    ask(&gateway, IndexQuestion::FullCheckpoint, TEXT, Keep::Never).await
}

/// `GET /index/tile/…`, in its one form.
pub(super) async fn tile(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let rest = uri.path().strip_prefix(BASE).unwrap_or_default();
    let path = rest.parse::<TilePath>().ok();
    let path = path.filter(|path| rest == path.to_string());
    let path = path.ok_or_else(|| Refusal::new(Reason::TilePath, "not the address of a tile"))?;
    ask(&gateway, IndexQuestion::Tile(path), OCTETS, Keep::Forever).await
}

/// `GET /index/update/<n>`.
pub(super) async fn update(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let leaf = uri.path().strip_prefix("/index/update/").and_then(number);
    let leaf = leaf.ok_or_else(|| Refusal::malformed("not a leaf index"))?;
    ask(&gateway, IndexQuestion::Update(leaf), OCTETS, Keep::Forever).await
}

/// `GET /index/feeds`.
pub(super) async fn newest_head(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    feeds_at(&gateway, Vec::new()).await
}

/// `GET /index/feeds/<keys>`.
pub(super) async fn feeds(State(gateway): State<Gateway>, uri: Uri) -> Result<Response, Refusal> {
    let keys = uri.path().strip_prefix("/index/feeds/").and_then(keys);
    let keys = keys.ok_or_else(|| Refusal::malformed("not keys that rise"))?;
    feeds_at(&gateway, keys).await
}

async fn feeds_at(gateway: &Gateway, keys: Vec<TrieKey>) -> Result<Response, Refusal> {
    let read = gateway.read(move |log| log.opened_feeds(&keys)).await?;
    answer::bytes(gateway, OCTETS, read, Keep::Never)
}

/// At most as many keys as are opened at once, strictly rising, in hex behind each other.
fn keys(text: &str) -> Option<Vec<TrieKey>> {
    let bytes = HEXLOWER.decode(text.as_bytes()).ok()?;
    let (keys, rest) = bytes.as_chunks::<32>();
    let rise = keys.is_sorted_by(|one, next| one < next);
    let fits = rest.is_empty() && (1..=OPENED_KEYS).contains(&keys.len());
    (rise && fits).then(|| keys.iter().copied().map(TrieKey::new).collect())
}

/// `GET /index/archive`.
pub(super) async fn archive(State(gateway): State<Gateway>) -> Result<Response, Refusal> {
    ask(&gateway, IndexQuestion::Archive, TEXT, Keep::WhileSame).await
}

/// `GET /index/archive/<size>`.
pub(super) async fn archived(
    State(gateway): State<Gateway>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let size = uri.path().strip_prefix("/index/archive/").and_then(number);
    let size = size.and_then(|size| TreeSize::new(size).ok());
    let size = size.ok_or_else(|| Refusal::malformed("not the size of a tree"))?;
    ask(&gateway, IndexQuestion::Archived(size), TEXT, Keep::Forever).await
}

async fn ask(
    gateway: &Gateway,
    asked: IndexQuestion,
    media_type: &'static str,
    keep: Keep,
) -> Result<Response, Refusal> {
    let read = gateway.read(move |log| log.index_log(asked)).await?;
    answer::bytes(gateway, media_type, read, keep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_rise_and_are_bounded_at_n_and_n_plus_one() {
        let text = |numbers: std::ops::Range<u8>| {
            let keys = numbers.map(|number| HEXLOWER.encode(&[number; 32]));
            keys.collect::<String>()
        };
        let most = u8::try_from(OPENED_KEYS).unwrap();
        assert_eq!(keys(&text(0..most)).unwrap().len(), OPENED_KEYS);
        assert_eq!(keys(&text(0..1)), Some(vec![TrieKey::new([0; 32])]));
        let falling = text(1..2) + &text(0..1);
        let twice = text(1..2) + &text(1..2);
        let upper = text(0xaa..0xab).to_uppercase();
        for bad in [text(0..most + 1), falling, twice, upper, String::new()] {
            assert_eq!(keys(&bad), None, "{bad}");
        }
        for bad in ["0", "zz", &text(0..2)[..126]] {
            assert_eq!(keys(bad), None, "{bad}");
        }
    }
}
