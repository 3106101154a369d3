### Navette: messages of the settings
###
### The value is the label of a setting, `.body` what it means.

settings-title = Settings
settings-sections = Kinds of settings
settings-back = All settings
settings-changed = Changed: { $what }.
settings-general = General
settings-accounts = Accounts
settings-folders = Folders
settings-network = Network
settings-rules = Left out
settings-notices = Notifications
settings-help = Help and logs
settings-about = About
settings-cancel = Cancel
settings-kilo = KB
settings-mega = MB
settings-giga = GB
settings-tera = TB
settings-per-second = { $unit } a second

## General

settings-start = Start with the session
    .body = Navette runs in the background from the moment you sign in to this computer.
settings-look = Look
settings-language = Language
settings-theme = Appearance
settings-system = As the system
settings-light = Light
settings-dark = Dark
settings-tray = Tray icon
    .body = Whether it is drawn dark or light, if it can hardly be seen on your panel.
settings-tray-light = Light, for a dark panel
settings-tray-dark = Dark, for a light panel
settings-copies = Names of second versions
    .body = Where a file changed on both sides, this computer’s version is kept beside the other, with the date in Greenwich time and the name of this computer.
settings-copies-sample = Budget (conflict 2026-11-22 135419 { $computer }).xlsx
settings-copies-computer = Name of this computer
settings-copies-usual = laptop

## For whom

settings-scope = These settings are for
settings-scope-sync = Everything
settings-scope-account = Account { $name }
settings-scope-folder = Folder { $name }
settings-own = Only here
settings-as-wider = As everywhere else

## Network

settings-speed = Speed
settings-upload = Sending
settings-download = Receiving
settings-rate-none = As fast as possible
settings-rate-gentle = Leave room for others
settings-rate-fixed = At most…
settings-rate-none-hint = No limit.
settings-rate-gentle-hint = Slows down while something else uses the connection.
settings-rate-fixed-hint = At least 10 KB a second.
settings-amount = Amount
settings-unit = Unit
settings-amount-bad = Type a number, such as 2 or 1.5.
settings-rate-bad = Type a number that makes at least 10 KB a second.
settings-pausing = Pause by itself
settings-metered = On a metered connection
    .body = Phone hotspot, mobile data.
settings-battery = On battery
    .body = Goes on when plugged in.
settings-battery-low = Pause when it is low
settings-battery-always = Pause
settings-battery-never = Go on
settings-hours = Only at certain hours
    .body = Outside of them Navette pauses.
settings-hours-from = From
settings-hours-to = To
settings-hours-night = Over midnight, until the next day.
settings-hours-bad = Type two different times.
settings-connection = Connection
settings-proxy = Proxy server
settings-proxy-system = As the system
settings-proxy-none = None
settings-proxy-manual = This one…
settings-proxy-system-hint = What the system, or the environment, names.
settings-proxy-none-hint = Straight to the server.
settings-proxy-manual-hint = For networks that let nothing out without it.
settings-proxy-kind = Kind
settings-proxy-host = Address
settings-proxy-port = Port
settings-proxy-login = Login
settings-proxy-login-hint = Leave it empty if the proxy asks for none.
settings-proxy-password = Password
settings-proxy-password-hint = Kept in this computer’s keychain, not in the settings.
settings-proxy-password-keep = Keep the password
settings-proxy-password-forget = Forget the password
settings-proxy-password-kept = The password is kept in the keychain.
settings-proxy-password-forgotten = The password is forgotten.
settings-proxy-use = Use this proxy
settings-proxy-bad = Type the address of the proxy, as proxy.example.org, and a port up to 65535.

## Left out

settings-rules-hint = What a line names is synced in neither direction; what is there already stays on both sides. Written as in a .gitignore.
settings-rules-for = Lines
settings-rules-none = No line yet.
settings-rule-new = New line
settings-rule-sample = *.iso, /build/, !keep.log
settings-rule-add = Add
settings-rule-there = This line is there already.
settings-rule-empty = Type a name, or a pattern such as *.iso.
settings-rule-remove = Take out { $line }
settings-rule-up = Move { $line } up
settings-rule-down = Move { $line } down
settings-rule-meaning = { $kind ->
    [comment] A remark.
    [back] Brings back what a line above leaves out.
    [folder] A folder of this name, wherever it is.
    [place] At this place only.
   *[name] Whatever is called so, wherever it is.
}
settings-rules-built-in = Built in
    .body = Files of the system and half-made ones, which nobody wants elsewhere.
settings-rules-everywhere = For everything
settings-rules-account = Of the account
settings-rules-folder = Of the folder
settings-rules-file = Of .navetteignore
    .body = A file in the folder itself; it holds on all computers. Edit it there.
settings-rules-open = Open the file
settings-rules-order = The nearest counts: .navetteignore, then the folder, the account, everything, and what is built in.
settings-rules-no-folder = Lines can be added once there is a folder.
settings-test = Test a path
    .body = Whether it would be synced, and which line says so.
