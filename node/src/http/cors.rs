//! Pages of other origins may ask questions, without credentials, and never submit.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

const ANYBODY: HeaderValue = HeaderValue::from_static("*");
const READING: HeaderValue = HeaderValue::from_static("GET, HEAD");
const ASKED_WITH: HeaderValue = HeaderValue::from_static("accept, if-none-match, x-request-id");
const SHOWN: HeaderValue = HeaderValue::from_static("etag, retry-after, x-request-id");
const A_DAY: HeaderValue = HeaderValue::from_static("86400");

pub(super) async fn cors(
    request: Request,
    answer: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    match *request.method() {
        Method::GET | Method::HEAD => {
            let mut response = answer(request).await;
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY);
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN);
            response
        }
        Method::OPTIONS if asks_to_read(&request) => preflight(),
        _ => answer(request).await,
    }
}

fn asks_to_read(request: &Request) -> bool {
    let method = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD);
    method.is_some_and(|method| method == "GET" || method == "HEAD")
}

fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_ORIGIN, ANYBODY),
        (ACCESS_CONTROL_ALLOW_METHODS, READING),
        (ACCESS_CONTROL_ALLOW_HEADERS, ASKED_WITH),
        (ACCESS_CONTROL_MAX_AGE, A_DAY),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}
