//! `websh attach`: a session in this terminal. The `attach` module draws it and reads its input.

use clap::Args;
use protocol::{
    api::{ActiveClient, AttachMode, EndReason, Session},
    format,
};

use super::{
    complete::own_sessions,
    remote::{Remote, find},
};
use crate::{
    Failure,
    attach::{self, CloseReason, Options, Outcome, Prefix},
    http::Client,
    output::{as_word, print},
};

const STATUS: &str = "\
Exit status: 0 if you detach or the shell exits, with any status of its own; 1 if another client takes over or the \
connection fails; 3 if you have no permission; 4 if there is no such session; 5 if the session has ended already, \
or is closed, dropped or expires while you are attached.";

/// Attach this terminal to a session.
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub struct Attach {
    /// Session name or id.
    #[arg(value_name = "ID|NAME", add = own_sessions())]
    session: String,
    /// Watch without typing.
    #[arg(long, conflicts_with = "take_over")]
    watch: bool,
    /// Take over from the driver, even with the policy single.
    #[arg(long)]
    take_over: bool,
    #[command(flatten)]
    keys: Keys,
    #[command(flatten)]
    remote: Remote,
}

/// The prefix key of websh's own commands.
#[derive(Debug, Args)]
pub(super) struct Keys {
    /// Prefix key for commands such as d (detach) and t (take over): ctrl-x, alt-x or none. Press it twice to send it.
    #[arg(long, value_name = "KEY", default_value = "ctrl-\\", value_parser = valid_prefix)]
    detach_key: String,
}

fn valid_prefix(text: &str) -> Result<String, String> {
    Prefix::parse(text).map(|_| text.to_owned())
}

impl Attach {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let client = self.remote.client()?;
        let session = find(&client, &self.session).await?;
        let mode = if self.watch { AttachMode::Watch } else { AttachMode::Drive };
        show(client, session, mode, self.take_over, &self.keys).await
    }
}

/// Attaches until the session ends or the user detaches, and prints the outcome.
pub(super) async fn show(
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
    let outcome = attach::attach(client.clone(), session.clone(), options).await?;
    let (name, word) = (&session.name, as_word(&session.name));
    match outcome {
        Outcome::Detached => {
            print(&format!("Detached. {name} keeps running; `websh attach {word}` attaches again."))
        }
        Outcome::Over(session, screen) => {
            screen.iter().try_for_each(|line| print(line))?;
            ended(&session)
        }
        Outcome::TakenOver(by) => Err(Failure::Message(format!(
            "{} took over {name}. `websh attach {word}` takes it back.",
            client_name(by)
        ))),
        Outcome::InUse(by) => Err(in_use(by)),
        Outcome::Refused(error) if error.code() == "attached_elsewhere" => {
            Err(in_use(error.active_client()))
        }
        Outcome::Refused(error) => Err(error.into()),
        Outcome::Closed(reason) => Err(closed(reason)),
    }
}

/// Result for a session that ended while it was shown. An exit of the shell is the normal way to
/// leave, with any status: that of its last command.
fn ended(session: &Session) -> Result<(), Failure> {
    let sentence = format::ending(session);
    match (session.end_reason, session.exit_code, session.exit_signal) {
        (Some(EndReason::Exited), Some(_), None) => print(&sentence),
        _ => Err(Failure::Ended(sentence)),
    }
}

fn in_use(by: Option<ActiveClient>) -> Failure {
    Failure::Message(format!(
        "{} is driving this session. Use --take-over to drive, or --watch to watch.",
        client_name(by)
    ))
}

fn client_name(client: Option<ActiveClient>) -> String {
    client.map_or_else(
        || "Another client".into(),
        |client| format!("{} ({})", client.who, client.device),
    )
}

/// Failure for a connection that was closed and will not be opened again.
fn closed(reason: CloseReason) -> Failure {
    let sentence = reason.sentence().to_owned();
    match reason {
        CloseReason::SignedOut | CloseReason::Forbidden => Failure::NotAllowed(sentence),
        CloseReason::TakenOver
        | CloseReason::Incompatible
        | CloseReason::TooMuch
        | CloseReason::OtherTarget => Failure::Message(sentence),
    }
}
