//! Updates of the connection, and how the page shows them.

use client::{
    CloseReason, Ending, Notification, ParticipantsChange,
    ending::{self, ShareOver},
};
use leptos::prelude::Set;
use protocol::{mirror::Change, wire::ended::Cause};

use super::{clipboard, connection::Update, terminal::Terminal};
use crate::terminal::set_changed;

/// Shows an update.
pub fn dispatch(terminal: &Terminal, update: Update) {
    match update {
        Update::Notification(notification) => notified(terminal, notification),
        Update::ReportPresence => terminal.report_presence(),
        Update::Closed => terminal.screen.borrow_mut().disconnected(),
    }
}

fn notified(terminal: &Terminal, notification: Notification) {
    let ui = &terminal.ui;
    match notification {
        Notification::Welcome => {
            show_watching(terminal);
            ui.ending.set(None);
            ui.notice.set(None);
            ui.expires.set(None);
            ui.share_ends.set(None);
            terminal.resized();
        }
        Notification::Frame(change) => frame(terminal, &change),
        Notification::History(history) => {
            terminal.screen.borrow_mut().receive(history);
            terminal.paint_soon();
        }
        Notification::Participants(change) => participants(terminal, change),
        Notification::InputRefused => terminal.hint(),
        Notification::BatonRefused { by } => {
            ui.notice.set(Some(format!("{by} declined your request to drive.")));
        }
        Notification::Expiry(at) => ui.expires.set(at),
        Notification::ShareEnding(at) => ui.share_ends.set(at),
        Notification::WrongPasswords(count) => ui.wrong_passwords.set(count),
        Notification::Clipboard(text) => clipboard::write(ui.notice, &text),
        Notification::Ended(cause) => {
            ui.notice.set(None);
            ui.ending.set(Some(ended(terminal, cause)));
        }
        Notification::Over(reason) => over(terminal, reason),
    }
}

fn frame(terminal: &Terminal, change: &Change) {
    let ui = &terminal.ui;
    let (below, title) = {
        let client = terminal.connection.client();
        let mirror = client.mirror();
        let driving = client.is_driving();
        let below = terminal.screen.borrow_mut().changed(mirror, change, driving);
        (below, (change.title || change.reset).then(|| mirror.title.clone()))
    };
    if below {
        set_changed(ui.below, true);
    }
    if let Some(title) = title {
        ui.title.set(title);
    }
    if change.bells > 0 {
        terminal.ring(change.bells);
    }
    terminal.paint_soon();
}

fn participants(terminal: &Terminal, change: ParticipantsChange) {
    let participants = terminal.connection.client().participants().clone();
    terminal.ui.participants.set(participants);
    show_watching(terminal);
    if change.gained {
        terminal.ui.notice.set(None);
    }
    if change.lost {
        terminal.connection.attachment.mark(false);
    }
    if change.gained || change.lost {
        terminal.resized();
    }
    if change.requested {
        terminal.ring(1);
    }
}

fn show_watching(terminal: &Terminal) {
    set_changed(terminal.ui.watching, !terminal.is_driving());
}

fn ended(terminal: &Terminal, cause: Cause) -> Ending {
    match cause {
        Cause::Session(end) => terminal.connection.attachment.ended(&end),
        Cause::TakenOver(by) => Ending::TakenOver(ending::active_client(by)),
        Cause::InUse(by) => Ending::Elsewhere(ending::active_client(by)),
        Cause::Share(end) => Ending::Share(ShareOver::from(end.how())),
    }
}

fn over(terminal: &Terminal, reason: Option<CloseReason>) {
    let attachment = &terminal.connection.attachment;
    attachment.mark(false);
    terminal.paint_soon();
    let Some(reason) = reason else { return };
    let ending = match reason {
        CloseReason::SignedOut => attachment.signed_out(),
        CloseReason::TakenOver => Ending::TakenOver(None),
        CloseReason::Forbidden
        | CloseReason::Incompatible
        | CloseReason::TooMuch
        | CloseReason::OtherTarget => Ending::Stopped(reason.sentence().into()),
    };
    terminal.ui.ending.set(Some(ending));
}
