//! Requests to the REST interface that many tests make.

use serde_json::{Value, json};

use super::{Client, Response, TestServer};

/// A program that authenticates with an API token.
pub struct Program {
    client: Client,
    header: String,
}

impl Program {
    pub fn new(server: &TestServer, secret: &str) -> Self {
        Self { client: server.stranger(), header: format!("Bearer {secret}") }
    }

    pub async fn send(&mut self, method: &str, path: &str, body: &Value) -> Response {
        let headers = [("authorization", self.header.as_str()), ("origin", "")];
        self.client.send(method, path, &headers, body.to_string().as_bytes()).await
    }

    pub async fn get(&mut self, path: &str) -> Response {
        self.send("GET", path, &Value::Null).await
    }
}

/// Creates a token with a scope.
pub async fn token(client: &mut Client, scope: &str) -> Value {
    let new = json!({ "name": "ci", "scope": scope, "days": 30 });
    let response = client.post("/api/v1/tokens", &new).await;
    assert_eq!(response.status, 201, "{response:?}");
    response.json()
}

/// Requests a session.
pub async fn create(client: &mut Client, key: &str) -> Response {
    let server = client.get("/api/v1/servers").await.json();
    let account = server[0]["accounts"][0].clone();
    let body = json!({ "server": "local", "account": account, "idempotency_key": key });
    client.post("/api/v1/sessions", &body).await
}

/// Opens a session.
pub async fn open(client: &mut Client, key: &str) -> Value {
    let response = create(client, key).await;
    assert_eq!(response.status, 201, "{response:?}");
    response.json()
}

/// Closes a session.
pub async fn close(client: &mut Client, session: &Value) {
    assert_eq!(client.delete(&path(session)).await.status, 204);
}

/// Returns the id of a session or another object.
pub fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// Returns the path of a session.
pub fn path(session: &Value) -> String {
    format!("/api/v1/sessions/{}", id(session))
}

/// Returns the path of the member with an address.
pub async fn member_path(client: &mut Client, email: &str) -> String {
    let members = client.get("/api/v1/members").await.json();
    let found = members.as_array().unwrap().iter().find(|member| member["email"] == email);
    format!("/api/v1/members/{}", id(found.unwrap()))
}

/// Changes settings of the workspace.
pub async fn change_settings<V: Clone + Into<Value>>(client: &mut Client, changes: &[(&str, V)]) {
    let mut settings = client.get("/api/v1/workspace/settings").await.json();
    for (key, value) in changes {
        settings[*key] = value.clone().into();
    }
    let put = client.put("/api/v1/workspace/settings", settings).await;
    assert_eq!(put.status, 200, "{put:?}");
}
