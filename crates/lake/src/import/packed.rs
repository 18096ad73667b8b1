//! Does a packed file hold what a person would send, or does it grow until it fills the machine?
//!
//! What the file says of itself is not believed: every entry is unpacked, counted and thrown away.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::read::{DeflateDecoder, MultiGzDecoder};

/// How much a packed file may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Files inside one workbook.
    pub entries: usize,
    /// Bytes of a workbook when unpacked; a workbook is read as a whole into memory.
    pub workbook_bytes: u64,
    /// Bytes of a `.gz` file when unpacked; it is read piece by piece.
    pub stream_bytes: u64,
    /// Unpacked bytes per packed byte, from the first megabyte.
    pub ratio: u64,
}

impl Bounds {
    pub const fn standard() -> Self {
        Self {
            entries: 2_000,
            workbook_bytes: 1 << 30,
            stream_bytes: 1 << 36,
            ratio: 250,
        }
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packed {
    Fine,
    TooManyEntries,
    TooLarge,
    TooDense,
    /// Not a workbook or archive that can be read.
    Broken,
}

/// Looks into a workbook (`.xlsx`) or a `.gz` file; any other file is fine.
pub fn check(path: &Path, bounds: &Bounds) -> io::Result<Packed> {
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("xlsx" | "xlsm" | "xlsb" | "ods") => workbook(path, bounds),
        Some("gz") => stream(path, bounds),
        _ => Ok(Packed::Fine),
    }
}

fn stream(path: &Path, bounds: &Bounds) -> io::Result<Packed> {
    let file = File::open(path)?;
    let packed = file.metadata()?.len();
    let mut count = Count::new(bounds, bounds.stream_bytes);
    count.read(MultiGzDecoder::new(BufReader::new(file)), packed)
}

fn workbook(path: &Path, bounds: &Bounds) -> io::Result<Packed> {
    let mut file = BufReader::new(File::open(path)?);
    let Some(directory) = Directory::read(&mut file)? else {
        return Ok(Packed::Broken);
    };
    if directory.entries > bounds.entries {
        return Ok(Packed::TooManyEntries);
    }
    let mut count = Count::new(bounds, bounds.workbook_bytes);
    let mut at = directory.start;
    for _ in 0..directory.entries {
        let Some((entry, next)) = Entry::read(&mut file, at)? else {
            return Ok(Packed::Broken);
        };
        at = next;
        let found = match entry.open(&mut file)? {
            Some(content) => count.read(content, entry.packed)?,
            None => Packed::Broken,
        };
        if found != Packed::Fine {
            return Ok(found);
        }
    }
    Ok(Packed::Fine)
}

/// Counts what comes out, and stops as soon as it is too much.
struct Count<'b> {
    bounds: &'b Bounds,
    most: u64,
    total: u64,
}

impl<'b> Count<'b> {
    fn new(bounds: &'b Bounds, most: u64) -> Self {
        Self {
            bounds,
            most,
            total: 0,
        }
    }

    fn read(&mut self, mut content: impl Read, packed: u64) -> io::Result<Packed> {
        const FIRST_MEGABYTE: u64 = 1 << 20;
        let mut own = 0_u64;
        let mut piece = vec![0_u8; 1 << 16];
        loop {
            let read = match content.read(&mut piece) {
                Ok(0) => return Ok(Packed::Fine),
                Ok(read) => read as u64,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Ok(Packed::Broken),
            };
            own += read;
            self.total += read;
            if self.total > self.most {
                return Ok(Packed::TooLarge);
            }
            if own > FIRST_MEGABYTE && own / packed.max(1) > self.bounds.ratio {
                return Ok(Packed::TooDense);
            }
        }
    }
}

/// Where the list of entries lies in a zip archive.
struct Directory {
    entries: usize,
    start: u64,
}

