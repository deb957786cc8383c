//! `websh share`, `shares` and `unshare`: who else may come into a session.

use chrono::{DateTime, Utc};
use clap::Args;
use protocol::api::{
    self, FreshShare, InviteResults, InviteStatus, NewInvites, NewShare, ShareKind, ShareState,
    limits,
};

use super::{
    Failure,
    remote::{Remote, find},
    say, say_json,
    table::table,
};

/// Share a session by a link and a password, or by mail.
#[derive(Debug, Args)]
pub(super) struct Share {
    /// Its name or id.
    #[arg(value_name = "ID|NAME")]
    session: String,
    /// How long, in minutes, 5 to 180.
    #[arg(long, default_value_t = limits::DEFAULT_SHARE_MINUTES)]
    minutes: u32,
    /// Guests only look. As you last chose where neither is said.
    #[arg(long, conflicts_with = "full_access")]
    read_only: bool,
    /// Guests may type.
    #[arg(long)]
    full_access: bool,
    /// Guests at a time.
    #[arg(long, value_name = "NUMBER", conflicts_with = "mail")]
    guests: Option<u32>,
    /// Guests may go on typing while you are away.
    #[arg(long)]
    alone: bool,
    /// Send each address a link and a password of its own instead.
    #[arg(long, value_name = "ADDRESS", num_args = 1..)]
    mail: Vec<String>,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// List the shares of a session with who came by them, also those that are over.
#[derive(Debug, Args)]
pub(super) struct Shares {
    /// Its name or id.
    #[arg(value_name = "ID|NAME")]
    session: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    remote: Remote,
}

/// Take shares of a session back: their guests are cut off, the shell goes on.
#[derive(Debug, Args)]
pub(super) struct Unshare {
    /// Its name or id.
    #[arg(value_name = "ID|NAME")]
    session: String,
    /// The share's id; all of them when not given.
    share: Option<String>,
    #[command(flatten)]
    remote: Remote,
}

impl Share {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
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
            return if self.json { say_json(&fresh) } else { say(&told(&fresh)) };
        }
        let new = NewInvites { emails: self.mail, minutes, read_only, guests_alone };
        let path = format!("/sessions/{}/invites", session.id);
        let answer: InviteResults = client.post(&path, &new).await?;
        if self.json {
            say_json(&answer)?;
        } else {
            let rows = answer.results.iter().map(|one| vec![one.email.clone(), word(one.status)]);
            say(&table(&["ADDRESS", "MAIL"], &rows.collect::<Vec<_>>()))?;
        }
        if answer.results.iter().any(|one| one.status != InviteStatus::Queued) {
            return Err(Failure::Sentence("Not every address is sent to.".into()));
        }
        Ok(())
    }
}

impl Shares {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let session = find(&client, &self.session).await?;
        let path = format!("/sessions/{}/shares", session.id);
        let shares: Vec<api::Share> = client.get(&path).await?;
        if self.json {
            return say_json(&shares);
        }
        if shares.is_empty() {
            return say(&format!("{} was not shared.", session.name));
        }
        say(&list(&shares))
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
                let living = shares.iter().filter(|share| share.state == ShareState::Active);
                living.map(|share| share.id.to_string()).collect()
            }
        };
        for share in &wanted {
            client.delete(&format!("{path}/{share}")).await?;
        }
        let name = &session.name;
        match wanted.len() {
            0 => say(&format!("{name} is not shared.")),
            1 => say(&format!("A share of {name} is taken back.")),
            several => say(&format!("{several} shares of {name} are taken back.")),
        }
    }
}

/// What is passed on, and what it allows.
fn told(fresh: &FreshShare) -> String {
    let many = if fresh.max_guests == 1 { "guest" } else { "guests" };
    format!(
        "Link      {}\nPassword  {}\n\n{}, until {}, for {} {many} at a time. Both are shown this once.",
        fresh.url,
        fresh.password,
        if fresh.read_only { "Read-only" } else { "Full access" },
        time(fresh.expires_at),
        fresh.max_guests,
    )
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn word(status: InviteStatus) -> String {
    match status {
        InviteStatus::Queued => "is being sent",
        InviteStatus::InvalidEmail => "is no e-mail address",
        InviteStatus::TooMany => "not sent: too many mails wait already",
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
    table(&["TO", "MODE", "STATE", "GUESTS", "ID"], &rows)
}

/// Where a share is in its life, in a few words.
fn state(share: &api::Share) -> String {
    match share.state {
        ShareState::Active => format!("until {}", time(share.expires_at)),
        ShareState::Expired => "expired".into(),
        ShareState::Revoked => "taken back".into(),
        ShareState::SessionEnded => "session ended".into(),
        ShareState::Void => "void: its mail was not sent".into(),
    }
}

/// Who came, with how much they typed; those who are gone in brackets.
fn guests(share: &api::Share) -> String {
    let one = |guest: &api::Guest| {
        let name = format!("{} ({} keys)", guest.name, guest.keys);
        if guest.left_at.is_none() { name } else { format!("[{name}]") }
    };
    share.guests.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use protocol::{
        api::Guest,
        id::{GuestId, ShareId},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_list_says_who_came_and_how_it_ended() {
        let start = DateTime::UNIX_EPOCH;
        let guest = |name: &str, left_at| Guest {
            id: GuestId(Uuid::nil()),
            name: name.into(),
            member: false,
            source: String::new(),
            device: String::new(),
            here: false,
            joined_at: start,
            left_at,
            end: None,
            keys: 7,
        };
        let mut share = api::Share {
            id: ShareId(Uuid::nil()),
            kind: ShareKind::Link,
            email: None,
            mail: None,
            mail_error: None,
            state: ShareState::Active,
            read_only: true,
            max_guests: 1,
            guests_alone: false,
            by: String::new(),
            created_at: start,
            expires_at: start,
            ended_at: None,
            ended_by: None,
            wrong_passwords: 0,
            guests: vec![guest("Bob", None), guest("Eve", Some(start))],
        };
        let said = list(std::slice::from_ref(&share));
        assert!(said.contains("link  read-only  until 1970-01-01 00:00 UTC  Bob (7 keys), [Eve"));
        for (state, words) in [
            (ShareState::Expired, "expired"),
            (ShareState::Revoked, "taken back"),
            (ShareState::SessionEnded, "session ended"),
            (ShareState::Void, "void"),
        ] {
            share.state = state;
            assert!(list(std::slice::from_ref(&share)).contains(words), "{state:?}");
        }
        (share.kind, share.email) = (ShareKind::Mail, Some("bob@example.org".into()));
        assert!(list(&[share]).contains("bob@example.org"));
    }
}
