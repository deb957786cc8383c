//! A row of the table: figure, limits and verdict. Printed for people and written as JSON. Nothing is
//! rounded in favour of websh.

use std::fmt;

use serde::Serialize;

/// Comparison of a figure with its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Aim,
    Must,
    Missed,
    /// Not measured; the notes have the reason.
    NotMeasured,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Aim => "aim met",
            Self::Must => "requirement met",
            Self::Missed => "MISSED",
            Self::NotMeasured => "NOT MEASURED",
        })
    }
}

/// A figure and its limits. Smaller is always better.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// Measured quantity.
    pub what: String,
    /// Value to compare with the limits.
    pub value: f64,
    /// Unit; `×` for a ratio.
    pub unit: &'static str,
    /// Largest acceptable value.
    pub must: f64,
    /// Largest value that meets the aim.
    pub aim: Option<f64>,
    pub verdict: Verdict,
    /// Notes: machine limits, peers, spreads.
    pub beside: Vec<String>,
}

impl Figure {
    pub fn new(what: &str, value: f64, unit: &'static str, must: f64, aim: Option<f64>) -> Self {
        let verdict = match aim {
            _ if value.is_nan() || value > must => Verdict::Missed,
            Some(aim) if value > aim => Verdict::Must,
            Some(_) => Verdict::Aim,
            None => Verdict::Must,
        };
        Self { what: what.into(), value, unit, must, aim, verdict, beside: Vec::new() }
    }

    pub fn not_measured(what: &str, reason: String) -> Self {
        let figure = Self::new(what, 0.0, "", 0.0, None).beside(reason);
        Self { verdict: Verdict::NotMeasured, ..figure }
    }

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
            let value = format!("{} {unit}", rounded_up(self.value));
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

/// Formats a value with three digits, rounded up.
fn rounded_up(value: f64) -> String {
    let digits = if value.abs() < 10.0 { 2 } else { 1 };
    let scale = 10_f64.powi(digits);
    let digits = usize::try_from(digits).unwrap_or_default();
    format!("{:.digits$}", (value * scale).ceil() / scale)
}

pub fn heading() -> String {
    format!("{:<58} {:>14} {:>14} {:>12}  verdict", "", "measured", "required", "aim")
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
        assert_eq!(rounded_up(1.801), "1.81");
        assert_eq!(rounded_up(99.01), "99.1");
    }
}
