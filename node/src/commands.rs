//! What each command does, and what it prints.

mod operate;

use std::io::{self, Write};

use fairtrail::claim::Ground;
use fairtrail::reason::Reason;
use serde::Serialize;

use crate::args::{self, Cli, Command};
use crate::boot;
use crate::clock;
use crate::config::{Overrides, Settings};
use crate::demo;
use crate::devnet;
use crate::ledger::{Repaired, erase_all};
use crate::ops::fsck::{Finding, Report};
use crate::ops::{
    self, Change, FollowedLog, NodeError, PublicKeys, Vkeys, WitnessChange, WitnessedLog,
    read_charter,
};
use crate::shutdown;
use crate::store::withheld::Line;
use crate::telemetry;

/// Exit status of a check that found something.
const EXIT_FINDINGS: u8 = 3;

/// Runs a command; the exit status.
pub fn run(cli: Cli) -> u8 {
    let outcome = match cli.command {
        Command::Backup(args) => operate::backup(&args),
        Command::Demo(args) => return demonstrate(&args),
        Command::Devnet(args) => return run_devnet(args),
        Command::Erase(args) => erase(&args),
        Command::Export(args) => operate::export(&args),
        Command::Fsck(args) => fsck(&args),
        Command::Init(args) => init(args),
        Command::Peers(args) => peers(&args),
        Command::Recover(args) => operate::recover(&args),
        Command::Restore(args) => operate::restore(args),
        Command::Run(args) => serve(&args),
        Command::Status(args) => operate::status(&args),
        Command::Vkey(args) => vkey(&args),
        Command::Withhold(args) => withhold(&args),
        Command::Witness(args) => witness(args),
    };
    outcome.unwrap_or_else(|error| report(&error))
}

/// Exit status 3 when a verification came out otherwise.
fn demonstrate(args: &args::Demo) -> u8 {
    let filter = args.log.filter.as_deref().unwrap_or("warn");
    telemetry::start(filter, args.log.format.unwrap_or_default());
    let (dir, listen, once) = (args.data_dir.clone(), args.listen, args.once);
    let now = clock::system()();
    let mut tell = |told: &demo::Told<'_>| say(&demo::text(told));
    match demo::run(&demo::Plan { dir, listen, once }, now, &mut tell) {
        Ok(true) => 0,
        Ok(false) => 3,
        Err(demo::DemoError::Node(error)) => report(&error),
        Err(error) => {
            complain(&error, error.code(), error.code().and_then(ops::hint));
            1
        }
    }
}

/// Exit status 0 once asked to stop, 1 when it does not come about.
fn run_devnet(args: args::Devnet) -> u8 {
    let json = args.json;
    let plan = devnet::Plan {
        nodes: args.nodes,
        dir: args.dir,
        port: args.port,
        filter: args.filter,
    };
    let mut tell = |told: &devnet::Told| print(json, told, || devnet::text(told));
    match devnet::run(&plan, clock::system()(), &mut tell) {
        Ok(()) => 0,
        Err(devnet::DevnetError::Node(error)) => report(&error),
        Err(error) => {
            complain(&error, error.code(), error.hint());
            1
        }
    }
}

fn init(args: args::Init) -> Result<u8, NodeError> {
    let made = ops::init(ops::Init {
        data_dir: args.data.dir,
        charter: read_charter(&args.charter)?,
        origin: args.origin,
        guard_dir: args.guard_dir,
        keys_dir: args.keys_dir,
    })?;
    print(args.json, &made, || {
        format!(
            "configuration  {}\nkeys           {}  (back up apart from the data)\n\
             guard          {}  (never copy, never restore)\nnetwork        {}\n{}",
            made.config.display(),
            made.keys_dir.display(),
            made.guard_dir.display(),
            made.network,
            keys_text(&made.vkeys),
        )
    });
    Ok(0)
}

