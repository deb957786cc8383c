//! The dialog that creates an API token and shows its secret once.

use leptos::prelude::*;
use protocol::api::{NewToken, Role, TokenScope, limits};

use crate::{
    api,
    ui::{
        dialog::{Dialog, DialogActions, DialogClose},
        form::{choice::Choice, field::Field, shown_once::ShownOnce},
        request::Request,
    },
};

const SCOPES: [(TokenScope, &str); 3] = [
    (TokenScope::Read, "List sessions and watch your own"),
    (TokenScope::Sessions, "Also open, drive and close your own"),
    (TokenScope::Admin, "Everything your role allows"),
];

/// Days until a token expires, unless changed.
const DEFAULT_DAYS: &str = "30";

/// The form, then the secret of the new token.
#[component]
pub fn NewTokenDialog(open: RwSignal<bool>, role: Role, refresh: Callback<()>) -> impl IntoView {
    // For a member, the admin scope allows nothing more than the sessions scope.
    let scopes = if role == Role::Member { SCOPES.get(..2).unwrap_or_default() } else { &SCOPES };
    let name = RwSignal::new(String::new());
    let days = RwSignal::new(DEFAULT_DAYS.to_owned());
    let scope = RwSignal::new(TokenScope::Sessions);
    let secret = RwSignal::new(None::<String>);
    let request = Request::new();
    Effect::new(move |_| {
        // Removes the secret from the page on close.
        if !open.get() {
            name.set(String::new());
            days.set(DEFAULT_DAYS.into());
            secret.set(None);
            request.error.set(None);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            return request.reject("name", "Enter a name for the token.");
        }
        let Some(days) = number_of_days(&days.get_untracked()) else {
            let (low, high) = limits::TOKEN_DAYS.into_inner();
            return request.reject("days", &format!("Choose a lifetime of {low} to {high} days."));
        };
        let new = NewToken { name, scope: scope.get_untracked(), days };
        request.send(api::create_token(new), move |created| {
            secret.set(Some(created.secret));
            refresh.run(());
        });
    };
    view! {
        <Dialog open title="New API token" testid="new-token-dialog">
            {move || match secret.get() {
                Some(secret) => {
                    view! {
                        <div class="stack">
                            <ShownOnce label="Token" testid="token-secret" secret />
                            <DialogClose open testid="token-done" label="Done" kind="primary" />
                        </div>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <form method="dialog" class="stack" novalidate on:submit=submit>
                            <Field
                                label="Name"
                                name="name"
                                testid="token-name"
                                value=name
                                error=request.error
                            />
                            <Choice label="Access" testid="token-scope" options=scopes value=scope />
                            <Field
                                label="Expires after"
                                name="days"
                                testid="token-days"
                                unit="days"
                                value=days
                                error=request.error
                            />
                            <DialogActions
                                open
                                testid="token"
                                confirm="Create token"
                                request
                                fields=&["name", "days"]
                            />
                        </form>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

fn number_of_days(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|days| limits::TOKEN_DAYS.contains(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_numbers_from_1_to_365() {
        for (text, expected) in [
            ("1", Some(1)),
            (" 365 ", Some(365)),
            ("0", None),
            ("366", None),
            ("-1", None),
            ("1.5", None),
            ("ten", None),
            ("", None),
        ] {
            assert_eq!(number_of_days(text), expected, "{text:?}");
        }
    }
}
