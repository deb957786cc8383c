//! Sign-ins: browsers and programs with a cookie.

use protocol::id::MemberId;
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::Error;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_ins")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub member_id: Uuid,
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub device: String,
    pub source: String,
    #[sea_orm(belongs_to, from = "member_id", to = "id")]
    pub member: BelongsTo<super::member::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A browser or program that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Id. Not a secret.
    pub id: Uuid,
    pub member: MemberId,
    /// SHA-256 of the token in the cookie.
    pub token_hash: [u8; 32],
    pub created_at: DateTimeUtc,
    /// Time from which it is invalid.
    pub expires_at: DateTimeUtc,
    /// Browser or program, such as `Firefox on Linux`.
    pub device: String,
    pub source: String,
}

impl From<&SignIn> for ActiveModel {
    fn from(sign_in: &SignIn) -> Self {
        Self {
            id: Set(sign_in.id),
            member_id: Set(sign_in.member.0),
            token_hash: Set(sign_in.token_hash.to_vec()),
            created_at: Set(sign_in.created_at),
            expires_at: Set(sign_in.expires_at),
            device: Set(sign_in.device.clone()),
            source: Set(sign_in.source.clone()),
        }
    }
}

impl TryFrom<Model> for SignIn {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self, Error> {
        let id = model.id;
        let unknown = |_| Error::Unknown { what: "hash of a sign-in", value: id.to_string() };
        Ok(Self {
            id,
            member: MemberId(model.member_id),
            token_hash: model.token_hash.try_into().map_err(unknown)?,
            created_at: model.created_at,
            expires_at: model.expires_at,
            device: model.device,
            source: model.source,
        })
    }
}