impl Directory {
    fn read(file: &mut (impl Read + Seek)) -> io::Result<Option<Self>> {
        const END: [u8; 4] = *b"PK\x05\x06";
        const LONGEST_END: u64 = 22 + 0xffff;
        let length = file.seek(SeekFrom::End(0))?;
        let tail_length = length.min(LONGEST_END);
        file.seek(SeekFrom::Start(length - tail_length))?;
        let mut tail = Vec::new();
        file.take(tail_length).read_to_end(&mut tail)?;
        let Some(at) = tail.windows(4).rposition(|window| window == END) else {
            return Ok(None);
        };
        let end = &tail[at..];
        if end.len() < 22 {
            return Ok(None);
        }
        let (entries, start) = (u16_at(end, 10), u32_at(end, 16));
        // A larger archive than these fields can tell of is none that a person sends.
        Ok((entries != u16::MAX && start != u32::MAX).then_some(Self {
            entries: usize::from(entries),
            start: u64::from(start),
        }))
    }
}

/// One entry of a zip archive, as its directory tells of it.
struct Entry {
    method: u16,
    packed: u64,
    header: u64,
}

impl Entry {
    /// The entry listed at `at`, and where the next one is listed.
    fn read(file: &mut (impl Read + Seek), at: u64) -> io::Result<Option<(Self, u64)>> {
        file.seek(SeekFrom::Start(at))?;
        let mut fixed = [0_u8; 46];
        if file.read_exact(&mut fixed).is_err() || fixed[..4] != *b"PK\x01\x02" {
            return Ok(None);
        }
        let rest: u64 = [28, 30, 32]
            .iter()
            .map(|&at| u64::from(u16_at(&fixed, at)))
            .sum();
        let entry = Self {
            method: u16_at(&fixed, 10),
            packed: u64::from(u32_at(&fixed, 20)),
            header: u64::from(u32_at(&fixed, 42)),
        };
        Ok(Some((entry, at + 46 + rest)))
    }

    /// The unpacked content; none when it is packed in a way that no spreadsheet program uses.
    fn open<'f>(&self, file: &'f mut BufReader<File>) -> io::Result<Option<Box<dyn Read + 'f>>> {
        file.seek(SeekFrom::Start(self.header))?;
        let mut fixed = [0_u8; 30];
        if file.read_exact(&mut fixed).is_err() || fixed[..4] != *b"PK\x03\x04" {
            return Ok(None);
        }
        let names = i64::from(u16_at(&fixed, 26)) + i64::from(u16_at(&fixed, 28));
        file.seek_relative(names)?;
        let content = file.take(self.packed);
        Ok(match self.method {
            0 => Some(Box::new(content)),
            8 => Some(Box::new(DeflateDecoder::new(content))),
            _ => None,
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gz(folder: &Path, bytes: usize) -> std::path::PathBuf {
        let path = folder.join("orders.csv.gz");
        let mut out = GzEncoder::new(File::create(&path).unwrap(), Compression::best());
        let zeros = vec![b'0'; 1 << 20];
        for _ in 0..bytes >> 20 {
            out.write_all(&zeros).unwrap();
        }
        out.finish().unwrap();
        path
    }

    #[test]
    fn a_file_of_nothing_but_zeros_is_refused_before_it_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let path = gz(folder.path(), 64 << 20);
        let found = check(&path, &Bounds::standard()).unwrap();
        assert_eq!(found, Packed::TooDense);
    }

    #[test]
    fn a_stream_beyond_the_bound_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let path = gz(folder.path(), 4 << 20);
        let bounds = Bounds {
            stream_bytes: 1 << 20,
            ratio: u64::MAX,
            ..Bounds::standard()
        };
        assert_eq!(check(&path, &bounds).unwrap(), Packed::TooLarge);
    }

    #[test]
    fn a_real_workbook_is_fine_and_a_text_with_its_name_is_broken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders.xlsx");
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        for row in 0..20_000 {
            sheet.write_number(row, 0, 1.0).unwrap();
            sheet.write_string(row, 1, "the same").unwrap();
        }
        book.save(&path).unwrap();
        assert_eq!(check(&path, &Bounds::standard()).unwrap(), Packed::Fine);
        let text = folder.path().join("text.xlsx");
        std::fs::write(&text, "customer_id\n1\n").unwrap();
        assert_eq!(check(&text, &Bounds::standard()).unwrap(), Packed::Broken);
    }
}
