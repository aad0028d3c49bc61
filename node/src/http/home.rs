//! `GET /`: what this is, for whoever comes with a browser.

use super::answer::{self, Keep, TEXT};
use super::problem::Refusal;
use super::state::Gateway;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Response;
use fairtrail::api::LogInfo;

/// Longer than any host with a port.
const MAX_HOST_BYTES: usize = 261;

pub(super) async fn home(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let page = page(&gateway.log().log_info(), &address(&headers));
    answer::bytes(&gateway, TEXT, page, Keep::WhileSame)
}

/// The address the client used, as far as it is an address.
fn address(headers: &HeaderMap) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let host = host.filter(|host| (1..=MAX_HOST_BYTES).contains(&host.len()));
    match host.filter(|host| host.bytes().all(plain)) {
        Some(host) => format!("http://{host}"),
        None => "URL".to_owned(),
    }
}

fn page(log: &LogInfo, address: &str) -> String {
    let LogInfo {
        origin,
        network,
        size,
        vkey,
        ..
    } = log;
    format!(
        "This is a gateway to a Fairtrail log: signed statements about labour risk in supply\n\
         chains, which anybody can read and nobody can change unseen.\n\
         \n\
         log      {origin}\n\
         network  {network}\n\
         size     {size}\n\
         key      {vkey}\n\
         \n\
         Nothing on this page proves anything. To check a supplier yourself:\n\
         \n\
         curl -o network.charter {address}/v1/charter\n\
         fairtrail policy init --charter network.charter --gateway {address} -o policy.toml\n\
         fairtrail verify SUBJECT --gateway {address} --policy policy.toml\n\
         \n\
         The second line writes whom you trust into policy.toml: compare the network above with\n\
         what its keepers publish elsewhere. The third downloads the log, checks all of it and\n\
         looks for SUBJECT (as lei:..., osid:..., lic:...:...) on your machine, so that nobody\n\
         learns whom you asked about.\n\
         \n\
         For programs: /checkpoint  /tile/...  /archive  /v1/log  /v1/charter  /v1/entries\n"
    )
}
