//! `websh attach`: a session in this terminal. What it shows and sends is `terminal`'s.

use app::words;
use clap::Args;
use protocol::api::{ActiveClient, AttachMode, EndReason, Session};

use super::{
    Failure,
    remote::{Remote, find},
    say,
};
use crate::{
    client::Client,
    terminal::{self, Options, Outcome, Prefix},
};

const STATUS: &str = "\
Exit status: 0 when you detach, or when the shell exits, whatever its own status; 1 when another client takes over or \
the session can't be shown; 3 when you may not; 4 when there is none of this name; 5 when it had ended before, or is \
closed, dropped or expires while you are in it.";

/// Show a session in this terminal and type into it.
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub(super) struct Attach {
    /// Its name or id.
    #[arg(value_name = "ID|NAME")]
    session: String,
    /// Only look.
    #[arg(long, conflicts_with = "take_over")]
    watch: bool,
    /// Take over from another client where the session's policy is to ask first.
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    remote: Remote,
}

/// The key before commands of websh itself.
#[derive(Debug, Args)]
pub(super) struct Keys {
    /// Key before commands such as d to detach and t to take over: ctrl-x, alt-x, or none. Twice sends it.
    #[arg(long, value_name = "KEY", default_value = "ctrl-\\", value_parser = known)]
    detach_key: String,
}

fn known(text: &str) -> Result<String, String> {
    Prefix::parse(text).map(|_| text.to_owned())
}

impl Attach {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let session = find(&client, &self.session).await?;
        let mode = if self.watch { AttachMode::Watch } else { AttachMode::Drive };
        show(client, session, mode, self.take_over, &self.keys).await
    }

    /// Attaches to a session that was just opened.
    pub(super) async fn to(client: Client, session: Session, keys: &Keys) -> Result<(), Failure> {
        show(client, session, AttachMode::Drive, false, keys).await
    }
}

async fn show(
    client: Client,
    session: Session,
    mode: AttachMode,
    take_over: bool,
    keys: &Keys,
) -> Result<(), Failure> {
    let options = Options {
        mode,
        take_over,
        prefix: Prefix::parse(&keys.detach_key).map_err(Failure::Usage)?,
        prefix_name: keys.detach_key.clone(),
        device: format!("websh on {}", rustix::system::uname().nodename().to_string_lossy()),
    };
    let outcome = terminal::attach(client.clone(), session.clone(), options).await?;
    let name = &session.name;
    match outcome {
        Outcome::Detached => {
            say(&format!("Detached. {name} goes on; `websh attach {name}` comes back."))
        }
        Outcome::Over(over) => over_here(&over),
        Outcome::TakenOver(by) => Err(Failure::Sentence(format!(
            "{} drives {name} now. `websh attach {name}` takes it back.",
            who(by)
        ))),
        Outcome::InUse(by) => Err(elsewhere(by)),
        Outcome::Refused(error) if error.code() == "attached_elsewhere" => {
            Err(elsewhere(error.active_client()))
        }
        Outcome::Refused(error) => Err(error.into()),
        Outcome::Closed(why) => closed(&client, &session, why).await,
    }
}

/// The session ended while it was shown. A shell that exits is how one leaves, whatever status it
/// leaves with: that is its last command's.
fn over_here(over: &Session) -> Result<(), Failure> {
    let sentence = words::ending(over);
    match (over.end_reason, over.exit_code, over.exit_signal) {
        (Some(EndReason::Exited), Some(_), None) => say(&sentence),
        _ => Err(Failure::Over(sentence)),
    }
}

fn elsewhere(by: Option<ActiveClient>) -> Failure {
    let who = who(by);
    Failure::Sentence(format!("{who} drives it. --take-over drives instead, --watch only looks."))
}

fn who(by: Option<ActiveClient>) -> String {
    by.map_or_else(|| "Another client".into(), |by| format!("{} with {}", by.who, by.device))
}

/// Why a connection closed for good, in the words of the server where it knows more.
async fn closed(client: &Client, session: &Session, why: terminal::Over) -> Result<(), Failure> {
    use terminal::Over;
    let sentence = |text: &str| Failure::Sentence(text.into());
    Err(match why {
        Over::SignedOut => Failure::NotAllowed("You were signed out.".into()),
        Over::Forbidden => Failure::NotAllowed("You may not use this session any more.".into()),
        Over::TakenOver => sentence("Another client drives it now."),
        Over::Misunderstood => {
            sentence("This websh and the session's do not understand each other.")
        }
        Over::TooMuch => {
            sentence("The program takes no more input, or too many terminals are open.")
        }
        Over::Told | Over::Gone => {
            match client.get::<Session>(&format!("/sessions/{}", session.id)).await {
                Ok(_) => sentence("The session closed this connection."),
                Err(error) => match error.session() {
                    Some(over) => return over_here(over),
                    None => error.into(),
                },
            }
        }
    })
}
