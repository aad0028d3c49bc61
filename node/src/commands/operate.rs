//! The commands that keep a node going.

use std::path::Path;

use fairtrail::reason::Reason;
use serde::Serialize;

use super::print;
use crate::args;
use crate::clock;
use crate::config::{Overrides, Settings};
use crate::ops::backup::{self, BackedUp, Restored};
use crate::ops::{self, NodeError, Recovered, ShownSize};

pub(super) fn backup(args: &args::Backup) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let made = backup::backup(&settings, &args.to, args.without_keys, clock::system()())?;
    print(args.json, &made, || backed_up(&made));
    Ok(0)
}

fn backed_up(made: &BackedUp) -> String {
    let backup::Manifest {
        tree,
        signed,
        files,
        keys,
        ..
    } = &made.manifest;
    let bytes: u64 = files.iter().map(|file| file.bytes).sum();
    let keys = if *keys {
        "with the keys: keep it as secret as they are"
    } else {
        "without the keys: back them up apart"
    };
    format!(
        "backup         {}\nentries        {}\nsigned         size {}\nfiles          {}, {bytes} \
         bytes, read back\nkeys           {keys}\n",
        made.path.display(),
        tree.size,
        signed.size,
        files.len(),
    )
}

pub(super) fn restore(args: args::Restore) -> Result<u8, NodeError> {
    let plan = backup::Restore {
        backup: args.backup,
        data_dir: args.data.dir,
        guard_dir: args.guard_dir,
        keys_dir: args.keys_dir,
    };
    if let Some(origin) = args.new_origin {
        let renewed = backup::restore_anew(&plan, origin)?;
        print(args.json, &renewed, || renewed_text(&renewed));
        return Ok(0);
    }
    let restored = backup::restore(&plan)?;
    print(args.json, &restored, || restored_text(&restored));
    Ok(0)
}

fn renewed_text(renewed: &backup::Renewed) -> String {
    let made = &renewed.made;
    format!(
        "configuration  {}\nkeys           {}\nguard          {}\nentries        {}\n{}",
        made.config.display(),
        made.keys_dir.display(),
        made.guard_dir.display(),
        renewed.entries,
        super::keys_text(&made.vkeys),
    )
}

fn restored_text(restored: &Restored) -> String {
    let next = if restored.guard_kept {
        "the guard was there and decides whether this log may sign"
    } else {
        "nothing is signed before fairtrail-node recover has found what was signed since"
    };
    let given_up: String = restored
        .witness_given_up
        .iter()
        .fold(String::new(), |text, origin| {
            text + "cosigned       " + origin + ": no more under the old witness key\n"
        });
    let keys = if restored.keys {
        ""
    } else {
        "  (missing: put them there)"
    };
    format!(
        "configuration  {}\nkeys           {}{keys}\nguard          {}\nentries        {}\nsigned         size {}\n{given_up}next           {next}\n",
        restored.config.display(),
        restored.keys_dir.display(),
        restored.guard_dir.display(),
        restored.entries,
        restored.signed,
    )
}

pub(super) fn recover(args: &args::Recover) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    match ops::recover(&settings, &args.from) {
        Ok(recovered) => print(args.json, &recovered, || recovered_text(&recovered)),
        Err(NodeError::Recover(error)) => {
            if args.json {
                let refused = NotRecovered {
                    reason: error.code(),
                    message: error.to_string(),
                    proof: error.proof(),
                };
                print(true, &refused, String::new);
            }
            return Err(error.into());
        }
        Err(error) => return Err(error),
    }
    Ok(0)
}

/// Why a node may not sign yet, for programs.
#[derive(Serialize)]
struct NotRecovered<'a> {
    reason: Reason,
    message: String,
    /// The file that proves that this log's key signed two histories.
    #[serde(skip_serializing_if = "Option::is_none")]
    proof: Option<&'a Path>,
}

fn recovered_text(recovered: &Recovered) -> String {
    if recovered.whole {
        return "nothing that was signed is missing\n".to_owned();
    }
    let shown = recovered.shown.iter();
    let shown = shown.fold(String::new(), |text, shown| {
        let ShownSize { by, size } = shown;
        text + &format!("shown          size {size} by {by}\n")
    });
    format!(
        "{shown}entries        {}, {} of them fetched\nthis log may sign again\n",
        recovered.entries, recovered.fetched
    )
}

pub(super) fn export(args: &args::Export) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let exported = ops::export(&settings, &args.to)?;
    print(args.json, &exported, || {
        let ops::Exported {
            entries,
            root,
            parts,
            written,
            removed,
            ..
        } = &exported;
        format!(
            "exported       {}\nentries        {entries}\nroot           {root}\nparts          \
             {parts}\nfiles          {written} written, {removed} removed\n",
            exported.path.display()
        )
    });
    Ok(0)
}

pub(super) fn status(args: &args::Status) -> Result<u8, NodeError> {
    let overrides = Overrides {
        admin: args.admin,
        ..Overrides::default()
    };
    let settings = Settings::load(&args.data.dir, overrides)?;
    let status = ops::status(&settings)?;
    print(args.json, &status, || status.to_string());
    Ok(status.exit_status())
}
