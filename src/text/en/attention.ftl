### Navette: messages of Attention and Bring back
###
### A message is a bold sentence; `.body` is the rest, `.action` and `.other` are buttons.

## The list

attention-title = Attention
attention-list = What needs you
attention-back = All that needs you
attention-rest = Everything else keeps syncing while these wait.
attention-empty = Nothing needs you
    .body = Questions and problems appear here, each with its way out.
attention-empty-last = The last one was settled { $ago }.
attention-and-others = { $name } and { $n ->
    [one] { $n } other
   *[other] { $n } others
}
attention-line-conflict = Two versions
attention-line-brake-here = { $n ->
    [one] { $n } file disappeared
   *[other] { $n } files disappeared
}
attention-line-brake-there = { $n ->
    [one] { $n } file gone from the server
   *[other] { $n } files gone from the server
}
attention-line-changed-here = { $n ->
    [one] { $n } file overwritten
   *[other] { $n } files overwritten
}
attention-line-changed-there = { $n ->
    [one] { $n } file overwritten on the server
   *[other] { $n } files overwritten on the server
}
attention-line-name = Name not possible
attention-line-sign-in = Sign in again
attention-line-certificate = Certificate not known
attention-line-space = No room on the server
attention-line-disk = The disk is full
attention-line-file = { $n ->
    [one] { $n } file waits
   *[other] { $n } files wait
}
attention-line-large = Large new folder
attention-line-stopped = Stopped
attention-line-gate = Stopped, and asks
attention-line-folder-missing = Folder not here
attention-line-marker-missing = Folder replaced
attention-line-foreign-marker = Folder of another computer
attention-line-remote-root-changed = Another storage
attention-line-remote-restored = Server set back

## What belongs to every question

attention-show = Show in folder
attention-look-again = Look again
attention-looks = Navette looks again.
attention-cancel = Cancel

## Two versions

attention-here = This computer
attention-there = The server
attention-copy-of = { $by }
attention-copy-unknown = The copy beside it
attention-newer = newer
attention-version = { $when } · { $size }
attention-undated = Date not known
attention-two-gone = The file itself is not here any more
    .body = Only its copy is. Keep it, or put it aside.
attention-two-equal = Both hold the same bytes
    .body = Only their names differ. Whichever you keep, nothing is lost.
attention-keep-copy = Keep the version of { $by }
attention-keep-unknown = Keep the copy
attention-two-both = Both is how it is now: this computer’s lies beside the other as “{ $copy }”. If you keep both, it gets a plainer name.
attention-two-both-copy = Both is how it is now: one lies beside the other as “{ $copy }”. If you keep both, it gets a plainer name.
attention-put-aside = Put it aside
attention-more-lines = { $n ->
    [one] Show { $n } more line
   *[other] Show { $n } more lines
}
attention-open-both = Open both
attention-differ = { $n ->
    [one] { $n } line differs
   *[other] { $n } lines differ
}
attention-differ-ends = Only the ends of lines differ
attention-differ-none = No line differs
attention-differ-apart = These texts have next to nothing in common
attention-differ-cut = Long texts: only the beginning is compared
attention-no-preview = Such a file can be compared in its own program.
attention-fold = Show { $n } equal lines
attention-line-changed = changed
attention-line-here = only here
attention-line-there = only on the server
attention-line-copy = only in the copy
attention-image = { $side }, { $w } × { $h } pixels
attention-image-beside = Side by side
attention-image-over = One over the other
attention-image-edge = Where one ends and the other begins
attention-of = { $i } of { $n }
attention-previous = Previous
attention-next = Next
attention-undone = Taken back.

## One rule for many

attention-many-open = One rule for all { $n }…
attention-many = One rule for { files } in two versions
    .body = See what it would do, then decide. It can be taken back as one.
attention-many-rule = What is kept
attention-many-newest = The newest of each
    .body = Where the dates are clear. The rest stays as it is.
attention-many-mine = This computer’s
attention-many-copies = The copies
attention-many-theirs = The server’s
attention-many-copied = { $mine } keep the copy, { $theirs } the server’s version. You can undo it until { $date }.
attention-many-left = Left as they are, because the dates do not tell: { files }.
attention-many-gone = Left as they are, because only one version is there: { files }.
attention-many-none = This rule settles none of them.
attention-many-run = Settle { files }
attention-many-done = Settled: { files }.
attention-many-stays = stays as it is
attention-many-is-mine = this computer’s
attention-many-is-copy = the copy
attention-many-is-theirs = the server’s
attention-some-left = Left as they are: { files }

## Names

attention-name-long = { $name } is too long a name
    .body = It is safe where it is. A shorter name takes it everywhere.
    .action = Rename
    .other = Leave it out
attention-day = { $date }
attention-quoted = “{ $text }”
attention-name-new = New name, for everyone
attention-name-checking = Checking this name
attention-name-works = This name works on this computer and on the server.
attention-name-empty = A name holds at least one letter.
attention-name-slash = A name holds no “/”.
attention-name-same = That is the name as it is.
attention-name-done = { $name } is now called { $to }.
attention-name-others = { $n ->
    [one] { $n } other with the same cause
   *[other] { $n } others with the same cause
}
attention-name-all = Rename all { $n } like this
attention-name-taken = There would be two of this name.
attention-names-done = Renamed: { files }.
attention-name-becomes = becomes
attention-name-rather = Rather not rename?
attention-name-not-again = Navette does not ask about it again.
attention-left-out = { $name } is left out from now on.

## Files that wait

attention-file = { $name } waits
attention-files = { $n ->
    [one] { $n } file waits
   *[other] { $n } files wait
}
attention-file-again = Next try: { $when }.
attention-file-change = It is tried again as soon as something about it changes.
attention-file-leave = Leave it out

