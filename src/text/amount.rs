//! Numbers, sizes and durations as a language writes them.

use std::time::Duration;

use super::Texts;

impl Texts {
    /// Returns a number of files in words.
    pub fn files(&self, n: u64) -> String {
        self.say("files", &[("n", n.into())])
    }

    /// Returns a number of bytes in words: no more than three digits and a unit
    /// of 1024, as the servers' own pages show it.
    pub fn size(&self, bytes: u64) -> String {
        let units = ["amount-kilo", "amount-mega", "amount-giga", "amount-tera"];
        if bytes < 1000 {
            return self.say("amount-bytes", &[("n", bytes.into())]);
        }
        // 1000 of a unit are one of the next.
        let of = |power: usize| 1024_u128.pow(power as u32 + 1);
        let bytes = u128::from(bytes);
        let power = (0..3).find(|power| bytes * 2 < of(*power) * 1999).unwrap_or(3);
        let rounded = |times: u128| (bytes * times * 2 + of(power)) / (of(power) * 2);
        let digits = match rounded(10) {
            tenths @ 0..100 if power == 0 => {
                (tenths / 10 + u128::from(tenths % 10 >= 5)).to_string()
            }
            tenths @ 0..1000 => format!("{}.{}", tenths / 10, tenths % 10),
            _ => rounded(1).to_string(),
        };
        self.say(units[power], &[("n", self.habits.write(&digits).into())])
    }

    /// Returns a rate of bytes per second in words.
    pub fn rate(&self, bytes_per_second: u64) -> String {
        self.say("amount-rate", &[("size", self.size(bytes_per_second).into())])
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
    fn sizes_have_at_most_three_digits_and_do_not_break_before_the_unit() {
        let [english, french] = both();
        for (bytes, in_english, in_french) in [
            (0, "0\u{a0}bytes", "0\u{a0}octet"),
            (1, "1\u{a0}byte", "1\u{a0}octet"),
            (999, "999\u{a0}bytes", "999\u{a0}octets"),
            (1000, "1\u{a0}KB", "1\u{a0}Ko"),
            (9_000, "9\u{a0}KB", "9\u{a0}Ko"),
            (12_600, "12.3\u{a0}KB", "12,3\u{a0}Ko"),
            (1_023_487, "999\u{a0}KB", "999\u{a0}Ko"),
            (1_023_488, "1.0\u{a0}MB", "1,0\u{a0}Mo"),
            (20 << 30, "20.0\u{a0}GB", "20,0\u{a0}Go"),
            (150 << 30, "150\u{a0}GB", "150\u{a0}Go"),
            (u64::MAX, "16,777,216\u{a0}TB", "16\u{202f}777\u{202f}216\u{a0}To"),
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
