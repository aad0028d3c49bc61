//! A witness of an index whose operator may lie.

use std::path::PathBuf;

use fairtrail::client::{Http, Request, Transport};
use fairtrail::fraud::{FraudFile, Kind};
use fairtrail::index::BadUpdate;
use fairtrail::log::{AddCheckpoint, read_cosignature};
use fairtrail::note::NoteVerifier;
use rustix::process::Signal;

use crate::liar::{LOG, Liar};
use crate::peer::{Carrier, Peer, wait_until};
use crate::stand_in::HELLO;
use crate::{configure, vkey};

/// A witness for the index of an operator that may lie.
pub(crate) struct Judge {
    pub(crate) witness: Peer,
    key: NoteVerifier,
    pub(crate) liar: Liar,
    over: Option<Carrier>,
}

impl Judge {
    /// Reads the index through a gateway, or over libp2p alone.
    pub(crate) fn new(over: Option<Carrier>) -> Self {
        let (witness, liar) = (Peer::new("lake"), Liar::new());
        let (key, index) = (Liar::log_key(), &liar.key);
        let address = match over {
            None => format!("url = \"http://{}\"", liar.address),
            Some(over) => format!("peer = {:?}", liar.listen(over)),
        };
        let lines = format!(
            "\n[[follow]]\norigin = {LOG:?}\nkey = {:?}\nindex_key = {:?}\n{address}\ninterval_seconds = 3600\n",
            key.verifier().to_string(),
            index.verifier().to_string(),
        );
        configure(&witness, &lines);
        let key = vkey(&witness, "index witness").parse().unwrap();
        let mut judge = Self {
            witness,
            key,
            liar,
            over,
        };
        judge.start();
        judge
    }

    /// Starts the witness, and waits until it can read.
    fn start(&mut self) {
        self.liar.shown().asked.clear();
        self.witness.start();
        if self.over.is_some() {
            wait_until("the witness calls", || {
                self.liar.shown().asked.contains(HELLO)
            });
        }
    }

    pub(crate) fn restart(&mut self) {
        self.witness.signal(Signal::KILL);
        self.start();
    }

    pub(crate) fn post(&self, request: &AddCheckpoint) -> (u16, Vec<u8>) {
        let address = format!("http://{}", self.witness.address);
        let http = Http::new(address.parse().unwrap());
        let content = request.to_string();
        let answer = http.request(&Request {
            path: "/add-checkpoint",
            accept: "text/plain",
            content: Some(("text/plain", content.as_bytes())),
            wait: None,
            max_bytes: 1 << 16,
        });
        let answer = answer.unwrap();
        (answer.status, answer.body)
    }

    pub(crate) fn cosigned(&self, old: u64, size: u64) {
        let request = self.liar.ask(old, size);
        let (status, body) = self.post(&request);
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        read_cosignature(&request.note, &body, &self.key).unwrap();
    }

    pub(crate) fn refused(&self, old: u64, size: u64, status: u16, reason: &str) {
        let (found, body) = self.post(&self.liar.ask(old, size));
        let said = String::from_utf8_lossy(&body);
        assert_eq!(found, status, "{said}");
        assert!(said.contains(&format!("\"{reason}\"")), "{said}");
    }

    pub(crate) fn evidence(&self) -> Vec<PathBuf> {
        let Ok(files) = fs_err::read_dir(self.witness.data().join("fraud")) else {
            return Vec::new();
        };
        let files = files.map(|file| file.unwrap().path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "bad-update"))
            .collect()
    }

    /// The one file that is kept proves that the head at `leaf` does not follow.
    pub(crate) fn proved(&self, leaf: usize) {
        let files = self.evidence();
        let [file] = &files[..] else {
            panic!("one proof: {files:?}");
        };
        assert!(
            file.to_string_lossy()
                .ends_with(&format!("-{leaf}.bad-update"))
        );
        let proof = BadUpdate::parse(&fs_err::read(file).unwrap()).unwrap();
        let proof = proof.verify(self.liar.key.verifier()).unwrap();
        assert_eq!(proof.leaf.get(), leaf as u64);
        assert_eq!(proof.signed.to_bytes(), self.liar.shown().heads[leaf]);
        assert_ne!(proof.signed, proof.rebuilt);
        // It is handed on as a file against the log.
        let files = fs_err::read_dir(self.witness.data().join("fraud")).unwrap();
        let mut files = files.map(|file| file.unwrap().path());
        let file = files.find(|path| path.extension().is_some_and(|end| end == "log-fraud"));
        let file = FraudFile::parse(&fs_err::read(file.unwrap()).unwrap()).unwrap();
        let accused = file.accused().unwrap().to_string();
        assert!(accused.starts_with(LOG), "{accused}");
        assert!(matches!(file, FraudFile::Log(fraud) if fraud.kind() == Kind::BadUpdate));
    }
}
