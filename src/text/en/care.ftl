### Navette: messages about folders that come from elsewhere, move, or are looked after
###
### A message is one sentence; its attribute `remedy` says what to do about it.

## Folders of other clients

error-peer-unknown = No settings of an ownCloud or Nextcloud client name the folder { $path }.
    .remedy = Name its settings file with --config, or pair the folder with “navette folder add”: what is equal on both sides is not sent again.
error-peer-running = Another client is at work on { $path }.
    .remedy = End it, or remove the folder in it, and try again. The files stay.
error-peer-standins = Some files in { $path } are only stand-ins: their bytes are on the server alone.
    .remedy = In the other client, make everything available on this computer and switch virtual files off, then try again.
error-peer-nothing = In the other client, nothing of the storage is selected for { $path }.
    .remedy = Select something there first, or pair the folder with “navette folder add”.
error-peer-broken = What the other client has written down in { $path } cannot be understood.
    .remedy = Pair the folder with “navette folder add”: what is equal on both sides is not sent again.
peer-journal-here = Another sync client has worked on { $path }: its journal lies there.
    .remedy = “navette folder takeover” takes over what was chosen in it. Do not let both work on this folder.
peer-at-work = Another sync client is at work on { $path }.
    .remedy = Remove the folder in it, or end it: two clients on one folder disturb each other.
takeover-without = { $n ->
    [one] { $n } folder of the server is not kept here, as before:
   *[other] { $n } folders of the server are not kept here, as before:
}
takeover-hides = Hidden files are left out, as before.
takeover-end-theirs = Now remove the folder in the other client, which keeps the files, or uninstall it: two clients on one folder disturb each other. Its journal stays in the folder and is never synced.

## A folder that moves

relocate-copies = Copying { $n } files, { $size }, and reading them again.
relocate-done = The folder is now { $path }. If Navette was watching it, start “navette watch” again.
relocate-kept = The old one is kept as { $path }. Delete it when you have made sure that you need nothing of it.
relocate-left = Not copied, for they are no files or lie on yet another disk:
relocate-changed = Changed in the old folder after they were copied; look at them there:
usage-relocate-within = One of the two folders lies in the other ({ $path }).
    .remedy = Choose a place outside.
usage-relocate-taken = Something stands at { $path } already.
    .remedy = Name a folder that is empty or not there yet.
usage-relocate-no-parent = { $path }, which is to hold the folder, is not here.
    .remedy = Make it first, or connect its disk.
error-relocate-in-use = Another process is syncing this folder.
    .remedy = End “navette watch” or wait for the sync, then move the folder.
error-relocate-in-the-way = At { $path } stands something that is not of this folder.
    .remedy = Move it away, or remove the half-made copy, and try again. The old folder is as it was.
error-relocate-restless = { $path } changes faster than it can be copied.
    .remedy = Close the program that writes to it, and try again: what is copied is not copied again.
error-relocate-room = The folder needs { $needed } there, and { $free } are free.
    .remedy = Free some space on that disk, or choose another one.
error-relocate-file = { $path } cannot be moved: { $reason }.
    .remedy = Check its permissions and try again. The folder is where it was.

## A check of all contents

check-of = { $path }, compared by content:
check-equal = equal on both sides: { $n }
check-agreed = as agreed, the server shows the same version: { $n }
check-untold = the server does not say enough to compare: { $n }
check-untold-remedy = With --download their bytes are fetched and compared.
check-well = Nothing is wrong, as far as could be compared.
check-not-well = { $n ->
    [one] { $n } difference. Nothing has been changed.
   *[other] { $n } differences. Nothing has been changed.
}
verdict-equal = Equal.
verdict-agreed = As agreed.
verdict-untold = The server does not say enough to compare it.
verdict-damaged-here = Damaged here: its bytes have changed, and nobody has written to it.
    .remedy = Check the disk. Delete it here to fetch it again, after you have looked at both.
verdict-damaged-there = Damaged on the server: its bytes have changed, and it is still the same version.
    .remedy = Tell the people who run the server. To send yours again, save the file here once more.
verdict-differs = Different, and never agreed on.
    .remedy = A sync keeps both versions.
verdict-unsynced = One side has changed since the last sync.
    .remedy = Run “navette sync”, or see “navette status”.
verdict-only-here = Only on this computer.
    .remedy = Run “navette sync”, or see “navette status”.
verdict-only-there = Only on the server.
    .remedy = Run “navette sync”, or see “navette status”.
verdict-unreadable = It cannot be read here.
    .remedy = Check its permissions and the disk.

## A look at all that a pair depends on

doctor-of = { $path }
doctor-ok = ok
doctor-remark = remark
doctor-trouble = trouble
doctor-line = { $grade }: { $sentence }
doctor-folder-away = The folder cannot be opened.
    .remedy = Connect its disk, or check its permissions.
doctor-room = The disk has { $free } of { $total } free.
doctor-room-little = The disk has only { $free } of { $total } free.
    .remedy = Free some space, or move the folder with “navette folder relocate”.
doctor-watches = The system tells of changes in { $n } folders; { $limit } are allowed.
doctor-watches-few = The folder holds { $n } folders, and the system tells of changes in { $limit } at most, for all programs together.
    .remedy = Raise the limit: sysctl fs.inotify.max_user_watches=1048576
