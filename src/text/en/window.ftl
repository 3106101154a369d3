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

home-no-account = The same folder here and on your server
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
way-settings = Open the settings
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
menu-account = Settings of this account
menu-remove = Stop syncing this folder…
add-folder = Add a folder
add-to = From { $server }…
add-account = From another account…
check-now = Check now
waiting-long = Navette is still waiting for the answer.

## Activity

filter = Filter
filter-text = Name or folder
filter-folder = Folder
filter-all-folders = All folders
filter-since = Time
filter-any-time = Any time
filter-today = Today
filter-week = Last 7 days
filter-month = Last 30 days
filter-kind = Kind
kind-all = All
kind-sent = Sent
kind-received = Received
kind-moved = Moved
kind-aside = Put aside
kind-versions = Two versions
kind-left = Not done
did-sent = Sent to the server
did-updated = Sent to the server
did-fetched = Received from the server
did-replaced = Received from the server
did-came-back = Back on the server
did-folder-made-here = Folder made on this computer
did-folder-made-there = Folder made on the server
did-moved-here = Moved on this computer
did-moved-there = Moved on the server
did-renamed-here = Renamed on this computer
did-renamed-there = Renamed on the server
did-shown-as = Has another name here
did-put-aside = Put aside on this computer
did-deleted-here = Empty folder removed on this computer
did-deleted-there = Deleted on the server
did-conflict = Two versions kept
did-held = Left as it is
did-failed = Not synced
did-kept-mine = This computer’s version kept
did-kept-theirs = The server’s version kept
did-kept-both = Both versions kept
did-undone = Choice taken back
did-times = { $sentence }, { $n } times
because-conflict = Changed here and on the server
because-shown-as = Here it is called “{ $name }”: this disk cannot show its own name
because-came-back = It had just been changed there
because-kept-mine = The server’s is put aside
because-kept-theirs = This computer’s is put aside
because-kept-both = The other is now “{ $copy }”
because-undone = Both versions are back
at-times = At { $times }
at-from-to = Between { $from } and { $to }
line-and-others = { $n ->
        [one] { $name } and { $n } other
       *[other] { $name } and { $n } others
    }
way-compare = Compare
way-what = What can I do?
way-back = Bring back
until-date = until { $date }
reveal = Show { $name } in its folder
activity-empty = Nothing was done yet
    .body = Whatever Navette sends, receives, moves or puts aside is written down here, with the side and the reason.
activity-nothing = No entry
    .body = Nothing that was done fits these filters.
activity-not-found = No entry for “{ $text }”
activity-filtered = Only one kind is looked through: { $kind }.
activity-everything = Search everything
activity-fresh = { $n ->
        [one] { $n } new entry
       *[other] { $n } new entries
    }
