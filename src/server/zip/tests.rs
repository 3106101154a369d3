//! Zips in exactly the shape in which Nextcloud 32 sends them, and what can be
//! wrong with them.

use std::io::Write as _;

use super::*;

/// CRC-32 as zips have it, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// A zip on its way.
#[derive(Default)]
struct Sent {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    count: u64,
}

fn le(into: &mut Vec<u8>, numbers: &[(u64, usize)]) {
    for (number, width) in numbers {
        into.extend_from_slice(&number.to_le_bytes()[..*width]);
    }
}

impl Sent {
    /// An entry: stored, bit 3 and UTF-8 set, all lengths in the local header
    /// 0xFFFFFFFF, and those that are true behind the bytes.
    fn add(mut self, name: &str, bytes: &[u8]) -> Self {
        self.entry(name, bytes, crc32(bytes), bytes.len() as u64);
        self
    }

    fn entry(&mut self, name: &str, bytes: &[u8], crc: u32, size: u64) {
        let (start, many) = (self.bytes.len() as u64, u64::from(u32::MAX));
        let length = name.len() as u64;
        le(&mut self.bytes, &[(0x0403_4b50, 4), (45, 2), (0x0808, 2), (0, 2), (0, 4), (0, 4)]);
        le(&mut self.bytes, &[(many, 4), (many, 4), (length, 2), (20, 2)]);
        self.bytes.extend_from_slice(name.as_bytes());
        le(&mut self.bytes, &[(1, 2), (16, 2), (0, 8), (0, 8)]);
        if !name.ends_with('/') {
            self.bytes.extend_from_slice(bytes);
            le(&mut self.bytes, &[(0x0807_4b50, 4), (u64::from(crc), 4), (size, 8), (size, 8)]);
        }
        let directory = &mut self.directory;
        le(directory, &[(0x0201_4b50, 4), (45, 2), (45, 2), (0x0808, 2), (0, 2), (0, 4)]);
        le(directory, &[(u64::from(crc), 4), (many, 4), (many, 4), (length, 2), (28, 2)]);
        le(directory, &[(0, 2), (0, 2), (0, 2), (0, 4), (many, 4)]);
        directory.extend_from_slice(name.as_bytes());
        le(directory, &[(1, 2), (24, 2), (size, 8), (size, 8), (start, 8)]);
        self.count += 1;
    }

    /// With directory, zip64 end, its locator and the end record.
    fn whole(mut self) -> Vec<u8> {
        let (at, length) = (self.bytes.len() as u64, self.directory.len() as u64);
        self.bytes.append(&mut self.directory);
        let (count, end) = (self.count, self.bytes.len() as u64);
        le(&mut self.bytes, &[(0x0606_4b50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4)]);
        le(&mut self.bytes, &[(count, 8), (count, 8), (length, 8), (at, 8)]);
        le(&mut self.bytes, &[(0x0706_4b50, 4), (0, 4), (end, 8), (1, 4)]);
        le(&mut self.bytes, &[(0x0605_4b50, 4), (0, 2), (0, 2), (0xffff, 2), (0xffff, 2)]);
        le(&mut self.bytes, &[(0xffff_ffff, 4), (0xffff_ffff, 4), (0, 2)]);
        self.bytes
    }
}

fn three() -> Sent {
    Sent::default().add("a", b"one").add("dir/", b"").add("empty", b"").add("é b.txt", b"three")
}

const THREE: [(&str, u64); 3] = [("a", 3), ("empty", 0), ("é b.txt", 5)];

fn texts(files: &[Option<Bytes>]) -> Vec<Option<&str>> {
    files.iter().map(|file| file.as_deref().map(|it| std::str::from_utf8(it).unwrap())).collect()
}

#[test]
fn files_come_out_of_a_zip_as_nextcloud_sends_it() {
    let files = unpack(&three().whole(), &THREE).unwrap();
    assert_eq!(texts(&files), [Some("one"), Some(""), Some("three")]);
}

#[test]
fn what_is_missing_or_of_another_length_is_none() {
    let wanted = [("a", 4), ("b", 3), ("dir", 0), ("dir/", 1), ("é b.txt", 5), ("a", 2)];
    let files = unpack(&three().whole(), &wanted).unwrap();
    assert_eq!(texts(&files), [None, None, None, None, Some("three"), None]);
}