fn serve(args: &args::Run) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, args.overrides())?;
    telemetry::start(&settings.filter, settings.format);
    let mode = if args.read_only {
        boot::Mode::ReadOnly
    } else {
        boot::Mode::Full
    };
    let done = async {
        if args.until_input_ends {
            shutdown::input_ends().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let listening = |node: &boot::Node| {
        say(&format!("listening on http://{}\n", node.address()));
        for address in node.peer_addresses() {
            say(&format!("listening on {address}\n"));
        }
    };
    boot::run(settings, mode, listening, done)?;
    Ok(0)
}

fn vkey(args: &args::Vkey) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let keys = PublicKeys::read(&settings.keys_dir, &settings.origin)?;
    print(args.json, &keys, || keys_text(&keys));
    Ok(0)
}

fn fsck(args: &args::Fsck) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let report = ops::fsck::fsck(&settings)?;
    print(args.json, &report, || report_text(&report));
    Ok(if report.is_sound() { 0 } else { EXIT_FINDINGS })
}

fn erase(args: &args::Erase) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let charter = read_charter(&settings.charter)?;
    let repaired = erase_all(&settings.data_dir, settings.origin, charter)?;
    print(args.json, &repaired, || {
        let Repaired {
            parts,
            overwritten,
            before,
            damaged,
        } = repaired;
        format!(
            "erased parts   {parts}\noverwritten    {overwritten} now, {before} before\n\
             unreadable     {damaged}\n"
        )
    });
    Ok(if repaired.damaged == 0 {
        0
    } else {
        EXIT_FINDINGS
    })
}

/// The list, as one object.
#[derive(Serialize)]
struct FollowedLogs {
    peers: Vec<FollowedLog>,
}

fn peers(args: &args::Peers) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    if let Some(origin) = &args.forget {
        ops::forget(&settings, origin, args.although_forked)?;
    }
    let peers = ops::followed(&settings)?;
    let text = if peers.is_empty() {
        "no log is followed\n".to_owned()
    } else {
        peers.iter().map(ToString::to_string).collect()
    };
    print(args.json, &FollowedLogs { peers }, || text);
    Ok(0)
}

/// The list, as one object.
#[derive(Serialize)]
struct WithheldParts {
    withheld: Vec<Line>,
}

fn withhold(args: &args::Withhold) -> Result<u8, NodeError> {
    let settings = Settings::load(&args.data.dir, Overrides::default())?;
    let change = match &args.basis {
        Some(basis) => Some(Change::Withhold(Ground {
            basis: basis.clone(),
            jurisdiction: args.jurisdiction.clone(),
            statute: args.statute.clone(),
            since: clock::system()().date(),
            statement: args.statement,
        })),
        None => args.lift.then_some(Change::Lift),
    };
    let withheld = ops::withhold(&settings, &args.parts, args.entry, change.as_ref())?;
    print(
        args.json,
        &WithheldParts {
            withheld: withheld.clone(),
        },
        || {
            let line = |line: &Line| {
                let entry = line
                    .entry
                    .map_or("every entry".to_owned(), |entry| entry.to_string());
                let stated = line
                    .ground
                    .statement
                    .map(|entry| format!(", stated in {entry}"));
                let (part, ground, stated) = (line.part, &line.ground, stated.unwrap_or_default());
                format!("{part} of {entry}: {ground}{stated}\n")
            };
            let lines: String = withheld.iter().map(line).collect();
            if lines.is_empty() {
                "nothing is withheld\n".to_owned()
            } else {
                lines
            }
        },
    );
    Ok(0)
}

/// The list, as one object.
#[derive(Serialize)]
struct WitnessedLogs {
    logs: Vec<WitnessedLog>,
}

