//! `[cosignatures]` and `[[witness]]`: who is asked to cosign, and how many have to; the same for
//! the index with `[index_cosignatures]` and `[[index_witness]]`.

use std::path::Path;
use std::time::Duration;

use fairtrail::log::Origin;
use fairtrail::note::NoteVerifier;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use crate::asking::{AskedWitness, Plan};

/// What the file that `init` writes says about it.
pub(super) const TEXT: &str = "\
[cosignatures]
# Cosignatures a checkpoint needs before it is shown, of the witnesses below that are not optional.
# All of them unless told otherwise:
#quorum = 2
# Show checkpoints that did not get so many in time. Verifiers that want them will refuse.
# fail_open = false
# Seconds the witnesses have for one checkpoint.
# seconds = 5

# Whom to ask, by address and witness vkey. Have them name this log's vkey: with a node of this
# kind, `fairtrail-node witness add VKEY`. An optional witness counts towards no quorum.
#[[witness]]
#url = \"https://hill.example/watch\"
#key = \"hill.example/watch/witness+14e495ff+BMqTrBcFGHBx1nuDx/8O/oEI6OxFMFdddyaHkzPb2r58\"
#optional = false

# The same for the index of this log: who checks it head by head, and has `index_key` in the section
# that follows this log. Nothing waits for them; /index/checkpoint/full is what they vouched for.
[index_cosignatures]
#quorum = 2
# seconds = 30
#[[index_witness]]
#url = \"https://hill.example/watch\"
#key = \"hill.example/watch/index-witness+...\"
#optional = false

";

/// How the name of an index witness ends.
const INDEX_WITNESS: &str = "/index-witness";
/// Seconds that witnesses may have.
const MAX_SECONDS: u64 = 60;
/// Witnesses that may be asked.
const MAX_WITNESSES: usize = 24;

/// `[cosignatures]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cosignatures {
    /// Cosignatures a checkpoint needs before it is shown, of the witnesses that are not optional;
    /// those of all unless told otherwise.
    pub quorum: Option<usize>,
    /// Whether checkpoints that did not get so many are shown.
    pub fail_open: bool,
    /// Seconds all witnesses have for one checkpoint.
    pub seconds: u64,
}

impl Default for Cosignatures {
    fn default() -> Self {
        Self {
            quorum: None,
            fail_open: false,
            seconds: 5,
        }
    }
}

/// `[[witness]]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessSection {
    /// Where it is reached; `/add-checkpoint` below it.
    pub url: String,
    /// Its vkey.
    pub key: String,
    /// Asked, and counted towards no quorum.
    #[serde(default)]
    pub optional: bool,
}

/// `[index_cosignatures]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct IndexCosignatures {
    /// Cosignatures wanted of the index witnesses that are not optional; those of all unless told
    /// otherwise.
    pub quorum: Option<usize>,
    /// Seconds they have for one checkpoint.
    pub seconds: u64,
}

impl Default for IndexCosignatures {
    fn default() -> Self {
        Self {
            quorum: None,
            seconds: 30,
        }
    }
}

/// The plan for the index: of keys with the name of an index witness, none of which is a plain
/// witness's.
pub(super) fn index_plan(
    path: &Path,
    origin: &Origin,
    section: &IndexCosignatures,
    witnesses: &[WitnessSection],
    plain: &Plan,
) -> Result<Plan, ConfigError> {
    let section = Cosignatures {
        quorum: section.quorum,
        fail_open: false,
        seconds: section.seconds,
    };
    let plan = plan(path, origin, &section, witnesses)?;
    let fits = |asked: &AskedWitness| {
        let key = asked.key.key();
        asked.key.name().as_str().ends_with(INDEX_WITNESS)
            && plain.witnesses.iter().all(|plain| plain.key.key() != key)
    };
    match plan.witnesses.iter().find(|asked| !fits(asked)) {
        None => Ok(plan),
        Some(asked) => Err(ConfigError::Text {
            path: path.to_path_buf(),
            message: format!("{} is no key of an index witness", asked.key.name()),
        }),
    }
}

