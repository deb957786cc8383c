//! The words that columns hold for values of the interface, and back.

use protocol::api::{
    AttachPolicy, BatonRule, GuestEnd, InviteKind, KeepAlive, MailState, Role, ShareKind,
    ShareReadOnly, ShareState, TokenScope,
};

use crate::Error;

/// A value that a column holds as one word.
pub(crate) trait Word: Copy + 'static {
    /// What it is, for an error.
    const WHAT: &'static str;
    /// All values with their words.
    const WORDS: &'static [(Self, &'static str)];

    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::WORDS.iter().find(|(value, _)| *value == self).map_or("", |(_, word)| word)
    }

    fn read(found: String) -> Result<Self, Error> {
        let known = Self::WORDS.iter().find(|(_, word)| *word == found);
        known.map(|(value, _)| *value).ok_or(Error::Unknown { what: Self::WHAT, value: found })
    }
}

impl Word for Role {
    const WHAT: &'static str = "role";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Member, "member"), (Self::Staff, "staff"), (Self::Superuser, "superuser")];
}

impl Word for TokenScope {
    const WHAT: &'static str = "token scope";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Read, "read"), (Self::Sessions, "sessions"), (Self::Admin, "admin")];
}

impl Word for InviteKind {
    const WHAT: &'static str = "kind of invitation";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Join, "join"), (Self::Reset, "reset")];
}

impl Word for KeepAlive {
    const WHAT: &'static str = "reason to stay alive";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Input, "input"), (Self::Attached, "attached"), (Self::Working, "working")];
}

impl Word for AttachPolicy {
    const WHAT: &'static str = "attach policy";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Handoff, "handoff"), (Self::Single, "single"), (Self::Multi, "multi")];
}

impl Word for ShareReadOnly {
    const WHAT: &'static str = "rule of read-only shares";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Chosen, "chosen"), (Self::Preset, "preset"), (Self::Forced, "forced")];
}

impl Word for BatonRule {
    const WHAT: &'static str = "rule of the baton";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Free, "free"), (Self::Ask, "ask")];
}

impl Word for ShareKind {
    const WHAT: &'static str = "kind of share";
    const WORDS: &'static [(Self, &'static str)] = &[(Self::Link, "link"), (Self::Mail, "mail")];
}

impl Word for ShareState {
    const WHAT: &'static str = "end of a share";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Active, "active"),
        (Self::Expired, "expired"),
        (Self::Revoked, "revoked"),
        (Self::SessionEnded, "session_ended"),
        (Self::Void, "void"),
    ];
}

impl Word for MailState {
    const WHAT: &'static str = "state of a mail";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Queued, "queued"), (Self::Sent, "sent"), (Self::Failed, "failed")];
}

impl Word for GuestEnd {
    const WHAT: &'static str = "end of a guest";
    const WORDS: &'static [(Self, &'static str)] = &[
        (Self::Left, "left"),
        (Self::Removed, "removed"),
        (Self::Expired, "expired"),
        (Self::Revoked, "revoked"),
        (Self::SessionEnded, "session_ended"),
    ];
}
