//! Creation of the first superuser by a one-time token that is printed at the start.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use protocol::api::{AuditAction, Me, Role};

use super::{
    accounts,
    new_member::{NewMember, me},
    passwords::Passwords,
    sign_ins::Caller,
};
use crate::{Error, audit::AuditActor, context::Context, secret, throttle::Throttle};

/// Set-up of an empty workspace.
pub struct SetUp {
    ctx: Arc<Context>,
    passwords: Passwords,
    /// Hash of the set-up token, while it is valid.
    token: Mutex<Option<[u8; 32]>>,
    /// Uses of the token: each one takes a hash of a password.
    uses: Throttle<[u8; 32]>,
}

impl SetUp {
    pub(crate) fn new(ctx: Arc<Context>, passwords: Passwords) -> Self {
        let uses = Throttle::new(10, TimeDelta::seconds(60));
        Self { ctx, passwords, token: Mutex::default(), uses }
    }

    /// Creates a new set-up token if the workspace has no members, and invalidates an earlier one.
    pub async fn offer(&self) -> Result<Option<String>, Error> {
        let token = (!self.ctx.store.members.any().await?).then(secret::new);
        self.put_token(token.as_deref().map(secret::hash));
        Ok(token)
    }

    /// Returns true while a set-up token is valid.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.token().is_some()
    }

    /// Creates the first superuser.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a wrong or used token; [`Error::Throttled`]; [`Error::Invalid`] leaves
    /// the token valid.
    pub async fn complete(
        &self,
        token: &str,
        new: NewMember,
        caller: &Caller,
    ) -> Result<Me, Error> {
        // The comparison need not be constant-time: these are hashes of 256-bit secrets.
        let hash = secret::hash(token);
        if self.token() != Some(hash) {
            return Err(Error::NotFound("set-up link"));
        }
        let permit = self.uses.reserve(hash, self.ctx.now()).await?;
        let prepared = new.prepare(&self.passwords, self.ctx.now(), Role::Superuser).await;
        if prepared.is_err() {
            // Nothing was hashed.
            permit.refund();
        }
        let member = prepared?;
        let grants = accounts::first_grant(&self.ctx, member.id, &member.name)?;
        let actor = AuditActor::member(&member, caller.source);
        let entry = self.ctx.entry(actor, AuditAction::MemberJoin, &member, None);
        let first = self.ctx.store.members.add_first(&member, &grants, &entry).await?;
        self.put_token(None);
        if first { Ok(me(&member)) } else { Err(Error::NotFound("set-up link")) }
    }

    fn token(&self) -> Option<[u8; 32]> {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_token(&self, token: Option<[u8; 32]>) {
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}
