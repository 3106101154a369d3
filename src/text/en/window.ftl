### Navette: the window, its Home and its Activity

## Amounts

amount-bytes = { $n ->
        [one] { $n } byte
       *[other] { $n } bytes
    }
amount-kilo = { $n } KB
amount-mega = { $n } MB
amount-giga = { $n } GB
amount-tera = { $n } TB
amount-rate = { $size }/s
amount-of = { $part } of { $whole }

## Times

day-today = Today
day-yesterday = Yesterday
day-tomorrow = Tomorrow
day-and-time = { $day } { $time }
ago-seconds = { $n } s ago
ago-minutes = { $n } min ago
ago-today = at { $time }
ago-yesterday = yesterday at { $time }
ago-weekday = on { $day }
ago-date = on { $date }
left-moment = less than a minute
left-minutes = { $n } min
left-hours = about { $n } h
lasts-seconds = { $n } s
lasts-minutes = { $n } min
lasts-hours = { $n } h

## The frame

skip-link = Skip to the content
region-navigation = Navette
region-state = State
nav-home = Home
nav-activity = Activity
nav-attention = Attention
nav-attention-count = Attention, { $n }
nav-bring-back = Bring back
nav-settings = Settings
nav-assistant = Add an account
close = Close
undo = Undo
undo-bar = Just done
search-clear = Clear the search
password-show = Show the password
password-hide = Hide the password
mood-needs-you = { $n ->
        [one] One needs you
       *[other] { $n } need you
    }
mood-stopped = Stopped
mood-paused = Paused
mood-offline = Offline
mood-syncing = Syncing
mood-checking = Checking
mood-up-to-date = Up to date
mood-empty = No folder yet
foot-left = { $left } left
foot-until = until { $time }
foot-since = since { $time }
foot-checked = checked { $ago }
foot-rest = the rest goes on
announce-need = { $n ->
        [one] One thing needs you: { $first }
       *[other] { $n } things need you. The newest: { $first }
    }
details = Details
details-copy = Copy the details
quit-while-syncing = Quit while files are on their way?
    .body = What is on its way stops where it is and goes on when Navette starts again. Nothing is lost.
    .action = Keep syncing
    .other = Quit now

## Quota

quota-label = Space on { $server }
quota-of = { $used } of { $total } used, { $free } free
quota-used = { $used } used
