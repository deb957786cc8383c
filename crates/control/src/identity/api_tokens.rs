//! API tokens, by which programs act for a member. Only their hashes are stored.

use std::{net::IpAddr, sync::Arc};

use chrono::TimeDelta;
use protocol::{
    api::{AuditAction, ChangeToken, FreshToken, NewToken, TokenInfo, limits},
    id::{MemberId, TokenId},
};
use uuid::Uuid;

use super::{connections::Connections, tickets::Holder};
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::AuditTarget,
    context::Context,
    secret, validate,
};

/// Prefix of every token, so that secret scanners recognize it.
const PREFIX: &str = "websh_";

/// Precision of the time of last use, which bounds the writes to the database.
const USED_PRECISION: TimeDelta = TimeDelta::minutes(1);

/// API tokens of all members.
pub struct ApiTokens {
    pub(crate) ctx: Arc<Context>,
    pub(crate) connections: Arc<Connections>,
}

impl ApiTokens {
    /// Returns the member who owns a token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`].
    pub async fn authenticate(&self, secret: &str, source: IpAddr) -> Result<Actor, Error> {
        let now = self.ctx.now();
        let found = self.ctx.store.tokens.by_hash(&secret::hash(secret), now).await?;
        let (token, member) = found.ok_or(Error::Unauthenticated)?;
        if token.used_at.is_none_or(|used| now - used >= USED_PRECISION)
            && let Err(error) = self.ctx.store.tokens.set_used(token.id, now).await
        {
            tracing::warn!(%error, "the last use of a token was not recorded");
        }
        Ok(Actor {
            member: member.id,
            email: member.email,
            name: member.name,
            role: member.role,
            sign_in: token.id.0,
            until: token.expires_at,
            scope: Some(token.scope),
            source,
        })
    }

    /// Lists the actor's own tokens, newest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<TokenInfo>, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        Ok(self.ctx.store.tokens.of_member(actor.member).await?)
    }

    /// Lists another member's tokens, newest first.
    pub async fn list_of(&self, actor: &Actor, member: MemberId) -> Result<Vec<TokenInfo>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        self.ctx.store.members.get(member).await?.ok_or(Error::NotFound("member"))?;
        Ok(self.ctx.store.tokens.of_member(member).await?)
    }

    /// Creates a token for the actor. Its secret is in the result and nowhere else.
    ///
    /// # Errors
    /// [`Error::Forbidden`] also for a token, which could otherwise outlive itself;
    /// [`Error::TooManyTokens`]; [`Error::Unauthenticated`] if the sign-in has ended since the actor was
    /// authenticated.
    pub async fn create(&self, actor: &Actor, new: NewToken) -> Result<FreshToken, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        if actor.scope.is_some() {
            return Err(Error::Forbidden);
        }
        let name = validate::label("name", &new.name)?;
        if !limits::TOKEN_DAYS.contains(&new.days) {
            let (min, max) = limits::TOKEN_DAYS.into_inner();
            let message = format!("Choose a lifetime of {min} to {max} days.");
            return Err(Error::invalid("days", message));
        }
        if self.ctx.store.tokens.of_member(actor.member).await?.len() >= limits::MAX_TOKENS {
            return Err(Error::TooManyTokens);
        }
        let secret = format!("{PREFIX}{}", secret::new());
        let now = self.ctx.now();
        let token = TokenInfo {
            id: TokenId(Uuid::now_v7()),
            name,
            scope: new.scope,
            created_at: now,
            expires_at: now + TimeDelta::days(new.days.into()),
            used_at: None,
        };
        let target = AuditTarget::new("token", &token.id, &token.name);
        let detail = Some(format!("scope: {}, days: {}", token.scope, new.days));
        let entry = self.ctx.entry(actor, AuditAction::TokenCreate, target, detail);
        let hash = secret::hash(&secret);
        let (member, by) = (actor.member, actor.sign_in);
        if !self.ctx.store.tokens.add(member, by, &token, &hash, &entry).await? {
            return Err(Error::Unauthenticated);
        }
        Ok(FreshToken { token, secret })
    }

    /// Renames a token: the actor's own or, as a superuser, any.
    pub async fn change(
        &self,
        actor: &Actor,
        id: TokenId,
        change: ChangeToken,
    ) -> Result<TokenInfo, Error> {
        let token = self.manageable(actor, id).await?;
        let name = validate::label("name", &change.name)?;
        if name == token.name {
            return Ok(token);
        }
        let target = AuditTarget::new("token", &id, &token.name);
        let detail = Some(format!("{} → {name}", token.name));
        let entry = self.ctx.entry(actor, AuditAction::TokenRename, target, detail);
        if !self.ctx.store.tokens.rename(id, &name, &entry).await? {
            return Err(Error::NotFound("token"));
        }
        Ok(TokenInfo { name, ..token })
    }

    /// Removes a token, the actor's own or, as a superuser, any, and closes its connections.
    pub async fn remove(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let token = self.manageable(actor, id).await?;
        let target = AuditTarget::new("token", &id, &token.name);
        let entry = self.ctx.entry(actor, AuditAction::TokenRemove, target, None);
        if !self.ctx.store.tokens.remove(id, &entry).await? {
            return Err(Error::NotFound("token"));
        }
        self.connections.tickets().close(Holder::Member(id.0));
        Ok(())
    }

    /// Returns a token that the actor may change: their own or, as a superuser, any.
    async fn manageable(&self, actor: &Actor, id: TokenId) -> Result<TokenInfo, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        let unknown = || Error::NotFound("token");
        let (owner, token) = self.ctx.store.tokens.get(id).await?.ok_or_else(unknown)?;
        let any = authorize(actor, Action::ManageMembers, Target::Workspace).is_ok();
        if owner == actor.member || any { Ok(token) } else { Err(unknown()) }
    }
}
