//! Frames: a length of four bytes, big-endian, and as many bytes. The length is looked at before
//! anything is read, and no memory is set aside for bytes that have not come.

use std::io;

use libp2p::futures::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// Reads one frame of 1 to `max` bytes.
///
/// # Errors
/// `InvalidData` for a length that is not allowed; whatever the stream says, `UnexpectedEof` when
/// it ends early.
pub(super) async fn read(io: &mut (impl AsyncRead + Unpin), max: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    io.read_exact(&mut length).await?;
    let length = u32::from_be_bytes(length);
    let within = usize::try_from(length).is_ok_and(|length| (1..=max).contains(&length));
    if !within {
        let text = format!("a frame of {length} bytes, 1 to {max} are allowed");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    let mut bytes = Vec::new();
    let came = io.take(length.into()).read_to_end(&mut bytes).await?;
    if came as u64 == u64::from(length) {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// Writes one frame; more than a frame can say is refused.
///
/// # Errors
/// `InvalidInput` for nothing or too much; whatever the stream says.
pub(super) async fn write(io: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length > 0);
    let length = length.ok_or(io::ErrorKind::InvalidInput)?;
    io.write_all(&length.to_be_bytes()).await?;
    io.write_all(bytes).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::futures::executor::block_on;
    use libp2p::futures::io::Cursor;

    const MAX: usize = 300;

    fn written(bytes: &[u8]) -> Vec<u8> {
        let mut io = Cursor::new(Vec::new());
        block_on(write(&mut io, bytes)).unwrap();
        io.into_inner()
    }

    fn kind(bytes: &[u8]) -> Option<io::ErrorKind> {
        let read = block_on(read(&mut Cursor::new(bytes), MAX));
        read.err().map(|error| error.kind())
    }

    #[test]
    fn frames_are_read_back_up_to_the_limit_and_not_beyond() {
        for length in [1, 2, 299, MAX] {
            let bytes = vec![7; length];
            let mut io = Cursor::new(written(&bytes));
            assert_eq!(block_on(read(&mut io, MAX)).unwrap(), bytes);
        }
        let over = written(&vec![7; MAX + 1]);
        assert_eq!(kind(&over), Some(io::ErrorKind::InvalidData));
        // A length alone is refused, before one byte of it has come.
        let huge = kind(&u32::MAX.to_be_bytes());
        assert_eq!(huge, Some(io::ErrorKind::InvalidData));
        assert_eq!(kind(&[0; 4]), Some(io::ErrorKind::InvalidData));
        assert!(block_on(write(&mut Cursor::new(Vec::new()), &[])).is_err());
    }

    #[test]
    fn what_ends_early_is_no_frame() {
        let whole = written(&[7; 20]);
        for end in 0..whole.len() {
            assert_eq!(kind(&whole[..end]), Some(io::ErrorKind::UnexpectedEof));
        }
    }

    #[test]
    fn every_flipped_bit_of_a_length_is_seen_or_gives_other_bytes() {
        let bytes = vec![7; 20];
        let whole = written(&bytes);
        for bit in 0..32 {
            let mut flipped = whole.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(found) = block_on(read(&mut Cursor::new(flipped), MAX)) {
                assert_ne!(found, bytes);
            }
        }
    }
}
