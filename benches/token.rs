//! What a token costs.

fn main() {}
