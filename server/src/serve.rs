//! `websh serve`: starts the server's parts in order, prints a summary, and serves until a signal.
//! Starting and stopping do not affect running sessions.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::IsTerminal,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    sync::Arc,
    time::Duration,
};

use clap::Args;
use cli::output::print;
use control::{Control, System};
use host::Host;
use rustix::{
    fs::{FlockOperation, flock},
    process::{Resource, Rlimit, getrlimit, setrlimit},
};
use store::Store;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing_subscriber::EnvFilter;

use crate::{
    config::Config,
    local::Failure,
    net::{admission::Admission, listen},
    router,
    state::AppState,
};

/// Time for sockets to close when the server stops.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(9);

#[derive(Debug, Args)]
pub struct Serve {
    /// Print the configuration in effect, with secrets masked, and exit.
    #[arg(long)]
    print_config: bool,
}

impl Serve {
    pub async fn run(self, mut config: Config) -> Result<(), Failure> {
        if self.print_config {
            return Ok(print(config.to_toml().trim_end())?);
        }
        tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(&config.log))
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            // Reporting a closed standard error on standard error would panic.
            .log_internal_errors(false)
            .init();
        if !config.session_program.is_file() {
            let path = config.session_program.display();
            return Err(Failure::Message(format!(
                "session_program is {path}, which does not exist. Build or install websh-session."
            )));
        }
        let mail = config.mail()?;
        let open_files = raise_open_files();
        let _lock = lock(&config.data_dir)?;
        // Binds before changing anything, so that a second server leaves the first one's data alone.
        let listener = listen::bind(config.listen).await.map_err(Failure::Message)?;
        config.bound_to(listener.local_addr().map_err(cli::Failure::from)?);

        let store = Store::open(&config.database_url).await?;
        let run_dir = config.run_dir();
        let host = Host::open(host::Config {
            run_dir,
            program: config.session_program.clone(),
            open_files,
        });
        let control =
            Control::new(store, host.await?, Arc::new(System), settings(&config), mail).await?;
        control.reconciler.run_once().await?;
        control.shares.void_unsent().await?;
        announce(&config, &control).await?;
        warn_of_shared_account(&control).await?;

        let stop = CancellationToken::new();
        let sockets = TaskTracker::new();
        // Aborts the tasks when it is dropped.
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(&control.reconciler).run());
        tasks.spawn(Arc::clone(&control.connections).watch());
        tasks.spawn(Arc::clone(&control.shares).watch());
        tasks.spawn(Arc::clone(&control.sessions).watch_retention());
        let anonymous = Arc::clone(&control.anonymous);
        tasks.spawn(Arc::clone(&anonymous).watch());
        let reconciler = Arc::clone(&control.reconciler);
        tasks.spawn(async move { drop(reconciler.push_rules().await) });
        let state = AppState::new(control, &config, stop.clone(), sockets.clone());
        tasks.spawn(stop_on_signal(stop.clone()));
        let admission = Admission::new(getrlimit(Resource::Nofile).current);
        let proxies = &config.trusted_proxies;
        listen::serve(listener, router::router(state), admission, proxies, stop).await;
        sockets.close();
        // A browser that does not answer the close frame is abandoned. Its session keeps running.
        let _ = tokio::time::timeout(CLOSE_TIMEOUT, sockets.wait()).await;
        drop(tasks);
        anonymous.write_all().await;
        // Standard output may be closed by now, which is not an error.
        let _ = print("websh stopped. Running sessions keep running.");
        Ok(())
    }
}

fn settings(config: &Config) -> control::Config {
    control::Config {
        server_name: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        shell: config.shell.clone(),
        scrollback: config.scrollback,
        public_url: config.public_url.clone(),
        ..control::Config::default()
    }
}

async fn announce(config: &Config, control: &Control) -> Result<(), Failure> {
    let database = if config.database_url.starts_with("sqlite") { "SQLite" } else { "PostgreSQL" };
    let (sessions, _) = control.counts();
    print(&format!("websh {}", env!("CARGO_PKG_VERSION")))?;
    print(&format!("  data       {} ({database})", config.data_dir.display()))?;
    print(&format!("  sessions   {sessions} running"))?;
    match (&config.smtp_url, &config.mail_dir) {
        (Some(_), _) => print("  mail       sent through smtp_url")?,
        (None, Some(directory)) => {
            print(&format!("  mail       written to {}", directory.display()))?;
        }
        (None, None) => {}
    }
    print(&format!("  listening  {} at {}", config.listen, config.public_url))?;
    if let Some(token) = control.set_up.offer().await? {
        print("")?;
        print("No members yet. Open this link to create the first one; it can be used once:")?;
        print("")?;
        print(&format!("    {}/setup#{token}", config.public_url))?;
        print("")?;
    }
    Ok(())
}

async fn warn_of_shared_account(control: &Control) -> Result<(), Failure> {
    let members = control.members.count_active().await?;
    if share_an_account(members, rustix::process::geteuid().is_root()) {
        tracing::warn!(
            members,
            "not running as root: the shells of all members run as one account and can access each other's sessions and the database"
        );
    }
    Ok(())
}

/// Returns whether several members' shells run as one account, which does not isolate them.
fn share_an_account(members: usize, root: bool) -> bool {
    members > 1 && !root
}

/// Raises the soft limit of open files to the hard limit, and returns the one before, which shells keep.
/// Each viewer needs two, and the usual soft limit of 1,024 only exists for programs that use `select`.
fn raise_open_files() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "failed to raise the limit of open files from {:?}", limit.current);
    }
    limit.current
}

/// Creates the data directory and locks it until the returned file is closed.
fn lock(data_dir: &Path) -> Result<File, Failure> {
    let refuse = |error: &dyn std::fmt::Display| {
        Failure::Message(format!("Could not use data_dir {}: {error}.", data_dir.display()))
    };
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir).map_err(|e| refuse(&e))?;
    let path = data_dir.join("lock");
    let mut options = OpenOptions::new();
    let file = options.create(true).append(true).mode(0o600).open(path).map_err(|e| refuse(&e))?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| refuse(&"another websh is using it"))?;
    // An existing directory may be open to other accounts.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    fs::set_permissions(data_dir, mode).map_err(|e| refuse(&e))?;
    Ok(file)
}

async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("failed to handle signals; only SIGKILL ends this server");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    stop.cancel();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_members_without_root_share_an_account() {
        for (members, root, shared) in
            [(0, false, false), (1, false, false), (2, false, true), (2, true, false)]
        {
            assert_eq!(share_an_account(members, root), shared, "{members} {root}");
        }
    }
}
