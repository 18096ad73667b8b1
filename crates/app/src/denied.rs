//! Why is a request refused, and what can the person do about it?

use odla_domain::{Params, Permission, Refusal};
use thiserror::Error;

/// A refusal is no failure of ours: something about who asks, or what is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Denied {
    #[error("nobody is signed in")]
    SignIn,
    #[error("address or password is wrong")]
    Password,
    #[error("{0:?} is lacking")]
    Permission(Permission),
    #[error("the request was not made by a page of ours")]
    Forged,
    #[error("too many tries; wait {seconds} s")]
    Tries { seconds: u64 },
    #[error("the link for the first administrator is not valid, or has been used")]
    SetupLink,
    #[error("a password needs at least {least} characters")]
    ShortPassword { least: usize },
    #[error("sign-in at the company's provider did not succeed: {detail}")]
    Provider { detail: String },
    /// What there is none of, or none that this person may see: the two are not told apart.
    #[error("there is no such {what}")]
    Unknown { what: &'static str },
    #[error("somebody has changed it meanwhile")]
    Changed,
    #[error("there is already one with that name")]
    Taken,
    #[error("the last administrator must stay one")]
    LastAdministrator,
    #[error(transparent)]
    Decision(#[from] Refusal),
    #[error("it can no longer be undone")]
    TooLate,
    #[error("there is no column {column}")]
    Column { column: String },
    #[error("the condition cannot be understood: {text}")]
    Filter { text: String },
    #[error("the page cannot be found again: {cursor}")]
    Cursor { cursor: String },
    #[error("{field}: {detail}")]
    Invalid { field: String, detail: String },
    #[error("the upload is larger than {most} bytes")]
    UploadSize { most: u64 },
    #[error("an upload has at most {most} files")]
    UploadFiles { most: usize },
    #[error("a file of this kind or name is not taken: {file}")]
    UploadKind { file: String },
    #[error("the file grows too much when it is unpacked: {file}")]
    UploadPacked { file: String },
    #[error("the export {format} is not there for this")]
    Format { format: String },
}

/// What a refusal means to whoever asks, whatever the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    SignIn,
    Forbidden,
    NotFound,
    Conflict,
    TooLarge,
    TooMany,
    Wrong,
    /// Not the asker's fault, and perhaps soon over.
    Unavailable,
    /// Our own fault.
    Broken,
}

impl Denied {
    pub fn meaning(&self) -> Meaning {
        match self {
            Self::SignIn | Self::Password => Meaning::SignIn,
            Self::Permission(_) | Self::Forged | Self::SetupLink | Self::Provider { .. } => {
                Meaning::Forbidden
            }
            Self::Unknown { .. } => Meaning::NotFound,
            Self::Changed | Self::Taken | Self::LastAdministrator | Self::TooLate => {
                Meaning::Conflict
            }
            Self::UploadSize { .. } => Meaning::TooLarge,
            Self::Tries { .. } => Meaning::TooMany,
            Self::ShortPassword { .. }
            | Self::Decision(_)
            | Self::Column { .. }
            | Self::Filter { .. }
            | Self::Cursor { .. }
            | Self::Invalid { .. }
            | Self::UploadFiles { .. }
            | Self::UploadKind { .. }
            | Self::UploadPacked { .. }
            | Self::Format { .. } => Meaning::Wrong,
        }
    }

    /// The stable translation key and what fills the sentence.
    pub fn message(&self) -> (&'static str, Params) {
        let text = |name: &str, value: &str| Params::from([(name.to_owned(), value.into())]);
        let count = |name: &str, value: f64| Params::from([(name.to_owned(), value.into())]);
        match self {
            Self::SignIn => ("sign_in", Params::new()),
            Self::Password => ("wrong_password", Params::new()),
            Self::Permission(permission) => ("forbidden", text("permission", permission.word())),
            Self::Forged => ("forged", Params::new()),
            Self::Tries { seconds } => ("too_many_tries", count("seconds", *seconds as f64)),
            Self::SetupLink => ("setup_link", Params::new()),
            Self::ShortPassword { least } => ("short_password", count("least", *least as f64)),
            Self::Provider { detail } => ("provider", text("detail", detail)),
            Self::Unknown { what } => ("not_found", text("what", what)),
            Self::Changed => ("changed", Params::new()),
            Self::Taken => ("taken", Params::new()),
            Self::LastAdministrator => ("last_administrator", Params::new()),
            Self::Decision(refusal) => {
                let params = refusal.count().map(|n| ("count".to_owned(), n.into()));
                (refusal.key(), params.into_iter().collect())
            }
            Self::TooLate => ("too_late", Params::new()),
            Self::Column { column } => ("unknown_column", text("column", column)),
            Self::Filter { text: filter } => ("filter", text("text", filter)),
            Self::Cursor { cursor } => ("cursor", text("cursor", cursor)),
            Self::Invalid { field, detail } => {
                let mut params = text("field", field);
                params.insert("detail".to_owned(), detail.as_str().into());
                ("invalid", params)
            }
            Self::UploadSize { most } => ("upload.size", count("most", (*most >> 20) as f64)),
            Self::UploadFiles { most } => ("upload.files", count("most", *most as f64)),
            Self::UploadKind { file } => ("upload.kind", text("file", file)),
            Self::UploadPacked { file } => ("upload.packed", text("file", file)),
            Self::Format { format } => ("format", text("format", format)),
        }
    }

    /// The fields of the request that are to be corrected.
    pub fn fields(&self) -> Vec<String> {
        match self {
            Self::ShortPassword { .. } => vec!["password".to_owned()],
            Self::Invalid { field, .. } => vec![field.clone()],
            Self::Decision(Refusal::NoReason) => vec!["reason".to_owned()],
            Self::Decision(Refusal::NoLoyaltyLine | Refusal::TwoLoyaltyLines) => {
                vec!["loyalty_line".to_owned()]
            }
            Self::Decision(Refusal::NoDeed) => vec!["doer".to_owned()],
            _ => Vec::new(),
        }
    }
}
