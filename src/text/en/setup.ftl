### Navette: messages of the assistant

## The frame

setup-steps = Steps
setup-step-server = Server
setup-step-sign-in = Sign in
setup-step-folders = Folders
setup-step-summary = Summary
setup-step-of = Step { $i } of { $n }
setup-step-done = done
setup-back = Back
setup-continue = Continue
setup-quit = Quit
setup-cancel = Cancel
setup-details = Details
setup-again = Try again
setup-internal = Navette cannot go on here
    .body = Nothing was changed. The details say why.

## Server

setup-server-title = Where are your files?
    .body = Type the address of your storage, or paste any page of it from your browser.
setup-server-address = Server address
setup-server-asking = Asking { $host }…
setup-server-product = { $product } { $version }
setup-server-encrypted = the connection is encrypted
setup-server-bare = the connection is not encrypted
setup-server-used = Address used: { $address }
setup-server-works = Works with ownCloud, Nextcloud, oCIS, OpenCloud and any WebDAV server. Not sure of the address? It is the one you open to see your files in the browser.
setup-server-empty = An address is needed
    .body = It is the one you open to see your files in the browser.
setup-server-secure = Use https

## Sign in

setup-signin-title = Sign in to { $server }
setup-signin-browser = Sign in with your browser
    .body = The server’s own page opens there, with all that it asks for, such as a second factor. Navette never sees your password.
    .action = Open the browser
setup-signin-password-body = With the login and the password that you use on its page.
setup-signin-by-password = Use a password instead
setup-signin-by-browser = Sign in with the browser instead
setup-signin-login = Login or e-mail address
setup-signin-password = Password
setup-signin-local = Local password
setup-signin-no-login = A login is needed
    .body = It is the name or the e-mail address that the server knows you by.
setup-signin-no-password = A password is needed
    .body = Nothing has been sent.
setup-signin-same = Nothing was sent now: login and password are the same as before.
setup-signin-page = Personal
setup-signin-no-local = I have no local password yet, or do not know it
setup-signin-choose-local = Choose one on the server’s page
    .body = Sign in there with your institution’s password, and set a local password on the page “{ $page }”.
    .action = Open the page
setup-signin-opening = Opening your browser…
setup-signin-stop = Stop waiting
setup-signin-stale = The page in the browser is no longer valid
    .body = Nobody signed in there in time. Nothing was changed.
    .action = Open a new one
setup-signin-trying = Signing in…
setup-signin-do = Sign in
setup-signin-done = Signed in as { $who }
    .body = Nothing more is needed here.
setup-signin-known = This account is on this computer already
    .body = It gets one more folder; no second account is made.
setup-signin-other = Sign in as someone else

## Folders

setup-folders-title = What should be on this computer?
    .body = Everything stays on the server. You can change this at any time.
setup-folders-find = Find a folder
setup-folders-new = New folder
setup-folders-new-in = Name of the new folder in { $folder }
setup-folders-make = Create
setup-folders-no-name = A name is needed, without “/”.
setup-folders-tree = Folders on { $server }
setup-folders-looking = Looking further. Folders read: { $n }.
setup-folders-found = Folders found: { $n }
setup-folders-not-found = No folder has “{ $text }” in its name.
setup-folders-gave-up = Only the first { $n } folders were looked at.
setup-folders-all-of = everything on { $server }
setup-folders-from = From the server: { $folder }
setup-folders-top = Which folder of the server?
    .body = This one and all in it is kept equal with the folder on this computer.
    .action = Take this folder
setup-folders-stays =
    { $n ->
        [one] One folder stays on the server only: { $names }
       *[other] { $n } folders stay on the server only: { $names }
    }
setup-folders-everything = All folders come to this computer, later ones too.
setup-folders-left-out = Left out: { $kinds }
setup-folders-change = Change

setup-kinds-title = Which files are left out?
    .body = They stay where they are: neither sent nor brought here.
setup-kinds-always = Temporary files
    .body = Always: what editors, browsers and systems leave lying about (~$…, .tmp, .DS_Store).
setup-kinds-temporary = temporary files
setup-kinds-videos = Videos
setup-kinds-images = Disk images
setup-kinds-archives = Archives
setup-kinds-builds = What programs build
setup-kinds-own = Rules of your own
    .body = One a line, as in .gitignore: *.bak, /private/, !keep.bak
