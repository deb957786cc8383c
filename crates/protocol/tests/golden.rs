//! The wire, byte by byte: an annotated literal for each message that others write clients from.

use prost::Message;
use protocol::wire::{
    Ack, Baton, ClientMessage, Crew, Expiry, Frame, Hello, Input, Keep, Notice, Policy, Pong,
    Position, Present, Reset, Row, Scroll, ServerMessage, Style, Viewer, baton::Wish,
    client_message, input::Event, notice, server_message,
};

fn client(body: client_message::Body) -> Vec<u8> {
    ClientMessage { body: Some(body) }.encode_to_vec()
}

fn server(body: server_message::Body) -> Vec<u8> {
    ServerMessage { body: Some(body) }.encode_to_vec()
}

#[test]
fn hello() {
    let hello = Hello {
        version: 1,
        ticket: "t".into(),
        client: vec![0xaa; 2],
        position: Some(Position { epoch: 1, revision: 300, styles: 1 }),
        next_input: 5,
        device: "d".into(),
        take_over: false,
    };
    #[rustfmt::skip]
    let bytes = [
        0x0a, 26,                       // ClientMessage.hello
        0x08, 1,                        //   version
        0x12, 1, b't',                  //   ticket
        0x1a, 2, 0xaa, 0xaa,            //   client
        0x22, 7,                        //   position
        0x08, 1,                        //     epoch
        0x10, 0xac, 0x02,               //     revision 300
        0x18, 1,                        //     styles
        0x28, 5,                        //   next_input
        0x32, 1, b'd',                  //   device
    ];
    let encoded = client(client_message::Body::Hello(hello));
    assert_eq!(encoded[2..], bytes[2..]);
    assert_eq!(usize::from(encoded[1]), bytes.len() - 2);
}

#[test]
fn a_typed_character_up() {
    let input = Input { number: 7, event: Some(Event::Text("a".into())) };
    #[rustfmt::skip]
    let bytes = [
        0x12, 5,                        // ClientMessage.input
        0x08, 7,                        //   number
        0x12, 1, b'a',                  //   text
    ];
    assert_eq!(client(client_message::Body::Input(input)), bytes);
}

#[test]
fn an_ack() {
    assert_eq!(client(client_message::Body::Ack(Ack { frames: 1 })), [0x1a, 2, 0x08, 1]);
}

#[test]
fn a_typed_character_down() {
    let frame = Frame {
        rows: vec![Row { column: 12, text: "a".into(), keep: true, ..Row::default() }],
        cursor_column: Some(13),
        acked: 1,
        ..Frame::default()
    };
    #[rustfmt::skip]
    let bytes = [
        0x12, 13,                       // ServerMessage.frame
        0x2a, 7,                        //   rows
        0x10, 12,                       //     column
        0x1a, 1, b'a',                  //     text
        0x28, 1,                        //     keep
        0x38, 13,                       //   cursor_column
        0x60, 1,                        //   acked
    ];
    assert_eq!(server(server_message::Body::Frame(frame)), bytes);
}

#[test]
fn a_reset() {
    let frame = Frame {
        skip: 9,
        reset: Some(Reset { epoch: 2, columns: 80, rows: 24, top: 0 }),
        styles: vec![Style { foreground: 2, flags: 1, ..Style::default() }],
        scrolls: vec![Scroll { top: 1, bottom: 3, lines: -1 }],
        rows: vec![Row {
            row: 1,
            text: "$".into(),
            runs: vec![1, 8],
            wrapped: true,
            ..Row::default()
        }],
        hash: 1,
        ..Frame::default()
    };
    #[rustfmt::skip]
    let bytes = [
        0x12, 46,                       // ServerMessage.frame
        0x08, 9,                        //   skip: with reset, the revision
        0x12, 6,                        //   reset
        0x08, 2,                        //     epoch
        0x10, 80,                       //     columns
        0x18, 24,                       //     rows
        0x1a, 4,                        //   styles: entry 1
        0x08, 2,                        //     foreground: palette entry 1
        0x20, 1,                        //     flags: bold
        0x22, 6,                        //   scrolls
        0x08, 1,                        //     top
        0x10, 3,                        //     bottom
        0x18, 1,                        //     lines: -1, zigzag
        0x2a, 11,                       //   rows
        0x08, 2,                        //     row: +1, zigzag
        0x1a, 1, b'$',                  //     text
        0x22, 2, 1, 8,                  //     runs: one narrow cell of style 1
        0x30, 1,                        //     wrapped
        0x69, 1, 0, 0, 0, 0, 0, 0, 0,   //   hash
    ];
    let encoded = server(server_message::Body::Frame(frame));
    assert_eq!(encoded, bytes);
}

#[test]
fn a_wish_for_the_baton_up() {
    let wish = |wish| client(client_message::Body::Baton(Baton { wish: Some(wish), seconds: 0 }));
    // ClientMessage.baton, its length, the wish, its value.
    assert_eq!(wish(Wish::Ask(true)), [0x4a, 2, 0x08, 1]);
    assert_eq!(wish(Wish::Take(true)), [0x4a, 2, 0x10, 1]);
    assert_eq!(wish(Wish::Grant(7)), [0x4a, 2, 0x18, 7]);
    assert_eq!(wish(Wish::Refuse(7)), [0x4a, 2, 0x20, 7]);
    assert_eq!(wish(Wish::Release(true)), [0x4a, 2, 0x28, 1]);
}

#[test]
fn signs_of_life_up() {
    assert_eq!(client(client_message::Body::Pong(Pong { nonce: 5 })), [0x42, 2, 0x08, 5]);
    assert_eq!(client(client_message::Body::Keep(Keep {})), [0x52, 0]);
}

#[test]
fn who_is_there_down() {
    let person = Viewer { who: "A".into(), device: "d".into(), since: 1 };
    let present = Present {
        viewer: 3,
        person: Some(person),
        driving: true,
        may_drive: true,
        ..Present::default()
    };
    let crew = Crew { present: vec![present], you: 3, policy: Policy::Multi.into(), grant: None };
    #[rustfmt::skip]
    let bytes = [
        0x52, 22,                       // ServerMessage.crew
        0x0a, 16,                       //   present
        0x08, 3,                        //     viewer
        0x12, 8,                        //     person
        0x0a, 1, b'A',                  //       who
        0x12, 1, b'd',                  //       device
        0x18, 1,                        //       since
        0x18, 1,                        //     driving
        0x30, 1,                        //     may_drive
        0x10, 3,                        //   you
        0x18, 2,                        //   policy: multi
    ];
    assert_eq!(server(server_message::Body::Crew(crew)), bytes);
}

#[test]
fn the_end_in_sight_down() {
    let notice = Notice { body: Some(notice::Body::Expiry(Expiry { at: 300 })) };
    #[rustfmt::skip]
    let bytes = [
        0x32, 5,                        // ServerMessage.notice
        0x12, 3,                        //   expiry
        0x08, 0xac, 0x02,               //     at
    ];
    assert_eq!(server(server_message::Body::Notice(notice)), bytes);
}

#[test]
fn unknown_fields_are_skipped() {
    let mut bytes = client(client_message::Body::Ack(Ack { frames: 3 }));
    bytes.extend([0xf8, 0x07, 1]);
    let message = ClientMessage::decode(bytes.as_slice()).unwrap();
    assert_eq!(message.body, Some(client_message::Body::Ack(Ack { frames: 3 })));
}
