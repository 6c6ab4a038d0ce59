//! The `regain` program.

use std::process::ExitCode;

/// What musl has of its own takes twice the processor's time (docs/performance.md).
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    regain::cli::run()
}
