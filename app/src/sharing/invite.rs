//! Invitations by mail: addresses as chips, and what became of each.

use leptos::prelude::*;
use protocol::{
    api::{InviteResult, InviteStatus, MailState, NewInvites, Share, SharingOptions, limits},
    id::SessionId,
};

use super::{
    addresses,
    limits::{LimitFields, Limits},
};
use crate::{
    api::sharing,
    error::PageError,
    ui::{failure::Failure, request::Request},
};

/// Fields that show their errors themselves.
const FIELDS: [&str; 1] = ["minutes"];

/// Asks for whom and how, and sends.
#[component]
pub fn Invite(
    /// The session.
    id: SessionId,
    /// What is allowed.
    options: SharingOptions,
    /// All shares: they know what became of a mail.
    shares: RwSignal<Vec<Share>>,
    /// The list of shares has changed.
    changed: Callback<()>,
) -> impl IntoView {
    if !options.mail {
        return view! { <NoMail /> }.into_any();
    }
    let limits = Limits::new(&options);
    let chosen = RwSignal::new(Vec::<String>::new());
    let typed = RwSignal::new(String::new());
    let results = RwSignal::new(Vec::<InviteResult>::new());
    let request = Request::new();
    let allowed = options.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        take(chosen, typed);
        let emails = chosen.get_untracked();
        let minutes = match (first_mistake(&emails), limits.minutes(&allowed)) {
            (None, Ok(minutes)) => minutes,
            (Some(why), _) | (_, Err(why)) => return request.error.set(Some(why)),
        };
        let new = NewInvites {
            emails,
            minutes: minutes.into(),
            read_only: Some(limits.read_only.get_untracked()),
            guests_alone: limits.alone(),
        };
        results.set(vec![]);
        request.send(async move { sharing::invite(id, &new).await }, move |answer| {
            // What was not sent stays, to be mended.
            let sent = |email: &String| {
                answer
                    .results
                    .iter()
                    .any(|it| it.email == *email && it.status == InviteStatus::Queued)
            };
            chosen.update(|all| all.retain(|email| !sent(email)));
            results.set(answer.results);
            changed.run(());
        });
    };
    view! {
        <form class="stack" novalidate data-testid="invite-form" on:submit=submit>
            <p class="muted">
                "Each address gets a mail with a link and a password of its own, so you see who came and can revoke one alone."
            </p>
            <Addresses chosen typed />
            <LimitFields limits options error=request.error />
            <Failure error=request.error testid="invite-failure" fields=&FIELDS />
            <ul class="invite-results" role="status" data-testid="invite-results">
                {move || results.get().into_iter().map(|it| result(it, shares)).collect_view()}
            </ul>
            <div class="form-end">
                <button
                    type="submit"
                    class="button primary"
                    data-testid="invite-send"
                    disabled=move || request.busy.get()
                >
                    "Invite"
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// The chips, and the field that makes them.
#[component]
fn Addresses(chosen: RwSignal<Vec<String>>, typed: RwSignal<String>) -> impl IntoView {
    let key = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Enter" | "," | ";" | " " if !typed.with_untracked(|it| it.trim().is_empty()) => {
            event.prevent_default();
            take(chosen, typed);
        }
        "Backspace" if typed.with_untracked(String::is_empty) => {
            chosen.update(|all| drop(all.pop()));
        }
        _ => {}
    };
    // A list that is pasted comes apart at once; the field itself would lose its line ends.
    let paste = move |event: leptos::ev::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|it| it.get_data("text").ok());
        if let Some(text) = text.filter(|it| addresses::split(it).len() > 1) {
            event.prevent_default();
            typed.update(|typed| *typed = format!("{typed}\n{text}"));
            take(chosen, typed);
        }
    };
    let chip = move |email: String| {
        let bad = !addresses::could_be(&email);
        let (gone, label) = (email.clone(), format!("Remove {email}"));
        view! {
            <li class="chip" class:invalid=bad data-testid="chip" data-bad=bad.to_string()>
                <span>{email}</span>
                <button
                    type="button"
                    aria-label=label
                    on:click=move |_| chosen.update(|all| all.retain(|it| *it != gone))
                >
                    "×"
                </button>
            </li>
        }
    };
    view! {
        <div class="chips">
            <span>"E-mail addresses"</span>
            <ul>
                <For each=move || chosen.get() key=|it| it.clone() children=chip />
                <li class="chip-input">
                    <input
                        type="text"
                        inputmode="email"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        aria-label="Add an address, or paste a list"
                        placeholder=move || {
                            if chosen.with(Vec::is_empty) { "grace@example.org, or paste a list" } else { "" }
                        }
                        data-testid="invite-emails"
                        prop:value=move || typed.get()
                        on:keydown=key
                        on:blur=move |_| take(chosen, typed)
                        on:paste=paste
                        on:input:target=move |event| typed.set(event.target().value())
                    />
                </li>
            </ul>
        </div>
    }
}

