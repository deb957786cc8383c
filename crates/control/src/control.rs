//! Composition of the crate: one type per concern, each with its own state, over a shared context.

use std::{fmt, sync::Arc};

use chrono::TimeDelta;
use host::Host;
use store::Store;
use tokio::sync::{Mutex, Notify, watch};

use crate::{
    Actor, AllSessions, AnonymousAudit, ApiTokens, Attachments, AuditLog, Clock, Config,
    Connections, Error, Grants, Guests, Invites, MailTransport, Members, Reconciler, Sessions,
    SetUp, Settings, Shares, SignIns,
    context::{Context, changes::Changes},
    identity::passwords::Passwords,
    mail::queue::Mailer,
    sessions::unsettled::Unsettled,
    throttle::Throttle,
};

/// All operations of the workspace, by concern. Clones share their state.
#[derive(Clone)]
#[expect(missing_docs, reason = "the types describe their concerns")]
pub struct Control {
    pub set_up: Arc<SetUp>,
    pub sign_ins: Arc<SignIns>,
    pub tokens: Arc<ApiTokens>,
    pub invites: Arc<Invites>,
    pub connections: Arc<Connections>,
    pub sessions: Arc<Sessions>,
    pub attachments: Arc<Attachments>,
    pub reconciler: Arc<Reconciler>,
    pub shares: Arc<Shares>,
    pub guests: Arc<Guests>,
    pub all_sessions: Arc<AllSessions>,
    pub members: Arc<Members>,
    pub grants: Arc<Grants>,
    pub settings: Arc<Settings>,
    pub audit: Arc<AuditLog>,
    pub anonymous: Arc<AnonymousAudit>,
    passwords: Passwords,
    ctx: Arc<Context>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("config", &self.ctx.config).finish_non_exhaustive()
    }
}

impl Control {
    /// Puts the parts together. It starts no task: spawn [`Reconciler::run`], [`Connections::watch`],
    /// [`Shares::watch`], [`Sessions::watch_retention`] and [`AnonymousAudit::watch`].
    pub async fn new(
        store: Store,
        host: Host,
        clock: Arc<dyn Clock>,
        config: Config,
        mail: Option<MailTransport>,
    ) -> Result<Self, Error> {
        let passwords = Passwords::new().await?;
        let ctx = Arc::new(Context { store, host, clock, config, changes: Changes::default() });
        let connections = Arc::new(Connections::new(ctx.clone()));
        let mailer = Arc::new(Mailer::new(ctx.clone(), mail));
        let anonymous = Arc::new(AnonymousAudit::new(ctx.clone()));
        let sign_ins = Arc::new(SignIns::new(
            ctx.clone(),
            passwords.clone(),
            connections.clone(),
            anonymous.clone(),
        ));
        let unsettled = Arc::new(Unsettled::new(ctx.clone()));
        let sessions = Arc::new(Sessions {
            ctx: ctx.clone(),
            unsettled: unsettled.clone(),
            new_per_member: Throttle::new(30, TimeDelta::seconds(2)),
            counting: Mutex::default(),
        });
        let attachments =
            Arc::new(Attachments { ctx: ctx.clone(), connections: connections.clone() });
        let guests = Arc::new(Guests::new(
            ctx.clone(),
            passwords.clone(),
            attachments.clone(),
            anonymous.clone(),
        ));
        let shares = Arc::new(Shares {
            ctx: ctx.clone(),
            passwords: passwords.clone(),
            connections: connections.clone(),
            guests: guests.clone(),
            mailer: mailer.clone(),
            expiry: Notify::new(),
            new_per_member: Throttle::new(100, TimeDelta::seconds(6)),
        });
        Ok(Self {
            set_up: Arc::new(SetUp::new(ctx.clone(), passwords.clone())),
            tokens: Arc::new(ApiTokens { ctx: ctx.clone(), connections: connections.clone() }),
            invites: Arc::new(Invites {
                ctx: ctx.clone(),
                passwords: passwords.clone(),
                uses: Throttle::new(10, TimeDelta::seconds(60)),
                connections: connections.clone(),
                sign_ins: sign_ins.clone(),
                mailer,
            }),
            reconciler: Arc::new(Reconciler { ctx: ctx.clone(), unsettled }),
            all_sessions: Arc::new(AllSessions {
                ctx: ctx.clone(),
                sessions: sessions.clone(),
                sign_ins: sign_ins.clone(),
            }),
            members: Arc::new(Members {
                ctx: ctx.clone(),
                connections: connections.clone(),
                shares: shares.clone(),
            }),
            grants: Arc::new(Grants {
                ctx: ctx.clone(),
                connections: connections.clone(),
                shares: shares.clone(),
            }),
            settings: Arc::new(Settings { ctx: ctx.clone(), shares: shares.clone() }),
            audit: Arc::new(AuditLog { ctx: ctx.clone() }),
            anonymous,
            passwords,
            sign_ins,
            connections,
            sessions,
            attachments,
            guests,
            shares,
            ctx,
        })
    }

    /// Returns a receiver that changes whenever a session visible to the actor may have changed. The
    /// value carries no data, so that it cannot be stale.
    #[must_use]
    pub fn changes(&self, actor: &Actor) -> watch::Receiver<()> {
        self.ctx.changes.visible_to(actor)
    }

    /// Checks that the database answers.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.ctx.store.ping().await?)
    }

    /// Returns the number of passwords hashed or checked since the start.
    #[must_use]
    pub fn password_hashes(&self) -> u64 {
        self.passwords.computed()
    }

    /// Returns the number of running sessions and of their viewers.
    #[must_use]
    pub fn counts(&self) -> (usize, u64) {
        let reports = self.ctx.host.reports();
        let living = reports.values().filter(|report| report.end.is_none());
        let viewers = living.clone().map(|report| u64::from(report.viewers)).sum();
        (living.count(), viewers)
    }
}