fn witness(args: args::Witness) -> Result<u8, NodeError> {
    let (data, change, json) = match args {
        args::Witness::Add { data, keys, json } => (data, Some(WitnessChange::Add(keys)), json),
        args::Witness::List { data, json } => (data, None, json),
        args::Witness::Renew { data, json } => {
            let settings = Settings::load(&data.dir, Overrides::default())?;
            let keys = ops::renew_witness(&settings)?;
            print(json, &keys, || keys_text(&keys));
            return Ok(0);
        }
        args::Witness::Remove { data, logs, json } => {
            (data, Some(WitnessChange::Remove(logs)), json)
        }
    };
    let settings = Settings::load(&data.dir, Overrides::default())?;
    let logs = ops::change_witness(&settings, change.as_ref())?;
    let text = witnessed_text(&logs);
    print(json, &WitnessedLogs { logs }, || text);
    Ok(0)
}

fn witnessed_text(logs: &[WitnessedLog]) -> String {
    if logs.is_empty() {
        return "nothing is cosigned for other logs\n".to_owned();
    }
    let text = |log: &WitnessedLog| {
        let last = match (log.size, log.cosigned_at) {
            (Some(size), Some(at)) => format!("size {size}, {at}"),
            _ => "nothing yet".to_owned(),
        };
        let keys = log.vkeys.iter().map(|key| format!("  key       {key}"));
        let fraud = log.fraud.iter();
        let fraud = fraud.map(|path| format!("  two roots {}", path.display()));
        let head = [log.origin.clone(), format!("  cosigned  {last}")];
        let lines: Vec<_> = head.into_iter().chain(keys).chain(fraud).collect();
        lines.join("\n") + "\n"
    };
    logs.iter().map(text).collect()
}

fn report_text(report: &Report) -> String {
    let summary = format!(
        "log          {}\nentries      {}\nroot         {}\nsigned       size {}, {} checkpoints, \
         {} archived\nindex        {} heads\nparts        {}, erased {}\n",
        report.origin,
        report.entries,
        report.root,
        report.signed,
        report.checkpoints,
        report.archived,
        report.heads,
        report.parts,
        report.erased,
    );
    let line = |finding: &Finding| {
        let mends = if finding.derived {
            " (the next start mends it)"
        } else {
            ""
        };
        let (place, detail, reason) = (&finding.place, &finding.detail, finding.reason);
        format!("found        {place}: {detail} [{reason}]{mends}\n")
    };
    let findings: String = report.findings.iter().map(line).collect();
    let end = match (report.is_sound(), report.more) {
        (true, _) => "everything is as it must be\n".to_owned(),
        (false, 0) => String::new(),
        (false, more) => format!("and {more} more\n"),
    };
    summary + &findings + &end
}

fn keys_text(keys: &PublicKeys) -> String {
    let PublicKeys { vkeys, node, peer } = keys;
    let Vkeys {
        log,
        promise,
        witness,
        index,
        index_witness,
    } = vkeys;
    let lacking = || "none".to_owned();
    let index = index.clone().unwrap_or_else(lacking);
    let index_witness = index_witness.clone().unwrap_or_else(lacking);
    format!(
        "log vkey       {log}\npromise vkey   {promise}\nwitness vkey   {witness}\n\
         index vkey     {index}\nindex witness  {index_witness}\n\
         node key       {node}\npeer id        {peer}\n"
    )
}

/// Prints a value for programs or for people.
fn print(json: bool, value: &impl Serialize, text: impl FnOnce() -> String) {
    if json {
        // Values of this program have string keys only.
        let json = serde_json::to_string(value).unwrap_or_default();
        say(&format!("{json}\n"));
    } else {
        say(&text());
    }
}

/// To standard output. A reader that has gone away is nothing to fail over.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Says on standard error why a command failed; the exit status.
fn report(error: &NodeError) -> u8 {
    complain(error, error.code(), error.hint());
    error.exit_status()
}

fn complain(error: &dyn std::error::Error, code: Option<Reason>, hint: Option<&str>) {
    let reason = code.map(|reason| format!(" [{reason}]"));
    let hint = hint.map(|hint| format!("hint: {hint}\n"));
    let text = format!(
        "error: {error}{}\n{}",
        reason.unwrap_or_default(),
        hint.unwrap_or_default()
    );
    // With nowhere to say it, the status still says it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
