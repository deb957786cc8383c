//! The form that invites guests by email, and the result for each address.

use leptos::prelude::*;
use protocol::{
    api::{InviteResult, InviteStatus, MailState, NewInvites, Share, SharingOptions, limits},
    id::SessionId,
};

use super::{
    options::{ShareFields, ShareOptions, ShareTerms},
    share_list::delivery,
};
use crate::{
    api::sharing,
    error::PageError,
    ui::{form::SubmitRow, request::Request},
};

#[component]
pub fn Invite(
    id: SessionId,
    options: SharingOptions,
    /// All shares of the session, with the delivery state of their emails.
    shares: RwSignal<Vec<Share>>,
    changed: Callback<()>,
) -> impl IntoView {
    if !options.mail {
        return view! { <NoMail /> }.into_any();
    }
    let fields = ShareFields::new(&options);
    let chosen = RwSignal::new(Vec::<String>::new());
    let typed = RwSignal::new(String::new());
    let results = RwSignal::new(Vec::<InviteResult>::new());
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        take(chosen, typed);
        let invite = async move {
            let emails = chosen.get_untracked();
            validate(&emails)?;
            let ShareTerms { minutes, read_only, guests_alone } = fields.read()?;
            results.set(vec![]);
            let minutes = minutes.into();
            sharing::invite(id, &NewInvites { emails, minutes, read_only, guests_alone }).await
        };
        request.send(invite, move |answer| {
            // Addresses that failed stay in the field.
            let sent = |email: &String| {
                let mut results = answer.results.iter();
                results.any(|it| it.email == *email && it.status == InviteStatus::Queued)
            };
            chosen.update(|all| all.retain(|email| !sent(email)));
            results.set(answer.results);
            changed.run(());
        });
    };
    view! {
        <form class="stack" novalidate data-testid="invite-form" on:submit=submit>
            <p class="muted">
                "Each address gets its own link and password by email, so you can see who joined and revoke access individually."
            </p>
            <Addresses chosen typed />
            <ShareOptions fields error=request.error />
            <ul class="invite-results" role="status" data-testid="invite-results">
                {move || results.get().into_iter().map(|it| result(it, shares)).collect_view()}
            </ul>
            <SubmitRow
                label="Invite"
                testid="invite-send"
                error_testid="invite-failure"
                error=request.error
                fields=&["minutes"]
                busy=request.busy
                kind="primary"
            />
        </form>
    }
    .into_any()
}

/// The addresses as chips, and the field that adds them.
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
    // The field would drop the line ends of a pasted list.
    let paste = move |event: leptos::ev::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|it| it.get_data("text").ok());
        if let Some(text) = text.filter(|it| split(it).len() > 1) {
            event.prevent_default();
            typed.update(|typed| *typed = format!("{typed}\n{text}"));
            take(chosen, typed);
        }
    };
    let chip = move |email: String| {
        let invalid = !could_be(&email);
        let (removed, label) = (email.clone(), format!("Remove {email}"));
        view! {
            <li class="chip" class:invalid=invalid data-testid="chip" data-bad=invalid.to_string()>
                <span>{email}</span>
                <button
                    type="button"
                    aria-label=label
                    on:click=move |_| chosen.update(|all| all.retain(|it| *it != removed))
                >
                    "×"
                </button>
            </li>
        }
    };
    view! {
        <div class="chips">
            <span>"Email addresses"</span>
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

#[component]
fn NoMail() -> impl IntoView {
    view! {
        <div class="notice stack" data-testid="no-mail">
            <p>
                <strong>"Email is not set up on this server."</strong>
                " An administrator can set "
                <code>"smtp_url"</code>
                " and "
                <code>"mail_from"</code>
                " in the "
                <code>"[websh]"</code>
                " table of the configuration and restart websh."
            </p>
            <p>"Until then, create an access link and send it yourself."</p>
        </div>
    }
}

/// Moves the typed addresses to the chips.
fn take(chosen: RwSignal<Vec<String>>, typed: RwSignal<String>) {
    let mut new = split(&typed.get_untracked());
    typed.set(String::new());
    chosen.with_untracked(|all| {
        new.retain(|email| !all.iter().any(|it| it.eq_ignore_ascii_case(email)));
    });
    if !new.is_empty() {
        chosen.update(|all| all.append(&mut new));
    }
}

fn validate(emails: &[String]) -> Result<(), PageError> {
    let invalid: Vec<&str> = emails.iter().filter(|it| !could_be(it)).map(String::as_str).collect();
    let most = limits::MAX_SHARE_ADDRESSES;
    let message = match (emails.len(), invalid.as_slice()) {
        (0, _) => "Enter at least one email address.".to_owned(),
        (_, [one]) => format!("{one} is not a valid email address."),
        (_, [_, _, ..]) => format!("These are not valid email addresses: {}.", invalid.join(", ")),
        (count, []) if count > most => format!("You can invite up to {most} people at a time."),
        _ => return Ok(()),
    };
    Err(PageError::of_field("emails", &message))
}

/// An address and its status, updated until the email is sent or has failed.
fn result(result: InviteResult, shares: RwSignal<Vec<Share>>) -> impl IntoView {
    let InviteResult { email, status, share_id, .. } = result;
    let code = match status {
        InviteStatus::Queued => "queued",
        InviteStatus::InvalidEmail => "invalid_email",
        InviteStatus::TooMany => "too_many",
    };
    let text = move || {
        shares.with(|shares| {
            let share = shares.iter().find(|it| Some(it.id) == share_id);
            let why = share.and_then(|it| it.mail_error.as_deref());
            state(status, share.and_then(|it| it.mail), why)
        })
    };
    view! {
        <li data-testid="invite-result" data-status=code>
            <strong>{email}</strong>
            " "
            {text}
        </li>
    }
}

/// The state of one address, as the rest of a sentence.
fn state(status: InviteStatus, mail: Option<MailState>, why: Option<&str>) -> String {
    match status {
        InviteStatus::InvalidEmail => "is not a valid email address".into(),
        InviteStatus::TooMany => "was not sent: too many emails are queued".into(),
        InviteStatus::Queued => delivery(mail.unwrap_or(MailState::Queued), why),
    }
}

/// Splits a list by commas, semicolons, line ends and blanks; accepts `Grace <grace@example.org>`. Returns
/// each address once.
fn split(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n', '\r', '\t']).flat_map(|part| {
        match (part.rfind('<'), part.rfind('>')) {
            (Some(from), Some(to)) if from < to => vec![&part[from + 1..to]],
            _ => part.split_whitespace().collect(),
        }
    });
    let mut found: Vec<String> = Vec::new();
    for part in parts.map(str::trim).filter(|it| !it.is_empty()) {
        if !found.iter().any(|it| it.eq_ignore_ascii_case(part)) {
            found.push(part.to_owned());
        }
    }
    found
}

