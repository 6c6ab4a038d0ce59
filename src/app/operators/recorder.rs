//! Who keeps count: one recorder a process, since what is counted is counted wherever it happens.
//! (A recorder of one thread, which the facade has too, would lose a job that moves to another.)

use std::sync::OnceLock;

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::app::StartError;
use crate::recovery::meters::{self, Kind};

static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// The recorder of this process, which the first call installs.
///
/// # Errors
/// [`StartError::Failed`] when the process has a recorder that is not ours.
pub fn start() -> Result<PrometheusHandle, StartError> {
    let recorder = RECORDER.get_or_init(|| install().map_err(|error| error.to_string()));
    recorder.clone().map_err(|error| StartError::Failed(format!("metrics: {error}")))
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let mut builder = PrometheusBuilder::new();
    for meter in meters::ALL {
        if let Kind::Histogram(buckets) = meter.kind {
            builder =
                builder.set_buckets_for_metric(Matcher::Full(meter.name.to_owned()), buckets)?;
        }
    }
    let recorder = builder.install_recorder()?;
    for meter in meters::ALL {
        match meter.kind {
            Kind::Counter => describe_counter!(meter.name, meter.help),
            Kind::Gauge => describe_gauge!(meter.name, meter.help),
            Kind::Histogram(_) => describe_histogram!(meter.name, meter.help),
        }
    }
    meters::build();
    Ok(recorder)
}
