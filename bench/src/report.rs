//! One row of the table: what was measured, what was promised, and the verdict. Printed for people and
//! written as JSON. Nothing is rounded in websh's favour.

use std::fmt;

use serde::Serialize;

/// How a figure stands to its promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As good as aimed for.
    Aim,
    /// Good enough, short of the aim.
    Must,
    /// Not good enough.
    Missed,
    /// Could not be measured; the notes say why.
    NotMeasured,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Aim => "aim met",
            Self::Must => "must met",
            Self::Missed => "MISSED",
            Self::NotMeasured => "NOT MEASURED",
        })
    }
}

/// One figure and its promise. Smaller is better for all of them.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What it is a figure of.
    pub what: String,
    /// The figure that is judged.
    pub value: f64,
    /// Its unit; `×` for a ratio.
    pub unit: &'static str,
    /// Largest value that is good enough.
    pub must: f64,
    /// Largest value that is as good as aimed for.
    pub aim: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was measured beside it: limits, peers, spreads.
    pub beside: Vec<String>,
}

impl Figure {
    /// A measured figure.
    pub fn new(what: &str, value: f64, unit: &'static str, must: f64, aim: Option<f64>) -> Self {
        let verdict = match aim {
            _ if value.is_nan() || value > must => Verdict::Missed,
            Some(aim) if value > aim => Verdict::Must,
            Some(_) => Verdict::Aim,
            None => Verdict::Must,
        };
        Self { what: what.into(), value, unit, must, aim, verdict, beside: Vec::new() }
    }

    /// A figure that could not be had.
    pub fn not_measured(what: &str, why: String) -> Self {
        Self {
            what: what.into(),
            value: 0.0,
            unit: "",
            must: 0.0,
            aim: None,
            verdict: Verdict::NotMeasured,
            beside: vec![why],
        }
    }

    /// Adds what was measured beside it.
    pub fn beside(mut self, what: impl Into<String>) -> Self {
        self.beside.push(what.into());
        self
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verdict == Verdict::NotMeasured {
            write!(f, "{:<58} {:>54}", self.what, self.verdict.to_string())?;
        } else {
            let unit = self.unit;
            let value = format!("{} {unit}", not_flattered(self.value));
            let must = format!("≤ {} {unit}", self.must);
            let aim = self.aim.map_or(String::new(), |aim| format!("≤ {aim} {unit}"));
            write!(f, "{:<58} {value:>14} {must:>14} {aim:>12}  {:<10}", self.what, self.verdict)?;
        }
        for line in &self.beside {
            write!(f, "\n      {line}")?;
        }
        Ok(())
    }
}

/// Three digits, rounded up.
fn not_flattered(value: f64) -> String {
    let digits = if value.abs() < 10.0 { 2 } else { 1 };
    let scale = 10_f64.powi(digits);
    let digits = usize::try_from(digits).unwrap_or_default();
    format!("{:.digits$}", (value * scale).ceil() / scale)
}

/// The heading of the table.
pub fn heading() -> String {
    format!("{:<58} {:>14} {:>14} {:>12}  verdict", "", "measured", "must", "aim")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_do_not_round() {
        for (value, verdict) in [
            (1.4, Verdict::Aim),
            (1.400_1, Verdict::Must),
            (1.8, Verdict::Must),
            (1.800_1, Verdict::Missed),
            (f64::NAN, Verdict::Missed),
        ] {
            assert_eq!(Figure::new("", value, "×", 1.8, Some(1.4)).verdict, verdict, "{value}");
        }
    }

    #[test]
    fn printed_figures_are_rounded_up() {
        assert_eq!(not_flattered(1.801), "1.81");
        assert_eq!(not_flattered(99.01), "99.1");
    }
}
