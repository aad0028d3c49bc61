//! Requests over HTTP, blocking.

use super::transport::{Opened, Request, Response, Transport, TransportError};
use super::{BaseUrl, ClientError};
use std::time::Duration;
use ureq::http::{self, HeaderMap};
use ureq::{Agent, Body};

const CONNECT: Duration = Duration::from_secs(10);
/// The whole of one request, the answer's last byte included.
const WHOLE: Duration = Duration::from_secs(60);
/// Connections that are kept for the next request: as many as a follower has questions open.
const IDLE_CONNECTIONS: usize = 8;
const USER_AGENT: &str = concat!("fairtrail/", env!("CARGO_PKG_VERSION"));
/// Longer than this nobody is told to stay away.
const MAX_RETRY_AFTER: u64 = 86_400;

/// Speaks HTTP/1.1 to one gateway. Redirects are not followed: who answers is who was asked.
#[derive(Debug, Clone)]
pub struct Http {
    agent: Agent,
    base: BaseUrl,
}

impl Http {
    /// A connection to the gateway at `base`; nothing is sent yet.
    pub fn new(base: BaseUrl) -> Self {
        Self::within(base, WHOLE)
    }

    /// As [`Self::new`], with a time for the whole of one request, the answer's last byte included.
    pub fn within(base: BaseUrl, whole: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections_per_host(IDLE_CONNECTIONS)
            .timeout_connect(Some(CONNECT.min(whole)))
            .timeout_global(Some(whole))
            .user_agent(USER_AGENT)
            .build();
        Self {
            agent: config.new_agent(),
            base,
        }
    }

    /// As [`Self::new`], from the text of an address.
    ///
    /// # Errors
    /// [`ClientError::Url`].
    pub fn parse(base: &str) -> Result<Self, ClientError> {
        Ok(Self::new(base.parse()?))
    }

    fn send(&self, request: &Request<'_>) -> Result<http::Response<Body>, ureq::Error> {
        let url = self.base.join(request.path);
        let wait = request.wait.map(|wait| format!("wait={}", wait.as_secs()));
        match request.content {
            None => {
                let get = self.agent.get(url).header("accept", request.accept);
                get.call()
            }
            Some((media_type, bytes)) => {
                let mut post = self.agent.post(url).header("accept", request.accept);
                post = post.header("content-type", media_type);
                if let Some(wait) = wait {
                    post = post.header("prefer", wait);
                }
                post.send(bytes)
            }
        }
    }
}

impl Transport for Http {
    fn request(&self, request: &Request<'_>) -> Result<Response, TransportError> {
        let max = request.max_bytes;
        let mut response = self.send(request).map_err(|error| refusal(&error, max))?;
        // The limit counts as passed when it is reached, even if nothing follows.
        let limit = u64::try_from(max.saturating_add(1)).unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(limit);
        let body = body.read_to_vec().map_err(|error| refusal(&error, max))?;
        if body.len() > max {
            return Err(TransportError::TooLarge { max });
        }
        Ok(Response {
            status: response.status().as_u16(),
            retry_after: retry_after(response.headers()),
            body,
        })
    }

    fn open(&self, request: &Request<'_>, patience: Duration) -> Result<Opened, TransportError> {
        let url = self.base.join(request.path);
        let get = self.agent.get(url).header("accept", request.accept);
        let within = get.config().timeout_global(None);
        let within = within.timeout_recv_response(Some(patience));
        let get = within.timeout_per_read(Some(patience)).build();
        let response = get.call();
        let response = response.map_err(|error| refusal(&error, request.max_bytes))?;
        Ok(Opened {
            status: response.status().as_u16(),
            retry_after: retry_after(response.headers()),
            body: Box::new(response.into_body().into_reader()),
        })
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds.min(MAX_RETRY_AFTER)))
}

fn refusal(error: &ureq::Error, max: usize) -> TransportError {
    match error {
        ureq::Error::BodyExceedsLimit(_) => TransportError::TooLarge { max },
        ureq::Error::HostNotFound => TransportError::HostNotFound,
        ureq::Error::Io(error) => TransportError::Io { kind: error.kind() },
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => TransportError::Tls,
        ureq::Error::Timeout(_) => TransportError::Timeout,
        ureq::Error::ConnectionFailed => TransportError::Io {
            kind: std::io::ErrorKind::NotConnected,
        },
        _ => TransportError::Protocol,
    }
}

#[cfg(test)]
mod tests;
