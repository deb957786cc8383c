//! The pages rendered by `app`, the static files, and the server functions that pages call.

use std::{collections::HashSet, io, sync::Arc};

use axum::{
    RequestExt, Router,
    body::Body,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use control::{Actor, Control};
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::services::ServeDir;

use crate::{http::error::ApiError, state::AppState};

const FUNCTIONS: &str = "/api/pages/{*function}";

/// Returns the routes of the pages and of their server functions.
pub fn router() -> Router<AppState> {
    let functions: Arc<HashSet<&'static str>> =
        Arc::new(server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());
    let function = move |State(state): State<AppState>, request: Request| {
        call(state, functions.clone(), request)
    };
    Router::new()
        // `leptos_routes` would register the server functions as well, without the check in `call`.
        .leptos_routes_with_handler(generate_route_list(app::App), page)
        .route(FUNCTIONS, post(function))
}

/// Returns the routes of static files, which answer other paths with the *not found* page.
pub fn files(state: &AppState) -> Router {
    let not_found = Router::new().fallback(get(not_found)).with_state(state.clone());
    let files = ServeDir::new(&*state.leptos.site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(not_found);
    let file = move |state: State<AppState>, request: Request| file(files.clone(), state, request);
    Router::new().fallback(file).with_state(state.clone())
}

async fn file(mut files: ServeDir<Router>, state: State<AppState>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let again = Request::from_parts(head.clone(), Body::empty());
    match files.try_call(Request::from_parts(head, body)).await {
        Ok(response) => response.into_response(),
        Err(error) if names_no_file(error.kind()) => not_found(state, again).await,
        Err(error) => {
            tracing::error!(%error, "a file could not be read");
            ApiError::unavailable().into_response()
        }
    }
}

/// Returns whether an error is about the requested path: no file can have this name.
fn names_no_file(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{InvalidFilename, InvalidInput, NotADirectory};
    matches!(kind, InvalidFilename | InvalidInput | NotADirectory)
}

async fn page(State(state): State<AppState>, request: Request) -> Response {
    let member = request.extensions().get::<Actor>().map(|actor| actor.member);
    let shell = move || app::shell(state.leptos.clone(), state.build.to_string(), member);
    let render = leptos_axum::render_app_async_with_context(context(state.control), shell);
    render(request).await.into_response()
}

async fn not_found(state: State<AppState>, request: Request) -> Response {
    let mut response = page(state, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

async fn call(
    state: AppState,
    functions: Arc<HashSet<&'static str>>,
    request: Request,
) -> Response {
    if !functions.contains(request.uri().path()) {
        return ApiError::not_found().into_response();
    }
    let request = request.with_limited_body();
    let answer = leptos_axum::handle_server_fns_with_context(context(state.control), request);
    let mut response = answer.await.into_response();
    // Errors of `control` set their own status. The remaining errors are arguments that do not deserialize.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// Returns a closure that provides the context of pages and server functions.
fn context(control: Control) -> impl Fn() + Clone + Send + Sync + 'static {
    move || {
        provide_context(control.clone());
        let Some(parts) = use_context::<Parts>() else { return };
        if let Some(actor) = parts.extensions.get::<Actor>() {
            provide_context(actor.clone());
        }
        if let Some(nonce) = parts.extensions.get::<Nonce>() {
            provide_context(nonce.clone());
        }
    }
}