#[test]
fn composed_names_are_known() {
    let sent = Sent::default().add("\u{e9}", b"1").whole();
    assert_eq!(texts(&unpack(&sent, &[("e\u{301}", 1)]).unwrap()), [Some("1")]);
}

#[test]
fn wrong_bytes_are_none_and_the_others_are_taken() {
    let mut sent = Sent::default();
    sent.entry("a", b"one", crc32(b"two"), 3);
    sent.entry("b", b"two", crc32(b"two"), 3);
    let files = unpack(&sent.whole(), &[("a", 3), ("b", 3)]).unwrap();
    assert_eq!(texts(&files), [None, Some("two")]);
}

#[test]
fn without_the_end_it_is_no_zip() {
    let whole = three().whole();
    for length in 0..whole.len() {
        assert!(unpack(&whole[..length], &THREE).is_err(), "{length} of {}", whole.len());
    }
    let error = b"<?xml version=\"1.0\"?><d:error xmlns:d=\"DAV:\"/>";
    assert!(unpack(&[&three().bytes[..], error].concat(), &THREE).is_err());
    assert!(unpack(&[&whole[..], error].concat(), &THREE).is_err());
}

#[test]
fn a_zip_stored_in_a_cut_zip_is_not_taken_for_the_answer() {
    let inner = Sent::default().add("a", b"bad").whole();
    let outer = Sent::default().add("b", b"x").add("inner.zip", &inner);
    let cut = outer.bytes.len() - 24;
    assert!(outer.bytes[..cut].ends_with(&inner));
    assert!(unpack(&outer.bytes[..cut], &[("a", 3)]).is_err());
    let whole = unpack(&outer.whole(), &[("a", 3), ("inner.zip", inner.len() as u64)]).unwrap();
    assert_eq!((whole[0].is_none(), whole[1].as_deref()), (true, Some(&inner[..])));
}

#[test]
fn what_went_wrong_told_in_the_middle_makes_it_no_zip() {
    // oCIS does so, and closes the zip all the same.
    let (end, good) = (three().bytes.len(), three().whole());
    for at in [0, end / 2, end] {
        let mut whole = good.clone();
        whole.splice(at..at, *b"internal error");
        assert!(unpack(&whole, &[("a", 3)]).is_err(), "at {at}");
    }
}

#[test]
fn a_name_that_comes_twice_makes_it_no_zip() {
    let sent = Sent::default().add("a", b"one").add("a", b"two").whole();
    assert!(unpack(&sent, &[("a", 3)]).is_err());
}

#[test]
fn a_length_that_lies_takes_no_memory_and_no_file() {
    for (told, true_length) in [(1 << 40, 3_u64), (3, 3 << 10), (4, 3)] {
        let bytes = vec![b'x'; usize::try_from(true_length).unwrap()];
        let mut sent = Sent::default();
        sent.entry("a", &bytes, crc32(&bytes), told);
        let files = unpack(&sent.whole(), &[("a", 3)]);
        assert!(files.is_err() || files.is_ok_and(|files| files[0].is_none()), "{told}");
    }
}

/// A zip of one file that is compressed, and told to be `told` bytes long.
fn deflated(bytes: &[u8], told: u32) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    writer.start_file("a", options).unwrap();
    writer.write_all(bytes).unwrap();
    let mut whole = writer.finish().unwrap().into_inner();
    let find = |magic: &[u8]| whole.windows(4).rposition(|four| four == magic).unwrap();
    let (local, central) = (find(b"PK\x03\x04"), find(b"PK\x01\x02"));
    for at in [local + 22, central + 24] {
        whole[at..at + 4].copy_from_slice(&told.to_le_bytes());
    }
    whole
}

#[test]
fn a_compressed_file_is_taken_and_a_bomb_is_not() {
    let files = unpack(&deflated(b"ooo", 3), &[("a", 3)]).unwrap();
    assert_eq!(texts(&files), [Some("ooo")]);
    // 16 MB that claim to be three bytes: no more than four are ever unpacked.
    let bomb = deflated(&vec![b'o'; 16 << 20], 3);
    assert!(bomb.len() < 100_000);
    assert_eq!(unpack(&bomb, &[("a", 3)]).unwrap(), [None]);
}
