//! One entry of the log, as a sentence.

use leptos::prelude::*;
use protocol::api::AuditEntry;

use crate::{format, ui::time::Ago};

/// Actions and what is said of them, before the name of what it was done to.
const VERBS: [(&str, &str); 43] = [
    ("session.create", "opened session"),
    ("session.attach", "attached to session"),
    ("session.take_over", "took over session"),
    ("session.watch", "watched session"),
    ("session.rename", "renamed session"),
    ("session.policy", "changed the attach policy of session"),
    ("session.close", "closed session"),
    ("session.drop", "dropped session"),
    ("session.drop_all", "dropped all sessions of"),
    ("session.expire", "ended the unused session"),
    ("session.exit", "saw the end of session"),
    ("session.lost", "lost session"),
    ("member.invite", "invited"),
    ("member.join", "joined as"),
    ("member.role", "changed the role of"),
    ("member.name", "changed the name of"),
    ("member.deactivate", "deactivated"),
    ("member.activate", "let in again"),
    ("member.reset", "made a password link for"),
    ("member.mail_failed", "could not send the invitation of"),
    ("member.password", "changed the password of"),
    ("member.sign_in", "signed in as"),
    ("member.sign_in_failed", "could not sign in as"),
    ("member.sign_out", "signed out as"),
    ("share.create", "shared session"),
    ("share.join", "came as a guest to session"),
    ("share.leave", "left as a guest from session"),
    ("share.denied", "had no right link and password to"),
    ("share.extend", "gave more time to guests of session"),
    ("share.mode", "changed what guests may do in session"),
    ("share.guests_alone", "changed what guests may do alone in session"),
    ("share.remove", "showed a guest out of session"),
    ("share.revoke", "took back a share of session"),
    ("share.expire", "saw the time end of a share of session"),
    ("share.session_ended", "ended a share together with session"),
    ("share.mail_failed", "could not send the link to session"),
    ("token.create", "made API token"),
    ("token.rename", "renamed API token"),
    ("token.remove", "removed API token"),
    ("grant.add", "granted account"),
    ("grant.remove", "took back account"),
    ("settings.change", "changed the settings of"),
    ("audit.export", "exported"),
];

/// The entry.
#[component]
pub fn Entry(
    /// What was done.
    it: AuditEntry,
) -> impl IntoView {
    let AuditEntry { at, actor, via, source, action, target, detail, .. } = it;
    let (verb, target) = said(&action, &actor, target);
    let name = action.clone();
    let by = via_words(&via, source.as_deref());
    view! {
        <li class="item entry" data-testid="audit-entry" data-action=name>
            <p class="entry-time muted" title=format::at(at)>
                <Ago time=at />
            </p>
            <div class="item-main">
                <p>
                    <strong>{actor}</strong> " " {verb} " "
                    <strong>{target}</strong>
                </p>
                {detail.map(|detail| view! { <p class="muted entry-detail">{detail}</p> })}
            </div>
            <p class="item-side muted">
                <code>{action}</code>
                <br />
                {by}
            </p>
        </li>
    }
}

/// What was done, and to what or whom; not said twice when somebody did it to themselves.
fn said(action: &str, actor: &str, target: String) -> (&'static str, String) {
    let verb = VERBS.iter().find(|(name, _)| *name == action);
    let verb = verb.map_or("did this to", |(_, verb)| verb);
    match verb.strip_suffix(" as").filter(|_| actor == target) {
        Some(verb) => (verb, String::new()),
        None => (verb, target),
    }
}

/// By which way, and from where.
fn via_words(via: &str, source: Option<&str>) -> String {
    let way = match via {
        "page" => "by a page",
        "token" => "by an API token",
        "command_line" => "by the command line",
        "share" => "by a share",
        _ => "by itself",
    };
    match source {
        Some(source) => format!("{way}, from {source}"),
        None => way.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways() {
        for (via, source, words) in [
            ("page", Some("192.0.2.7"), "by a page, from 192.0.2.7"),
            ("token", Some("::1"), "by an API token, from ::1"),
            ("command_line", None, "by the command line"),
            ("share", Some("192.0.2.8"), "by a share, from 192.0.2.8"),
            ("websh", None, "by itself"),
        ] {
            assert_eq!(via_words(via, source), words);
        }
    }

    #[test]
    fn what_is_said() {
        for (action, target, expected) in [
            ("member.sign_in", "Ada", ("signed in", "")),
            ("member.sign_in", "ada@example.org", ("signed in as", "ada@example.org")),
            ("session.drop", "Ada", ("dropped session", "Ada")),
            ("something.new", "it", ("did this to", "it")),
        ] {
            let (verb, of) = said(action, "Ada", target.into());
            assert_eq!((verb, &*of), expected, "{action} {target}");
        }
    }

    #[test]
    fn verbs_are_said_once_each() {
        let mut names: Vec<_> = VERBS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), VERBS.len());
    }
}
