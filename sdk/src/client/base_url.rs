//! Where a gateway is reached.

use std::fmt;
use std::str::FromStr;
use ureq::http::Uri;

/// Bytes of an address.
const MAX_BYTES: usize = 2_048;

/// The address below which a gateway answers: `http` or `https`, host, optional port and path.
///
/// ```
/// use fairtrail::client::BaseUrl;
/// let url: BaseUrl = "https://ledger.example:8443/coast/".parse().unwrap();
/// assert_eq!(url.join("/checkpoint"), "https://ledger.example:8443/coast/checkpoint");
/// assert!("https://me:secret@ledger.example".parse::<BaseUrl>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// The text is not an address of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected http:// or https://, a host, and no credentials, query or fragment")]
pub struct BaseUrlError;

impl BaseUrlError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(self) -> crate::reason::Reason {
        crate::reason::Reason::RequestMalformed
    }
}

impl BaseUrl {
    /// The address of `path`, which begins with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        // The parser below would drop a fragment without a word.
        if text.len() > MAX_BYTES || text.contains('#') {
            return Err(BaseUrlError);
        }
        let uri: Uri = text.parse().map_err(|_| BaseUrlError)?;
        let authority = uri.authority().ok_or(BaseUrlError)?;
        let plain = matches!(uri.scheme_str(), Some("http" | "https"))
            && !authority.as_str().contains('@')
            && !authority.host().is_empty()
            && (authority.port().is_some() || authority.host() == authority.as_str())
            && uri.query().is_none()
            && !uri.path().contains("//")
            && uri.path().split('/').all(|segment| segment != "..");
        if plain {
            Ok(Self(text.trim_end_matches('/').to_owned()))
        } else {
            Err(BaseUrlError)
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_addresses_are_taken() {
        for good in [
            "http://localhost",
            "http://[::1]:8080",
            "https://ledger.example/a/b",
        ] {
            assert_eq!(good.parse::<BaseUrl>().unwrap().to_string(), good);
        }
        let long = format!("http://a/{}", "b".repeat(MAX_BYTES));
        for bad in [
            "",
            "ledger.example",
            "/v1",
            "ftp://ledger.example",
            "http://",
            "http:///path",
            "http://me@ledger.example",
            "http://ledger.example/?a=b",
            "http://ledger.example/#top",
            "http://ledger.example/../x",
            "http://ledger.example//x",
            "http://ledger.example/ x",
            "http://ledger.example:99999",
            &long,
        ] {
            assert_eq!(bad.parse::<BaseUrl>(), Err(BaseUrlError), "{bad}");
        }
    }
}
