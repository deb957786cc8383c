//! Framing of messages on a session's Unix socket: a little-endian u32 whose low 24 bits are the
//! length and whose high 8 bits are the channel. Pure; the owner of the socket passes the bytes.

use bytes::{Buf, Bytes, BytesMut};

/// Longest message, in bytes: the length has 24 bits.
pub const MAX_MESSAGE: usize = (1 << 24) - 1;

/// Bytes before each message.
pub const HEADER: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Channel {
    /// Message of the .proto. The web process relays those of an attachment unread.
    Message = 0,
    /// Order of the session to close the viewer's socket: u16 code (little-endian), UTF-8 reason.
    Close = 1,
}

/// The peer does not speak this framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the peer sent a message on the unknown channel {0}")]
pub struct UnknownChannel(pub u8);

/// Returns the header of a message of `length` bytes, at most [`MAX_MESSAGE`].
pub fn header(channel: Channel, length: usize) -> [u8; HEADER] {
    debug_assert!(length <= MAX_MESSAGE, "senders bound their messages");
    let length = u32::try_from(length.min(MAX_MESSAGE)).unwrap_or_default();
    (length | (channel as u32) << 24).to_le_bytes()
}

/// Returns the body of a [`Channel::Close`] message.
pub fn close_body(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_le_bytes(), reason.as_bytes()].concat()
}

/// Parses a body of [`close_body`]; a malformed one is an abnormal closure (1011).
pub fn read_close(body: &[u8]) -> (u16, String) {
    match body.split_first_chunk() {
        Some((code, reason)) => {
            (u16::from_le_bytes(*code), String::from_utf8_lossy(reason).into_owned())
        }
        None => (1011, String::new()),
    }
}

/// Removes the next whole message from `buffer`, if there is one. An error makes the rest unusable.
pub fn next(buffer: &mut BytesMut) -> Result<Option<(Channel, Bytes)>, UnknownChannel> {
    let Some(head) = buffer.first_chunk::<HEADER>() else { return Ok(None) };
    let head = u32::from_le_bytes(*head);
    let length = usize::try_from(head & 0x00ff_ffff).unwrap_or_default();
    let channel = match u8::try_from(head >> 24).unwrap_or_default() {
        0 => Channel::Message,
        1 => Channel::Close,
        other => return Err(UnknownChannel(other)),
    };
    if buffer.len() < HEADER + length {
        buffer.reserve(HEADER + length - buffer.len());
        return Ok(None);
    }
    buffer.advance(HEADER);
    Ok(Some((channel, buffer.split_to(length).freeze())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_any_split() {
        let mut wire = Vec::new();
        for (channel, body) in
            [(Channel::Message, &b"abc"[..]), (Channel::Close, b""), (Channel::Message, b"")]
        {
            wire.extend(header(channel, body.len()));
            wire.extend(body);
        }
        for cut in 1..wire.len() {
            let mut buffer = BytesMut::new();
            let mut got = Vec::new();
            for piece in wire.chunks(cut) {
                buffer.extend_from_slice(piece);
                while let Some((channel, body)) = next(&mut buffer).unwrap() {
                    got.push((channel, body.to_vec()));
                }
            }
            assert_eq!(
                got,
                [
                    (Channel::Message, b"abc".to_vec()),
                    (Channel::Close, vec![]),
                    (Channel::Message, vec![])
                ]
            );
        }
    }

    #[test]
    fn golden_header() {
        assert_eq!(header(Channel::Close, 0x01_02_03), [3, 2, 1, 1]);
    }

    #[test]
    fn another_protocol_is_an_error() {
        assert_eq!(next(&mut BytesMut::from(&b"HTTP/1.1"[..])), Err(UnknownChannel(b'P')));
    }

    #[test]
    fn close_reasons_round_trip() {
        assert_eq!(read_close(&close_body(4409, "taken over")), (4409, "taken over".into()));
        assert_eq!(read_close(&[1]).0, 1011);
    }
}
