//! Content codings: what bodies are compressed with. AWS docs: api-gateway-enable-compression (gzip, deflate and identity,
//! no other).

use crate::exchange::Full;
use crate::limits::{COMPRESSION_LEVEL, GZIP_MEMBERS_MAX, LARGE_BODY_BYTES};
use bytes::Bytes;
use flate2::bufread::GzDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io::{self, Read, Write};

/// A coding that compresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// `gzip`
    Gzip,
    /// `deflate`: with the frame of zlib, as HTTP has it.
    Deflate,
}

/// Why a body could not be decompressed.
#[derive(Debug)]
pub(crate) enum Undecoded {
    /// It is not of the coding, or was cut off.
    Broken(io::Error),
    /// It becomes larger than a body may be.
    TooLarge,
    /// All bodies together take too much memory.
    Full(Full),
}

impl Coding {
    /// The coding of this name, in any case.
    pub(crate) fn named(name: &str) -> Option<Coding> {
        let codings = [Coding::Gzip, Coding::Deflate];
        codings.into_iter().find(|coding| coding.name().eq_ignore_ascii_case(name))
    }

    /// Its name in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
        }
    }

    /// Compresses.
    pub(crate) fn encode(self, body: &[u8]) -> io::Result<Bytes> {
        let level = Compression::new(COMPRESSION_LEVEL);
        let compressed = match self {
            Coding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(body)?;
                encoder.finish()?
            }
            Coding::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(body)?;
                encoder.finish()?
            }
        };
        Ok(compressed.into())
    }

    /// A body to be decompressed, to so many bytes at most.
    pub(crate) fn decoder(self, body: &[u8], bytes_max: usize) -> Decoder<'_> {
        let source = match self {
            Coding::Gzip => Source::Gzip(Members { member: GzDecoder::new(body), further: 0 }),
            Coding::Deflate => Source::Deflate(Inflate {
                state: Decompress::new(has_zlib_header(body)),
                rest: body,
                is_whole: false,
            }),
        };
        Decoder { source, decoded: Vec::new(), bytes_max }
    }
}

/// Some clients leave the frame of zlib out; who sends it begins with its method and a check.
fn has_zlib_header(body: &[u8]) -> bool {
    match body {
        [first, second, ..] => {
            first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31)
        }
        _ => true,
    }
}

/// A body that is being decompressed, within the limits of one and with the memory that is reserved for it.
pub(crate) struct Decoder<'b> {
    source: Source<'b>,
    decoded: Vec<u8>,
    bytes_max: usize,
}

enum Source<'b> {
    Gzip(Members<'b>),
    Deflate(Inflate<'b>),
}

impl Decoder<'_> {
    /// Decompresses until the body is whole or large; returns whether it is whole.
    pub(crate) fn begin(
        &mut self,
        reserve: &mut impl FnMut(usize) -> Result<(), Full>,
    ) -> Result<bool, Undecoded> {
        self.read(LARGE_BODY_BYTES, reserve)
    }

    /// Decompresses the rest.
    pub(crate) fn finish(
        mut self,
        reserve: &mut impl FnMut(usize) -> Result<(), Full>,
    ) -> Result<Bytes, Undecoded> {
        self.read(usize::MAX, reserve)?;
        Ok(self.decoded.into())
    }

    fn read(
        &mut self,
        until: usize,
        reserve: &mut impl FnMut(usize) -> Result<(), Full>,
    ) -> Result<bool, Undecoded> {
        let mut buffer = [0; 8 * 1024];
        while self.decoded.len() < until {
            let source: &mut dyn Read = match &mut self.source {
                Source::Gzip(members) => members,
                Source::Deflate(inflate) => inflate,
            };
            let read = source.read(&mut buffer).map_err(Undecoded::Broken)?;
            if read == 0 {
                return Ok(true);
            }
            if self.decoded.len() + read > self.bytes_max {
                return Err(Undecoded::TooLarge);
            }
            // A buffer that grows holds up to twice what is used of it.
            reserve(read.saturating_mul(2)).map_err(Undecoded::Full)?;
            self.decoded.extend(buffer.iter().take(read));
        }
        Ok(false)
    }
}

/// A file of gzip may have several members, one behind the other.
struct Members<'b> {
    member: GzDecoder<&'b [u8]>,
    further: usize,
}

impl Read for Members<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.member.read(buffer)?;
            let rest = *self.member.get_ref();
            if read > 0 || rest.is_empty() {
                return Ok(read);
            }
            self.further += 1;
            if self.further >= GZIP_MEMBERS_MAX {
                let message = format!("it has more than {GZIP_MEMBERS_MAX} members");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            self.member = GzDecoder::new(rest);
        }
    }
}

/// The library's own reader takes a body that was cut off for whole.
struct Inflate<'b> {
    state: Decompress,
    rest: &'b [u8],
    is_whole: bool,
}