## Deletions

attention-brake-of = { $n ->
    [one] { $n } of { $of } files in this folder, { $size }
   *[other] { $n } of { $of } files in this folder, { $size }
}
attention-brake-list = Show the full list
attention-brake-listed = What would be deleted
attention-brake-short = Fold it up
attention-brake-trash = Its trash keeps them for { $n ->
    [one] { $n } day.
   *[other] { $n } days.
}
attention-brake-trash-untold = Its trash keeps them for a time that it does not tell.
attention-changed-here-restore = They should not be changed
    .body = The server’s versions come back here: { $size }. Those of here wait in Bring back.
    .action = Bring the server’s back here
attention-changed-here-follow = I meant to change them
    .body = They replace the versions on the server, for everyone who shares the folder.
    .action = Replace them on the server
attention-changed-there-restore = They should not be changed
    .body = The versions of this computer are sent again: { $size }.
    .action = Send these again
attention-changed-there-follow = They were changed on purpose
    .body = The server’s versions come here. Those of here wait in Bring back until { $date }.
    .action = Take the server’s
attention-changed-listed = What would be overwritten
attention-changed-waits = Until you answer, these changes wait. Everything else keeps syncing. There is no time limit.
attention-changed-sent = They replace the versions on the server: { files }.
attention-brake-space = Enter does not delete. Press the space bar.
attention-brake-sure = Delete { files } of { $folder } on the server for good?
    .action = Delete for good
    .other = Keep them
attention-brake-restored = They come back: { files }.
attention-brake-deleted = They are deleted on the server: { files }.
attention-brake-aside = They wait in Bring back: { files }.

## Signing in

attention-signin-since = Since { $time } the saved sign-in is refused; perhaps your password changed.
attention-signin-safe = Your files are safe on this computer.
    .body = Navette does not try again without you, so as not to block your account.
attention-signin-login = Account
attention-signin-password = Password
attention-signin-empty = Type your password.
attention-signin-do = Sign in
attention-signin-browser = Sign in in the browser
attention-signin-page = I forgot my password
attention-signin-go-on = You can keep working. Changes are sent as soon as you are signed in.
attention-signin-done = You are signed in to { $server }.

## Certificates

attention-cert-nobody = This computer does not know who vouches for { $host }
    .body = If you run this server, compare the fingerprint. Nothing was sent.
attention-cert-fingerprint = Fingerprint
attention-cert-issuer = Signed by
attention-cert-trust = Trust it…
attention-cert-sure = Trust this certificate for { $host }?
    .body = Only do so if the people who run the server told you this fingerprint. Whoever holds the certificate can read what you send.
attention-cert-trusted = { $host } is trusted with this certificate.
attention-cert-wait = Until then nothing is sent. Your files are safe here.

## Stopped until somebody decides

attention-gate-marker-missing = { $folder } was emptied or replaced
    .body = What Navette left in it is gone. Perhaps its disk is not connected. Nothing is deleted on either side.
    .action = Compare and unite
attention-gate-foreign-marker = { $folder } belongs to another computer, or to another account
    .body = Two that sync one folder spoil files. If nobody else does any more, Navette takes it over: everything is compared first, nothing is deleted.
    .action = Take it over
attention-gate-remote-root-changed = The storage of { $server } is no longer the same one
    .body = Perhaps it was reinstalled, or the address leads elsewhere. Nothing is deleted on either side.
    .action = Compare and unite
attention-gate-remote-restored = { $server } was set back to an earlier day
    .body = What you changed since then is only here. It is kept, and sent again once you agree.
    .action = Send it again
attention-gate-stays = Until you decide, this folder stands still. Nothing is lost on either side.
attention-gate-done = { $folder } goes on. Everything is compared first.
attention-gate-moved = Where is the folder now?
attention-gate-moved-done = The folder is now { $path }.
attention-gate-look = It is connected again

## Room

attention-space-free = Free there: { $free }.
attention-disk-room = Free some space, or change how much stays free.

## Bring back

back-title = Bring back
back-total = Put aside: { files }, { $size }.
back-search = Name or folder
back-folder = Folder
back-every-folder = All folders
back-all = All
back-deleted = Deleted
back-replaced = Replaced
back-list = What was put aside
back-until = until { $date }
back-row-deleted = Deleted or moved away, { $ago }
back-row-replaced = Replaced by another version, { $ago }
back-row-name = { $name }, { $folder }, { $size }, until { $date }
back-none = Nothing put aside
    .body = When a file is deleted or replaced by the sync, it waits here for { $n ->
        [one] { $n } day.
       *[other] { $n } days.
    }
back-none-found = Nothing put aside for “{ $text }”
    .action = Show everything
back-none-here = Nothing of this kind is put aside
    .action = Show everything
back-as = Put aside { $ago }, as it is here
back-place = Put back in its place
back-beside = Put beside, as a copy
back-place-why = Its place is free. You can undo it.
back-beside-why = Another version stands in its place and stays untouched: this one is put beside it.
back-beside-done = { $name } is back in { $folder }, beside the one that is there.
back-no-preview = Such a file can be looked at once it is back.
back-cut = The beginning of a long text.
back-picked = Choose a file to see it as it was.
back-empty = Delete all for good…
back-empty-sure = Delete { files }, { $size }, for good?
    .body = What was put aside cannot be brought back afterwards. Your files in the folder and on the server stay.
    .action = Delete for good
    .other = Keep them
back-emptied = Deleted for good: { files }.

## A large new folder

attention-large-here = Keep it on this computer
attention-large-there = Leave it on the server
attention-large-comes = { $name } comes to this computer
attention-large-stays = { $name } stays on the server only
