//! A port where TLS is spoken, by an authority of the test's own.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use poem::http::uri::Scheme;
use poem::listener::{Acceptor, Listener as _, TcpAcceptor, TcpListener};
use poem::web::{LocalAddr, RemoteAddr};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::harness::Folder;
use crate::python;

/// The port, and who vouches for it.
pub struct Certified {
    pub tls: Tls,
    /// The authority that signed its certificate.
    pub ca: PathBuf,
    /// Scheme and host, without the port.
    pub origin: String,
    /// Where its certificates are.
    pub folder: Folder,
}

/// What accepts connections there.
pub struct Tls {
    tcp: TcpAcceptor,
    tls: TlsAcceptor,
}

impl Certified {
    /// On loopback, or where this name leads, with a certificate of its own; `None` where Python is
    /// left out. A name that ends in `.test` leads nowhere, and stands in the certificate alone.
    pub async fn at(host: Option<&str>) -> Option<Self> {
        let (python, folder) = (python::interpreter()?, Folder::new());
        let mut certify = Command::new(python);
        certify.arg("tests/python/certificates.py").arg(&folder.0).args(host);
        assert!(certify.status().unwrap().success());
        let file = |name: &str| folder.0.join(name);
        let chain = CertificateDer::pem_file_iter(file("server.pem")).unwrap();
        let chain = chain.collect::<Result<Vec<_>, _>>().unwrap();
        let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(ring);
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        let host = host.filter(|host| host.strip_suffix(".test").is_none()).unwrap_or("localhost");
        let tls = Tls { tcp: listener(host).await, tls };
        Some(Self { tls, ca: file("ca.pem"), origin: format!("https://{host}"), folder })
    }
}

/// A free port of this host.
pub async fn listener(host: &str) -> TcpAcceptor {
    TcpListener::bind((host.to_owned(), 0)).into_acceptor().await.unwrap()
}

impl Acceptor for Tls {
    type Io = TlsStream<TcpStream>;

    fn local_addr(&self) -> Vec<LocalAddr> {
        self.tcp.local_addr()
    }

    async fn accept(&mut self) -> std::io::Result<(Self::Io, LocalAddr, RemoteAddr, Scheme)> {
        loop {
            let (io, local, remote, _) = self.tcp.accept().await?;
            // Who trusts another authority goes away again.
            if let Ok(io) = self.tls.accept(io).await {
                return Ok((io, local, remote, Scheme::HTTPS));
            }
        }
    }
}
