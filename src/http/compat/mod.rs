//! The calls of the systems that people move from, in those systems' own spelling. Each is an adapter
//! over the same journeys, switched on per application; where it is not, there is nothing there.

mod betty_blocks;
mod cloud_cms;
mod json;
mod structr;

use std::collections::BTreeSet;

use poem::Route;

use crate::config::Compat;

/// What the API document of these calls says, beside what is written once for all operations: of what
/// they have in common, and of each system.
pub const DESCRIBED: [&str; 4] =
    [json::DESCRIBED, betty_blocks::DESCRIBED, cloud_cms::DESCRIBED, structr::DESCRIBED];

/// Lays the calls of these systems beside our own.
pub fn add(routes: Route, systems: &BTreeSet<Compat>) -> Route {
    systems.iter().fold(routes, |routes, system| match system {
        Compat::BettyBlocks => routes.nest("/betty-blocks", betty_blocks::routes()),
        Compat::CloudCms => routes.nest("/pub/applications", cloud_cms::routes()),
        Compat::Structr => structr::add(routes),
    })
}
