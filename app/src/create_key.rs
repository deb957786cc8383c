//! The wish for a new session: its key is kept in the tab until the server has answered, so that
//! however often it is asked for, by double click or after a lost answer, one session is made.

use protocol::api::{NewSession, Session};
use uuid::Uuid;

use crate::{
    api, browser,
    error::{PageError, UNREACHABLE},
};

const KEY: &str = "websh.wish";

/// The key of the wish under way.
#[must_use]
pub fn key() -> String {
    let storage = browser::session_storage();
    browser::recall(storage.as_ref(), KEY).unwrap_or_else(|| {
        let key = Uuid::new_v4().to_string();
        browser::remember(storage.as_ref(), KEY, Some(&key));
        key
    })
}

/// The next wish is another one, unless this one was not heard.
pub fn answered(answer: &Result<Session, PageError>) {
    if !answer.as_ref().is_err_and(|why| why.code() == UNREACHABLE) {
        browser::remember(browser::session_storage().as_ref(), KEY, None);
    }
}

/// Opens a session like an earlier one. Returns where it is.
///
/// # Errors
/// As [`api::sessions::create`].
pub async fn like(session: &Session) -> Result<String, PageError> {
    let new = NewSession {
        server: session.server.clone(),
        account: session.account.clone(),
        name: Some(session.name.clone()),
        attach_policy: Some(session.attach_policy),
        cols: Some(session.cols),
        rows: Some(session.rows),
        idempotency_key: Some(key()),
    };
    let answer = api::sessions::create(new).await;
    answered(&answer);
    answer.map(|session| format!("/sessions/{}", session.id))
}

/// A tab that shows the page of a session once there is one. It must be opened while the click counts
/// as the person's will; none where the browser does not allow it.
#[must_use]
pub fn new_tab() -> Option<web_sys::Window> {
    browser::window().open_with_url_and_target("about:blank", "_blank").ok().flatten()
}

/// Shows the page in the tab.
pub fn show(tab: &web_sys::Window, path: &str) {
    // The new page has no business with this one. Browsers refuse neither of the two.
    let _ = js_sys::Reflect::set(tab, &"opener".into(), &wasm_bindgen::JsValue::NULL);
    let origin = browser::window().location().origin().unwrap_or_default();
    let _ = tab.location().replace(&format!("{origin}{path}"));
}
