//! Keys at enrolment (entry.md §5).

use super::Vector;
use super::world::secret;
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;

const SPEC: &str = "entry.md §5";

pub(super) fn vectors() -> Vec<Vector> {
    let honest = *secret(1).public().id().as_bytes();
    let accepted = Vector::new("key/honest", "ok", SPEC, "a multiple of the base point")
        .hex("key", &honest)
        .line("digest", secret(1).public().next_digest());
    let point = CompressedEdwardsY(honest).decompress().unwrap();
    let mixed = (point + EIGHT_TORSION[1]).compress().to_bytes();
    let torsion = EIGHT_TORSION[1..].iter().enumerate().map(|(at, point)| {
        let name = format!("small_order_{}", at + 1);
        refused(&name, "a point of small order", point.compress().to_bytes())
    });
    // y = p + 1, which is the identity written a second way, and y = p + 3 with a sign.
    let mut above = [0xff; 32];
    (above[0], above[31]) = (0xee, 0x7f);
    let mut above_signed = above;
    above_signed[0] = 0xf0;
    let mut negative_zero = [0; 32];
    (negative_zero[0], negative_zero[31]) = (1, 0x80);
    let mut none = [0; 32];
    none[0] = 2;
    let more = [
        refused(
            "identity",
            "the identity point",
            EIGHT_TORSION[0].compress().to_bytes(),
        ),
        refused(
            "mixed_order",
            "an honest key plus a point of order 8",
            mixed,
        ),
        refused("not_canonical", "y = p + 1", above),
        refused("not_canonical_3", "y = p + 3", above_signed),
        refused("negative_zero", "x = 0 with the sign bit", negative_zero),
        refused("no_point", "a y to which no x belongs", none),
        refused("all_ones", "32 bytes 0xff", [0xff; 32]),
    ];
    [vec![accepted], torsion.collect(), more.into()].concat()
}

fn refused(name: &str, comment: &str, key: [u8; 32]) -> Vector {
    Vector::new(&format!("key/{name}"), "key-unacceptable", SPEC, comment).hex("key", &key)
}
