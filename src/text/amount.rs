//! Numbers, sizes and durations as a language writes them.

use std::time::Duration;

use super::Texts;

impl Texts {
    /// Returns a number of files in words.
    pub fn files(&self, n: u64) -> String {
        self.say("files", &[("n", n.into())])
    }

    /// Returns a number of bytes in words: three digits and a decimal unit.
    pub fn size(&self, bytes: u64) -> String {
        let units = [(12, "size-tera"), (9, "size-giga"), (6, "size-mega"), (3, "size-kilo")];
        let unit = units.into_iter().find(|&(power, _)| bytes >= 10_u64.pow(power));
        let Some((power, id)) = unit else {
            return self.say("size-bytes", &[("n", bytes.into())]);
        };
        // Whole thousandths of the unit: 1234 is 1.23 of it.
        let thousandths = bytes / 10_u64.pow(power - 3);
        let (whole, rest) = (thousandths / 1000, thousandths % 1000);
        let digits = match whole {
            0..10 => format!("{whole}.{:02}", rest / 10),
            10..100 => format!("{whole}.{}", rest / 100),
            _ => whole.to_string(),
        };
        self.say(id, &[("n", self.habits.write(&digits).into())])
    }

    /// Returns a rate of bytes per second in words.
    pub fn rate(&self, bytes_per_second: u64) -> String {
        self.say("size-rate", &[("size", self.size(bytes_per_second).into())])
    }

    /// Returns a duration in words: its two largest units.
    pub fn time(&self, time: Duration) -> String {
        let whole = time.as_secs();
        match whole {
            0..10 => {
                let digits = format!("{whole}.{}", time.subsec_millis() / 100);
                self.say("time-seconds", &[("seconds", self.habits.write(&digits).into())])
            }
            10..60 => self.say("time-seconds", &[("seconds", whole.into())]),
            60..3600 => self.say(
                "time-minutes",
                &[("minutes", (whole / 60).into()), ("seconds", (whole % 60).into())],
            ),
            _ => self.say(
                "time-hours",
                &[("hours", (whole / 3600).into()), ("minutes", (whole / 60 % 60).into())],
            ),
        }
    }

    /// Returns a day and time of day, of seconds since 1970, in the time zone
    /// of this computer.
    pub fn date(&self, seconds: i64) -> String {
        let zone = jiff::tz::TimeZone::system();
        here(seconds, &zone).map_or_else(|| seconds.to_string(), |at| said(&self.habits.date, &at))
    }

    /// Returns the time of day if that was or is today, else the day. `now` is
    /// in seconds since 1970, too.
    pub fn moment(&self, seconds: i64, now: i64) -> String {
        let zone = jiff::tz::TimeZone::system();
        match (here(seconds, &zone), here(now, &zone)) {
            (Some(at), Some(now)) if at.date() == now.date() => said(&self.habits.time, &at),
            (Some(at), _) => said(&self.habits.day, &at),
            (None, _) => seconds.to_string(),
        }
    }
}

fn here(seconds: i64, zone: &jiff::tz::TimeZone) -> Option<jiff::Zoned> {
    let moment = jiff::Timestamp::from_second(seconds).ok()?;
    Some(moment.to_zoned(zone.clone()))
}

/// A day or time as a language writes it.
fn said(habit: &str, at: &jiff::Zoned) -> String {
    jiff::fmt::strtime::format(habit, at).unwrap_or_else(|_| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::*;

    fn both() -> [Texts; 2] {
        [Texts::new(Language::ENGLISH), Texts::new(Language::FRENCH)]
    }

    #[test]
    fn sizes_have_three_digits_and_do_not_break_before_the_unit() {
        let [english, french] = both();
        for (bytes, in_english, in_french) in [
            (0, "0\u{a0}bytes", "0\u{a0}octet"),
            (1, "1\u{a0}byte", "1\u{a0}octet"),
            (999, "999\u{a0}bytes", "999\u{a0}octets"),
            (1_000, "1.00\u{a0}kB", "1,00\u{a0}ko"),
            (1_239_999, "1.23\u{a0}MB", "1,23\u{a0}Mo"),
            (45_678_000_000, "45.6\u{a0}GB", "45,6\u{a0}Go"),
            (u64::MAX, "18,446,744\u{a0}TB", "18\u{202f}446\u{202f}744\u{a0}To"),
        ] {
            assert_eq!(english.size(bytes), in_english);
            assert_eq!(french.size(bytes), in_french);
        }
    }

    #[test]
    fn durations_show_their_two_largest_units() {
        let [english, french] = both();
        for (millis, in_english, in_french) in [
            (340, "0.3\u{a0}s", "0,3\u{a0}s"),
            (59_900, "59\u{a0}s", "59\u{a0}s"),
            (61_000, "1\u{a0}min 1\u{a0}s", "1\u{a0}min 1\u{a0}s"),
            (7_320_000, "2\u{a0}h 2\u{a0}min", "2\u{a0}h 2\u{a0}min"),
        ] {
            assert_eq!(english.time(Duration::from_millis(millis)), in_english);
            assert_eq!(french.time(Duration::from_millis(millis)), in_french);
        }
    }

    #[test]
    fn today_is_a_time_and_any_other_day_is_a_day() {
        let [english, french] = both();
        let noon = 1_796_040_000;
        assert_eq!(english.moment(noon, noon).len(), "12:00".len());
        let before = noon - 3 * 24 * 3600;
        assert!(english.moment(before, noon).starts_with("2026-11-"));
        assert!(french.moment(before, noon).ends_with("/11/2026"));
    }
}
