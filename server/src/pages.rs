//! The pages: rendered by `app`, with the built files beside them, and the server functions they call.

use std::{
    collections::HashSet,
    fs,
    hash::{DefaultHasher, Hasher},
    path::Path,
    sync::Arc,
};

use axum::{
    RequestExt, Router,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use control::{Actor, Control};
use leptos::{nonce::Nonce, prelude::*};
use leptos_axum::{LeptosRoutes, generate_route_list};
use tower_http::services::ServeDir;

use crate::{api::error::ApiError, web::Web};

/// Where the server functions are.
const FUNCTIONS: &str = "/api/pages/{*function}";

/// What the address of a build begins with.
pub const BUILD: &str = "/build-";

/// The routes of the pages and of their server functions.
pub fn router() -> Router<Web> {
    let functions: Arc<HashSet<&'static str>> =
        Arc::new(server_fn::axum::server_fn_paths().map(|(path, _)| path).collect());
    let function =
        move |State(web): State<Web>, request: Request| call(web, functions.clone(), request);
    Router::new()
        // Not `leptos_routes`, which adds the server functions in its own way.
        .leptos_routes_with_handler(generate_route_list(app::App), page)
        .route(FUNCTIONS, post(function))
}

/// The built files; for anything else the page that says there is nothing.
pub fn files(web: &Web) -> ServeDir<Router> {
    let nothing = Router::new().fallback(get(nothing_here)).with_state(web.clone());
    ServeDir::new(&*web.leptos.site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false)
        .fallback(nothing)
}

/// Where the program of the pages is, once more: under an address of its own for each build, because its
/// parts come when they are needed, and those of two builds do not fit together. A page that was open
/// during an update finds that there is nothing at the old one.
pub fn address_of_build(site: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    let files = fs::read_dir(site.join("pkg")).into_iter().flatten().flatten();
    let mut files: Vec<_> = files.map(|file| file.path()).collect();
    files.sort();
    for file in files {
        if file.extension().is_some_and(|it| it == "wasm" || it == "js") {
            hasher.write(&fs::read(&file).unwrap_or_default());
        }
    }
    format!("{BUILD}{:016x}", hasher.finish())
}

async fn page(State(web): State<Web>, request: Request) -> Response {
    let shell = move || app::shell(web.leptos.clone(), web.build.to_string());
    let render = leptos_axum::render_app_async_with_context(context(web.control), shell);
    render(request).await.into_response()
}

async fn nothing_here(web: State<Web>, request: Request) -> Response {
    let mut response = page(web, request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

async fn call(web: Web, functions: Arc<HashSet<&'static str>>, request: Request) -> Response {
    if !functions.contains(request.uri().path()) {
        return ApiError::not_found().into_response();
    }
    let request = request.with_limited_body();
    let answer = leptos_axum::handle_server_fns_with_context(context(web.control), request);
    let mut response = answer.await.into_response();
    // What `control` refuses has its own status; what is left did not fit the function.
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// What pages and server functions find in their context.
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
