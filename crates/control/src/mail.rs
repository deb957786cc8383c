//! Outgoing mail: templates, the queue and the transport. It depends on no other area.

pub(crate) mod queue;
pub(crate) mod templates;
pub(crate) mod transport;
