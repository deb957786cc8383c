//! The form of a one-time access link.

use leptos::prelude::*;
use protocol::{
    api::{FreshShare, NewShare, SharingOptions},
    id::SessionId,
};

use super::limits::{LimitFields, Limits};
use crate::{
    api::sharing,
    error::PageError,
    ui::{failure::Failure, form::field::Field, request::Request},
};

/// Fields that show their errors themselves.
const FIELDS: [&str; 2] = ["minutes", "max_guests"];

/// Asks how, and makes the link.
#[component]
pub fn NewLink(
    /// The session.
    id: SessionId,
    /// What is allowed.
    options: SharingOptions,
    /// It was made.
    made: Callback<FreshShare>,
) -> impl IntoView {
    let limits = Limits::new(&options);
    let guests = RwSignal::new(options.max_guests.min(20).to_string());
    let request = Request::new();
    let allowed = options.clone();
    let most = options.max_guests;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (minutes, max_guests) =
            match (limits.minutes(&allowed), count(&guests.get_untracked(), most)) {
                (Ok(minutes), Ok(guests)) => (minutes, guests),
                (Err(why), _) | (_, Err(why)) => return request.error.set(Some(why)),
            };
        let new = NewShare {
            minutes: minutes.into(),
            read_only: Some(limits.read_only.get_untracked()),
            max_guests: Some(max_guests),
            guests_alone: limits.alone(),
        };
        request.send(async move { sharing::share(id, &new).await }, move |share| made.run(share));
    };
    view! {
        <form class="stack" novalidate data-testid="share-form" on:submit=submit>
            <p class="muted">
                "A link and a password that let others into this session, without an account. It works until it expires or you revoke it."
            </p>
            <LimitFields limits options error=request.error />
            <Field
                label="Guests at the same time"
                name="max_guests"
                kind="text"
                autocomplete="off"
                testid="share-max-guests"
                unit="at most"
                value=guests
                error=request.error
            />
            <Failure error=request.error testid="share-error" fields=&FIELDS />
            <div class="form-end">
                <button
                    type="submit"
                    class="button primary"
                    data-testid="share-create"
                    disabled=move || request.busy.get()
                >
                    "Create link"
                </button>
            </div>
        </form>
    }
}

/// The number of guests that was typed.
fn count(text: &str, most: u32) -> Result<u32, PageError> {
    let read = text.trim().parse().ok().filter(|guests| (1..=most).contains(guests));
    read.ok_or_else(|| {
        PageError::of_field("max_guests", &format!("Please choose 1 to {most} guests."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests() {
        for (text, guests) in [
            ("1", Some(1)),
            (" 20 ", Some(20)),
            ("0", None),
            ("21", None),
            ("two", None),
            ("", None),
        ] {
            assert_eq!(count(text, 20).ok(), guests, "{text}");
        }
    }
}
