//! `fairtrail key`: key files by themselves, e.g. for a rotation key in cold storage.

use crate::output::{Outcome, Page, Report, report};
use clap::Subcommand;
use fairtrail::files::{new_key, read_key, write_key};
use fairtrail::id::{KeyId, NextKeyDigest};
use fairtrail::key::{KeyPurpose, SecretKey};
use std::path::PathBuf;

/// What can be done with key files.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a key file, readable by you alone
    #[command(after_help = "Examples:
  fairtrail key new witness.key --purpose witness")]
    New(File),
    /// Show the public half of a key file
    #[command(after_help = "Examples:
  fairtrail key show ~/.local/share/fairtrail/authors/acme/signing.key --purpose signing")]
    Show(File),
}

/// A key file.
#[derive(Debug, clap::Args)]
pub struct File {
    /// The key file; never overwritten
    file: PathBuf,
    /// What the key is for: signing, rotation, log, promise, witness, node
    #[arg(long, value_name = "WORD")]
    purpose: KeyPurpose,
}

#[derive(serde::Serialize)]
struct Key {
    file: PathBuf,
    purpose: KeyPurpose,
    public: KeyId,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<NextKeyDigest>,
}

impl Report for Key {
    const COMMAND: &'static str = "key";

    fn human(&self, page: &mut Page) {
        page.field("file", self.file.display());
        page.field("purpose", self.purpose);
        page.field("public key", self.public);
        page.field_if("commitment", self.next);
    }
}

pub(crate) fn run(command: Command) -> Outcome {
    let (key, file) = match command {
        Command::New(file) => {
            let key = new_key()?;
            write_key(&file.file, &key, file.purpose)?;
            (key, file)
        }
        Command::Show(file) => (read_key(&file.file, file.purpose)?, file),
    };
    report(describe(&key, file))
}

fn describe(key: &SecretKey, File { file, purpose }: File) -> Key {
    let public = key.public();
    let next = (purpose == KeyPurpose::Rotation).then(|| public.next_digest());
    Key {
        file,
        purpose,
        public: public.id(),
        next,
    }
}
