//! What nodes pass on to all, as bytes (specs/gossip.md §3).

use fairtrail::cbor::{CborError, Decode, Encode, Reader, Rules, Writer, decode, encode};
use fairtrail::fraud::Accused;
use fairtrail::id::NetworkId;
use fairtrail::limits::{FEED_FORK_BYTES, GOSSIP_BYTES};
use fairtrail::reason::Reason;

const CHECKPOINT: u64 = 0;
const FRAUD: u64 = 1;
const ANNOUNCED: u64 = 2;

/// One message; nothing in it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The network it belongs to.
    pub network: NetworkId,
    /// What it says.
    pub content: Content,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A checkpoint of some log: a note with the log's line alone.
    Checkpoint(Vec<u8>),
    /// A fraud file.
    Fraud(Vec<u8>),
    /// A fraud file that is too large for a message, to be asked for.
    Announced(Announced),
}

/// A fraud file that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// Who is accused.
    pub accused: Accused,
    /// SHA-256 of the file.
    pub digest: [u8; 32],
    /// Bytes of the file, 1 to `FEED_FORK_BYTES`.
    pub bytes: usize,
}

impl Message {
    /// Reads a message in its one form.
    ///
    /// # Errors
    /// A stable code: `too-large`, or what is wrong with its CBOR.
    ///
    /// ```
    /// use fairtrail::id::NetworkId;
    /// use fairtrail::reason::Reason;
    /// use fairtrail_node::core::gossip::{Content, Message};
    /// let content = Content::Checkpoint(b"a note".to_vec());
    /// let message = Message { network: NetworkId::new([1; 32]), content };
    /// assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
    /// assert_eq!(Message::parse(&[0x80]), Err(Reason::SchemaMismatch));
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self, Reason> {
        if bytes.len() > GOSSIP_BYTES {
            return Err(Reason::TooLarge);
        }
        decode(bytes, Rules::STRUCTURE).map_err(|error: CborError| error.code())
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }
}

impl Encode for Message {
    fn encode(&self, writer: &mut Writer) {
        writer.array(3);
        writer.bytes(self.network.as_bytes());
        match &self.content {
            Content::Checkpoint(note) => {
                writer.uint(CHECKPOINT);
                writer.bytes(note);
            }
            Content::Fraud(file) => {
                writer.uint(FRAUD);
                writer.bytes(file);
            }
            Content::Announced(Announced {
                accused,
                digest,
                bytes,
            }) => {
                writer.uint(ANNOUNCED);
                writer.array(3);
                writer.text(&accused.to_string());
                writer.bytes(digest);
                writer.uint(u64::try_from(*bytes).unwrap_or(u64::MAX));
            }
        }
    }
}

impl Decode for Message {
    fn decode(reader: &mut Reader<'_>) -> Result<Self, CborError> {
        reader.array_of(3, "network, sort and content")?;
        let network = NetworkId::new(reader.fixed()?);
        let content = match reader.uint()? {
            CHECKPOINT => Content::Checkpoint(reader.bytes()?.to_vec()),
            FRAUD => Content::Fraud(reader.bytes()?.to_vec()),
            ANNOUNCED => Content::Announced(announced(reader)?),
            code => {
                let what = "gossip";
                return Err(CborError::UnknownCode { what, code });
            }
        };
        Ok(Self { network, content })
    }
}

fn announced(reader: &mut Reader<'_>) -> Result<Announced, CborError> {
    reader.array_of(3, "accused, digest and size")?;
    let accused = reader.text()?.parse();
    let accused = accused.map_err(|_| CborError::Expected {
        expected: "an author or a log",
    })?;
    let digest = reader.fixed()?;
    let bytes = usize::try_from(reader.uint()?).unwrap_or(usize::MAX);
    if !(1..=FEED_FORK_BYTES).contains(&bytes) {
        return Err(CborError::TooLarge {
            len: bytes,
            max: FEED_FORK_BYTES,
        });
    }
    Ok(Announced {
        accused,
        digest,
        bytes,
    })
}
