//! `fairtrail author`: keys, a place in a network, a feed.

use super::deliver::{self, Acknowledged, Sending};
use super::{reference, resume};
use crate::context::{Context, read_charter};
use crate::error::CliError;
use crate::gateways::Gateways;
use crate::output::{Outcome, Page, Report, Tone, report};
use crate::pair::PairText;
use clap::Subcommand;
use fairtrail::api::FeedView;
use fairtrail::entry::{NetworkClaim, Pulse};
use fairtrail::files::{AuthorDir, AuthorName, AuthorState, Membership, Rotation, Seen, Standing};
use fairtrail::id::GrantId;
use serde::Serialize;
use std::path::PathBuf;

/// What can be done with authors.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make an author: fresh keys, and with a charter its place in the network
    #[command(after_help = "Examples:
  fairtrail author new root-1
  fairtrail author new acme --charter network.charter")]
    New(New),
    /// Show an author: keys, place in the network, what waits to be acknowledged
    #[command(after_help = "Examples:
  fairtrail author show acme --gateway http://127.0.0.1:8080")]
    Show(Named),
    /// List the authors kept here
    #[command(after_help = "Examples:
  fairtrail author list --json")]
    List,
    /// Post the first entry of an author's feed, once somebody granted the author
    #[command(after_help = "Examples:
  fairtrail author begin acme --gateway http://127.0.0.1:8080")]
    Begin(Begin),
    /// Replace both keys, e.g. after a theft or a fork
    #[command(after_help = "Examples:
  fairtrail author rotate acme --rotation-key /media/usb/acme-rotation.key
  fairtrail author rotate acme --abandon --yes")]
    Rotate(Rotate),
    /// Go on after a restored backup, from what gateways know of the feed
    #[command(after_help = resume::EXAMPLES)]
    Resume(resume::Args),
    /// Say that the author is still there
    #[command(after_help = "Examples:
  fairtrail author pulse acme --gateway http://127.0.0.1:8080")]
    Pulse(Named),
}

/// Options of `author new`.
#[derive(Debug, clap::Args)]
pub struct New {
    /// A name on this machine; never signed or sent
    name: AuthorName,
    /// Charter of the network to belong to
    #[arg(long, value_name = "FILE")]
    charter: Option<PathBuf>,
}

/// Options of commands about one author.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// The author's name on this machine
    name: AuthorName,
}

/// Options of `author begin`.
#[derive(Debug, clap::Args)]
pub struct Begin {
    /// The author's name on this machine
    name: AuthorName,
    /// Charter of the network, when the author belongs to none yet
    #[arg(long, value_name = "FILE")]
    charter: Option<PathBuf>,
    /// Grant to act under from now on, when there are several
    #[arg(long, value_name = "ID", value_parser = reference::grant)]
    grant: Option<GrantId>,
}

/// Options of `author rotate`.
#[derive(Debug, clap::Args)]
pub struct Rotate {
    /// The author's name on this machine
    name: AuthorName,
    /// Rotation key file, when it is kept elsewhere
    #[arg(long, value_name = "FILE")]
    rotation_key: Option<PathBuf>,
    /// Go on after the last acknowledged entry and leave later ones behind
    #[arg(long)]
    abandon: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// What is known of an author.
#[derive(Serialize)]
struct Author {
    name: String,
    pair: PairText,
    #[serde(skip_serializing_if = "Option::is_none")]
    membership: Option<Membership>,
    /// Batches signed and not acknowledged.
    pending: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway: Option<FeedView>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acknowledged: Vec<Acknowledged>,
    #[serde(skip)]
    hints: Vec<String>,
}

impl Report for Author {
    const COMMAND: &'static str = "author";

    fn human(&self, page: &mut Page) {
        page.field("author", &self.name);
        page.field("public pair", self.pair);
        if let Some(membership) = &self.membership {
            page.field("id", membership.author);
            page.field("network", membership.network);
            page.field("standing", membership.standing);
            page.field_if("grant", membership.grant);
            let seq = |head: Option<fairtrail::files::FeedHead>| {
                head.map_or("nothing".to_owned(), |head| {
                    format!("up to seq {}", head.seq)
                })
            };
            page.field("signed", seq(membership.signed));
            page.field("acknowledged", seq(membership.acknowledged));
        }
        if self.pending > 0 {
            let text = format!("{} signed, not acknowledged", self.pending);
            page.toned(Tone::Warn, format!("{:<14} {text}", "waiting"));
        }
        if let Some(view) = &self.gateway {
            show_view(view, page);
        }
        deliver::show(&self.acknowledged, page);
    }

    fn hints(&self) -> Vec<String> {
        self.hints.clone()
    }
}

fn show_view(view: &FeedView, page: &mut Page) {
    let head = match (view.begun, view.seq) {
        (true, Some(seq)) => format!("holds the feed up to seq {seq}"),
        _ => "holds nothing of this feed".to_owned(),
    };
    page.field("gateway", head);
    if view.forked {
        page.toned(
            Tone::Bad,
            format!("{:<14} the gateway calls this feed forked", ""),
        );
    }
    for grant in &view.grants {
        page.field("in effect", grant);
    }
}

#[derive(Serialize)]
struct Authors {
    authors: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    name: String,
    #[serde(flatten)]
    state: AuthorState,
}

impl Report for Authors {
    const COMMAND: &'static str = "author-list";

