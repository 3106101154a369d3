//! XML, written and read.

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, Writer};

/// An XML document that is being written, into memory.
pub(super) struct Xml {
    writer: Writer<Vec<u8>>,
}

impl Xml {
    /// A document without a declaration.
    pub(super) fn bare() -> Self {
        Self { writer: Writer::new(Vec::new()) }
    }

    /// A document with a declaration.
    pub(super) fn declared() -> Self {
        let mut xml = Self::bare();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    /// Begins an element.
    pub(super) fn open(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let start = BytesStart::new(tag).with_attributes(attributes.iter().copied());
        self.event(Event::Start(start));
    }

    /// Ends an element.
    pub(super) fn close(&mut self, tag: &str) {
        self.event(Event::End(BytesEnd::new(tag)));
    }

    /// Text inside an element.
    pub(super) fn text(&mut self, text: &str) {
        self.event(Event::Text(BytesText::new(text)));
    }

    /// An element that holds only text; none at all is written short.
    pub(super) fn leaf(&mut self, tag: &str, text: &str) {
        if text.is_empty() {
            return self.empty(tag, &[]);
        }
        self.open(tag, &[]);
        self.text(text);
        self.close(tag);
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, tag: &str, attributes: &[(&str, &str)]) {
        let start = BytesStart::new(tag).with_attributes(attributes.iter().copied());
        self.event(Event::Empty(start));
    }

    /// The document.
    pub(super) fn done(self) -> Vec<u8> {
        self.writer.into_inner()
    }

    fn event(&mut self, event: Event<'_>) {
        // Writing to memory does not fail.
        let _ = self.writer.write_event(event);
    }
}

/// An element inside `prop`, of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// Its namespace; empty for none.
    pub(super) namespace: String,
    /// Its name in it.
    pub(super) name: String,
    /// The text in it.
    pub(super) text: String,
}

/// The elements inside `prop` of a PROPFIND or PROPPATCH; none if the body
/// names none, `None` if it is no XML.
pub(super) fn properties(body: &[u8]) -> Option<Vec<Asked>> {
    let mut reader = NsReader::from_str(std::str::from_utf8(body).ok()?);
    let mut found = Vec::new();
    let mut line: Vec<String> = Vec::new();
    loop {
        let (resolved, event) = reader.read_resolved_event().ok()?;
        match event {
            Event::Eof => return line.is_empty().then_some(found),
            Event::Start(start) => {
                let name = local(start.local_name().as_ref())?;
                if line.last().is_some_and(|above| above == "prop") {
                    found.push(asked(&resolved, &name));
                }
                line.push(name);
            }
            Event::Empty(start) if line.last().is_some_and(|above| above == "prop") => {
                found.push(asked(&resolved, &local(start.local_name().as_ref())?));
            }
            Event::Text(text) => {
                let within = line.iter().rev().nth(1).is_some_and(|above| above == "prop");
                if let Some(last) = found.last_mut().filter(|_| within) {
                    last.text.push_str(&text.xml10_content());
                }
            }
            Event::End(_) => {
                line.pop()?;
            }
            _ => {}
        }
    }
}

fn local(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

fn asked(resolved: &ResolveResult<'_>, name: &str) -> Asked {
    let namespace = match resolved {
        ResolveResult::Bound(namespace) => namespace.0.to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    };
    Asked { namespace, name: name.to_owned(), text: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_found_whatever_their_prefix() {
        let body = br#"<?xml version="1.0"?><x:propfind xmlns:x="DAV:"><x:prop>
            <x:getetag/><id xmlns="http://owncloud.org/ns"/></x:prop></x:propfind>"#;
        let found = properties(body).unwrap();
        let names: Vec<_> = found.iter().map(|one| (&*one.namespace, &*one.name)).collect();
        assert_eq!(names, [("DAV:", "getetag"), ("http://owncloud.org/ns", "id")]);
    }

    #[test]
    fn the_value_of_a_property_is_read() {
        let body = br#"<d:propertyupdate xmlns:d="DAV:"><d:set><d:prop>
            <d:lastmodified>1500000000</d:lastmodified></d:prop></d:set></d:propertyupdate>"#;
        assert_eq!(properties(body).unwrap()[0].text, "1500000000");
    }

    #[test]
    fn half_a_document_is_none() {
        assert_eq!(properties(b"<a><b>"), None);
        assert_eq!(properties(b""), Some(Vec::new()));
    }
}
