//! What a development network says, for people, and the policy it writes.

use std::fmt::Write as _;

use fairtrail::charter::Charter;

use super::member::Member;
use super::{NodeReady, Ready, Told};
use crate::ops::Vkeys;

/// The text of what is told.
pub fn text(told: &Told) -> String {
    match told {
        Told::Ready(ready) => ready_text(ready),
        Told::Ended {
            node,
            status,
            again,
        } => format!("node {node} has ended ({status}); the others go on. Again:\n  {again}\n"),
    }
}

fn ready_text(ready: &Ready) -> String {
    let Ready {
        network,
        root,
        charter,
        policy,
        home,
        fairtrail,
        nodes,
    } = ready;
    let (charter, policy, home) = (charter.display(), policy.display(), home.display());
    let fairtrail = fairtrail.display();
    let others = if nodes.len() > 1 {
        "each follows and cosigns all others"
    } else {
        "it has nobody to follow"
    };
    let mut text = format!("{} nodes on this machine; {others}.\n\n", nodes.len());
    for node in nodes {
        let NodeReady {
            number,
            url,
            origin,
            process,
            log,
            ..
        } = node;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "node {number:<4} {url}  process {process}  {origin}\n          log {}",
            log.display()
        );
    }
    let urls: Vec<_> = nodes.iter().map(|node| node.url.as_str()).collect();
    let (urls, first) = (urls.join(" "), urls.first().copied().unwrap_or_default());
    let _ = write!(
        text,
        "network   {network}\ncharter   {charter}\npolicy    {policy}\n\
         home      {home}  (authors root, reply-desk, and one for each node)\n\n\
         In another terminal; each line can be pasted. What is written goes to the first gateway and \
         reaches all:\n\n\
         export FAIRTRAIL_HOME='{home}' FAIRTRAIL_POLICY='{policy}'\n\
         export FAIRTRAIL_GATEWAY='{urls}'\n\
         {fairtrail} author pulse root\n\
         {fairtrail} verify {root}\n\
         {fairtrail} author new auditor --charter {charter}\n\
         {fairtrail} grant --as root --to auditor --role auditor --from 2020-01-01 \
         --to-date 2099-01-01 --yes\n\
         {fairtrail} author begin auditor\n\
         curl -s {first}/checkpoint\n"
    );
    if let Some(second) = nodes.get(1) {
        let _ = writeln!(
            text,
            "kill -9 {}  # node 2 ends, the others go on; started again it catches up",
            second.process
        );
    }
    text.push_str("\nCtrl-C ends all; the same command takes them up again.\n");
    text
}

/// A policy that trusts every node's log and index, and as witnesses all nodes but the log's own.
pub(crate) fn policy(charter: &Charter, members: &[Member], quorum: usize) -> String {
    let lines = tlog_policy(members, quorum, |keys| Some((&keys.log, &keys.witness)));
    let indexes = index_policy(members, quorum);
    let network = charter.network();
    let required = members.len() / 2 + 1;
    format!(
        "# What somebody trusts who tries things out on one machine.\nnetwork = \"{network}\"\n\n\
         # Every node's log. A checkpoint counts once so many other nodes cosigned it.\n\
         log_policy = \"\"\"\n{lines}\"\"\"\n\n\
         # Every node's index, of which so many other nodes checked every head: for bundles.
         index_policy = \"\"\"\n{indexes}\"\"\"\n\n\
         # Most of the logs have to be read before \"nothing adverse\" may be said.\n\
         required_logs = {required}\n"
    )
}

/// The same of every node's index, with all nodes but the log's own as index witnesses: a C2SP
/// tlog-policy.
fn index_policy(members: &[Member], quorum: usize) -> String {
    tlog_policy(members, quorum, |keys| {
        keys.index.as_ref().zip(keys.index_witness.as_ref())
    })
}

/// Trusts one key of every node as a log's, and another as a witness's.
fn tlog_policy(
    members: &[Member],
    quorum: usize,
    keys: impl Fn(&Vkeys) -> Option<(&String, &String)>,
) -> String {
    let logs = members.iter().filter_map(|member| {
        let (vkey, url) = (keys(&member.keys.vkeys)?.0, member.url());
        Some(format!("log {vkey} {url}\n"))
    });
    let witnesses = members.iter().filter_map(|member| {
        let (number, vkey) = (member.number, keys(&member.keys.vkeys)?.1);
        Some(format!("witness node-{number} {vkey}\n"))
    });
    let mut lines: String = logs.chain(witnesses).collect();
    if quorum == 0 {
        lines.push_str("quorum none\n");
    } else {
        let names = members
            .iter()
            .map(|member| format!(" node-{}", member.number));
        let names: String = names.collect();
        // Writing to a string cannot fail.
        let _ = write!(lines, "group nodes {quorum}{names}\nquorum nodes\n");
    }
    lines
}