/// Returns whether the text has one `@`, with a name before it and a domain after it.
fn could_be(address: &str) -> bool {
    let Some((name, domain)) = address.split_once('@') else { return false };
    let plain = |it: &str| !it.contains(|it: char| it.is_whitespace() || it.is_control());
    !name.is_empty()
        && plain(address)
        && !domain.contains('@')
        && !domain.split('.').any(str::is_empty)
        && address.len() <= 254
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_text() {
        use InviteStatus::{InvalidEmail, Queued, TooMany};
        for (status, mail, why, text) in [
            (InvalidEmail, None, None, "is not a valid email address"),
            (TooMany, None, None, "was not sent: too many emails are queued"),
            (Queued, None, None, "is being sent"),
            (Queued, Some(MailState::Queued), None, "is being sent"),
            (Queued, Some(MailState::Queued), Some("Busy."), "will be sent again: Busy."),
            (Queued, Some(MailState::Sent), None, "was sent"),
            (Queued, Some(MailState::Failed), Some("No such box."), "was not sent: No such box."),
            (Queued, Some(MailState::Failed), None, "was not sent"),
        ] {
            assert_eq!(state(status, mail, why), text);
        }
    }

    #[test]
    fn errors_name_the_address() {
        let message = |emails: &[&str]| {
            let emails: Vec<String> = emails.iter().map(|it| (*it).to_owned()).collect();
            validate(&emails).err().map(|why| why.0.message)
        };
        assert_eq!(message(&["a@x.org"]), None);
        assert_eq!(message(&[]).as_deref(), Some("Enter at least one email address."));
        assert_eq!(message(&["a@x.org", "b"]).as_deref(), Some("b is not a valid email address."));
        assert_eq!(
            message(&["a", "b"]).as_deref(),
            Some("These are not valid email addresses: a, b.")
        );
        let many: Vec<String> = (0..21).map(|it| format!("p{it}@x.org")).collect();
        assert!(validate(&many).is_err() && validate(&many[1..]).is_ok());
    }

    #[test]
    fn lists_are_split_into_addresses() {
        for (text, addresses) in [
            ("", vec![]),
            (" , ;\n", vec![]),
            ("a@x.org", vec!["a@x.org"]),
            (
                "a@x.org, b@x.org;c@x.org\nd@x.org e@x.org",
                vec!["a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org"],
            ),
            (
                "Grace Hopper <grace@x.org>, \"L, T\" <l@x.org>",
                vec!["grace@x.org", "\"L", "l@x.org"],
            ),
            ("a@x.org, A@X.org", vec!["a@x.org"]),
            ("not one", vec!["not", "one"]),
        ] {
            assert_eq!(split(text), addresses, "{text:?}");
        }
    }

    #[test]
    fn invalid_addresses_are_detected() {
        for (address, valid) in [
            ("a@x.org", true),
            ("a+b@localhost", true),
            ("ä@x.org", true),
            ("a", false),
            ("@x.org", false),
            ("a@", false),
            ("a@@x.org", false),
            ("a@x..org", false),
            ("a@x.org.", false),
            ("a b@x.org", false),
        ] {
            assert_eq!(could_be(address), valid, "{address:?}");
        }
    }
}
