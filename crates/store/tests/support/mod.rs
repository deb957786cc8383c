//! A temporary PostgreSQL cluster with a Unix socket, removed at the end. PostgreSQL refuses to run as
//! root, so root runs it as the user `postgres`.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a step that fails fails the test")]

use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use tempfile::TempDir;

pub struct Postgres {
    bin: PathBuf,
    dir: TempDir,
}

impl Postgres {
    /// Creates and starts the cluster. Panics if the PostgreSQL programs are not installed.
    pub fn start() -> Self {
        let bin = programs().expect(
            "PostgreSQL's initdb and pg_ctl are needed: apt-get install postgresql, or put them on PATH",
        );
        let dir = tempfile::Builder::new().prefix("websh-pg").tempdir_in("/tmp").unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        if root() {
            let output = Command::new("id").args(["-u", "postgres"]).output().unwrap();
            let uid: u32 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
            chown(dir.path(), Some(uid), None).unwrap();
        }
        let cluster = Self { bin, dir };
        let data = cluster.data();
        cluster
            .run("initdb", &["-D", &data, "-A", "trust", "-U", "websh", "--no-sync", "-E", "UTF8"]);
        let socket = cluster.dir.path().display();
        let options =
            format!("-c listen_addresses='' -c unix_socket_directories={socket} -c fsync=off");
        let log = cluster.dir.path().join("log").display().to_string();
        cluster
            .run("pg_ctl", &["-D", &data, "-w", "-t", "60", "-l", &log, "-o", &options, "start"]);
        cluster
    }

    pub fn url(&self) -> String {
        format!("postgres://websh@localhost/postgres?host={}", self.dir.path().display())
    }

    fn data(&self) -> String {
        self.dir.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let program = self.bin.join(program);
        let mut command = if root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // The server inherits standard output from pg_ctl and would keep a pipe open.
        let out =
            fs::File::create(env::temp_dir().join(format!("websh-pg-{}", std::process::id())));
        let out = out.unwrap();
        let status = command
            .args(arguments)
            .current_dir(self.dir.path())
            .env("HOME", self.dir.path())
            .stdin(std::process::Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .status()
            .unwrap();
        let path = env::temp_dir().join(format!("websh-pg-{}", std::process::id()));
        let output = fs::read(&path).unwrap_or_default();
        let _ = fs::remove_file(path);
        assert!(status.success(), "{}: {}", program.display(), String::from_utf8_lossy(&output));
        Output { status, stdout: output, stderr: Vec::new() }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]);
    }
}

fn root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Returns the directory of `initdb`, from PATH or Debian's location.
fn programs() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "programs are found by PATH")]
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    env::split_paths(&path)
        .chain(debian.map(|version| version.path().join("bin")))
        .find(|dir| has(dir, "initdb") && has(dir, "pg_ctl"))
}

fn has(dir: &Path, program: &str) -> bool {
    dir.join(program).is_file()
}
