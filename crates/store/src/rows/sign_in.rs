//! A sign-in of a browser or program.

use chrono::{DateTime, Utc};
use protocol::id::MemberId;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use crate::{Error, entity::sign_in};

/// A browser or program that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Id. Not a secret.
    pub id: Uuid,
    /// Its member.
    pub member: MemberId,
    /// SHA-256 of the token in the cookie.
    pub token_hash: [u8; 32],
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Time from which it is invalid.
    pub expires_at: DateTime<Utc>,
    /// Browser or program, such as `Firefox on Linux`.
    pub device: String,
    /// Client address.
    pub source: String,
}

pub(crate) fn active(sign_in: &SignIn) -> sign_in::ActiveModel {
    sign_in::ActiveModel {
        id: Set(sign_in.id),
        member_id: Set(sign_in.member.0),
        token_hash: Set(sign_in.token_hash.to_vec()),
        created_at: Set(sign_in.created_at),
        expires_at: Set(sign_in.expires_at),
        device: Set(sign_in.device.clone()),
        source: Set(sign_in.source.clone()),
    }
}

pub(crate) fn read(model: sign_in::Model) -> Result<SignIn, Error> {
    let token_hash = model
        .token_hash
        .as_slice()
        .try_into()
        .map_err(|_| Error::Unknown { what: "hash of a sign-in", value: model.id.to_string() })?;
    Ok(SignIn {
        id: model.id,
        member: MemberId(model.member_id),
        token_hash,
        created_at: model.created_at,
        expires_at: model.expires_at,
        device: model.device,
        source: model.source,
    })
}
