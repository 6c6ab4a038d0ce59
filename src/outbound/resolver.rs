//! From a server's name to its addresses, each looked at every time that something is connected
//! to: what is looked at is what the call goes to.

use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::network::{Named, Reach};

/// Tells the addresses of a name.
pub type LookUp = Arc<dyn Fn(String) -> Addresses + Send + Sync>;

/// The addresses of a name, on their way.
type Addresses = BoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// Looks names up as the machine does.
#[must_use]
pub fn by_the_machine() -> LookUp {
    Arc::new(|name| {
        async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        }
        .boxed()
    })
}

/// Gives out addresses only where all of them are in reach.
#[derive(Clone)]
pub(super) struct Vetted {
    pub(super) named: Named,
    pub(super) reach: Reach,
    pub(super) look_up: LookUp,
}

impl Vetted {
    /// The addresses of a name.
    ///
    /// # Errors
    /// [`Refused`](super::Refused) for one that is out of reach, since among others it is as good as
    /// a trap; and what looking up failed by.
    pub(super) async fn addresses(
        self,
        name: String,
    ) -> Result<Vec<IpAddr>, Box<dyn Error + Send + Sync>> {
        let found = (self.look_up)(name.clone()).await?;
        for address in &found {
            self.reach.check(self.named, &name, *address)?;
        }
        Ok(found)
    }
}

impl Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.clone().addresses(name.as_str().to_owned());
        Box::pin(async move {
            let addresses = found.await?.into_iter();
            Ok(Box::new(addresses.map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