    fn human(&self, page: &mut Page) {
        for line in &self.authors {
            let place = match &line.state.membership {
                None => "no network yet".to_owned(),
                Some(membership) => format!("{} {}", membership.standing, membership.author),
            };
            page.pieces([
                (Tone::Strong, format!("{:<14} ", line.name)),
                (Tone::Plain, place),
            ]);
        }
        if self.authors.is_empty() {
            page.line("no authors here");
        }
    }

    fn hints(&self) -> Vec<String> {
        let hint = "`fairtrail author new NAME` makes one".to_owned();
        if self.authors.is_empty() {
            vec![hint]
        } else {
            vec![]
        }
    }
}

pub(crate) fn run(command: Command, context: &mut Context<'_>) -> Outcome {
    match command {
        Command::New(new) => make(new, context),
        Command::Show(Named { name }) => show(&name, context),
        Command::List => list(context),
        Command::Begin(begin) => post_begin(begin, context),
        Command::Rotate(options) => rotate(options, context),
        Command::Resume(args) => resume::run(&args, context),
        Command::Pulse(Named { name }) => pulse(&name, context),
    }
}

fn describe(name: &AuthorName, dir: &AuthorDir) -> Result<Author, CliError> {
    Ok(Author {
        name: name.to_string(),
        pair: PairText(dir.pair()),
        membership: dir.state().membership.clone(),
        pending: dir.pending()?.len(),
        gateway: None,
        acknowledged: Vec::new(),
        hints: Vec::new(),
    })
}

fn make(New { name, charter }: New, context: &Context<'_>) -> Outcome {
    // A charter that cannot be read must not leave an author behind.
    let charter = charter.map(|path| read_charter(&path)).transpose()?;
    let mut dir = AuthorDir::create(&context.home.author(&name), context.home.guard())?;
    if let Some(charter) = charter {
        context.home.keep_charter(&charter)?;
        dir.join(&charter, context.now)?;
    }
    let mut author = describe(&name, &dir)?;
    let rotation = context.home.author(&name).join("rotation.key");
    author.hints.push(format!(
        "move {} to cold storage: it heals a theft of the everyday key",
        rotation.display()
    ));
    author.hints.push(match dir.state().membership.as_ref() {
        None => "give the public pair to whoever writes the charter, or name the charter in `author begin`".into(),
        Some(place) if place.standing == Standing::Granted => format!(
            "give the id to a granter; after the grant: `fairtrail author begin {name}`"
        ),
        Some(_) => format!("`fairtrail author begin {name}` posts the first entry"),
    });
    report(author)
}

fn show(name: &AuthorName, context: &Context<'_>) -> Outcome {
    let dir = context.author(name)?;
    let mut author = describe(name, &dir)?;
    if let (Some(membership), Some(gateways)) = (&author.membership, Gateways::open(context)?) {
        let views = gateways.look(membership, context)?;
        author.gateway = views.into_iter().next();
    }
    report(author)
}

fn list(context: &Context<'_>) -> Outcome {
    let mut authors = Vec::new();
    for name in context.home.authors()? {
        let state = context.author_state(&name)?;
        let name = name.to_string();
        authors.push(Line { name, state });
    }
    report(Authors { authors })
}

fn post_begin(options: Begin, context: &Context<'_>) -> Outcome {
    let charter = options
        .charter
        .map(|path| read_charter(&path))
        .transpose()?;
    let gateways = context.gateways()?;
    let mut dir = context.author(&options.name)?;
    if let Some(charter) = charter {
        context.home.keep_charter(&charter)?;
        dir.join(&charter, context.now)?;
    }
    let membership = deliver::membership(&dir)?;
    let views = gateways.look(&membership, context)?;
    let in_effect = views.first().map(|view| view.grants.as_slice());
    let grant = options.grant.or(match in_effect {
        Some([only]) => Some(*only),
        _ => None,
    });
    if let (Some(grant), Standing::Granted) = (grant, membership.standing) {
        dir.remember_grant(grant)?;
    }
    dir.begin(Seen::Gateways(&views))?;
    let acknowledged = deliver::offer(&gateways, &context.home, &mut dir)?;
    let mut author = describe(&options.name, &dir)?;
    author.acknowledged = acknowledged;
    report(author)
}

fn rotate(options: Rotate, context: &mut Context<'_>) -> Outcome {
    let name = &options.name;
    let question = if options.abandon {
        format!("Rotate the keys of {name} and leave behind what no gateway acknowledged?")
    } else {
        format!("Rotate the keys of {name}? The old ones are destroyed.")
    };
    deliver::confirm(context, options.yes, &question)?;
    let gateways = context.gateways()?;
    let mut dir = context.author(name)?;
    let membership = deliver::membership(&dir)?;
    let views = gateways.look(&membership, context)?;
    let rotation = Rotation {
        key_file: options.rotation_key.as_deref(),
        grant: None,
        abandon: options.abandon,
        at: context.now,
    };
    dir.rotate(&rotation, Seen::Gateways(&views))?;
    let acknowledged = deliver::offer(&gateways, &context.home, &mut dir)?;
    let mut author = describe(name, &dir)?;
    author.acknowledged = acknowledged;
    author.hints.extend(options.rotation_key.map(|path| {
        format!(
            "{} is spent: destroy it, and move the new one away",
            path.display()
        )
    }));
    report(author)
}

fn pulse(name: &AuthorName, context: &Context<'_>) -> Outcome {
    let sending = Sending { name, grant: None };
    let acknowledged = sending.claim(NetworkClaim::Pulse(Pulse {}), context)?;
    let mut author = describe(name, &context.author(name)?)?;
    author.acknowledged = acknowledged;
    report(author)
}
