//! Amounts of money.

use super::code::text_value;
use super::tables::{CURRENCIES, listed};
use crate::cbor::{CborError, Decode, Encode, Reader, Writer};
use crate::limits;
use crate::reason::Reason;
use std::fmt;

text_value!(
    /// A currency, ISO 4217.
    Currency,
    "a currency code of ISO 4217",
    |text| listed(CURRENCIES, text, 3)
);

/// Currencies whose minor unit is not a hundredth (ISO 4217).
const DIGITS: &[(&str, usize)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

impl Currency {
    /// Decimal digits of the minor unit.
    pub fn digits(&self) -> usize {
        let found = DIGITS.iter().find(|(code, _)| *code == self.as_str());
        found.map_or(2, |(_, digits)| *digits)
    }
}

/// An amount in whole minor units. Encoded as `[minor units, currency]`.
///
/// ```
/// use fairtrail::claim::{Currency, Money};
/// let fee = Money::new(150_050, Currency::new("NPR").unwrap()).unwrap();
/// assert_eq!(fee.to_string(), "1500.50 NPR");
/// assert!(Money::new(1 << 53, Currency::new("NPR").unwrap()).is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Money {
    minor_units: u64,
    currency: Currency,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    minor_units: u64,
    currency: Currency,
}

impl TryFrom<Unchecked> for Money {
    type Error = super::ValueError;

    fn try_from(found: Unchecked) -> Result<Self, Self::Error> {
        Self::new(found.minor_units, found.currency).ok_or(super::ValueError {
            what: "an amount up to 2^53 - 1 minor units",
            reason: Reason::IntegerOutOfRange,
        })
    }
}

impl Money {
    /// An amount; `None` beyond 2^53 − 1 minor units.
    pub fn new(minor_units: u64, currency: Currency) -> Option<Self> {
        (minor_units <= limits::INTEGER).then_some(Self {
            minor_units,
            currency,
        })
    }

    /// Whole minor units: cents, paise, yen.
    pub const fn minor_units(&self) -> u64 {
        self.minor_units
    }

    /// The currency.
    pub const fn currency(&self) -> &Currency {
        &self.currency
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.currency.digits();
        let all = format!("{:0>1$}", self.minor_units, width.saturating_add(1));
        let at = all.len().saturating_sub(width);
        match all.split_at_checked(at) {
            Some((whole, minor)) if width > 0 => write!(f, "{whole}.{minor} {}", self.currency),
            _ => write!(f, "{all} {}", self.currency),
        }
    }
}

impl Encode for Money {
    fn encode(&self, writer: &mut Writer) {
        writer.array(2);
        writer.uint(self.minor_units);
        self.currency.encode(writer);
    }
}

impl Decode for Money {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(2, "minor units and a currency")?;
        let minor_units = reader.uint()?;
        let currency = Currency::decode(reader)?;
        Self::new(minor_units, currency).ok_or(CborError::IntegerRange)
    }
}
