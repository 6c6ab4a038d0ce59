//! The database's clock beside our own.

use time::Duration;

use super::{Finding, Subject};

const BEARABLE: Duration = Duration::seconds(5);

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let before = subject.clock.now();
    let said = subject.table.clock().await;
    let after = subject.clock.now();
    let said = match said {
        Ok(Some(said)) => said,
        Ok(None) => return vec![],
        Err(error) => return vec![Finding::trouble(&error, "times must agree")],
    };
    let apart = (before - said).max(said - after).max(Duration::ZERO);
    let why = "links end by this machine's clock, and the table's times are the database's";
    vec![if apart > BEARABLE {
        Finding::warning(
            format!("the database's clock is {} s off this machine's", apart.whole_seconds()),
            why,
            "timedatectl set-ntp true, on whichever of the two is wrong",
        )
    } else {
        Finding::ok("the database's clock agrees with this machine's", why)
    }]
}
