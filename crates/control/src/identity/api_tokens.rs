//! API tokens: what a program may do in a member's name. Only hashes of them are kept.

use std::net::IpAddr;

use chrono::TimeDelta;
use protocol::{
    api::{ChangeToken, FreshToken, NewToken, TokenInfo, limits},
    id::{MemberId, TokenId},
};
use uuid::Uuid;

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    audit,
    identity::tickets::Holder,
    secret, validate,
};

/// How a token's secret begins, so that it is known for what it is wherever it turns up.
const PREFIX: &str = "websh_";

/// How often a token's use is written down.
const USED: TimeDelta = TimeDelta::minutes(1);

impl Control {
    /// Who holds a token.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`], [`Error::Unavailable`].
    pub async fn bearer(&self, secret: &str, source: IpAddr) -> Result<Actor, Error> {
        let now = self.now();
        let found = self.inner.store.tokens.by_hash(&secret::hash(secret), now).await?;
        let (token, member) = found.ok_or(Error::Unauthenticated)?;
        if token.used_at.is_none_or(|used| now - used >= USED) {
            // When it was used is good to know; it is no reason to refuse its use.
            if let Err(error) = self.inner.store.tokens.set_used(token.id, now).await {
                tracing::warn!(%error, "a token's use is not written down");
            }
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

    /// The actor's own tokens, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<TokenInfo>, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        Ok(self.inner.store.tokens.of_member(actor.member).await?)
    }

    /// Another member's tokens, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Unavailable`].
    pub async fn tokens_of(
        &self,
        actor: &Actor,
        member: MemberId,
    ) -> Result<Vec<TokenInfo>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        self.inner.store.members.get(member).await?.ok_or(Error::NotFound("member"))?;
        Ok(self.inner.store.tokens.of_member(member).await?)
    }

    /// Makes a token for the actor. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Error::Forbidden`] also for a token: it would outlive itself; [`Error::Invalid`],
    /// [`Error::TooManyTokens`], [`Error::Unavailable`]; [`Error::Unauthenticated`] when the sign-in
    /// ended since the actor was looked up.
    pub async fn new_token(&self, actor: &Actor, new: NewToken) -> Result<FreshToken, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        if actor.scope.is_some() {
            return Err(Error::Forbidden);
        }
        let name = validate::label("name", &new.name)?;
        if !limits::TOKEN_DAYS.contains(&new.days) {
            let (min, max) = limits::TOKEN_DAYS.into_inner();
            let message = format!("A token works for {min} to {max} days.");
            return Err(Error::invalid("days", message));
        }
        if self.inner.store.tokens.of_member(actor.member).await?.len() >= limits::MAX_TOKENS {
            return Err(Error::TooManyTokens);
        }
        let secret = format!("{PREFIX}{}", secret::new());
        let now = self.now();
        let token = TokenInfo {
            id: TokenId(Uuid::now_v7()),
            name,
            scope: new.scope,
            created_at: now,
            expires_at: now + TimeDelta::days(new.days.into()),
            used_at: None,
        };
        let subject = Subject::new("token", &token.id, &token.name);
        let scope = format!("{:?}", token.scope).to_lowercase();
        let detail = Some(format!("scope: {scope}, days: {}", new.days));
        let entry = audit::entry(now, &actor.into(), "token.create", subject, detail);
        let hash = secret::hash(&secret);
        let (member, by) = (actor.member, actor.sign_in);
        if !self.inner.store.tokens.add(member, by, &token, &hash, &entry).await? {
            return Err(Error::Unauthenticated);
        }
        Ok(FreshToken { token, secret })
    }

    /// Gives a token another name, the actor's own or as a superuser anybody's.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`], [`Error::NotFound`] also for somebody else's,
    /// [`Error::Unavailable`].
    pub async fn change_token(
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
        let subject = Subject::new("token", &id, &token.name);
        let detail = Some(format!("{} → {name}", token.name));
        let entry = audit::entry(self.now(), &actor.into(), "token.rename", subject, detail);
        if !self.inner.store.tokens.rename(id, &name, &entry).await? {
            return Err(Error::NotFound("token"));
        }
        Ok(TokenInfo { name, ..token })
    }

    /// Removes a token, the actor's own or as a superuser anybody's, and closes what is open by it.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`] also for somebody else's, [`Error::Unavailable`].
    pub async fn remove_token(&self, actor: &Actor, id: TokenId) -> Result<(), Error> {
        let token = self.manageable(actor, id).await?;
        let subject = Subject::new("token", &id, &token.name);
        let entry = audit::entry(self.now(), &actor.into(), "token.remove", subject, None);
        if !self.inner.store.tokens.remove(id, &entry).await? {
            return Err(Error::NotFound("token"));
        }
        self.doors().shut(Holder::Member(id.0));
        Ok(())
    }

    /// A token that the actor may change: their own, or as a superuser anybody's.
    async fn manageable(&self, actor: &Actor, id: TokenId) -> Result<TokenInfo, Error> {
        authorize(actor, Action::ManageOwn, Target::Workspace)?;
        let unknown = || Error::NotFound("token");
        let (owner, token) = self.inner.store.tokens.get(id).await?.ok_or_else(unknown)?;
        let any = authorize(actor, Action::ManageMembers, Target::Workspace).is_ok();
        if owner == actor.member || any { Ok(token) } else { Err(unknown()) }
    }
}