/// Mail is not set up: what would do it.
#[component]
fn NoMail() -> impl IntoView {
    view! {
        <div class="notice stack" data-testid="no-mail">
            <p>
                <strong>"Mail is not set up on this server."</strong>
                " An administrator sets "
                <code>"smtp_url"</code>
                " and "
                <code>"mail_from"</code>
                " in the "
                <code>"[websh]"</code>
                " table of the configuration and restarts websh."
            </p>
            <p>"Until then, make a one-time access link and send it yourself."</p>
        </div>
    }
}

/// Makes chips of what was typed.
fn take(chosen: RwSignal<Vec<String>>, typed: RwSignal<String>) {
    let new = addresses::split(&typed.get_untracked());
    typed.set(String::new());
    if !new.is_empty() {
        chosen.update(|all| {
            for email in new {
                if !all.iter().any(|it| it.eq_ignore_ascii_case(&email)) {
                    all.push(email);
                }
            }
        });
    }
}

/// What to say before the server is asked.
fn first_mistake(emails: &[String]) -> Option<PageError> {
    let bad: Vec<&str> =
        emails.iter().filter(|it| !addresses::could_be(it)).map(String::as_str).collect();
    let said = match (emails.len(), bad.as_slice()) {
        (0, _) => "Please enter at least one address.".to_owned(),
        (_, [one]) => format!("{one} is no e-mail address."),
        (_, [_, _, ..]) => format!("These are no e-mail addresses: {}.", bad.join(", ")),
        (count, []) if count > limits::MAX_SHARE_ADDRESSES => {
            format!("Please invite at most {} people at once.", limits::MAX_SHARE_ADDRESSES)
        }
        _ => return None,
    };
    Some(PageError::of_field("emails", &said))
}

/// What became of an address, followed until its mail is sent or given up.
fn result(result: InviteResult, shares: RwSignal<Vec<Share>>) -> impl IntoView {
    let word = match result.status {
        InviteStatus::Queued => "queued",
        InviteStatus::InvalidEmail => "invalid_email",
        InviteStatus::TooMany => "too_many",
    };
    let said = move || {
        shares.with(|shares| {
            let share = shares.iter().find(|it| Some(it.id) == result.share_id);
            became(
                result.status,
                share.and_then(|it| it.mail),
                share.and_then(|it| it.mail_error.as_deref()),
            )
        })
    };
    view! {
        <li data-testid="invite-result" data-status=word>
            <strong>{result.email}</strong>
            " "
            {said}
        </li>
    }
}

/// The words behind an address.
fn became(status: InviteStatus, mail: Option<MailState>, why: Option<&str>) -> String {
    match (status, mail, why) {
        (InviteStatus::InvalidEmail, ..) => "is no e-mail address".into(),
        (InviteStatus::TooMany, ..) => "was not sent: too many mails wait already".into(),
        (_, Some(MailState::Sent), _) => "was sent".into(),
        (_, Some(MailState::Failed), Some(why)) => format!("was not sent: {why}"),
        (_, Some(MailState::Failed), None) => "was not sent".into(),
        (_, _, Some(why)) => format!("waits to be sent again: {why}"),
        (_, _, None) => "is being sent".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_words() {
        use InviteStatus::{InvalidEmail, Queued, TooMany};
        for (status, mail, why, words) in [
            (InvalidEmail, None, None, "is no e-mail address"),
            (TooMany, None, None, "was not sent: too many mails wait already"),
            (Queued, None, None, "is being sent"),
            (Queued, Some(MailState::Queued), None, "is being sent"),
            (Queued, Some(MailState::Queued), Some("Busy."), "waits to be sent again: Busy."),
            (Queued, Some(MailState::Sent), None, "was sent"),
            (Queued, Some(MailState::Failed), Some("No such box."), "was not sent: No such box."),
            (Queued, Some(MailState::Failed), None, "was not sent"),
        ] {
            assert_eq!(became(status, mail, why), words);
        }
    }

    #[test]
    fn mistakes_name_the_address() {
        let said = |emails: &[&str]| {
            let emails: Vec<String> = emails.iter().map(|it| (*it).to_owned()).collect();
            first_mistake(&emails).map(|why| why.0.message)
        };
        assert_eq!(said(&["a@x.org"]), None);
        assert_eq!(said(&[]).as_deref(), Some("Please enter at least one address."));
        assert_eq!(said(&["a@x.org", "b"]).as_deref(), Some("b is no e-mail address."));
        assert_eq!(said(&["a", "b"]).as_deref(), Some("These are no e-mail addresses: a, b."));
        let many: Vec<String> = (0..21).map(|it| format!("p{it}@x.org")).collect();
        assert!(first_mistake(&many).is_some() && first_mistake(&many[1..]).is_none());
    }
}