impl Read for Inflate<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.is_whole {
            let (taken, made) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(self.rest, buffer, FlushDecompress::None)?;
            let since = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(usize::MAX);
            let taken = since(self.state.total_in(), taken);
            let made = since(self.state.total_out(), made);
            self.rest = self.rest.get(taken..).unwrap_or_default();
            self.is_whole = status == Status::StreamEnd;
            if made > 0 {
                return Ok(made);
            }
            if taken == 0 && !self.is_whole {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decompressed body, or in a word why not.
    fn decoded(coding: Coding, body: &[u8]) -> Result<Bytes, &'static str> {
        let mut reserve = |_| Ok(());
        let mut decoder = coding.decoder(body, 1_000_000);
        let begun = decoder.begin(&mut reserve);
        begun.and_then(|_| decoder.finish(&mut reserve)).map_err(|undecoded| match undecoded {
            Undecoded::Broken(_) => "broken",
            Undecoded::TooLarge => "too large",
            Undecoded::Full(_) => "full",
        })
    }

    // Written by Python's `gzip` and `zlib`.
    const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabVJT\xb2R0\xac\x05\x00\x97\x8e\xa1\xfb\x08\x00\x00\x00";
    const ZLIB: &[u8] = b"x\x9c\xabVJT\xb2R0\xac\x05\x00\t\xe5\x02)";
    const RAW: &[u8] = b"\xabVJT\xb2R0\xac\x05\x00";
    const TEXT: &[u8] = br#"{"a": 1}"#;

    #[test]
    fn what_others_compressed_is_read() {
        assert_eq!(decoded(Coding::Gzip, GZIP).as_deref(), Ok(TEXT));
        assert_eq!(decoded(Coding::Gzip, &[GZIP, GZIP].concat()).unwrap().len(), 16);
        assert_eq!(decoded(Coding::Deflate, ZLIB).as_deref(), Ok(TEXT));
        assert_eq!(decoded(Coding::Deflate, RAW).as_deref(), Ok(TEXT));
    }

    #[test]
    fn what_is_cut_off_changed_or_of_another_coding_is_broken() {
        for (coding, whole) in [(Coding::Gzip, GZIP), (Coding::Deflate, ZLIB)] {
            for end in 0..whole.len() {
                assert_eq!(decoded(coding, &whole[..end]), Err("broken"), "{coding:?} {end}");
            }
            let mut changed = whole.to_vec();
            *changed.last_mut().unwrap() ^= 1;
            assert_eq!(decoded(coding, &changed), Err("broken"), "{coding:?}");
        }
        assert_eq!(decoded(Coding::Gzip, ZLIB), Err("broken"));
        assert_eq!(decoded(Coding::Gzip, &[GZIP, b"x"].concat()), Err("broken"));
        assert_eq!(decoded(Coding::Deflate, TEXT), Err("broken"));
        assert_eq!(decoded(Coding::Deflate, &RAW[..5]), Err("broken"));
    }

    #[test]
    fn a_body_that_becomes_too_large_is_given_up_there() {
        for coding in [Coding::Gzip, Coding::Deflate] {
            let largest = coding.encode(&vec![b'x'; 1_000_000]).unwrap();
            assert_eq!(decoded(coding, &largest).map(|body| body.len()), Ok(1_000_000));
            let larger = coding.encode(&vec![b'x'; 1_000_001]).unwrap();
            assert_eq!(decoded(coding, &larger), Err("too large"));
        }
    }

    #[test]
    fn gzip_has_a_bounded_number_of_members() {
        let most = GZIP.repeat(GZIP_MEMBERS_MAX);
        assert_eq!(decoded(Coding::Gzip, &most).map(|body| body.len()), Ok(8 * GZIP_MEMBERS_MAX));
        assert_eq!(decoded(Coding::Gzip, &[&most, GZIP].concat()), Err("broken"));
    }

    #[test]
    fn memory_is_reserved_for_twice_what_is_made() {
        let body = Coding::Gzip.encode(&[b'x'; 100_000]).unwrap();
        let mut reserved = 0;
        let mut reserve = |bytes| {
            reserved += bytes;
            Ok(())
        };
        Coding::Gzip.decoder(&body, usize::MAX).finish(&mut reserve).unwrap();
        assert_eq!(reserved, 200_000);
        let refused = Coding::Gzip.decoder(&body, usize::MAX).finish(&mut |_| Err(Full));
        assert!(matches!(refused, Err(Undecoded::Full(Full))));
    }

    proptest::proptest! {
        /// Whatever bytes follow a sound beginning, they end in a body or in a reason.
        #[test]
        fn any_bytes_have_an_end(kept in 0..20_usize, rest in proptest::collection::vec(0..=255_u8, 0..64)) {
            for (coding, whole) in [(Coding::Gzip, GZIP), (Coding::Deflate, ZLIB)] {
                let bytes = [whole.get(..kept).unwrap_or(whole), &rest].concat();
                match decoded(coding, &bytes) {
                    Ok(body) => proptest::prop_assert!(body.len() < 100_000),
                    Err(reason) => proptest::prop_assert_eq!(reason, "broken"),
                }
            }
        }
    }

    #[test]
    fn what_is_compressed_can_be_read_again() {
        for coding in [Coding::Gzip, Coding::Deflate] {
            for body in [b"".as_slice(), TEXT, &[0, 255].repeat(100_000)] {
                let compressed = coding.encode(body).unwrap();
                assert_eq!(decoded(coding, &compressed).as_deref(), Ok(body));
            }
        }
    }
}
