//! The gateways an author works with: the first one is written to, all are asked where a feed stands.

use crate::commands::deliver;
use crate::context::Context;
use crate::error::CliError;
use fairtrail::api::FeedView;
use fairtrail::client::Gateway;
use fairtrail::files::Membership;
use fairtrail::reason::Reason;

/// The gateways named, one at least.
pub(crate) struct Gateways {
    first: Named,
    others: Vec<Named>,
}

/// A gateway and its address.
struct Named {
    url: String,
    gateway: Gateway,
}

impl Gateways {
    /// Opens every gateway named; `None` when none was.
    pub(crate) fn open(context: &Context<'_>) -> Result<Option<Self>, CliError> {
        let open = |url: &String| {
            Ok::<_, CliError>(Named {
                url: url.clone(),
                gateway: (context.connect)(url)?,
            })
        };
        let mut named = context.gateways.iter().map(open);
        let Some(first) = named.next().transpose()? else {
            return Ok(None);
        };
        let others = named.collect::<Result<_, _>>()?;
        Ok(Some(Self { first, others }))
    }

    /// The gateway that is written to.
    pub(crate) const fn first(&self) -> &Gateway {
        &self.first.gateway
    }

    /// Its address.
    pub(crate) fn url(&self) -> &str {
        &self.first.url
    }

    /// Where the feed stands at each gateway. The one that is written to must answer; of the
    /// others, those that cannot be reached are named in a note.
    pub(crate) fn look(
        &self,
        membership: &Membership,
        context: &Context<'_>,
    ) -> Result<Vec<FeedView>, CliError> {
        let view = deliver::look(self.first(), membership)?;
        self.ask_others(membership, vec![(&self.first, view)], context)
    }

    /// As [`Self::look`], where nothing is written yet: one that answers is enough.
    pub(crate) fn look_at_any(
        &self,
        membership: &Membership,
        context: &Context<'_>,
    ) -> Result<Vec<FeedView>, CliError> {
        match deliver::look(self.first(), membership) {
            Ok(view) => self.ask_others(membership, vec![(&self.first, view)], context),
            Err(error) if is_silence(&error) => {
                let views = self.ask_others(membership, Vec::new(), context)?;
                if views.is_empty() {
                    return Err(error);
                }
                unheard(&self.first, context);
                Ok(views)
            }
            Err(error) => Err(error),
        }
    }

    fn ask_others<'a>(
        &'a self,
        membership: &Membership,
        mut heard: Vec<(&'a Named, FeedView)>,
        context: &Context<'_>,
    ) -> Result<Vec<FeedView>, CliError> {
        for named in &self.others {
            match deliver::look(&named.gateway, membership) {
                Ok(view) => heard.push((named, view)),
                Err(error) if is_silence(&error) => unheard(named, context),
                Err(error) => return Err(error.while_doing(&named.url)),
            }
        }
        differences(&heard, context);
        Ok(heard.into_iter().map(|(_, view)| view).collect())
    }
}

fn is_silence(error: &CliError) -> bool {
    error.reason() == Some(Reason::GatewayUnreachable)
}

fn unheard(named: &Named, context: &Context<'_>) {
    let url = &named.url;
    context.note_later(format!(
        "{url} cannot be reached: it was not asked where the feed stands"
    ));
}

/// Says who knows more of the feed, or another end of it, than the gateway that is written to.
fn differences(heard: &[(&Named, FeedView)], context: &Context<'_>) {
    let Some(((first, known), others)) = heard.split_first() else {
        return;
    };
    let place = |view: &FeedView| match (view.seq, view.head) {
        (Some(seq), Some(head)) => format!("up to seq {seq}, {head}"),
        _ => "not at all".to_owned(),
    };
    let beyond = |view: &FeedView| {
        view.seq > known.seq || (view.seq == known.seq && view.head != known.head)
    };
    for (named, view) in others.iter().filter(|(_, view)| beyond(view)) {
        let (there, here) = (place(view), place(known));
        let (url, first) = (&named.url, &first.url);
        context.note_later(format!("{url} knows the feed {there}; {first} {here}"));
    }
}
