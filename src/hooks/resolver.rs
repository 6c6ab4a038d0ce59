//! From a receiver's name to its addresses, each looked at every time that something is connected
//! to: what is looked at is what the call goes to.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::network::Reach;

/// Tells the addresses of a name.
pub(super) type LookUp = Arc<dyn Fn(String) -> Addresses + Send + Sync>;

/// The addresses of a name, on their way.
type Addresses = BoxFuture<'static, io::Result<Vec<IpAddr>>>;

/// Looks names up as the machine does.
pub(super) fn by_the_machine() -> LookUp {
    Arc::new(|name| {
        async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        }
        .boxed()
    })
}

/// Gives out addresses only where all of them are in reach.
pub(super) struct Vetted {
    pub(super) reach: Reach,
    pub(super) look_up: LookUp,
}

impl Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, name) = (self.reach, name.as_str().to_owned());
        let found = (self.look_up)(name.clone());
        Box::pin(async move {
            let found = found.await?;
            // One that is out of reach among others is as good as a trap.
            for address in &found {
                reach.check(&name, *address)?;
            }
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
