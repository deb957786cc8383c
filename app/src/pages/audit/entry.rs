//! An entry of the audit log, as a sentence.

use leptos::prelude::*;
use protocol::api::{AuditAction, AuditEntry};

use crate::{format, ui::time::Ago};

/// Text around the target of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phrase {
    /// The actor, then the verb, the target and the end of the sentence.
    By(&'static str, &'static str),
    /// The actor and the verb, without the target.
    Alone(&'static str),
    /// An event without an actor: the text before and after the target.
    Event(&'static str, &'static str),
}

impl From<AuditAction> for Phrase {
    fn from(action: AuditAction) -> Self {
        let by = |verb| Self::By(verb, "");
        match action {
            AuditAction::SessionCreate => by("created session"),
            AuditAction::SessionAttach => by("attached to session"),
            AuditAction::SessionTakeOver => by("took over session"),
            AuditAction::SessionWatch => by("watched session"),
            AuditAction::SessionRename => by("renamed session"),
            AuditAction::SessionPolicy => by("changed the attach policy of session"),
            AuditAction::SessionClose => by("closed session"),
            AuditAction::SessionDrop => by("dropped session"),
            AuditAction::SessionDropAll => by("dropped sessions of the"),
            AuditAction::SessionExpire => Self::Event("Session", "expired"),
            AuditAction::SessionExit => Self::Event("Session", "exited"),
            AuditAction::SessionLost => Self::Event("Session", "was lost"),
            AuditAction::MemberInvite => by("invited"),
            AuditAction::MemberJoin => by("joined as"),
            AuditAction::MemberRole => by("changed the role of"),
            AuditAction::MemberName => by("renamed"),
            AuditAction::MemberDeactivate => by("deactivated"),
            AuditAction::MemberActivate => by("reactivated"),
            AuditAction::MemberReset => by("created a password link for"),
            AuditAction::MemberMailFailed => Self::Event("The invitation to", "was not sent"),
            AuditAction::MemberPassword => by("changed the password of"),
            AuditAction::MemberSignIn => by("signed in as"),
            AuditAction::MemberSignInFailed => Self::Alone("failed to sign in"),
            AuditAction::MemberSignOut => by("signed out as"),
            AuditAction::ShareCreate => by("shared session"),
            AuditAction::ShareJoin => by("joined session"),
            AuditAction::ShareLeave => by("left session"),
            AuditAction::ShareDenied => by("failed to join"),
            AuditAction::ShareExtend => by("changed the expiry of a share of session"),
            AuditAction::ShareMode => by("changed guest access to session"),
            AuditAction::ShareGuestsAlone => {
                Self::By("changed what guests can do in session", "while the owner is away")
            }
            AuditAction::ShareRemove => by("removed a guest from session"),
            AuditAction::ShareRevoke => by("revoked a share of session"),
            AuditAction::ShareExpire => Self::Event("A share of session", "expired"),
            AuditAction::ShareSessionEnded => Self::Event("A share of session", "ended with it"),
            AuditAction::ShareMailFailed => Self::Event("A link to session", "was not sent"),
            AuditAction::TokenCreate => by("created API token"),
            AuditAction::TokenRename => by("renamed API token"),
            AuditAction::TokenRemove => by("removed API token"),
            AuditAction::GrantAdd => by("granted account"),
            AuditAction::GrantRemove => by("revoked a grant of account"),
            AuditAction::SettingsChange => by("changed the"),
            AuditAction::AuditExport => Self::By("exported the", "log"),
        }
    }
}

/// Parts of a sentence, in this order. Names are highlighted.
#[derive(Debug, PartialEq, Eq)]
struct Sentence {
    actor: Option<String>,
    before: &'static str,
    target: String,
    after: &'static str,
}

#[component]
pub fn Entry(it: AuditEntry) -> impl IntoView {
    let AuditEntry { at, actor, via, source, action, target, detail, .. } = it;
    let Sentence { actor, before, target, after } = sentence(&action, actor, target);
    let name = action.clone();
    let origin = origin(&via, source.as_deref());
    view! {
        <li class="item entry" data-testid="audit-entry" data-action=name>
            <p class="entry-time muted" title=format::at(at)>
                <Ago time=at />
            </p>
            <div class="item-main">
                <p>
                    {actor.map(|actor| view! { <strong>{actor}</strong> " " })} {before} " "
                    <strong>{target}</strong> " " {after}
                </p>
                {detail.map(|detail| view! { <p class="muted entry-detail">{detail}</p> })}
            </div>
            <p class="item-side muted">
                <code>{action}</code>
                <br />
                {origin}
            </p>
        </li>
    }
}

/// Returns the sentence of an entry. Actions of other versions of websh have a generic one.
fn sentence(action: &str, actor: String, target: String) -> Sentence {
    let phrase = action.parse::<AuditAction>().map(Phrase::from);
    match phrase.unwrap_or(Phrase::By("performed an unknown action on", "")) {
        Phrase::Event(before, after) => Sentence { actor: None, before, target, after },
        Phrase::Alone(before) => {
            Sentence { actor: Some(actor), before, target: String::new(), after: "" }
        }
        Phrase::By(verb, after) => {
            // "Ada signed in" rather than "Ada signed in as Ada".
            let (before, target) = match verb.strip_suffix(" as").filter(|_| actor == target) {
                Some(verb) => (verb, String::new()),
                None => (verb, target),
            };
            Sentence { actor: Some(actor), before, target, after }
        }
    }
}

/// Describes the interface and the address that an action came from.
fn origin(via: &str, source: Option<&str>) -> String {
    let interface = match via {
        "page" => "on the web",
        "token" => "by an API token",
        "command_line" => "on the command line",
        "share" => "by a share",
        _ => "automatically",
    };
    match source {
        Some(source) => format!("{interface}, from {source}"),
        None => interface.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_an_interface_and_an_address() {
        for (via, source, expected) in [
            ("page", Some("192.0.2.7"), "on the web, from 192.0.2.7"),
            ("token", Some("::1"), "by an API token, from ::1"),
            ("command_line", None, "on the command line"),
            ("share", Some("192.0.2.8"), "by a share, from 192.0.2.8"),
            ("websh", None, "automatically"),
        ] {
            assert_eq!(origin(via, source), expected);
        }
    }

    #[test]
    fn entries_read_as_sentences() {
        for (action, target, expected) in [
            ("member.sign_in", "Ada", "Ada signed in"),
            ("member.sign_in", "ada@example.org", "Ada signed in as ada@example.org"),
            ("member.sign_in_failed", "sign-in", "Ada failed to sign in"),
            ("member.mail_failed", "Bob", "The invitation to Bob was not sent"),
            ("session.drop", "Ada", "Ada dropped session Ada"),
            ("session.exit", "build", "Session build exited"),
            ("share.remove", "build", "Ada removed a guest from session build"),
            ("share.session_ended", "build", "A share of session build ended with it"),
            ("settings.change", "settings", "Ada changed the settings"),
            ("audit.export", "audit", "Ada exported the audit log"),
            ("something.new", "it", "Ada performed an unknown action on it"),
        ] {
            let Sentence { actor, before, target, after } =
                sentence(action, "Ada".into(), target.into());
            let parts = [actor.as_deref().unwrap_or_default(), before, &target, after];
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            assert_eq!(parts.join(" "), expected, "{action}");
        }
    }

    #[test]
    fn every_action_has_its_own_phrase() {
        let mut seen = Vec::new();
        for action in AuditAction::ALL {
            let phrase = Phrase::from(*action);
            assert!(!seen.contains(&phrase), "{action}");
            seen.push(phrase);
        }
    }
}