setup-kinds-own-count =
    { $n ->
        [one] { $n } rule of your own
       *[other] { $n } rules of your own
    }
setup-kinds-done = Done

## The place on this computer

setup-place-title = Folder on this computer
setup-place-change = Change…
setup-place-pick = Choose the folder for { $server }
setup-place-use = Use { $volume } ({ $free } free)
setup-place-needed = A folder is needed
    .body = Choose one, or type its path.
setup-place-looking = Looking at what is there…
setup-place-anyway = Use it all the same
setup-place-again = Look again
setup-take-over = Navette goes on with what { $client } has here: nothing is downloaded again, and what it left out stays left out.
setup-taken-over = Taken over from { $client }
    .body = What is here is compared, not downloaded again. Then remove the folder in { $client }; it keeps the files.
    .action = Do not take it over

setup-fit-disk = Fits on the disk
setup-fit-disk-not = Does not fit on the disk
    .body = Untick folders, or choose a place with more room. What does not fit waits; nothing is lost.
setup-fit-download = { $size } to download, { $free } free
setup-fit-unsized = { $free } free; how much comes is not known yet
setup-fit-room = Room on the server
setup-fit-room-full = The server is nearly full
setup-fit-used = { $used } of { $total } used
setup-fit-used-open = { $used } used, without a limit
setup-fit-counting = Adding up…

## The tree

tree-reading = Reading the folders…
tree-unread = These folders could not be read
tree-empty = There are no folders here yet. Files are kept here all the same.
tree-size-counting = Size not known yet
tree-size-unknown = The server does not tell the size
tree-tick-all = kept here
tree-tick-part = partly kept here
tree-tick-none = on the server only
tree-shared = shared
tree-read-only = read-only
tree-external = other storage

## Summary

setup-summary-title = Ready to start
    .body = Navette will keep these two equal, whichever side you work on.
setup-summary-thread = { $here } on this computer and { $there } on the server, not yet connected
setup-summary-who = { $who } on { $server }
setup-summary-token = Signed in with a key of this computer; your password is not kept.
setup-summary-kept = The password is kept in this computer’s keychain, nowhere else.
setup-summary-asked = The password is kept nowhere; Navette asks at each start.
setup-summary-comes = { $size } come to this computer
    .body = { $free } are free. You can work meanwhile.
setup-summary-comes-unsized = Your files come to this computer
    .body = The server does not tell how much it is. { $free } are free.
setup-summary-no-fit = { $size } come, and only { $free } are free
    .body = What does not fit waits until there is room. Nothing is lost.
setup-summary-holds =
    { $n ->
        [one] { $n } file is already here
       *[other] { $n } files are already here
    }
    .body = Everything is compared first. What is equal is not transferred, what exists only here is sent.
setup-summary-holds-more =
    { $n ->
        [one] More than { $n } file is already here
       *[other] More than { $n } files are already here
    }
    .body = Everything is compared first. What is equal is not transferred, what exists only here is sent.
setup-summary-new = The folder is new
    .body = Navette makes it. Nothing else on this computer is touched.
setup-summary-empty = The folder is empty
    .body = It only receives at first.
setup-summary-safe = Nothing is deleted on either side
    .body = Later, what is deleted on the server is put aside here first, and can be brought back.
setup-summary-all = All folders are on this computer
setup-summary-without = Not on this computer: { $names }
setup-summary-left-out = Left out: { $kinds }.
setup-summary-stays = They stay on the server.
setup-summary-change = Change:
setup-summary-session = Start Navette when I log in
setup-start = Start
setup-starting = Starting…

## The first sync

setup-first-checking = Comparing both sides
    .body = You can close this window: Navette carries on in the background.
setup-first-open-end = Bringing your files here
    .body = You can close this window: Navette carries on in the background.
setup-first-done = Everything is here
    .body = From now on Navette keeps both sides equal.
setup-first-equal = Equal on both sides: { files }.
setup-first-files = Files
setup-first-bytes = Data
setup-first-rate = Speed
setup-first-left = Time left
setup-first-total = of { $total }
setup-first-name = First sync
setup-first-usable = What is here can be used already
    .body = Each file is whole as soon as it appears.
    .action = Open the folder
setup-first-arrived = Just arrived
setup-first-open = Open { $name }
setup-first-drops = If the connection drops or the computer sleeps, it goes on where it stopped.
setup-first-pause = Pause
setup-first-home = Go to Home
