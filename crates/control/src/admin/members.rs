//! Members as superusers manage them.

use std::{collections::HashMap, sync::Arc};

use protocol::{
    api::{self, AuditAction, AuditEntry, ChangeMember},
    id::MemberId,
};
use store::{Member, MemberChange};

use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    context::Context,
    identity::connections::Connections,
    sharing::shares::Shares,
    validate,
};

/// Members of the workspace.
pub struct Members {
    pub(crate) ctx: Arc<Context>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) shares: Arc<Shares>,
}

impl Members {
    /// Returns the number of active members.
    pub async fn count_active(&self) -> Result<usize, Error> {
        let all = self.ctx.store.members.list().await?;
        Ok(all.iter().filter(|member| member.active).count())
    }

    /// Lists all members, by address.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<api::Member>, Error> {
        authorize(actor, Action::ManageMembers, Target::Workspace)?;
        let members = self.ctx.store.members.list().await?;
        let mut running: HashMap<MemberId, u32> = HashMap::new();
        for row in self.ctx.store.sessions.living(None).await? {
            *running.entry(row.owner).or_default() += 1;
        }
        let sessions = |id| running.get(&id).copied().unwrap_or_default();
        Ok(members.into_iter().map(|member| shown(&member, sessions(member.id))).collect())
    }

    /// Changes the name, role or access of a member. Every member may change their own name. Deactivation
    /// closes the member's connections; their sessions continue.
    ///
    /// # Errors
    /// [`Error::LastSuperuser`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: MemberId,
        change: ChangeMember,
    ) -> Result<api::Member, Error> {
        let own_name = id == actor.member && change.role.is_none() && change.active.is_none();
        let action = if own_name { Action::ManageOwn } else { Action::ManageMembers };
        authorize(actor, action, Target::Workspace)?;
        let name = change.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        let change = ChangeMember { name, ..change };
        let unknown = || Error::NotFound("member");
        let before = self.ctx.store.members.get(id).await?.ok_or_else(unknown)?;
        let entries: Vec<AuditEntry> = differences(&before, &change)
            .map(|(action, detail)| self.ctx.entry(actor, action, &before, detail))
            .collect();
        match self.ctx.store.members.change(id, &change, &entries).await? {
            MemberChange::Done => {}
            MemberChange::NotFound => return Err(unknown()),
            MemberChange::LastSuperuser => return Err(Error::LastSuperuser),
        }
        self.connections.recheck().await?;
        // The member's shares may depend on their access, or on an account granted to their role.
        if change.active == Some(false) || change.role.is_some() {
            self.shares.end_due().await?;
        }
        self.ctx.announce(id);
        let after = self.ctx.store.members.get(id).await?.ok_or_else(unknown)?;
        let sessions = self.ctx.store.sessions.count_living(Some(id)).await?;
        Ok(shown(&after, u32::try_from(sessions).unwrap_or(u32::MAX)))
    }
}

fn differences(
    before: &Member,
    change: &ChangeMember,
) -> impl Iterator<Item = (AuditAction, Option<String>)> {
    let name = change.name.as_ref().filter(|name| **name != before.name);
    let role = change.role.filter(|role| *role != before.role);
    let active = change.active.filter(|active| *active != before.active);
    let changes = [
        name.map(|name| (AuditAction::MemberName, Some(format!("{} → {name}", before.name)))),
        role.map(|role| (AuditAction::MemberRole, Some(format!("{} → {role}", before.role)))),
        active.map(|active| match active {
            true => (AuditAction::MemberActivate, None),
            false => (AuditAction::MemberDeactivate, None),
        }),
    ];
    changes.into_iter().flatten()
}

fn shown(member: &Member, sessions: u32) -> api::Member {
    api::Member {
        id: member.id,
        email: member.email.clone(),
        name: member.name.clone(),
        role: member.role,
        active: member.active,
        created_at: member.created_at,
        signed_in_at: member.signed_in_at,
        sessions,
    }
}
