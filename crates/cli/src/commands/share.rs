//! `websh share`, `shares` and `unshare`: access to a session for guests.

use clap::Args;
use protocol::{
    api::{
        self, FreshShare, InviteResults, InviteStatus, NewInvites, NewShare, ShareKind, ShareState,
        limits,
    },
    format,
};

use super::{
    complete::own_sessions,
    remote::{Options, Remote, find},
};
use crate::{
    Failure,
    output::{print, table},
};

/// Share a session by link and password, or by email.
#[derive(Debug, Args)]
pub struct Share {
    /// Session name or id.
    #[arg(value_name = "ID|NAME", add = own_sessions())]
    session: String,
    #[arg(long, default_value_t = limits::DEFAULT_SHARE_MINUTES, help = minutes_help())]
    minutes: u32,
    /// Guests can only watch [default: same as your last share].
    #[arg(long, conflicts_with = "full_access")]
    read_only: bool,
    /// Guests can type [default: same as your last share].
    #[arg(long)]
    full_access: bool,
    /// Maximum number of guests at a time.
    #[arg(long, value_name = "NUMBER", conflicts_with = "mail")]
    guests: Option<u32>,
    /// Guests can type while you are away.
    #[arg(long)]
    alone: bool,
    /// Email a separate link and password to each address.
    #[arg(long, value_name = "ADDRESS", num_args = 1..)]
    mail: Vec<String>,
    #[command(flatten)]
    options: Options,
}

/// List the shares of a session and their guests, including ended ones.
#[derive(Debug, Args)]
pub struct Shares {
    /// Session name or id.
    #[arg(value_name = "ID|NAME", add = own_sessions())]
    session: String,
    #[command(flatten)]
    options: Options,
}

/// Revoke shares of a session. Guests are disconnected; the session keeps running.
#[derive(Debug, Args)]
pub struct Unshare {
    /// Session name or id.
    #[arg(value_name = "ID|NAME", add = own_sessions())]
    session: String,
    /// Share id [default: all active shares].
    share: Option<String>,
    #[command(flatten)]
    remote: Remote,
}

fn minutes_help() -> String {
    let (low, high) = (limits::SHARE_MINUTES.start(), limits::SHARE_MINUTES.end());
    format!("Duration in minutes, {low} to {high}")
}

impl Share {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let session = find(&client, &self.session).await?;
        let read_only = match (self.read_only, self.full_access) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        };
        let (minutes, guests_alone) = (self.minutes.into(), Some(self.alone));
        if self.mail.is_empty() {
            let max_guests = self.guests;
            let new = NewShare { minutes, read_only, max_guests, guests_alone };
            let path = format!("/sessions/{}/shares", session.id);
            let fresh: FreshShare = client.post(&path, &new).await?;
            return self.options.print(&fresh, credentials);
        }
        let new = NewInvites { emails: self.mail, minutes, read_only, guests_alone };
        let path = format!("/sessions/{}/invites", session.id);
        let answer: InviteResults = client.post(&path, &new).await?;
        self.options.print(&answer, |answer| {
            let rows = answer.results.iter().map(|it| vec![it.email.clone(), delivery(it.status)]);
            table(&["ADDRESS", "STATUS"], &rows.collect::<Vec<_>>())
        })?;
        if answer.results.iter().any(|it| it.status != InviteStatus::Queued) {
            return Err(Failure::Message("Some emails were not sent.".into()));
        }
        Ok(())
    }
}

impl Shares {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.options.remote.client()?;
        let session = find(&client, &self.session).await?;
        let path = format!("/sessions/{}/shares", session.id);
        let shares: Vec<api::Share> = client.get(&path).await?;
        self.options.print(&shares, |shares| match shares.as_slice() {
            [] => format!("{} has no shares.", session.name),
            shares => list(shares),
        })
    }
}

impl Unshare {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let session = find(&client, &self.session).await?;
        let path = format!("/sessions/{}/shares", session.id);
        let wanted: Vec<String> = match self.share {
            Some(share) => vec![share],
            None => {
                let shares: Vec<api::Share> = client.get(&path).await?;
                let active = shares.iter().filter(|share| share.state == ShareState::Active);
                active.map(|share| share.id.to_string()).collect()
            }
        };
        for share in &wanted {
            client.delete(&format!("{path}/{share}")).await?;
        }
        let name = &session.name;
        match wanted.len() {
            0 => print(&format!("{name} has no active shares.")),
            1 => print(&format!("Revoked 1 share of {name}.")),
            count => print(&format!("Revoked {count} shares of {name}.")),
        }
    }
}

/// Link and password to pass on, and the access they give.
fn credentials(fresh: &FreshShare) -> String {
    let guests = if fresh.max_guests == 1 { "guest" } else { "guests" };
    format!(
        "Link      {}\nPassword  {}\n\n{}, until {}, for {} {guests} at a time. Link and password are shown once.",
        fresh.url,
        fresh.password,
        if fresh.read_only { "Read-only" } else { "Full access" },
        format::at(fresh.expires_at),
        fresh.max_guests,
    )
}

fn delivery(status: InviteStatus) -> String {
    match status {
        InviteStatus::Queued => "queued",
        InviteStatus::InvalidEmail => "invalid address",
        InviteStatus::TooMany => "not sent: too many emails in the queue",
    }
    .into()
}

fn list(shares: &[api::Share]) -> String {
    let rows: Vec<Vec<String>> = shares
        .iter()
        .map(|share| {
            let to = share.email.clone().unwrap_or_default();
            vec![
                if share.kind == ShareKind::Link { "link".into() } else { to },
                if share.read_only { "read-only" } else { "full access" }.into(),
                state(share),
                guests(share),
                share.id.to_string(),
            ]
        })
        .collect();
    table(&["TO", "ACCESS", "STATE", "GUESTS", "ID"], &rows)
}

/// State of a share, in a few words.
fn state(share: &api::Share) -> String {
    match share.state {
        ShareState::Active => format!("until {}", format::at(share.expires_at)),
        ShareState::Expired => "expired".into(),
        ShareState::Revoked => "revoked".into(),
        ShareState::SessionEnded => "session ended".into(),
        ShareState::Void => "void: the email was not sent".into(),
    }
}

/// Guests with their number of keys typed; those who left in brackets.
fn guests(share: &api::Share) -> String {
    let one = |guest: &api::Guest| {
        let name = format!("{} ({} keys)", guest.name, guest.keys);
        if guest.left_at.is_none() { name } else { format!("[{name}]") }
    };
    share.guests.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use protocol::api::{Guest, samples};

    use super::*;

    #[test]
    fn the_list_shows_guests_and_states() {
        let start = DateTime::UNIX_EPOCH;
        let guest =
            |name: &str, left_at| Guest { name: name.into(), left_at, keys: 7, ..samples::guest() };
        let mut share = api::Share {
            read_only: true,
            expires_at: start,
            guests: vec![guest("Bob", None), guest("Eve", Some(start))],
            ..samples::share()
        };
        let shown = list(std::slice::from_ref(&share));
        assert!(shown.contains("link  read-only  until 1970-01-01 00:00 UTC  Bob (7 keys), [Eve"));
        for (state, text) in [
            (ShareState::Expired, "expired"),
            (ShareState::Revoked, "revoked"),
            (ShareState::SessionEnded, "session ended"),
            (ShareState::Void, "void"),
        ] {
            share.state = state;
            assert!(list(std::slice::from_ref(&share)).contains(text), "{state:?}");
        }
        (share.kind, share.email) = (ShareKind::Mail, Some("bob@example.org".into()));
        assert!(list(&[share]).contains("bob@example.org"));
    }
}
