//! Outgoing mail: templates, the queue, and the transport.

pub(crate) mod queue;
pub(crate) mod templates;
pub(crate) mod transport;
