//! A temporary account on this machine, removed after the test. Requires root.

use std::{fs, path::PathBuf, process::Command};

use uuid::Uuid;

pub struct Account {
    pub name: String,
    pub home: PathBuf,
}

impl Account {
    /// Creates an account. Returns none without root.
    pub fn new() -> Option<Self> {
        rustix::process::geteuid().is_root().then(|| {
            let name = format!("websh-test-{}", &Uuid::now_v7().simple().to_string()[20..]);
            let home = PathBuf::from("/home").join(&name);
            let arguments = ["--create-home", "--shell", "/bin/bash", "--groups", "daemon,mail"];
            run(Command::new("useradd").args(arguments).arg("--home-dir").arg(&home).arg(&name));
            assert!(home.is_dir(), "the account was created");
            Self { name, home }
        })
    }

    /// Output of `id` for the account.
    pub fn id(&self, option: &str) -> String {
        run(Command::new("id").args([option, &self.name]))
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        run(Command::new("userdel").args(["--remove", "--force", &self.name]));
        let _ = fs::remove_dir_all(&self.home);
        // Files next to its home that begin with its name.
        for entry in fs::read_dir("/home").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(&self.name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
