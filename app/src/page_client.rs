//! Transport of server functions: names the member of the page in each request, and reads the errors of the
//! functions and of the middleware before them.

use futures_util::{Sink, Stream};
use leptos::server_fn::{
    Bytes,
    client::{Client, browser::BrowserClient},
    error::{FromServerFnError, ServerFnErrorErr as Cause},
    request::browser::BrowserRequest,
    response::browser::BrowserResponse,
};
use protocol::api::MEMBER_HEADER;

use crate::{
    error::{ErrorBody, PageError},
    identity,
    json::Text,
};

/// Client of all server functions.
pub struct PageClient;

impl Client<PageError> for PageClient {
    type Request = BrowserRequest;
    type Response = BrowserResponse;

    async fn send(request: BrowserRequest) -> Result<BrowserResponse, PageError> {
        identity::check()?;
        if let Some(member) = identity::member() {
            request.headers().set(MEMBER_HEADER, &member);
        }
        <BrowserClient as Client<PageError>>::send(request).await
    }

    fn open_websocket(
        path: &str,
    ) -> impl Future<
        Output = Result<
            (
                impl Stream<Item = Result<Bytes, Bytes>> + Send + 'static,
                impl Sink<Bytes> + Send + 'static,
            ),
            PageError,
        >,
    > + Send {
        <BrowserClient as Client<PageError>>::open_websocket(path)
    }

    fn spawn(future: impl Future<Output = ()> + Send + 'static) {
        <BrowserClient as Client<PageError>>::spawn(future);
    }
}

impl FromServerFnError for PageError {
    type Encoder = Text;

    fn from_server_fn_error(error: Cause) -> Self {
        match error {
            Cause::Request(_) => Self::unreachable(),
            Cause::Args(_) | Cause::MissingArg(_) => Self::new("bad_request", "Invalid request."),
            _ => Self::not_understood(),
        }
    }

    fn de(data: Bytes) -> Self {
        let error = read(&data).unwrap_or_else(Self::not_understood);
        identity::observe(&error);
        error
    }
}

/// Reads an error. Middleware responds with the error body of the REST interface, functions with its content.
fn read(data: &[u8]) -> Option<PageError> {
    let text = std::str::from_utf8(data).ok()?;
    let body = serde_json::from_str::<ErrorBody>(text).map(|body| body.error);
    body.or_else(|_| serde_json::from_str(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_functions_and_of_middleware_are_read() {
        let content = r#"{"code":"forbidden","message":"You are not allowed to do this."}"#;
        for (sent, code) in [
            (content.to_owned(), "forbidden"),
            (format!(r#"{{"error":{content}}}"#), "forbidden"),
            ("Bad gateway".to_owned(), "not_understood"),
            ("{}".to_owned(), "not_understood"),
        ] {
            assert_eq!(PageError::de(sent.clone().into()).code(), code, "{sent}");
        }
    }
}
