//! Settings: where the program runs. Flag, then environment, then `vestibule.toml`, then default.
//! `raw` is what can be said, `resolved` what it means; between them lie the three sources.

mod aws;
mod document;
mod environment;
mod error;
mod file;
mod flags;
mod layers;
mod origin;
mod otel;
mod print;
mod raw;
mod resolved;
mod sections;
mod value;

pub(crate) use aws::METADATA;
pub use aws::{
    ContainerAddress, ContainerAuthorization, ContainerSettings, CredentialSettings,
    ProfileSettings, WebIdentitySettings,
};
pub use document::document;
pub use environment::{Environment, Warning};
pub use error::Error;
pub use flags::{AdminFlags, CopyFlags, DataFlags, Flags, OneRequestFlags};
pub use origin::{Excerpt, Origin};
pub use otel::Otel;
pub use print::{Entry, print};
pub use raw::{Flag, SETTINGS, Sensitivity, Setting, Shape};
pub use resolved::{Loaded, Resolved, Sourced, Storage, load, store};
pub use sections::{
    AccessKeySettings, ApiKeySettings, DomainSettings, IssuerSettings, KeysSettings,
    MethodLimitSettings, SectionError, Sections, StageMethodSettings, UsagePlanSettings,
    UserPoolSettings, UserSettings,
};
pub use value::{
    AccessLogForm, AccessLogTo, AccountLimit, CacheStatuses, HostName, LimitSet, Listening,
    LogFormat, LogLevel, Secret, StageVariables, Store, ValueError,
};
