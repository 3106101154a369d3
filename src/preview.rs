//! What a person sees of a file before deciding: its text, or its picture.
//!
//! Files are opened below the root of the pair and nowhere else; no link leads
//! out of it. Whatever a file claims to be, it takes a bounded part of the memory.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use image::{DynamicImage, ImageFormat, ImageReader, Limits};
use serde::Serialize;

use crate::disk::{Disk, OpenFile, Result};
use crate::model::RelPath;

/// So much of a text is shown.
const TEXT: usize = 256 << 10;
/// A picture that takes more bytes is not shown.
const PICTURE: u64 = 64 << 20;
/// Nor one that takes more memory when it is unpacked.
const UNPACKED: u64 = 256 << 20;
/// It is shown at most so wide and high.
const WIDEST: u32 = 1600;

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "types", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Preview {
    /// Its text.
    Text {
        /// As it reads.
        text: String,
        /// There is more of it.
        cut: bool,
    },
    /// Its picture.
    Image {
        /// As a `data:` URL.
        data: String,
        /// Its width in points, as the file has it.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// Nothing that could be shown.
    None,
}

/// What can be shown of the file at `path`.
///
/// # Errors
///
/// If it cannot be read.
pub async fn preview<D: Disk>(disk: &D, path: &RelPath) -> Result<Preview> {
    let mut file = disk.open(path).await?;
    let size = file.stat.seen.size;
    let head = read(&mut file, TEXT, path).await?;
    let Some(format) = picture(&head) else {
        let cut = size > head.len() as u64;
        return Ok(text(&head, cut).map_or(Preview::None, |text| Preview::Text { text, cut }));
    };
    if size > PICTURE {
        return Ok(Preview::None);
    }
    let rest = usize::try_from(PICTURE).unwrap_or(usize::MAX).saturating_sub(head.len());
    let rest = read(&mut file, rest, path).await?;
    let bytes = [head, rest].concat();
    // Unpacking takes a while, and everything else waits on this thread.
    let shown = tokio::task::spawn_blocking(move || scaled(&bytes, format)).await;
    Ok(shown.ok().flatten().unwrap_or(Preview::None))
}

/// At least so many bytes, or all that are left. A block that is begun is taken whole.
async fn read(file: &mut OpenFile, most: usize, path: &RelPath) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() < most
        && let Some(block) = file.bytes.next().await
    {
        let block = block.map_err(|source| crate::disk::DiskError {
            kind: crate::disk::DiskErrorKind::Broken,
            path: path.clone(),
            source,
        })?;
        bytes.extend_from_slice(&block);
    }
    Ok(bytes)
}

/// Which kind of picture it is that begins so, of those that are shown.
fn picture(head: &[u8]) -> Option<ImageFormat> {
    use ImageFormat as F;
    image::guess_format(head)
        .ok()
        .filter(|format| matches!(format, F::Png | F::Jpeg | F::Gif | F::WebP))
}

fn scaled(bytes: &[u8], format: ImageFormat) -> Option<Preview> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(UNPACKED);
    (limits.max_image_width, limits.max_image_height) = (Some(1 << 15), Some(1 << 15));
    reader.limits(limits);
    let whole = reader.decode().ok()?;
    let (width, height) = (whole.width(), whole.height());
    let fits = width <= WIDEST && height <= WIDEST;
    // An opaque picture stays small as JPEG; one that shows through needs PNG.
    let shown = if fits { whole } else { whole.thumbnail(WIDEST, WIDEST) };
    let (format, shown) = match shown.color().has_alpha() {
        true => (ImageFormat::Png, shown),
        false => (ImageFormat::Jpeg, DynamicImage::ImageRgb8(shown.into_rgb8())),
    };
    let mut packed = Cursor::new(Vec::new());
    shown.write_to(&mut packed, format).ok()?;
    let (kind, data) = (format.to_mime_type(), STANDARD.encode(packed.into_inner()));
    Some(Preview::Image { data: format!("data:{kind};base64,{data}"), width, height })
}