/// The plan that the two sections make.
pub(super) fn plan(
    path: &Path,
    origin: &Origin,
    section: &Cosignatures,
    witnesses: &[WitnessSection],
) -> Result<Plan, ConfigError> {
    let refused = |message: String| ConfigError::Text {
        path: path.to_path_buf(),
        message,
    };
    if !(1..=MAX_SECONDS).contains(&section.seconds) {
        return Err(ConfigError::OutOfRange {
            path: path.to_path_buf(),
            key: "cosignatures.seconds",
            found: section.seconds,
            allowed: "1 to 60",
        });
    }
    if witnesses.len() > MAX_WITNESSES {
        return Err(refused(format!("more than {MAX_WITNESSES} witnesses")));
    }
    let asked = |witness: &WitnessSection| -> Result<AskedWitness, ConfigError> {
        let of =
            |error: &dyn std::fmt::Display| refused(format!("witness {}: {error}", witness.url));
        let key: NoteVerifier = witness.key.parse().map_err(|error| of(&error))?;
        if key.name().as_str().starts_with(origin.operator_prefix()) {
            return Err(of(&"it is this operator's own and counts for nobody"));
        }
        Ok(AskedWitness {
            url: witness.url.parse().map_err(|error| of(&error))?,
            key,
            optional: witness.optional,
        })
    };
    let mut plan = Plan {
        witnesses: witnesses.iter().map(asked).collect::<Result<_, _>>()?,
        quorum: 0,
        fail_open: section.fail_open,
        time: Duration::from_secs(section.seconds),
    };
    plan.quorum = section.quorum.unwrap_or_else(|| plan.counting());
    let counting = plan.counting();
    let fits = if counting == 0 {
        plan.quorum == 0
    } else {
        (1..=counting).contains(&plan.quorum)
    };
    if !fits {
        let quorum = plan.quorum;
        let message = format!("a quorum of {quorum} of {counting} witnesses that are not optional");
        return Err(refused(message));
    }
    match plan.policy(None) {
        Ok(_) => Ok(plan),
        Err(error) => Err(refused(format!(
            "the witnesses do not fit together: {error}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::note::{Cosigner, NoteSigner};
    use fairtrail::reason::Reason;

    fn witness(name: &str, seed: u8) -> WitnessSection {
        let key = Cosigner::new(name.parse().unwrap(), SecretKey::from_seed([seed; 32]));
        WitnessSection {
            url: format!("http://127.0.0.1:80/{seed}"),
            key: key.verifier().to_string(),
            optional: false,
        }
    }

    fn made(quorum: Option<usize>, witnesses: &[WitnessSection]) -> Result<Plan, ConfigError> {
        let section = Cosignatures {
            quorum,
            ..Cosignatures::default()
        };
        let origin = "log.example/one/e1".parse().unwrap();
        plan(Path::new("node.toml"), &origin, &section, witnesses)
    }

    #[test]
    fn all_have_to_cosign_unless_told_otherwise_and_optional_ones_never() {
        assert_eq!(made(None, &[]), Ok(Plan::nobody()));
        let mut three = [1, 2, 3].map(|seed| witness("w.example/w/witness", seed));
        assert_eq!(made(None, &three).unwrap().quorum, 3);
        three[1].optional = true;
        assert_eq!(made(None, &three).unwrap().quorum, 2);
        assert_eq!(made(Some(1), &three).unwrap().quorum, 1);
        for quorum in [0, 3] {
            let refused = made(Some(quorum), &three).unwrap_err();
            assert_eq!(refused.code(), Reason::ConfigInvalid);
        }
        for witness in &mut three {
            witness.optional = true;
        }
        assert_eq!(made(None, &three).unwrap().quorum, 0);
        assert!(made(Some(1), &three).is_err());
        assert!(made(Some(1), &[]).is_err());
    }

    #[test]
    fn keys_that_do_not_count_and_addresses_that_are_none_are_refused() {
        let good = witness("w.example/w/witness", 1);
        let signer = NoteSigner::new(
            "w.example/x".parse().unwrap(),
            SecretKey::from_seed([2; 32]),
        );
        let with = |change: fn(&mut WitnessSection, String)| {
            let mut bad = good.clone();
            change(&mut bad, signer.verifier().to_string());
            bad
        };
        for bad in [
            witness("log.example/one/witness", 2),
            witness("other.example/name", 1),
            with(|bad, vkey| bad.key = vkey),
            with(|bad, _| bad.key = "nonsense".into()),
            with(|bad, _| bad.url = "w.example".into()),
            with(|bad, _| bad.url = "ftp://w.example".into()),
        ] {
            let refused = made(None, &[good.clone(), bad.clone()]).unwrap_err();
            assert_eq!(refused.code(), Reason::ConfigInvalid, "{bad:?}");
        }
    }
}
