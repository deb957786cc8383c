//! Shares and the guests who join by them.

use serde_json::{Value, json};

use super::{Client, Response, TestServer, create, path};

/// Opens the session `shared`, or finds it, and returns its path.
pub async fn session_path(client: &mut Client) -> String {
    let response = create(client, "shared").await;
    assert!(response.status < 300, "{response:?}");
    path(&response.json())
}

/// Shares a session.
pub async fn share(client: &mut Client, path: &str, new: &Value) -> Value {
    let response = client.post(&format!("{path}/shares"), new).await;
    assert_eq!(response.status, 201, "{response:?}");
    assert_eq!(response.header("cache-control"), Some("no-store"));
    response.json()
}

/// Returns the token in a share's link.
pub fn share_token(share: &Value) -> String {
    share["url"].as_str().unwrap().rsplit_once("/join#").unwrap().1.to_owned()
}

/// Returns the link and password in a mail, in the form of a share.
pub fn share_in_mail(body: &str) -> Value {
    let word_after = |mark: &str| {
        let rest = body.split_once(mark).unwrap().1;
        rest.split_whitespace().next().unwrap().to_owned()
    };
    json!({ "url": word_after("\r\nOpen"), "password": word_after("\r\nPassword") })
}

/// Joins as a new guest.
pub async fn join(server: &TestServer, share: &Value, name: &str) -> (Client, Response) {
    let mut guest = server.stranger();
    let response = join_as(&mut guest, share, name).await;
    (guest, response)
}

/// Joins with an existing client.
pub async fn join_as(guest: &mut Client, share: &Value, name: &str) -> Response {
    let body = json!({ "token": share_token(share), "password": share["password"], "name": name });
    guest.post("/api/v1/join", &body).await
}

/// Returns the shares of a session as its owner sees them.
pub async fn shares(client: &mut Client, path: &str) -> Value {
    let response = client.get(&format!("{path}/shares")).await;
    assert_eq!(response.status, 200, "{response:?}");
    response.json()
}
