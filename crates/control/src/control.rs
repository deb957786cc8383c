//! Composition of the crate: one type per concern, each with its own state, over a shared context.

use std::{fmt, sync::Arc};

use host::Host;
use store::Store;
use tokio::sync::watch;

use crate::{
    Actor, AllSessions, ApiTokens, Attachments, AuditLog, Clock, Config, Connections, Creator,
    Error, Grants, GuestInvites, Guests, Invites, MailTransport, Members, Reconciler, Retention,
    Sessions, SetUp, Settings, ShareExpiry, Shares, SignIns,
    context::{Context, changes::Changes},
    identity::passwords::Passwords,
    mail::queue::Mailer,
    sessions::unsettled::Unsettled,
    sharing::{guest_slots::GuestSlots, updates::ShareUpdates},
};

/// All operations of the workspace, by concern. Clones share their state.
#[derive(Clone)]
pub struct Control {
    /// First superuser of an empty workspace.
    pub set_up: Arc<SetUp>,
    /// Sign-ins of members.
    pub sign_ins: Arc<SignIns>,
    /// API tokens of members.
    pub tokens: Arc<ApiTokens>,
    /// Links to join the workspace or to reset a password.
    pub invites: Arc<Invites>,
    /// Permissions of open connections.
    pub connections: Arc<Connections>,
    /// Listing, changing and closing sessions.
    pub sessions: Arc<Sessions>,
    /// Creating sessions.
    pub creator: Arc<Creator>,
    /// Tickets and connections to session processes.
    pub attachments: Arc<Attachments>,
    /// Keeps session rows and processes in step.
    pub reconciler: Arc<Reconciler>,
    /// Deletes old ended sessions.
    pub retention: Arc<Retention>,
    /// Shares of sessions.
    pub shares: Arc<Shares>,
    /// Guests who join by a share.
    pub guests: Arc<Guests>,
    /// Shares that are sent by mail.
    pub guest_invites: Arc<GuestInvites>,
    /// Ends shares that are due.
    pub share_expiry: Arc<ShareExpiry>,
    /// All sessions of the workspace, for staff and superusers.
    pub all_sessions: Arc<AllSessions>,
    /// Members of the workspace.
    pub members: Arc<Members>,
    /// Account grants.
    pub grants: Arc<Grants>,
    /// Workspace settings.
    pub settings: Arc<Settings>,
    /// The audit log.
    pub audit: Arc<AuditLog>,
    ctx: Arc<Context>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("config", &self.ctx.config).finish_non_exhaustive()
    }
}

impl Control {
    /// Puts the parts together. It starts no task: spawn [`Reconciler::run`], [`Connections::watch`],
    /// [`ShareExpiry::watch`] and [`Retention::watch`].
    ///
    /// # Errors
    /// [`Error::Busy`] if hashing a password fails.
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
        let sign_ins = Arc::new(SignIns::new(ctx.clone(), passwords.clone(), connections.clone()));
        let invites = Invites {
            ctx: ctx.clone(),
            passwords: passwords.clone(),
            connections: connections.clone(),
            sign_ins: sign_ins.clone(),
            mailer: mailer.clone(),
        };
        let unsettled = Arc::new(Unsettled::new(ctx.clone()));
        let sessions = Arc::new(Sessions { ctx: ctx.clone(), unsettled: unsettled.clone() });
        let attachments =
            Arc::new(Attachments { ctx: ctx.clone(), connections: connections.clone() });
        let updates = Arc::new(ShareUpdates::new(ctx.clone(), connections.clone()));
        let slots = Arc::new(GuestSlots::new(ctx.clone(), connections.clone()));
        let shares = Arc::new(Shares {
            ctx: ctx.clone(),
            passwords: passwords.clone(),
            updates: updates.clone(),
            mailer: mailer.clone(),
        });
        let share_expiry = Arc::new(ShareExpiry {
            ctx: ctx.clone(),
            updates: updates.clone(),
            slots: slots.clone(),
        });
        Ok(Self {
            set_up: Arc::new(SetUp::new(ctx.clone(), passwords.clone())),
            tokens: Arc::new(ApiTokens { ctx: ctx.clone(), connections: connections.clone() }),
            invites: Arc::new(invites),
            creator: Arc::new(Creator::new(ctx.clone(), unsettled.clone())),
            reconciler: Arc::new(Reconciler { ctx: ctx.clone(), unsettled }),
            retention: Arc::new(Retention { ctx: ctx.clone() }),
            guests: Arc::new(Guests::new(ctx.clone(), passwords, attachments.clone(), slots)),
            guest_invites: Arc::new(GuestInvites {
                ctx: ctx.clone(),
                shares: shares.clone(),
                updates: updates.clone(),
                mailer,
            }),
            all_sessions: Arc::new(AllSessions {
                ctx: ctx.clone(),
                sessions: sessions.clone(),
                sign_ins: sign_ins.clone(),
            }),
            members: Arc::new(Members {
                ctx: ctx.clone(),
                connections: connections.clone(),
                share_expiry: share_expiry.clone(),
            }),
            grants: Arc::new(Grants {
                ctx: ctx.clone(),
                connections: connections.clone(),
                share_expiry: share_expiry.clone(),
            }),
            settings: Arc::new(Settings { ctx: ctx.clone(), updates }),
            audit: Arc::new(AuditLog { ctx: ctx.clone() }),
            sign_ins,
            connections,
            sessions,
            attachments,
            shares,
            share_expiry,
            ctx,
        })
    }

    /// Returns a receiver that changes whenever a session visible to the actor may have changed. The
    /// value carries no data, so that it cannot be stale.
    #[must_use]
    pub fn changes(&self, actor: &Actor) -> watch::Receiver<u64> {
        self.ctx.changes.visible_to(actor)
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if it does not.
    pub async fn ready(&self) -> Result<(), Error> {
        Ok(self.ctx.store.ping().await?)
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
