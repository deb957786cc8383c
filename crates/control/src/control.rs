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
        let context = || Arc::clone(&ctx);
        let connections = Arc::new(Connections::new(context()));
        let mailer = Arc::new(Mailer::new(context(), mail));
        let sign_ins =
            Arc::new(SignIns::new(context(), passwords.clone(), Arc::clone(&connections)));
        let unsettled = Arc::new(Unsettled::new(context()));
        let sessions = Arc::new(Sessions::new(context(), Arc::clone(&unsettled)));
        let attachments = Arc::new(Attachments::new(context(), Arc::clone(&connections)));
        let updates = Arc::new(ShareUpdates::new(context(), Arc::clone(&connections)));
        let slots = Arc::new(GuestSlots::new(context(), Arc::clone(&connections)));
        let shares = Arc::new(Shares::new(
            context(),
            passwords.clone(),
            Arc::clone(&updates),
            Arc::clone(&mailer),
        ));
        let share_expiry =
            Arc::new(ShareExpiry::new(context(), Arc::clone(&updates), Arc::clone(&slots)));
        Ok(Self {
            set_up: Arc::new(SetUp::new(context(), passwords.clone())),
            tokens: Arc::new(ApiTokens::new(context(), Arc::clone(&connections))),
            invites: Arc::new(Invites::new(
                context(),
                passwords.clone(),
                Arc::clone(&connections),
                Arc::clone(&sign_ins),
                Arc::clone(&mailer),
            )),
            creator: Arc::new(Creator::new(context(), Arc::clone(&unsettled))),
            reconciler: Arc::new(Reconciler::new(context(), unsettled)),
            retention: Arc::new(Retention::new(context())),
            guests: Arc::new(Guests::new(
                context(),
                passwords,
                Arc::clone(&connections),
                Arc::clone(&attachments),
                slots,
            )),
            guest_invites: Arc::new(GuestInvites::new(
                context(),
                Arc::clone(&shares),
                Arc::clone(&updates),
                mailer,
            )),
            all_sessions: Arc::new(AllSessions::new(
                context(),
                Arc::clone(&sessions),
                Arc::clone(&sign_ins),
            )),
            members: Arc::new(Members::new(
                context(),
                Arc::clone(&connections),
                Arc::clone(&share_expiry),
            )),
            grants: Arc::new(Grants::new(
                context(),
                Arc::clone(&connections),
                Arc::clone(&share_expiry),
            )),
            settings: Arc::new(Settings::new(context(), updates)),
            audit: Arc::new(AuditLog::new(context())),
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
