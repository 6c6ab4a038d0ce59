//! The configuration as values: what may be said, and what holds where nothing is said.
//!
//! Reading the file, the environment and the messages for what is wrong live in `cli::config`.

mod application;
mod breaches;
mod cloud_cms;
mod colour;
mod compat;
mod pages;
mod password;
mod secret;
mod service;
mod structr;
mod units;
mod users;
mod webhook;

pub use application::{
    ApiKeySettings, ApplicationLimitSettings, ApplicationSettings, LifetimeSettings, LinkSettings,
    LoginLinks, SenderSettings,
};
pub use breaches::{BreachSettings, OnFailure};
pub use cloud_cms::CloudCmsSettings;
pub use colour::Colour;
pub use compat::Compat;
pub use pages::{DARK, LIGHT, PagesSettings, is_readable, readable};
pub use password::{PasswordProfile, PasswordSettings};
pub use secret::SecretSource;
pub use service::{
    Argon2Settings, ConnectionSettings, HashingSettings, KeySettings, LimitSettings, LimitStore,
    LogFormat, MailSettings, MetricsSettings, ProviderSettings, ProxyHeader, QueueFallback,
    QueueSettings, QueueStore, RedisSettings, Settings, StandBack, TraceSettings,
};
pub use structr::StructrSettings;
pub use units::{Rate, Span};
pub use users::{
    ColumnIn, ColumnIs, ColumnTest, ConditionSettings, EmailMatchSetting, FixedValue,
    MOST_CONNECTIONS, OnResetSettings, RecoveryEmailSettings, Tls, UsersSettings,
};
pub use webhook::WebhookSettings;
