//! The dialog that makes an API token and shows it, this one time.

use leptos::prelude::*;
use protocol::api::{NewToken, Role, TokenScope, limits};

use crate::{
    api,
    ui::{
        dialog::{Dialog, actions::DialogActions},
        failure::Failure,
        form::{choice::Choice, field::Field, shown_once::ShownOnce},
        request::Request,
    },
};

const SCOPES: [(TokenScope, &str); 3] = [
    (TokenScope::Read, "See sessions, and watch mine"),
    (TokenScope::Sessions, "Also open, drive and close mine"),
    (TokenScope::Admin, "Everything I may do"),
];

/// Days a token works when nothing else is said.
const DAYS: &str = "30";

/// Name, what it allows, how long; then the token.
#[component]
pub fn NewTokenDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What the member may do.
    role: Role,
    /// Reads the list again.
    refresh: Callback<()>,
) -> impl IntoView {
    // A member may do nothing that the scope before the last does not allow.
    let scopes = if role == Role::Member { SCOPES.get(..2).unwrap_or_default() } else { &SCOPES };
    let name = RwSignal::new(String::new());
    let days = RwSignal::new(DAYS.to_owned());
    let scope = RwSignal::new(TokenScope::Sessions);
    let secret = RwSignal::new(None::<String>);
    let request = Request::new();
    Effect::new(move |_| {
        // Also when it is closed: the secret leaves the page.
        if !open.get() {
            name.set(String::new());
            days.set(DAYS.into());
            secret.set(None);
            request.error.set(None);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let called = name.get_untracked().trim().to_owned();
        if called.is_empty() {
            return request.reject("name", "Please say what the token is for.");
        }
        let Some(days) = number_of_days(&days.get_untracked()) else {
            return request.reject("days", "A token works for 1 to 365 days.");
        };
        let new = NewToken { name: called, scope: scope.get_untracked(), days };
        request.send(api::tokens::create(new), move |fresh| {
            secret.set(Some(fresh.secret));
            refresh.run(());
        });
    };
    view! {
        <Dialog open title="New API token" testid="new-token-dialog">
            {move || match secret.get() {
                Some(secret) => {
                    view! {
                        <div class="stack">
                            <ShownOnce label="The token" testid="token-secret" secret />
                            <div class="dialog-actions">
                                <button
                                    type="button"
                                    class="button primary"
                                    data-testid="token-done"
                                    on:click=move |_| open.set(false)
                                >
                                    "Done"
                                </button>
                            </div>
                        </div>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <form method="dialog" class="stack" novalidate on:submit=submit>
                            <Field
                                label="What it is for"
                                name="name"
                                kind="text"
                                autocomplete="off"
                                testid="token-name"
                                value=name
                                error=request.error
                            />
                            <Choice
                                label="What it allows"
                                testid="token-scope"
                                options=scopes
                                value=scope
                            />
                            <Field
                                label="How long it works"
                                name="days"
                                kind="text"
                                autocomplete="off"
                                testid="token-days"
                                unit="days"
                                value=days
                                error=request.error
                            />
                            <Failure
                                error=request.error
                                testid="token-error"
                                fields=&["name", "days"]
                            />
                            <DialogActions open testid="token" yes="Make token" busy=request.busy />
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
    fn days() {
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
