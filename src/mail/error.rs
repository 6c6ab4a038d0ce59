//! Why a mail setting cannot be used, and its cure. No text holds a password.

use std::fmt;

use thiserror::Error;

/// A mail setting that cannot be used.
#[derive(Debug, Error)]
pub enum MailConfigError {
    /// The URL of a provider.
    #[error("mail.providers.{provider}.url {problem}\n    {cure}")]
    Url {
        /// The provider's name.
        provider: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to do.
        cure: &'static str,
    },
    /// The sender of an application.
    #[error(
        "apps.{app}.mail.from is no address\n    write it like \"Example <no-reply@example.com>\""
    )]
    From {
        /// The application's name.
        app: String,
    },
    /// A provider that is not there.
    #[error(
        "apps.{app}.mail.provider names {provider:?}, which is not under [mail.providers]\n    add it"
    )]
    Provider {
        /// The application's name.
        app: String,
        /// The name.
        provider: String,
    },
    /// An authority's certificate.
    #[error("mail.providers.{provider}.ca cannot be used: {problem}\n    give a PEM file")]
    Ca {
        /// The provider's name.
        provider: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The certificate that we show, or its key.
    #[error(
        "mail.providers.{provider}.client_certificate cannot be used: {problem}\n    give PEM files \
         of a certificate and of its key"
    )]
    Identity {
        /// The provider's name.
        provider: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A template that cannot be used.
    #[error("{place}: {problem}")]
    Template {
        /// File and line.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

impl MailConfigError {
    /// What TLS said of the certificates and keys of a provider, once each of them was read.
    pub(super) fn tls(provider: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let provider = provider.to_owned();
        let mut cause = Some(error);
        while let Some(inner) = cause {
            if let Some(rustls::Error::InconsistentKeys(_)) = inner.downcast_ref() {
                let problem = "`client_key` does not belong to `client_certificate`".to_owned();
                return Self::Identity { provider, problem };
            }
            cause = inner.source();
        }
        Self::Ca { provider, problem: error.to_string() }
    }

    pub(super) fn template(place: impl fmt::Display, problem: impl fmt::Display) -> Self {
        Self::Template { place: place.to_string(), problem: problem.to_string() }
    }
}