/// Bytes as text, if they are one: UTF-8, UTF-16 with its mark, or else
/// Latin-1 without control characters.
fn text(bytes: &[u8], cut: bool) -> Option<String> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| of([pair[0], pair[1]]));
        String::from_utf16_lossy(&units.collect::<Vec<_>>())
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            // The end of what was read may lie within a letter.
            Err(error) if cut && error.error_len().is_none() => {
                String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned()
            }
            Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
        },
    };
    let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    (!text.chars().any(is_odd)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::Native;
    use image::RgbaImage;

    async fn shown(name: &str, bytes: &[u8]) -> Result<Preview> {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(name), bytes).unwrap();
        let disk = Native::unlocked(dir.path()).unwrap();
        preview(&disk, &RelPath::parse(name).unwrap()).await
    }

    fn reads(text: &str, cut: bool) -> Preview {
        Preview::Text { text: text.to_owned(), cut }
    }

    #[tokio::test]
    async fn texts_read_in_each_of_the_usual_encodings() {
        assert_eq!(shown("a", "été".as_bytes()).await.unwrap(), reads("été", false));
        assert_eq!(shown("a", b"\xef\xbb\xbfa").await.unwrap(), reads("a", false));
        assert_eq!(shown("a", b"\xff\xfe\xe9\x00").await.unwrap(), reads("é", false));
        assert_eq!(shown("a", b"\xfe\xff\x00\xe9").await.unwrap(), reads("é", false));
        assert_eq!(shown("a", b"\xe9t\xe9").await.unwrap(), reads("été", false));
        assert_eq!(shown("a", b"").await.unwrap(), reads("", false));
        assert_eq!(shown("a", b"\x7fELF\0\0").await.unwrap(), Preview::None);
    }

    #[tokio::test]
    async fn a_long_text_is_cut_between_two_letters() {
        let long = "x".to_owned() + &"é".repeat(TEXT);
        let Preview::Text { text, cut: true } = shown("a", long.as_bytes()).await.unwrap() else {
            panic!("no text");
        };
        assert!(
            long.starts_with(&text) && text.len() + 1 >= TEXT && text.len() <= TEXT,
            "{}",
            text.len()
        );
    }

    #[tokio::test]
    async fn a_picture_is_scaled_and_one_that_is_none_is_not_shown() {
        let mut png = Cursor::new(Vec::new());
        RgbaImage::new(3200, 400).write_to(&mut png, ImageFormat::Png).unwrap();
        let png = png.into_inner();
        let Preview::Image { data, width, height } = shown("a.png", &png).await.unwrap() else {
            panic!("no picture");
        };
        assert_eq!((width, height), (3200, 400));
        let packed = STANDARD.decode(data.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let small = image::load_from_memory(&packed).unwrap();
        assert_eq!((small.width(), small.height()), (1600, 200));
        assert_eq!(shown("a.png", &png[..60]).await.unwrap(), Preview::None, "it is torn");
    }

    #[tokio::test]
    async fn a_picture_that_would_fill_the_memory_is_not_unpacked() {
        // A header that promises 30,000 by 30,000 points, and nothing behind it.
        let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bomb.extend(30_000_u32.to_be_bytes().iter().chain(&30_000_u32.to_be_bytes()));
        bomb.extend(b"\x08\x06\0\0\0");
        let sum = crc32(&bomb[12..29]);
        bomb.extend(sum.to_be_bytes());
        assert_eq!(shown("a", &bomb).await.unwrap(), Preview::None);
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let step = |sum: u32| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        !bytes
            .iter()
            .fold(u32::MAX, |sum, &byte| (0..8).fold(sum ^ u32::from(byte), |sum, _| step(sum)))
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn no_link_leads_out_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let (inside, outside) = (dir.path().join("in"), dir.path().join("out"));
        std::fs::create_dir_all(&inside).unwrap();
        std::fs::create_dir_all(&outside).unwrap();
        std::fs::write(outside.join("secret"), "secret").unwrap();
        std::os::unix::fs::symlink(outside.join("secret"), inside.join("a")).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("d")).unwrap();
        let disk = Native::unlocked(&inside).unwrap();
        for path in ["a", "d/secret"] {
            assert!(preview(&disk, &RelPath::parse(path).unwrap()).await.is_err(), "{path}");
        }
    }
}
