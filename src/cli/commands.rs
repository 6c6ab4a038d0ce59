//! The commands that only hand on: serve, config, openapi.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};

use super::ConfigFile;
use super::config::{ConfigErrors, REFERENCE, effective, load, preset as preset_text};
use super::output::{Failure, print};
use crate::app;
use crate::config::Settings;

/// Runs the service until it is told to stop.
pub(super) fn serve(config: &ConfigFile, listen: Option<String>) -> Result<(), Failure> {
    let mut settings = settings(config)?;
    if let Some(listen) = listen {
        settings.listen = listen;
    }
    block_on(app::serve(settings))?.map_err(Failure::from)
}

/// Prints the reference, or what holds with this file and the environment.
pub(super) fn config(file: Option<&Path>) -> Result<(), Failure> {
    let Some(file) = file else { return print(REFERENCE) };
    let text = effective(&load_with_environment(file)?);
    print(&text.map_err(|error| Failure::new(format!("cannot be written as TOML: {error}")))?)
}

/// Prints what a preset stands for.
pub(super) fn preset(name: &str) -> Result<(), Failure> {
    let text = preset_text(name);
    print(text.map_err(|cure| Failure::new(format!("there is no preset {name:?}\n    {cure}")))?)
}

/// Prints the OpenAPI document, or writes it and that of other systems' calls into a folder, in both forms.
pub(super) fn openapi(yaml: bool, folder: Option<&Path>) -> Result<(), Failure> {
    let Some(folder) = folder else {
        return print(&if yaml { app::document_yaml() } else { app::document_json() });
    };
    for (name, text) in [
        ("regain.json", app::document_json()),
        ("regain.yaml", app::document_yaml()),
        ("compat.json", app::compat_document_json()),
        ("compat.yaml", app::compat_document_yaml()),
    ] {
        let path = folder.join(name);
        fs::write(&path, text.trim_end().to_owned() + "\n").map_err(|error| {
            Failure::new(format!(
                "cannot write {}: {error}\n    name a folder that is there and yours",
                path.display()
            ))
        })?;
    }
    Ok(())
}

/// The settings of the file that was named, and the environment's.
pub(super) fn settings(config: &ConfigFile) -> Result<Settings, Failure> {
    Ok(load_with_environment(&config_path(config)?)?)
}

/// The file that was named, on the command line or by the environment.
pub(super) fn config_path(config: &ConfigFile) -> Result<PathBuf, Failure> {
    let from_environment = || std::env::var_os("REGAIN_CONFIG").map(PathBuf::from);
    config.config.clone().or_else(from_environment).ok_or_else(|| {
        Failure::new(
            "there is no configuration file\n    name it by --config or REGAIN_CONFIG; \
             make one: regain config > regain.toml",
        )
    })
}

/// The settings of a file with the environment's over them.
pub(super) fn load_with_environment(file: &Path) -> Result<Settings, ConfigErrors> {
    // What is not Unicode is no setting of ours.
    let unicode = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.into_string().ok()?))
    };
    load(file, std::env::vars_os().filter_map(unicode))
}

/// Runs a future on as many threads as there are processors.
pub(super) fn block_on<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let failed = |error| Failure::new(format!("cannot start threads: {error}"));
    Ok(runtime.map_err(failed)?.block_on(future))
}
