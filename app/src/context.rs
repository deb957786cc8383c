//! Context of server functions: the signed-in member and `control`. The only module that is compiled for the
//! server alone.

use control::{Actor, Control, Kind};
use http::request::Parts;
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use protocol::api::ErrorBody;

use crate::error::{PageError, SIGNED_OUT};

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
        Self(Box::new(ErrorBody::from(error).error))
    }
}
