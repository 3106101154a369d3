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

## Home

home-no-account = No folder yet
    .body = Sign in to your server, choose a folder, and Navette keeps it equal on this computer.
    .action = Begin
home-no-folder = No folder yet
    .body = Choose a folder of the server and Navette keeps it equal on this computer.
    .action = Add a folder
pair-needs-you = Needs you
pair-waiting = Something waits
pair-waits-since = Waits since { $time }
pair-stopped-since = Stopped since { $time }
thread-name = { $name }: this computer { $here } and server { $there }, { $state }
progress-files = { $done } of { files }
progress-left = { $files }, { $left } left
progress-stalled = waiting for the server, { $n } s
direction-sent = sent
direction-received = received
pause = Pause
pause-how-long = Pause for how long
pause-hour = For an hour
pause-tomorrow = Until tomorrow at { $time }
pause-open = Until I resume
way-answer = Answer now
way-page = Open the page
waits-one = { $path }: { $sentence }
waits-many = Waiting: { $files }. { $sentence }
waits-others = { $n ->
        [one] { $n } of them has another reason.
       *[other] { $n } of them have other reasons.
    }
waits-list = See all { $n }
waits-title = What waits
waits-text = It goes on by itself. Nothing is lost on either side.
open-folder = Open folder { $name }
open-web = Open { $name } in the browser
more-of = More for { $name }
menu-open = Open the folder
menu-web = Open in the browser
menu-pause = Pause this folder
menu-resume = Resume this folder
menu-choose = Choose what is kept here…
menu-remove = Stop syncing this folder…
folder-remove = Stop syncing { $folder }?
    .body = The files stay here as ordinary files, and on the server as they are. Later changes do not cross any more.
    .action = Keep syncing
    .other = Stop syncing
add-folder = Add a folder
add-to = From { $server }…
add-account = From another account…
check-now = Check now
waiting-long = Navette is still waiting for the answer.
