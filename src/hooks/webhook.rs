//! One POST per event, to the configured URL and nowhere else.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, StatusCode, Url, redirect};
use serde_json::json;
use thiserror::Error;
use time::format_description::well_known::Rfc3339;

use super::signature::{InvalidSecret, SigningSecret};
use crate::recovery::{Call, Hooks, SendError};

/// Longest wait for a receiver's answer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Calls the webhooks of all applications.
pub struct Webhooks {
    client: Client,
    receivers: BTreeMap<String, Receiver>,
}

struct Receiver {
    url: Url,
    secret: SigningSecret,
}

/// A webhook that cannot be used, and its cure.
#[derive(Debug, Error)]
pub enum HookConfigError {
    /// Not https, and not http to loopback.
    #[error("webhook.url must be https (http is for loopback only)")]
    Url,
    /// Not a usable secret.
    #[error("webhook.secret {0}")]
    Secret(#[from] InvalidSecret),
    /// The HTTP client could not be made.
    #[error("no HTTP client: {0}")]
    Client(String),
}

impl Webhooks {
    /// A caller without receivers yet. It follows no redirects, so that a call never leaves the
    /// configured host.
    ///
    /// # Errors
    /// [`HookConfigError::Client`] when TLS cannot be set up.
    pub fn new() -> Result<Self, HookConfigError> {
        let failed = |error: &dyn std::fmt::Display| HookConfigError::Client(error.to_string());
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .use_preconfigured_tls(tls)
            .redirect(redirect::Policy::none())
            .timeout(TIMEOUT)
            .no_proxy()
            .user_agent(concat!("regain/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Self { client, receivers: BTreeMap::new() })
    }

    /// Adds the webhook of an application.
    ///
    /// # Errors
    /// [`HookConfigError`] for a URL or a secret that cannot be used.
    pub fn add(&mut self, app: &str, url: &str, secret: &str) -> Result<(), HookConfigError> {
        let url = Url::parse(url).map_err(|_| HookConfigError::Url)?;
        let loopback = match url.host() {
            Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
            Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if !(url.scheme() == "https" || url.scheme() == "http" && loopback) {
            return Err(HookConfigError::Url);
        }
        let secret = SigningSecret::parse(secret)?;
        self.receivers.insert(app.to_owned(), Receiver { url, secret });
        Ok(())
    }
}

#[async_trait]
impl Hooks for Webhooks {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let Some(receiver) = self.receivers.get(&call.app) else { return Ok(()) };
        let body = body(call);
        let timestamp = call.now.unix_timestamp();
        let answer = self
            .client
            .post(receiver.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &call.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", receiver.secret.sign(&call.id, timestamp, &body))
            .body(body)
            .send()
            .await
            .map_err(|error| SendError::Passing(error.without_url().to_string()))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            // The scheme's word for a receiver that is no more.
            StatusCode::GONE => Err(SendError::Final("the receiver is gone (410)".to_owned())),
            status => Err(SendError::Passing(format!("the receiver answered {status}"))),
        }
    }
}

fn body(call: &Call) -> String {
    json!({
        "type": call.event.name(),
        "timestamp": call.at.format(&Rfc3339).unwrap_or_default(),
        "data": { "app": call.app, "user_id": call.user_id },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn only_https_or_loopback_is_called() {
        let mut hooks = Webhooks::new().unwrap();
        for url in [
            "https://app.example.com/h",
            "http://127.0.0.1:9/h",
            "http://localhost/h",
            "http://[::1]/",
        ] {
            assert!(hooks.add("shop", url, SECRET).is_ok(), "{url}");
        }
        for url in ["http://app.example.com/h", "ftp://127.0.0.1/", "/h", "http://10.0.0.1/h"] {
            assert!(hooks.add("shop", url, SECRET).is_err(), "{url}");
        }
    }
}
