//! State shared by all routes. Owns no behaviour.

use std::{path::Path, sync::Arc};

use axum::extract::FromRef;
use control::Control;
use leptos::config::LeptosOptions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    assets,
    config::Config,
    http::{client_ip::TrustedProxies, cookies::Cookies, origin::Allowed},
    metrics::Metrics,
};

/// State shared by all routes; cheap to clone.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    pub control: Control,
    pub leptos: LeptosOptions,
    /// URL prefix of this build's client files.
    #[from_ref(skip)]
    pub build: Arc<str>,
    pub allowed: Allowed,
    pub cookies: Cookies,
    pub proxies: TrustedProxies,
    /// Closes sockets and streams when the server stops.
    #[from_ref(skip)]
    pub stop: CancellationToken,
    #[from_ref(skip)]
    pub sockets: TaskTracker,
    pub metrics: Arc<Metrics>,
}

impl AppState {
    pub fn new(
        control: Control,
        config: &Config,
        stop: CancellationToken,
        sockets: TaskTracker,
    ) -> Self {
        Self {
            control,
            leptos: config.leptos.clone(),
            build: assets::build_path(Path::new(&*config.leptos.site_root)).into(),
            allowed: Allowed(config.allowed_origins.clone().into()),
            cookies: Cookies { https: config.is_https() },
            proxies: TrustedProxies::new(&config.trusted_proxies),
            stop,
            sockets,
            metrics: Arc::default(),
        }
    }
}
