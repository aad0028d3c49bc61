//! Check digits, each computed from the rest of the value. Bytes were checked by the caller.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "at most 18 characters with values and weights below 100: sums stay far below u32::MAX"
)]

use std::fmt;

/// One or two computed check characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CheckDigits {
    chars: [u8; 2],
    len: usize,
}

impl CheckDigits {
    fn one(digit: u8) -> Self {
        Self {
            chars: [digit, b' '],
            len: 1,
        }
    }

    /// `number` below 100, as two decimal digits.
    fn two(number: u32) -> Self {
        let digit = |value: u32| b'0' + u8::try_from(value % 10).unwrap_or(0);
        Self {
            chars: [digit(number / 10), digit(number)],
            len: 2,
        }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        let chars = self.chars.get(..self.len).unwrap_or_default();
        std::str::from_utf8(chars).unwrap_or_default()
    }
}

impl fmt::Display for CheckDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CheckDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// GB 32100 leaves out I, O, S, V and Z.
pub(super) const GB32100: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

pub(super) fn is_crockford(byte: u8) -> bool {
    CROCKFORD.contains(&byte)
}

fn index_in(alphabet: &[u8], byte: u8) -> u32 {
    let index = alphabet.iter().position(|symbol| *symbol == byte);
    index.and_then(|at| u32::try_from(at).ok()).unwrap_or(0)
}

fn symbol(alphabet: &[u8], index: u32) -> CheckDigits {
    let at = usize::try_from(index).unwrap_or(0);
    CheckDigits::one(alphabet.get(at).copied().unwrap_or(b'0'))
}

/// Distance from `0` in ASCII: the digit's value, and what the letters of a CNPJ count.
fn ascii(byte: u8) -> u32 {
    u32::from(byte.saturating_sub(b'0'))
}

fn weighted(bytes: &[u8], weights: impl IntoIterator<Item = u32>) -> u32 {
    let pairs = bytes.iter().zip(weights);
    pairs.map(|(byte, weight)| ascii(*byte) * weight).sum()
}

fn decimal(value: u32) -> CheckDigits {
    symbol(GB32100, value)
}

/// OS ID: the additive check of its fourteen first characters modulo 32.
pub(super) fn osid(body: &[u8]) -> CheckDigits {
    let (country, rest) = body.split_at(body.len().min(2));
    let letters: u32 = country.iter().map(|byte| u32::from(*byte)).sum();
    let others: u32 = rest.iter().map(|byte| index_in(CROCKFORD, *byte)).sum();
    symbol(CROCKFORD, (letters + others) % 32)
}

/// LEI, ISO 7064 MOD 97-10 over eighteen characters; from 02 to 98.
pub(super) fn lei(body: &[u8]) -> CheckDigits {
    let append = |remainder: u32, byte: &u8| {
        if byte.is_ascii_digit() {
            (remainder * 10 + ascii(*byte)) % 97
        } else {
            (remainder * 100 + u32::from(byte.saturating_sub(b'A')) + 10) % 97
        }
    };
    let remainder = body.iter().fold(0, append);
    CheckDigits::two(98 - remainder * 100 % 97)
}

/// GLN: weights 3, 1, 3, … from the right of twelve digits, modulo 10.
pub(super) fn gln(body: &[u8]) -> CheckDigits {
    decimal((10 - weighted(body, [1, 3].into_iter().cycle()) % 10) % 10)
}

/// ABN: the two leading digits that the nine others give, modulo 89.
pub(super) fn abn(rest: &[u8]) -> CheckDigits {
    CheckDigits::two(10 + (89 - weighted(rest, (3..20).step_by(2)) % 89) % 89)
}

/// Whether eleven digits are an ABN. Modulo 89 leaves two numbers, 10 and 99, for one remainder;
/// both are in use.
pub(super) fn is_abn(digits: &[u8]) -> bool {
    let weights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    // Ten is what the subtraction of one from the leading digit takes away.
    (weighted(digits, weights) + 89 - 10) % 89 == 0
}

/// USCC, GB 32100: weights 3^i modulo 31 over seventeen characters.
pub(super) fn uscc(body: &[u8]) -> CheckDigits {
    let step = |(sum, weight): (u32, u32), byte: &u8| {
        let sum = sum + index_in(GB32100, *byte) * weight;
        (sum, weight * 3 % 31)
    };
    let (sum, _) = body.iter().fold((0, 1), step);
    symbol(GB32100, (31 - sum % 31) % 31)
}

/// CNPJ: two digits modulo 11 over twelve characters, letters counting as their ASCII distance
/// from `0`.
pub(super) fn cnpj(body: &[u8]) -> CheckDigits {
    let digit = |sum: u32| match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    };
    let first = digit(weighted(body, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]));
    let second = weighted(body, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3]) + first * 2;
    CheckDigits::two(first * 10 + digit(second))
}

/// IMO ship number: weights 7 to 2 over six digits, last digit of the sum.
pub(super) fn imo(body: &[u8]) -> CheckDigits {
    decimal(weighted(body, [7, 6, 5, 4, 3, 2]) % 10)
}
