//! The idempotency key of the session that is being created: kept in the tab until the server has answered,
//! so that a double click or a retry after a lost answer creates one session.

use protocol::api::{NewSession, Session};
use uuid::Uuid;

use crate::{
    api, browser,
    error::{PageError, UNREACHABLE},
};

const KEY: &str = "websh.wish";

/// Creates a session with the key of this tab.
pub async fn create(new: NewSession) -> Result<Session, PageError> {
    let storage = browser::session_storage();
    let key = browser::recall(storage.as_ref(), KEY).unwrap_or_else(|| {
        let key = Uuid::new_v4().to_string();
        browser::remember(storage.as_ref(), KEY, Some(&key));
        key
    });
    let answer = api::create_session(NewSession { idempotency_key: Some(key), ..new }).await;
    if !answer.as_ref().is_err_and(|why| why.code() == UNREACHABLE) {
        browser::remember(storage.as_ref(), KEY, None);
    }
    answer
}

/// Creates a session with the settings of an earlier one. Returns its path.
pub async fn create_like(session: &Session) -> Result<String, PageError> {
    let new = NewSession {
        server: session.server.clone(),
        account: session.account.clone(),
        name: Some(session.name.clone()),
        attach_policy: Some(session.attach_policy),
        cols: Some(session.cols),
        rows: Some(session.rows),
        idempotency_key: None,
    };
    create(new).await.map(|session| format!("/sessions/{}", session.id))
}
