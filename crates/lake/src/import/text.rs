//! How does a file of bytes become lines of text, whatever system wrote it?

use std::fs::File;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};
use flate2::read::MultiGzDecoder;

use crate::error::{LakeError, Result};
use crate::import::files::{InputFile, unreadable};

/// The lines of a text file, decoded.
pub struct TextLines {
    name: String,
    input: Box<dyn Read + Send>,
    decoder: Decoder,
    encoding: &'static Encoding,
    bytes: Vec<u8>,
    text: String,
    at: usize,
    line: u64,
    ended: bool,
    read: Arc<AtomicU64>,
}

impl TextLines {
    /// In the stated encoding, or the one that the bytes look like.
    pub fn open(file: &InputFile, stated: Option<&str>) -> Result<Self> {
        let encoding = match stated {
            Some(label) => encoding_named(label)?,
            None => detect(file)?,
        };
        let read = Arc::new(AtomicU64::new(0));
        Ok(Self {
            name: file.name.clone(),
            input: reader(file, read.clone())?,
            // A byte-order mark wins over what was stated or guessed.
            decoder: encoding.new_decoder(),
            encoding,
            bytes: Vec::new(),
            text: String::new(),
            at: 0,
            line: 0,
            ended: false,
            read,
        })
    }

    /// Puts the next line, without its ending, into `line`; its number is told, none at the end.
    pub fn next_line(&mut self, line: &mut String) -> Result<Option<u64>> {
        line.clear();
        loop {
            if let Some(end) = self.text[self.at..].find('\n') {
                line.push_str(self.text[self.at..self.at + end].trim_end_matches('\r'));
                self.at += end + 1;
                self.line += 1;
                return Ok(Some(self.line));
            }
            if self.ended {
                if self.at >= self.text.len() {
                    return Ok(None);
                }
                line.push_str(self.text[self.at..].trim_end_matches('\r'));
                self.at = self.text.len();
                self.line += 1;
                return Ok(Some(self.line));
            }
            self.fill()?;
        }
    }

    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    fn fill(&mut self) -> Result<()> {
        self.text.drain(..self.at);
        self.at = 0;
        let mut chunk = vec![0; CHUNK];
        let n = self
            .input
            .read(&mut chunk)
            .map_err(|error| unreadable(&self.name, error))?;
        self.ended = n == 0;
        self.bytes.extend_from_slice(&chunk[..n]);
        let room = self
            .decoder
            .max_utf8_buffer_length_without_replacement(self.bytes.len())
            .unwrap_or(4 * CHUNK);
        self.text.reserve(room);
        let (result, used) = self.decoder.decode_to_string_without_replacement(
            &self.bytes,
            &mut self.text,
            self.ended,
        );
        self.bytes.drain(..used);
        match result {
            DecoderResult::Malformed(..) => Err(LakeError::WrongEncoding {
                file: self.name.clone(),
                encoding: self.encoding.name().to_owned(),
                line: self.line + 1 + self.text.matches('\n').count() as u64,
            }),
            _ => Ok(()),
        }
    }
}

const CHUNK: usize = 1 << 16;

/// Counts the bytes that are taken from the disk, compressed as they lie.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.file.read(buffer)?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

fn reader(file: &InputFile, read: Arc<AtomicU64>) -> Result<Box<dyn Read + Send>> {
    let counted = Counted {
        file: file.open()?,
        read,
    };
    Ok(if file.is_compressed() {
        Box::new(MultiGzDecoder::new(counted))
    } else {
        Box::new(counted)
    })
}

fn encoding_named(label: &str) -> Result<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| LakeError::EncodingUnknown {
        encoding: label.to_owned(),
    })
}

/// UTF-8 when the whole file is UTF-8, else the likeliest encoding of Swedish text. Found out once per file.
fn detect(file: &InputFile) -> Result<&'static Encoding> {
    if let Some(encoding) = file.encoding.get() {
        return Ok(encoding);
    }
    let encoding = match marked_or_utf8(file)? {
        Some(encoding) => encoding,
        None => guess(file)?,
    };
    Ok(file.encoding.get_or_init(|| encoding))
}

fn marked_or_utf8(file: &InputFile) -> Result<Option<&'static Encoding>> {
    let mut utf8 = UTF_8.new_decoder_without_bom_handling();
    let (mut is_utf8, mut first) = (true, true);
    let mut decoded = String::with_capacity(4 * CHUNK);
    let mut marked = None;
    each_chunk(file, &mut |bytes, last| {
        if std::mem::take(&mut first) {
            marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        }
        // Text has no zero bytes in any encoding that lacks a byte-order mark.
        if marked.is_none() && bytes.contains(&0) {
            return Err(LakeError::NotText {
                file: file.name.clone(),
            });
        }
        if is_utf8 {
            decoded.clear();
            let (result, _) = utf8.decode_to_string_without_replacement(bytes, &mut decoded, last);
            is_utf8 = !matches!(result, DecoderResult::Malformed(..));
        }
        Ok(())
    })?;
    Ok(marked.or(is_utf8.then_some(UTF_8)))
}

fn guess(file: &InputFile) -> Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    each_chunk(file, &mut |bytes, last| {
        detector.feed(bytes, last);
        Ok(())
    })?;
    Ok(detector.guess(Some(b"se"), Utf8Detection::Deny))
}

fn each_chunk(file: &InputFile, see: &mut dyn FnMut(&[u8], bool) -> Result<()>) -> Result<()> {
    let mut input = reader(file, Arc::default())?;
    let mut chunk = vec![0; CHUNK];
    loop {
        let n = input
            .read(&mut chunk)
            .map_err(|error| unreadable(&file.name, error))?;
        see(&chunk[..n], n == 0)?;
        if n == 0 {
            return Ok(());
        }
    }
}
