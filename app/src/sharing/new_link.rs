//! The form that creates an access link.

use leptos::prelude::*;
use protocol::{
    api::{FreshShare, NewShare, SharingOptions, limits},
    id::SessionId,
};

use super::options::{ShareFields, ShareOptions, ShareTerms};
use crate::{
    api::sharing,
    error::PageError,
    ui::{
        form::{SubmitRow, field::Field},
        request::Request,
    },
};

#[component]
pub fn NewLink(
    id: SessionId,
    options: SharingOptions,
    created: Callback<FreshShare>,
) -> impl IntoView {
    let fields = ShareFields::new(&options);
    let guests = RwSignal::new(options.max_guests.min(limits::DEFAULT_SHARE_GUESTS).to_string());
    let request = Request::new();
    let most = options.max_guests;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let share = async move {
            let ShareTerms { minutes, read_only, guests_alone } = fields.read()?;
            let max_guests = Some(parse_guests(&guests.get_untracked(), most)?);
            let minutes = minutes.into();
            sharing::share(id, &NewShare { minutes, read_only, max_guests, guests_alone }).await
        };
        request.send(share, move |share| created.run(share));
    };
    view! {
        <form class="stack" novalidate data-testid="share-form" on:submit=submit>
            <p class="muted">
                "Anyone with the link and its password can join this session, without signing in, until it expires or you revoke it."
            </p>
            <ShareOptions fields error=request.error />
            <Field
                label="Guests at a time"
                name="max_guests"
                testid="share-max-guests"
                unit="at most"
                value=guests
                error=request.error
            />
            <SubmitRow
                label="Create link"
                testid="share-create"
                error_testid="share-error"
                error=request.error
                fields=&["minutes", "max_guests"]
                busy=request.busy
                kind="primary"
            />
        </form>
    }
}

fn parse_guests(text: &str, most: u32) -> Result<u32, PageError> {
    let guests = text.trim().parse().ok().filter(|guests| (1..=most).contains(guests));
    guests.ok_or_else(|| {
        PageError::of_field("max_guests", &format!("Enter a number of guests from 1 to {most}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guests_are_a_whole_number_within_the_limit() {
        for (text, guests) in [
            ("1", Some(1)),
            (" 20 ", Some(20)),
            ("0", None),
            ("21", None),
            ("two", None),
            ("", None),
        ] {
            assert_eq!(parse_guests(text, 20).ok(), guests, "{text}");
        }
    }
}
