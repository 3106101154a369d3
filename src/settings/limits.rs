//! When a pair spares the connection, the battery or the hours of the day, and
//! which proxy stands in between.

use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

/// What a connection that costs money means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnMetered {
    /// Nothing is synced over it.
    #[default]
    Pause,
    /// It is used as any other.
    GoOn,
}

impl OnMetered {
    /// What can be written.
    pub const FORMS: &'static str = "pause | go-on";

    /// Reads one of them.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "pause" => Some(Self::Pause),
            "go-on" => Some(Self::GoOn),
            _ => None,
        }
    }
}

impl fmt::Display for OnMetered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pause => "pause",
            Self::GoOn => "go-on",
        })
    }
}

/// What it means that the computer runs on its battery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnBattery {
    /// Nothing is synced on battery.
    Pause,
    /// Nothing is synced once the system says that the battery is low.
    #[default]
    PauseWhenLow,
    /// Nothing.
    GoOn,
}

impl OnBattery {
    /// What can be written.
    pub const FORMS: &'static str = "pause | pause-when-low | go-on";

    /// Reads one of them.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "pause" => Some(Self::Pause),
            "pause-when-low" => Some(Self::PauseWhenLow),
            "go-on" => Some(Self::GoOn),
            _ => None,
        }
    }
}

impl fmt::Display for OnBattery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pause => "pause",
            Self::PauseWhenLow => "pause-when-low",
            Self::GoOn => "go-on",
        })
    }
}

/// The hours of the day in which is synced, by the computer's own time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hours {
    /// All.
    #[default]
    Always,
    /// From the first to the second, in minutes since midnight; over midnight if
    /// the first is the later one.
    Between(u16, u16),
}

impl Hours {
    /// What can be written.
    pub const FORMS: &'static str = "always | 20:00-06:00";

    /// Reads `always` or two different times of a day.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "always" {
            return Some(Self::Always);
        }
        let (from, to) = text.split_once('-')?;
        let (from, to) = (minutes(from)?, minutes(to)?);
        (from != to).then_some(Self::Between(from, to))
    }

    /// When the hours begin that are next, in seconds since 1970; none if they
    /// are now (`now`, on the clocks of `zone`).
    pub fn begin_at(self, now: i64, zone: &TimeZone) -> Option<i64> {
        let Self::Between(from, to) = self else { return None };
        let at = Timestamp::from_second(now).ok()?.to_zoned(zone.clone());
        let minute = u16::try_from(at.hour()).ok()? * 60 + u16::try_from(at.minute()).ok()?;
        let inside = match from < to {
            true => (from..to).contains(&minute),
            false => minute >= from || minute < to,
        };
        if inside {
            return None;
        }
        let (hour, minute_of_hour) = (i8::try_from(from / 60).ok()?, i8::try_from(from % 60).ok()?);
        let day = if minute < from { at.date() } else { at.date().tomorrow().ok()? };
        let begin = day.at(hour, minute_of_hour, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(begin.timestamp().as_second())
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Between(from, to) = self else { return f.write_str("always") };
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// Reads a time of day, as `6:30`.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// When a pair pauses by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// On a connection that costs money.
    pub on_metered: OnMetered,
    /// On battery.
    pub on_battery: OnBattery,
    /// Outside of these hours.
    pub hours: Hours,
}

/// Which proxy is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ProxyChoice {
    /// That of the system, or of the environment.
    #[default]
    System,
    /// None.
    Direct,
    /// This one, with a login if there is one in front of the host; never with a
    /// password.
    At(Url),
}

impl ProxyChoice {
    /// What can be written.
    pub const FORMS: &'static str =
        "system | none | http://proxy.example.org:3128 | socks5://login@proxy.example.org";

    /// Reads `system`, `none`, or the address of a proxy without a password.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "system" => Some(Self::System),
            "none" => Some(Self::Direct),
            address => {
                let url = Url::parse(address).ok()?;
                let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
                let good = known && url.host_str().is_some_and(|host| !host.is_empty());
                (good && url.password().is_none()).then_some(Self::At(url))
            }
        }
    }
}

impl fmt::Display for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Direct => f.write_str("none"),
            Self::At(url) => f.write_str(url.as_str().trim_end_matches('/')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paris() -> TimeZone {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
    }

    /// Seconds since 1970 of a moment in Paris.
    fn at(text: &str) -> i64 {
        let civil: jiff::civil::DateTime = text.parse().unwrap();
        civil.to_zoned(paris()).unwrap().timestamp().as_second()
    }

    #[test]
    fn hours_over_midnight_are_one_night() {
        let night = Hours::parse("20:00-06:00").unwrap();
        for (now, begin) in [
            ("2026-11-30T19:59:59", Some("2026-11-30T20:00")),
            ("2026-11-30T20:00:00", None),
            ("2026-12-01T00:00:00", None),
            ("2026-12-01T05:59:59", None),
            ("2026-12-01T06:00:00", Some("2026-12-01T20:00")),
        ] {
            assert_eq!(night.begin_at(at(now), &paris()), begin.map(at), "{now}");
        }
    }

    #[test]
    fn hours_of_one_day_begin_again_on_the_next() {
        let day = Hours::parse("9:30-17:00").unwrap();
        assert_eq!(day.begin_at(at("2026-11-30T09:29"), &paris()), Some(at("2026-11-30T09:30")));
        assert_eq!(day.begin_at(at("2026-11-30T12:00"), &paris()), None);
        assert_eq!(day.begin_at(at("2026-11-30T17:00"), &paris()), Some(at("2026-12-01T09:30")));
        assert_eq!(Hours::Always.begin_at(0, &paris()), None);
    }

    #[test]
    fn the_night_in_which_clocks_change_has_its_hours_too() {
        let night = Hours::parse("02:30-04:00").unwrap();
        let begin = night.begin_at(at("2026-03-29T01:00"), &paris()).unwrap();
        assert!((at("2026-03-29T01:30")..=at("2026-03-29T04:00")).contains(&begin));
    }

    #[test]
    fn what_is_no_pair_of_times_is_refused() {
        for text in ["", "20:00", "20:00-20:00", "24:00-06:00", "20:60-06:00", "20-06", "night"] {
            assert_eq!(Hours::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_proxy_never_has_a_password_in_the_settings() {
        assert_eq!(ProxyChoice::parse("http://me:secret@proxy.example.org"), None);
        assert_eq!(ProxyChoice::parse("ftp://proxy.example.org"), None);
        assert_eq!(ProxyChoice::parse("proxy"), None);
        for text in ["system", "none", "http://me@proxy.example.org:3128", "socks5://p.example.org"]
        {
            assert_eq!(ProxyChoice::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn each_word_is_read_as_it_is_written() {
        for text in ["pause", "go-on"] {
            assert_eq!(OnMetered::parse(text).unwrap().to_string(), text);
        }
        for text in ["pause", "pause-when-low", "go-on"] {
            assert_eq!(OnBattery::parse(text).unwrap().to_string(), text);
        }
        for text in ["always", "20:00-06:00", "09:30-17:05"] {
            assert_eq!(Hours::parse(text).unwrap().to_string(), text);
        }
    }
}
