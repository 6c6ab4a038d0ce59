//! The command line.

mod check;
mod commands;
pub mod config;
mod demo;
mod healthcheck;
mod key;
mod mail;
mod output;
mod queue;
mod token;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::account::EmailAddress;
use crate::config::Span;
use output::Failure;
use token::PurposeName;

/// Password recovery for the users table you already have, without a token table.
#[derive(Parser)]
#[command(name = "regain", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Try everything on this machine: accounts, mail and pages embedded, nothing kept
    Demo {
        /// Where to listen; on loopback only
        #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080",
              value_parser = host_and_port)]
        listen: String,
        /// Where links that set a password lead, instead of to Regain's own page: to one of yours on this machine
        /// with {token} in its address, whose scripts may call the demo then
        #[arg(long, value_name = "URL")]
        link: Option<String>,
    },
    /// Run the service
    Serve {
        #[command(flatten)]
        config: ConfigFile,
        /// Where to listen, instead of where the configuration says
        #[arg(long, value_name = "HOST:PORT", value_parser = host_and_port)]
        listen: Option<String>,
    },
    /// Look for what is wrong with keys, tables, privileges and mail, and say what cures it
    Check {
        #[command(flatten)]
        config: ConfigFile,
        /// As a JSON array of {app, level, what, why, cure}
        #[arg(long)]
        json: bool,
        /// Also send a test mail of each application to this address
        #[arg(long, value_name = "ADDRESS", value_parser = check::address)]
        send_test_mail: Option<EmailAddress>,
    },
    /// Print every setting with its default, or the effective settings of a file
    Config {
        /// Check this file, and print what holds with it and the environment
        #[arg(long, value_name = "FILE", conflicts_with = "preset")]
        config: Option<PathBuf>,
        /// Print what a preset stands for: django, laravel, devise or flask
        #[arg(long, value_name = "NAME")]
        preset: Option<String>,
    },
    /// Print the OpenAPI document
    Openapi {
        /// As YAML instead of JSON
        #[arg(long)]
        yaml: bool,
        /// Write regain.json and regain.yaml into this folder instead of printing, and beside them compat.json and
        /// compat.yaml, of the calls of other systems
        #[arg(long, value_name = "DIR", conflicts_with = "yaml")]
        write: Option<PathBuf>,
    },
    /// Look at mails before anybody gets one
    #[command(subcommand)]
    Mail(MailCommand),
    /// Say what waits in Redis to be sent, and what was given up and why
    Queue {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Make and look at tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Make keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Succeed if the service is alive; for containers
    Healthcheck {
        /// What must answer 200; http only
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080/healthz")]
        url: String,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make a token for an account and print it with its link; its owner is told by mail
    Issue {
        #[command(flatten)]
        of: TokenArguments,
        /// The account's id in the users table
        #[arg(long, value_name = "ID")]
        user: String,
        /// How long it works, 72h at most; as long as one that is asked for where left out
        #[arg(long, value_name = "SPAN")]
        lifetime: Option<Span>,
    },
    /// Void every link of an account by a new recovery stamp; its password stays as it is
    Revoke {
        /// The application, by its name under [apps]
        #[arg(long, value_name = "NAME")]
        app: String,
        /// The account's id in the users table
        #[arg(long, value_name = "ID")]
        user: String,
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Say what a token is worth now; changes nothing
    Inspect {
        /// The token, or - to read it from standard input, where no other user can see it
        #[arg(allow_hyphen_values = true)]
        token: String,
        #[command(flatten)]
        of: TokenArguments,
    },
}

#[derive(Args)]
struct TokenArguments {
    /// The application, by its name under [apps]
    #[arg(long, value_name = "NAME")]
    app: String,
    /// What the token is for
    #[arg(long)]
    purpose: PurposeName,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Subcommand)]
enum MailCommand {
    /// Write every kind of mail in every language into a folder, with sample data
    Preview {
        /// The folder: new, empty, or one that a preview was written into, which is written over
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        #[command(flatten)]
        config: ConfigFile,
        /// The application, by its name under [apps]; `default_app` where left out
        #[arg(long, value_name = "NAME")]
        app: Option<String>,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Print a new 256-bit key, for a key file
    New {
        /// An API key for a backend or an operator instead, and what to write into the configuration
        #[arg(long)]
        api: bool,
        /// What logs call it
        #[arg(long, value_name = "NAME", default_value = "backend", requires = "api")]
        name: String,
        /// The application that it is for, by its name under [apps]
        #[arg(long, value_name = "NAME", default_value = "default", requires = "api")]
        app: String,
    },
}

#[derive(Args)]
struct ConfigFile {
    /// The configuration file; `REGAIN_CONFIG` where left out
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Does what the arguments of the process say.
///
/// The exit code is 0 for success, 1 for failure and 2 for arguments that make no sense; that of
/// `check` is 0 where all is well, 1 for warnings and 2 for errors.
#[must_use]
pub fn run() -> ExitCode {
    run_with(std::env::args_os())
}

fn run_with(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(usage) => {
            let printed = usage.print().is_ok();
            let code = if printed { usage.exit_code() } else { 1 };
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    match dispatch(arguments.command) {
        Ok(code) => code,
        Err(failure) => {
            output::complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    let done = match command {
        Command::Check { config, json, send_test_mail } => {
            return check::run(&config, json, send_test_mail);
        }
        Command::Demo { listen, link } => demo::run(&listen, link.as_deref()),
        Command::Serve { config, listen } => commands::serve(&config, listen),
        Command::Config { preset: Some(name), .. } => commands::preset(&name),
        Command::Config { config, .. } => commands::config(config.as_deref()),
        Command::Openapi { yaml, write } => commands::openapi(yaml, write.as_deref()),
        Command::Mail(MailCommand::Preview { folder, config, app }) => {
            mail::preview(&folder, &config, app.as_deref())
        }
        Command::Queue { config } => queue::run(&config),
        Command::Token(TokenCommand::Issue { of, user, lifetime }) => {
            token::issue(&of, &user, lifetime)
        }
        Command::Token(TokenCommand::Inspect { of, token }) => token::inspect(&of, token),
        Command::Token(TokenCommand::Revoke { app, user, config }) => {
            token::revoke(&config, &app, &user)
        }
        Command::Key(KeyCommand::New { api: true, name, app }) => key::new_api(&app, &name),
        Command::Key(KeyCommand::New { .. }) => key::new(),
        Command::Healthcheck { url } => healthcheck::run(&url),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn host_and_port(text: &str) -> Result<String, String> {
    let good = config::is_host_and_port(text);
    good.then(|| text.to_owned()).ok_or_else(|| "write it like 127.0.0.1:8080".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_declared_without_contradictions() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_documented_commands_are_understood() {
        for line in [
            "regain demo",
            "regain token revoke --app default --user 1 --config regain.toml",
            "regain demo --listen 127.0.0.1:0",
            "regain demo --link http://localhost:5173/#{token}",
            "regain serve --config regain.toml --listen [::]:8080",
            "regain serve",
            "regain check",
            "regain check --config regain.toml --json --send-test-mail ada@example.com",
            "regain config --config regain.toml",
            "regain config --preset django",
            "regain openapi --yaml",
            "regain openapi --write openapi",
            "regain token issue --app default --user 7 --purpose password-reset",
            "regain token issue --app default --user 7 --purpose login --lifetime 72h",
            "regain token inspect eyJ.a.b --app default --purpose login --config regain.toml",
            "regain token inspect - --app default --purpose session",
            "regain queue --config regain.toml",
            "regain key new",
            "regain key new --api",
            "regain key new --api --app shop --name support",
            "regain mail preview mails",
            "regain mail preview mails --config regain.toml --app shop",
            "regain healthcheck --url http://127.0.0.1:9999/healthz",
        ] {
            assert!(Arguments::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }

    #[test]
    fn arguments_without_sense_are_refused() {
        for line in [
            "regain",
            "regain demo --listen 8080",
            "regain mail preview",
            "regain check --send-test-mail ada",
            "regain token issue --app default --user 7",
            "regain token issue --app default --user 7 --purpose anything",
            "regain token issue --app default --user 7 --purpose login --lifetime soon",
            "regain openapi --yaml --write openapi",
            "regain key new --name support",
        ] {
            assert!(Arguments::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
