//! The sessions of this machine without the web process: by their own sockets, which only root and the
//! service account may open. Names and owners come from the database, if it can be read.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use cli::{
    Ended,
    output::{print, print_json, table},
};
use control::{Clock, System};
use host::Host;
use protocol::{
    api::SessionState,
    format,
    id::SessionId,
    wire::{EndCause, EndRequest, Report},
};
use serde_json::{Value, json};
use store::{SessionRow, Store};

use super::Failure;
use crate::config::Config;

/// The sessions of this machine.
pub(super) struct Sessions {
    host: Host,
    rows: HashMap<SessionId, SessionRow>,
}

impl Sessions {
    pub(super) async fn open(config: &Config) -> Result<Self, Failure> {
        let (run_dir, program) = (config.run_dir(), config.session_program.clone());
        let host = Host::beside(host::Config { run_dir, program, open_files: None }).await?;
        // Works without the database too: its failure is one reason to use these commands.
        let rows = match Store::open(&config.database_url).await {
            Ok(store) => store.sessions.living(None).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        Ok(Self { host, rows: rows.into_iter().map(|row| (row.id, row)).collect() })
    }

    /// Running sessions, oldest first.
    fn running(&self) -> Vec<(SessionId, Report)> {
        let mut running: Vec<_> =
            self.host.reports().into_iter().filter(|(_, report)| report.end.is_none()).collect();
        running.sort_by_key(|(id, _)| *id);
        running
    }

    /// `websh ls --local`.
    pub(super) fn list(&self, as_json: bool) -> Result<(), Failure> {
        let running = self.running();
        if as_json {
            let items: Vec<Value> = running
                .iter()
                .map(|(id, report)| to_json(*id, report, self.rows.get(id)))
                .collect();
            return Ok(print_json(&json!({ "items": items }))?);
        }
        if running.is_empty() {
            return Ok(print("No running sessions.")?);
        }
        let now = System.now().timestamp_millis();
        let rows: Vec<Vec<String>> = running
            .iter()
            .map(|(id, report)| {
                let row = self.rows.get(id);
                let known = |field: fn(&SessionRow) -> &String| {
                    row.map_or_else(|| "-".to_owned(), |row| field(row).clone())
                };
                let driver = report.driver.as_ref();
                vec![
                    known(|row| &row.name),
                    known(|row| &row.owner_email),
                    known(|row| &row.account),
                    driver
                        .map_or_else(|| "detached".into(), |it| format!("attached, {}", it.device)),
                    time(report.last_seen).map_or_else(|| "-".into(), |at| format::ago(at, now)),
                    report.process.to_string(),
                    id.to_string(),
                ]
            })
            .collect();
        let headings = ["NAME", "OWNER", "ACCOUNT", "STATE", "LAST USED", "PROCESS", "ID"];
        Ok(print(&table(&headings, &rows))?)
    }

    /// `websh admin drop --local`.
    pub(super) async fn drop(
        &self,
        wanted: &[String],
        reason: Option<&str>,
        ended: &mut Ended,
    ) -> Result<(), Failure> {
        for wanted in wanted {
            let id = self.find(wanted)?;
            let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
            let request = EndRequest {
                cause: EndCause::Dropped.into(),
                by: format!("The account {} on {machine}", host::operator()),
                note: reason.unwrap_or_default().to_owned(),
            };
            self.host.end(id, request).await?;
            ended.add(id, wanted.clone())?;
        }
        Ok(())
    }

    /// The only running session with this id or name.
    fn find(&self, wanted: &str) -> Result<SessionId, Failure> {
        let running = self.running();
        let matching = running.iter().filter(|(id, _)| {
            let name = self.rows.get(id).map(|row| row.name.as_str());
            name == Some(wanted) || id.to_string() == wanted
        });
        Ok(cli::Failure::only("session", wanted, matching)?.0)
    }
}

/// A session as JSON, with the field names of the REST interface.
fn to_json(id: SessionId, report: &Report, row: Option<&SessionRow>) -> Value {
    json!({
        "id": id,
        "name": row.map(|row| &row.name),
        "owner": row.map(|row| &row.owner_name),
        "owner_email": row.map(|row| &row.owner_email),
        "server": row.map(|row| &row.server),
        "account": row.map(|row| &row.account),
        "state": SessionState::Active,
        "attach_policy": row.map(|row| row.attach_policy),
        "created_at": time(report.created_at),
        "last_seen": time(report.last_seen),
        "bytes_buffered": report.bytes_buffered,
        "clients": report.viewers,
        "process": report.process,
        "cols": report.columns,
        "rows": report.rows,
    })
}

fn time(millis: u64) -> Option<DateTime<Utc>> {
    i64::try_from(millis).ok().and_then(DateTime::from_timestamp_millis)
}
