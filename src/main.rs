//! The `regain` program.

use std::process::ExitCode;

/// It takes a tenth less of the processor's time than what glibc has of its own, and half of what musl has
/// (docs/performance.md). Without huge pages, which it would fill an idle process with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    regain::cli::run()
}
