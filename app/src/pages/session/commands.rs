//! The commands of a terminal's page in the command palette.

use client::BatonAction;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AttachPolicy, ChangeSession, Session};

use crate::{
    api::rest, browser, format, palette::Command, sessions::dialogs::Subjects, terminal::Ui,
};

/// The commands, while the session runs.
pub fn terminal_commands(
    ui: Ui,
    session: Session,
    name: RwSignal<String>,
    dialogs: Subjects,
    share: Callback<()>,
) -> Signal<Vec<Command>> {
    let session = StoredValue::new(session);
    Signal::derive(move || {
        if ui.ending.with(Option::is_some) {
            return vec![];
        }
        let mut all = moves(ui);
        all.push(Command::new("copy-link", "Copy session link", "", move || copy_link(ui)));
        if ui.participants.with(|participants| participants.overseeing()) {
            return all;
        }
        let now = ui.participants.with(|participants| participants.policy);
        let share = move || share.run(());
        let rename = move || {
            let (name, attach_policy) = (name.get_untracked(), now);
            dialogs.renaming.set(Some(Session { name, attach_policy, ..session.get_value() }));
        };
        let close = move || dialogs.close(session.get_value());
        all.extend([
            Command::new("share", "Share this session", "link or email", share),
            Command::new("rename", "Rename this session", "", rename),
            Command::new("close", "Close this session", "ends its shell, with confirmation", close),
        ]);
        let others = format::POLICIES.into_iter().filter(|(policy, _)| *policy != now);
        all.extend(others.map(|(policy, name)| {
            let choose = move || choose(ui, session.get_value(), policy, name);
            Command::new("policy", format!("Attach policy: {name}"), "", choose)
        }));
        all
    })
}

fn moves(ui: Ui) -> Vec<Command> {
    let participants = ui.participants.get();
    let name = |viewer: u64| {
        let person = participants.others.iter().find(|it| it.viewer == viewer);
        person.map(|it| it.who.clone()).unwrap_or_default()
    };
    let commands = participants.actions().into_iter().map(|made| {
        let (label, hint) = match made {
            BatonAction::Request => ("Ask to drive".into(), "Ctrl+Shift+A"),
            BatonAction::Withdraw => ("Stop asking to drive".into(), "Ctrl+Shift+A"),
            BatonAction::Take => ("Drive here".into(), "Ctrl+Shift+D"),
            BatonAction::Grant(viewer) => (format!("Let {} drive", name(viewer)), "Ctrl+Shift+G"),
            BatonAction::Lend(viewer) => (format!("Let {} drive for 5 minutes", name(viewer)), ""),
            BatonAction::Refuse(viewer) => {
                (format!("Decline {}'s request", name(viewer)), "Ctrl+Shift+X")
            }
            BatonAction::Release => ("Stop driving".into(), ""),
        };
        Command::new("baton", label, hint, move || ui.baton.set(Some(made)))
    });
    commands.collect()
}

fn copy_link(ui: Ui) {
    let link = window().location();
    let link = link.origin().unwrap_or_default() + &link.pathname().unwrap_or_default();
    spawn_local(async move {
        let notice = if browser::copy(&link).await {
            "Link copied. It works only for you."
        } else {
            "The browser blocked access to the clipboard."
        };
        ui.notice.try_set(Some(notice.into()));
    });
}

fn choose(ui: Ui, session: Session, policy: AttachPolicy, name: &'static str) {
    spawn_local(async move {
        let change = ChangeSession { attach_policy: Some(policy), ..ChangeSession::default() };
        let notice = match rest::change(session.id, &change).await {
            Ok(_) => format!("Attach policy: {name}."),
            Err(why) => why.message().to_owned(),
        };
        ui.notice.try_set(Some(notice));
    });
}
