//! Nothing: cargo wants something to bench.