doctor-names = The disk keeps names as they are written.
doctor-names-case = The disk takes names that differ only by case for one; such files of the server get another name here.
doctor-names-accents = The disk takes two ways of writing an accent for one.
doctor-names-windows = The disk refuses some names, as Windows does; such files of the server get another name here.
    .remedy = Nothing needs to be done. Rename them on the server to have one name on both sides.
doctor-dates = The disk’s dates are exact enough.
doctor-dates-coarse = The disk’s dates have steps of { $seconds } s, so young files are read once more.
    .remedy = Nothing needs to be done.
doctor-ids = Files keep their identity when they are renamed.
doctor-ids-none = Files do not keep their identity on this disk, so a renamed one is known by its bytes only.
    .remedy = Nothing needs to be done. On another file system, renaming costs less.
doctor-exchange = A new version takes its place in one step.
doctor-exchange-none = This disk cannot exchange two files in one step; Navette does it in several, which it can put right after a crash.
    .remedy = Nothing needs to be done.
doctor-keychain = The keychain keeps the password.
doctor-keychain-empty = The keychain answers, and has no password for this account.
    .remedy = Remove the account and add it again on a terminal, or use --password-file.
doctor-keychain-none = This computer has no keychain that answers.
    .remedy = Use --password-file or NAVETTE_PASSWORD.
doctor-keychain-locked = The keychain is locked.
    .remedy = Unlock it.
doctor-keychain-failed = The keychain does not answer as it should.
    .remedy = Use --password-file or NAVETTE_PASSWORD until it does.
doctor-proxy-none = No proxy is named by the environment.
doctor-proxy = Requests go by the proxy { $proxy }.
doctor-journal-none = This pair has not been synced yet.
doctor-journal = The journal can be read.
doctor-journal-broken = The journal cannot be read.
    .remedy = The next sync puts it right, by an older copy or by a comparison. Nothing is deleted for it.
doctor-no-password = The server was not asked, for nobody gave the password.
    .remedy = Use --password-file or NAVETTE_PASSWORD.
doctor-signed-in = { $host } accepts the account. It is { $product }.
doctor-clock = The clocks of this computer and of { $host } agree.
doctor-clock-ahead = This computer’s clock is { $seconds } s ahead of that of { $host }.
    .remedy = Let the system set the clock by the network.
doctor-clock-behind = This computer’s clock is { $seconds } s behind that of { $host }.
    .remedy = Let the system set the clock by the network.
doctor-tls-none = The server is this computer, so nothing needs to be encrypted.
doctor-tls = Encrypted with TLS { $version }; { $issuer } vouches for the server, for { $days } days more.
doctor-tls-ends = Encrypted with TLS { $version }; { $issuer } vouches for the server for only { $days } days more.
    .remedy = Tell the people who run the server to renew its certificate.
doctor-lacks-push = The server tells of changes only when it is asked, every half a minute or so.
    .remedy = On a Nextcloud, the people who run it can install notify_push.
doctor-lacks-trash = The server has no trash: what is deleted there is gone for others.
    .remedy = On a Nextcloud, the people who run it can enable the app “Deleted files”.
doctor-lacks-tree-etags = The server does not say in which folders something changed, so all of them are listed at each look.
    .remedy = Nothing needs to be done; large trees take longer.
doctor-lacks-ids = The server gives files no identity, so a renamed one is known by its bytes only.
    .remedy = Nothing needs to be done.
doctor-lacks-checksums = The server has no checksums that prove anything; “navette check --download” compares all the same.
    .remedy = Nothing needs to be done.
doctor-lacks-guards = The server does not refuse a new file where somebody else has just made one; Navette looks before and after.
    .remedy = Nothing needs to be done.
doctor-lacks-dates = The server gives files the date of their arrival.
    .remedy = Nothing needs to be done.
doctor-lacks-together = The server takes small new files one by one, for it keeps no older versions that an overwritten file could come back from.
    .remedy = The people who run it can enable the app “Versions”.
doctor-lacks-zips = The server gives small new files one by one.
    .remedy = A Nextcloud from version 31 on gives many at once.
doctor-defect-torn-overwrites = Servers of this kind keep half a file if another program’s upload over it is cut; Navette puts large files together first and sends a cut one again.
    .remedy = Nothing needs to be done.
doctor-defect-same-second = Servers of this kind do not show an edit that comes within a second of the last one; Navette reads young files again.
    .remedy = Nothing needs to be done.
doctor-defect-unguarded-moves = Servers of this kind move and delete a file even if somebody has just changed it; Navette looks right before, and into the trash afterwards.
    .remedy = Nothing needs to be done.
doctor-defect-same-date = Servers of this kind refuse a third version of a file with the same date; Navette gives it the next second.
    .remedy = Nothing needs to be done.

## An archive for whoever helps

diagnose-done = { $path } holds versions, settings, the doctor’s findings and the log, without passwords and without names. Look into it before you give it away.
diagnose-done-names = { $path } holds versions, settings, the doctor’s findings and the log, without passwords, but with names of files, servers and people. Look into it before you give it away.
error-file-unwritten = { $path } cannot be written: { $reason }.
    .remedy = Name a file that is not there yet, in a folder that you may write to.