settings-test-path = Path in the folder
settings-test-sample = Photos/2019/raw.iso
settings-test-do = Test
settings-kinds = Whole kinds of files
settings-hidden = Sync hidden files
    .body = Names that begin with a point.
settings-links = Follow links
    .body = Symbolic links to files and folders within the same folder are synced like what they name. Nothing is written through them. Not on Windows.
settings-largest = Hold large files
settings-largest-none = None is too large
settings-largest-over = Larger than…
settings-largest-hint = They stay where they are, and are named in Attention.

## Accounts

settings-account-add = Add an account
settings-account-folders = Folders here: { $n }
settings-account-remove = Remove…
settings-account-none = No account yet
    .body = Connect to a server, and choose a folder to keep equal here.
settings-account-all-sent = The files stay here as ordinary files; the server keeps its own. Everything is sent.
settings-account-goes = What goes
    .body = The saved sign-in, the settings of the account, and what Navette knows of these folders:
settings-account-stays = What stays
    .body = All files here and on the server; what is put aside stays in each folder.
settings-account-removed = { $server } is removed from this computer.
settings-account-sending = Sending first, then removing. This can take a while; the account stays until all is sent.
settings-account-do = Remove
settings-account-counting = Looking for what is not sent yet

## Folders

settings-folder-add = Add a folder
settings-folder-kept = What is kept…
settings-folder-move = Move elsewhere…
settings-folder-remove = Remove…
settings-folder-none = No folder yet
    .body = Choose a folder of the server and Navette keeps it equal on this computer.
settings-folder-part = Not kept here: { $n ->
    [one] { $n } folder
   *[other] { $n } folders
}
settings-folder-whole = Everything is kept here
settings-folder-with = with { $remote } on { $server }
settings-kept = What of { $name } is kept here
    .body = A folder without a tick stays on the server and takes no room here.
settings-kept-apply = Apply
settings-kept-nothing = Nothing is changed yet.
settings-kept-come = To be fetched: { $n ->
    [one] { $n } folder
   *[other] { $n } folders
}
settings-kept-go = Not kept here any more: { $n ->
    [one] { $n } folder
   *[other] { $n } folders
}
settings-kept-copies = Copies that are here now
settings-kept-aside = Put them aside: they wait in Bring back
settings-kept-stay = Leave them here, no longer synced
settings-kept-done = Changed what is kept of { $name } here.
settings-move = Move { $name } elsewhere
    .body = On the same disk it is moved at once. To another disk it is copied and read again first; the old folder then stays under another name, until you delete it. Nothing is fetched anew.
settings-move-from = Now at
settings-move-to = New place
settings-move-choose = Choose a place…
settings-move-do = Move it here
settings-move-busy = Moving. Syncing of this folder waits meanwhile; to another disk it can take long.
settings-move-done = { $name } is now at { $path }.
settings-remove = Stop syncing { $name } here?
    .body = The files stay at { $path } as ordinary files; the server keeps its own.
    .action = Stop syncing it
settings-remove-stays = What stays
    .body = All files here and on the server. What is put aside stays in the folder, but leaves Bring back.
settings-remove-goes = What goes
    .body = What Navette knows of it: its rules, and what was done.
settings-removed = { $name } is no longer synced here.
settings-disk = Room on this computer
settings-reserve = Keep free on the disk
    .body = Receiving stops before the disk is full.
settings-reserve-usual = As usual: 1 %, at most 500 MB
settings-reserve-none = Nothing
settings-reserve-amount = An amount…
settings-reserve-percent = A part of the disk…
settings-reserve-share = Part of the disk
settings-reserve-bad = Type a whole number up to 50.

## Notifications

settings-notify = What is notified
settings-notify-all = All that matters
    .body = Questions, two versions, and a first sync that has ended.
settings-notify-needed = Only what cannot wait
    .body = Sign-in, deletions, certificates, no room.
settings-notify-none = Nothing
    .body = The tray icon and this window still show it.
settings-notify-new = New files from others
    .body = Collected for two minutes a folder.
settings-notify-quiet = Navette makes no sound, and never opens its window by itself.

## Help, logs, about

settings-log = Log
    .body = What Navette did, for whoever helps. Without passwords.
settings-log-open = Open the log
settings-archive = Archive for whoever helps
    .body = Versions, settings, what was found, and the log, in one file. Look into it before you give it away.
settings-archive-names = With names of files, servers and people
    .other = Without, they are replaced by numbers.
settings-archive-save = Save the archive…
settings-archive-title = Save the archive
settings-archive-done = Saved: { $path }, { $size }.
settings-archive-holds = What is in it
settings-page = Files of Navette
settings-page-log = Logs
settings-page-file = Settings
settings-version = Navette { $version }
settings-licence = Free software: { $licence }.
settings-updates-on = New versions are looked for once a day, and never installed without you.
settings-updates-off = New versions come as your system brings them.
settings-components = What it is made of
    .body = Navette stands on the work of many. Each part has its own licence.
settings-component-search = Name or licence
settings-component-none = No part is called so.
