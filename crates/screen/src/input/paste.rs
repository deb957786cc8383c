//! Encodes pasted text.

/// Encoder of a paste in chunks, bracketed if mode 2004 is on at the first chunk.
#[derive(Debug, Default)]
pub struct Paste {
    bracketed: bool,
    after_return: bool,
}

impl Paste {
    /// Encodes one chunk. Drops controls, so that no text can end the bracket or act as a key.
    pub fn encode(&mut self, text: &str, first: bool, last: bool, bracketed: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + 12);
        if first {
            *self = Self { bracketed, after_return: false };
            if bracketed {
                out.extend_from_slice(b"\x1b[200~");
            }
        }
        for c in text.chars() {
            let after_return = std::mem::replace(&mut self.after_return, c == '\r');
            match c {
                '\n' if after_return => {}
                '\n' | '\r' => out.push(b'\r'),
                '\t' => out.push(b'\t'),
                c if c.is_control() => {}
                c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if last && std::mem::take(&mut self.bracketed) {
            out.extend_from_slice(b"\x1b[201~");
        }
        out
    }
}
