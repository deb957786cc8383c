//! What a page without a terminal does with a session: look at its screen, and keep it from expiring.

use bytes::Bytes;
use protocol::{id::SessionId, wire::Position};

use crate::{
    Actor, Control, Error,
    access::{Action, Target, authorize},
};

impl Control {
    /// The session's screen from a position on, as one `Frame` of the wire; none when nothing is newer,
    /// nor ever will be: whoever looks once a second may well look once too often, which is no error.
    /// Nobody attached notices, and it keeps nothing alive.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for everybody but the owner, [`Error::AccountForbidden`],
    /// [`Error::Unreachable`].
    pub async fn screen(
        &self,
        actor: &Actor,
        id: SessionId,
        position: Option<Position>,
    ) -> Result<Option<Bytes>, Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Watch, Target::SessionOf(row.owner))?;
        if self.living(&row).is_err() {
            return Ok(None);
        }
        self.still_granted(actor, &row.account).await?;
        match self.inner.host.preview(id, position).await {
            // An empty frame has no bytes.
            Ok(frame) => Ok(Some(frame).filter(|frame| !frame.is_empty())),
            Err(host::Error::Gone) => Ok(None),
            Err(error) => Err(self.unreachable(actor, id, &error).await),
        }
    }

    /// Counts as the owner's activity: the session's time begins anew.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`], [`Error::Unreachable`].
    pub async fn keep(&self, actor: &Actor, id: SessionId) -> Result<(), Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Drive, Target::SessionOf(row.owner))?;
        self.living_for(actor, &row)?;
        match self.inner.host.keep(id).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.unreachable(actor, id, &error).await),
        }
    }

    /// Why a session could not be asked: how it ended, when it did meanwhile.
    pub(crate) async fn unreachable(
        &self,
        actor: &Actor,
        id: SessionId,
        error: &host::Error,
    ) -> Error {
        if !matches!(error, host::Error::Gone) {
            tracing::warn!(session = %id, %error, "a session can't be reached");
            return Error::Unreachable;
        }
        match self.row(id).await {
            Ok(row) => self.living_for(actor, &row).err().unwrap_or(Error::Unreachable),
            Err(error) => error,
        }
    }
}
