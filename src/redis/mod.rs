//! A connection to Redis that comes back by itself and keeps nobody waiting: what the queue and the
//! limits stand on, and all that they share.

mod address;
mod connection;
mod trouble;
mod wire;

pub use address::{Address, RedisConfigError};
pub use connection::Redis;
pub use trouble::Trouble;
