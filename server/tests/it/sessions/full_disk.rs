//! A full disk prevents new sessions and does not affect running ones. Only root can mount a small disk
//! to fill.

use std::{
    fs,
    io::{self, Write},
    path::Path,
    process::Command,
};

use rustix::process::geteuid;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{TestServer, Viewer, close, create};

/// Mount options: space and inodes for a database and a few sessions.
const SIZE: &str = "size=24m,nr_inodes=200,mode=0755";

/// A small disk, unmounted on drop.
struct Disk(TempDir);

impl Disk {
    /// Mounts a disk. Returns `None` without the permission to.
    fn mounted() -> Option<Self> {
        let directory = geteuid().is_root().then(|| tempfile::tempdir().unwrap())?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "websh-test"]).arg(directory.path());
        mount.status().unwrap().success().then(|| Self(directory))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, because processes that are ending still have files open.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}

/// Uses up all space and all inodes.
fn fill(directory: &Path) {
    let mut room = fs::File::create(directory.join("bytes")).unwrap();
    let full = loop {
        if let Err(error) = room.write_all(&[b'x'; 4096]) {
            break error;
        }
    };
    assert_eq!(full.kind(), io::ErrorKind::StorageFull);
    let full = (0..).find_map(|file| fs::File::create(directory.join(file.to_string())).err());
    assert_eq!(full.unwrap().kind(), io::ErrorKind::StorageFull);
}

#[tokio::test]
async fn a_full_disk_stops_new_sessions_and_no_running_one() {
    let Some(disk) = Disk::mounted() else {
        eprintln!("NOT TESTED: requires root and the permission to mount");
        return;
    };
    let server = TestServer::on(tempfile::tempdir_in(disk.0.path()).unwrap(), &[]).await;
    let mut ann = server.set_up().await;
    let before = create(&mut ann, "before").await;
    assert_eq!(before.status, 201, "{before:?}");
    let before = before.json();
    let mut viewer = Viewer::attach(&mut ann, &before).await;
    viewer.echo("before").await;
    let filler = tempfile::tempdir_in(disk.0.path()).unwrap();
    fill(filler.path());

    for key in ["one", "two"] {
        let refused = create(&mut ann, key).await;
        let code = refused.code();
        let known = [(503, "database_full"), (422, "spawn_failed")];
        assert!(known.contains(&(refused.status, code.as_str())), "{refused:?}");
        let message = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("is full."), "{message}");
    }
    // Input, much output, lists and attaching again do not need the disk.
    viewer.type_text("seq 1 20000; echo $((6*7))-flooded\r").await;
    viewer.until_shows("42-flooded").await;
    let list = ann.get("/api/v1/sessions").await;
    assert_eq!((list.status, &list.json()["items"][0]["id"]), (200, &before["id"]));
    drop(viewer);
    let mut viewer = Viewer::attach(&mut ann, &before).await;
    viewer.until_shows("42-flooded").await;

    // With free space, sessions open again; the rejected ones left nothing behind.
    drop(filler);
    let after = create(&mut ann, "one").await;
    assert_eq!(after.status, 201, "{after:?}");
    viewer.echo("after").await;
    assert_eq!(ann.get("/api/v1/sessions").await.json()["items"].as_array().unwrap().len(), 2);
    for session in [&before, &after.json()] {
        close(&mut ann, session).await;
    }
    assert_eq!(ann.get("/api/v1/sessions").await.json()["items"], json!([]));
    assert_eq!(server.run_dir(), Vec::<String>::new());
}
