//! Context of server functions: the signed-in member and `control`. The only module that is compiled for the
//! server alone.

use client::ending::SIGNED_OUT;
use control::{Actor, Control, Kind};
use http::request::Parts;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use protocol::api::{ErrorBody, ErrorInfo};

use crate::error::PageError;

/// `control` and the signed-in member.
///
/// # Errors
/// [`SIGNED_OUT`] without a valid sign-in.
pub fn signed_in() -> Result<(Control, Actor), PageError> {
    let actor = use_context::<Actor>().ok_or_else(|| {
        set_status(401);
        PageError::new(SIGNED_OUT, "Sign in to continue.")
    })?;
    Ok((expect_context::<Control>(), actor))
}

/// Sets the HTTP status of the answer. Pages keep 200: they render the error.
fn set_status(status: u16) {
    let for_page =
        use_context::<Parts>().is_some_and(|parts| !parts.uri.path().starts_with("/api/"));
    if for_page {
        return;
    }
    if let (Some(options), Ok(status)) =
        (use_context::<ResponseOptions>(), http::StatusCode::from_u16(status))
    {
        options.set_status(status);
    }
}

impl From<control::Error> for PageError {
    fn from(error: control::Error) -> Self {
        set_status(match error.kind() {
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::Gone => 410,
            Kind::Unprocessable => 422,
            Kind::TooMany => 429,
            Kind::Unavailable => 503,
        });
        ErrorBody::from(error).error.into()
    }
}

impl From<ErrorInfo> for PageError {
    fn from(error: ErrorInfo) -> Self {
        let json = serde_json::to_string(&error).unwrap_or_default();
        serde_json::from_str(&json).unwrap_or_else(|_| Self::not_understood())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_the_whole_error_of_the_server() {
        use protocol::api::{ActiveClient, samples::session};

        let since = session(1).created_at;
        let client = ActiveClient { who: "Ada".into(), device: "Firefox".into(), since };
        let sent = ErrorInfo {
            code: "session_limit".into(),
            message: "Too many.".into(),
            field: Some("name".into()),
            sessions: Some(vec![session(1), session(2)]),
            active_client: Some(client),
            session: Some(Box::new(session(3))),
        };
        let json = serde_json::to_string(&sent).expect("an error");
        let read: PageError = serde_json::from_str(&json).expect("the same error");
        assert_eq!(read, PageError::from(sent.clone()));
        assert!(read.has_ended_session() && read.is_over());
        assert_eq!(ErrorInfo::from(read), sent);
    }
}
