//! What the command palette offers on a terminal's page.

use client::BatonAction;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AttachPolicy, ChangeSession, Session};

use crate::{api::rest, browser, palette::Command, terminal::Ui};

/// Name of each policy and what it means.
pub const POLICIES: [(AttachPolicy, &str, &str); 3] = [
    (AttachPolicy::Handoff, "Hand over", "the newest client drives, the one before is told"),
    (AttachPolicy::Single, "One client", "a second one has to ask first"),
    (AttachPolicy::Multi, "Several clients", "one drives at a time"),
];

/// The commands, as long as the session runs.
pub fn terminal_commands(
    ui: Ui,
    session: Session,
    name: RwSignal<String>,
    renaming: RwSignal<Option<Session>>,
    closing: RwSignal<Option<Session>>,
    share: Callback<()>,
) -> Signal<Vec<Command>> {
    let session = StoredValue::new(session);
    Signal::derive(move || {
        if ui.ending.with(Option::is_some) {
            return vec![];
        }
        let mut all = moves(ui);
        all.push(Command::new("copy-link", "Copy the link to this session", "", move || {
            copy_link(ui);
        }));
        if !ui.participants.with(|crew| crew.overseeing()) {
            all.push(Command::new("share", "Share this session", "link or e-mail", move || {
                share.run(());
            }));
            all.push(Command::new("rename", "Rename this session", "", move || {
                let attach_policy = ui.participants.with_untracked(|crew| crew.policy);
                let name = name.get_untracked();
                renaming.set(Some(Session { name, attach_policy, ..session.get_value() }));
            }));
            all.push(Command::new("close", "Close this session", "ends its shell", move || {
                closing.set(Some(session.get_value()));
            }));
            let now = ui.participants.with(|crew| crew.policy);
            for (policy, name, meaning) in POLICIES {
                if policy != now {
                    let label = format!("Second client: {name}");
                    all.push(Command::new("policy", label, meaning, move || {
                        choose(ui, session.get_value(), policy, name);
                    }));
                }
            }
        }
        all
    })
}

fn moves(ui: Ui) -> Vec<Command> {
    let crew = ui.participants.get();
    let name = |viewer: u64| {
        let person = crew.others.iter().find(|it| it.viewer == viewer);
        person.map(|it| it.who.clone()).unwrap_or_default()
    };
    let commands = crew.actions().into_iter().map(|made| {
        let (label, hint) = match made {
            BatonAction::Request => ("Ask to drive".into(), "Ctrl+Shift+A"),
            BatonAction::Withdraw => ("Stop asking to drive".into(), "Ctrl+Shift+A"),
            BatonAction::Take => ("Drive here".into(), "Ctrl+Shift+D"),
            BatonAction::Grant(viewer) => (format!("Let {} drive", name(viewer)), "Ctrl+Shift+G"),
            BatonAction::Lend(viewer) => (format!("Let {} drive for 5 minutes", name(viewer)), ""),
            BatonAction::Refuse(viewer) => (format!("Refuse {}", name(viewer)), "Ctrl+Shift+X"),
            BatonAction::Release => ("Let go of the keyboard".into(), ""),
        };
        Command::new("baton", label, hint, move || ui.baton.set(Some(made)))
    });
    commands.collect()
}

fn copy_link(ui: Ui) {
    let link = browser::window().location();
    let link = link.origin().unwrap_or_default() + &link.pathname().unwrap_or_default();
    spawn_local(async move {
        let said = if browser::copy(&link).await {
            "The link is copied. It works for you only."
        } else {
            "The browser does not let this page use the clipboard."
        };
        ui.notice.try_set(Some(said.into()));
    });
}

fn choose(ui: Ui, session: Session, policy: AttachPolicy, name: &'static str) {
    spawn_local(async move {
        let change = ChangeSession { attach_policy: Some(policy), ..ChangeSession::default() };
        let said = match rest::change(session.id, &change).await {
            Ok(_) => format!("Second client: {name}."),
            Err(why) => why.message().to_owned(),
        };
        ui.notice.try_set(Some(said));
    });
}
