//! A session's screen in small, live: asked for once a second while the card is in sight and the page
//! too, drawn as rows of text. It only looks; nobody is told, and nothing counts as use.

use std::{cell::RefCell, rc::Rc};

use leptos::{html, prelude::*, reactive::spawn_local_scoped_with_cancellation};
use protocol::{id::SessionId, mirror::Mirror};
use web_sys::Element;

use crate::{
    api::rest,
    browser,
    terminal::{
        model::css,
        view::{
            RULER,
            metrics::Metrics,
            painter::{Painter, Source},
        },
    },
};

/// Rows that a thumbnail shows: the last ones down to the cursor.
const ROWS: usize = 9;

/// Pause between two looks, in milliseconds.
const EVERY: i32 = 1_000;

/// Pause after a look that failed, in milliseconds.
const AFTER_FAILURE: i32 = 10_000;

/// The thumbnail.
#[component]
pub fn Thumbnail(
    /// Whose screen it is.
    id: SessionId,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let rows = NodeRef::<html::Div>::new();
    let ruler = NodeRef::<html::Span>::new();
    let page = browser::page_shown();
    let seen = browser::in_sight(frame);
    let shown = Memo::new(move |_| page.get() && seen.get());
    let looks = RwSignal::new(0_u32);
    // The picture is made here, in the browser: what belongs to one thread can't be in a page that the
    // server makes, where each step may be taken by another.
    Effect::new(move |kept: Option<Option<Rc<RefCell<Picture>>>>| {
        let kept = kept.flatten();
        if !shown.get() {
            return kept;
        }
        let (Some(frame), Some(rows), Some(ruler)) =
            (frame.get_untracked(), rows.get_untracked(), ruler.get_untracked())
        else {
            return kept;
        };
        let picture = kept.unwrap_or_else(|| {
            Rc::new(RefCell::new(Picture::new(frame.into(), rows.into(), ruler.into())))
        });
        let drawn = Rc::clone(&picture);
        // Ends when the card or the page is out of sight.
        spawn_local_scoped_with_cancellation(async move {
            loop {
                let from = drawn.borrow().mirror.position();
                let pause = match rest::screen(id, from).await {
                    Ok(None) => EVERY,
                    Ok(Some(next)) => {
                        drawn.borrow_mut().show(&next);
                        looks.try_update(|looks| *looks += 1);
                        EVERY
                    }
                    Err(_) => AFTER_FAILURE,
                };
                browser::pause(pause).await;
            }
        });
        Some(picture)
    });
    view! {
        <div
            node_ref=frame
            class="thumbnail"
            aria-hidden="true"
            data-testid="thumbnail"
            data-live=move || shown.get().to_string()
            data-looks=move || looks.get().to_string()
        >
            <div node_ref=rows class="thumbnail-rows"></div>
            <span node_ref=ruler class="ruler">
                {RULER}
            </span>
        </div>
    }
}

/// What is drawn, and how.
struct Picture {
    mirror: Mirror,
    /// Counts whole screens: style numbers mean nothing across them.
    table: u64,
    metrics: Metrics,
    painter: Painter,
    frame: Element,
    ruler: Element,
}

impl Picture {
    fn new(frame: Element, rows: Element, ruler: Element) -> Self {
        Self {
            mirror: Mirror::default(),
            table: 0,
            metrics: Metrics::default(),
            painter: Painter::new(browser::document(), rows),
            frame,
            ruler,
        }
    }

    fn show(&mut self, next: &protocol::wire::Frame) {
        if next.reset.is_some() {
            self.table += 1;
        }
        if self.mirror.apply(next).is_err() {
            // The next look begins anew.
            self.mirror = Mirror::default();
            return;
        }
        if self.metrics.measure(&self.ruler) {
            let row = css::px(self.metrics.height);
            browser::style(&self.frame, "--row", &row);
            self.painter.forget();
        }
        let (mirror, table) = (&self.mirror, self.table);
        let first = first(mirror.cursor().row as usize, mirror.lines().len());
        let count = mirror.lines().len().min(ROWS);
        let top = mirror.top();
        let source = |id: u64| {
            let row = usize::try_from(id.saturating_sub(top)).unwrap_or(usize::MAX);
            mirror.lines().get(row).map_or(Source::Missing, |line| Source::Line(line, table))
        };
        let style_of = |_, _, index| mirror.style(index);
        self.painter.render(top + first as u64, count, &mut self.metrics, source, style_of);
    }
}

/// The first row to show, so that the cursor's is among them, with what stands above it.
fn first(cursor: usize, rows: usize) -> usize {
    (cursor + 1).max(ROWS).min(rows).saturating_sub(ROWS)
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_cursor_is_always_shown() {
        for (cursor, rows, expected) in
            [(0, 24, 0), (8, 24, 0), (9, 24, 1), (23, 24, 15), (40, 24, 15), (2, 3, 0), (0, 0, 0)]
        {
            assert_eq!(first(cursor, rows), expected, "{cursor} of {rows}");
        }
    }
}
