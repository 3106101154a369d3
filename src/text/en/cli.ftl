### Navette: messages of the command line
###
### A message is one sentence; its attribute `remedy` says what to do about it.

## Numbers

time-seconds = { $seconds } s
time-minutes = { $minutes } min { $seconds } s
time-hours = { $hours } h { $minutes } min

## Layout of a line

line-item = { $path }: { $sentence }
line-step = { $step } ({ $why })
line-more = and { $n } more
line-error = navette: { $sentence }

## What stands in the way of one file or folder

cause-not-a-file = A link, pipe, socket or device, not a file.
    .remedy = It is not synced and stays where it is.
cause-through-link = This computer shows it through a link, and Navette writes nothing through links.
    .remedy = To have it as on the server, put a copy in the place of the link; or change here what the link names.
cause-other-volume = Another disk is mounted there.
    .remedy = It is not synced. Pair it by itself with “navette folder add”.
cause-name-not-text = Its name is not readable text.
    .remedy = Rename it here, and it is sent.
cause-name-refused = The server refuses this name.
    .remedy = Rename it. It is safe on this computer.
cause-name-character = The server takes no “{ $part }” in a name.
    .remedy = Rename it without that character. It is safe on this computer.
cause-name-control = Its name holds a control character, which cannot be seen and which the server does not take.
    .remedy = Rename it. It is safe on this computer.
cause-name-word = The server keeps the name “{ $part }” for itself.
    .remedy = Rename it. It is safe on this computer.
cause-name-ending = The server takes no name that ends in “{ $part }”.
    .remedy = Rename it. It is safe on this computer.
cause-name-blank = Its name is nothing but blanks, which the server does not take.
    .remedy = Rename it. It is safe on this computer.
cause-name-spelled-like = The server takes its name for that of “{ $part }” beside it: the accents are only written in another way.
    .remedy = Rename one of them. Both are safe on this computer.
cause-name-too-long = Its name is too long for the server, which takes { $part } letters at most; accented ones may count twice.
    .remedy = Rename it to something shorter. It is safe on this computer.
cause-shown-as = This computer cannot show its name, and calls it “{ $name }”.
    .remedy = It is synced all the same. Rename it to have one name on both sides.
cause-name-impossible = This name is not possible on this computer.
    .remedy = Rename it on the server. It is safe there.
cause-unreadable = It cannot be read here.
    .remedy = Change its permissions on this computer. Nothing changes on the server.
cause-unwritable = This computer forbids writing there.
    .remedy = Change the permissions of the folder it stands in.
cause-changing = It changed while it was read.
    .remedy = It goes out when it is left alone for a moment.
cause-disk-full = This computer’s disk is full.
    .remedy = Free some space. Nothing is deleted.
cause-reserve = It would leave less free on this computer’s disk than is to stay free.
    .remedy = Free some space, or lower “reserve” with “navette config set”. It waits; smaller files go on.
cause-disk-broken = This computer’s disk did not answer as it should.
    .remedy = Check the disk or its connection, then run Navette again.
cause-busy = It is open in another program here.
    .remedy = Close it there; the new version then comes in.
cause-locked = Somebody is editing it on the server.
    .remedy = Your version goes out when it is free again.
cause-quota = It does not fit into your space on the server.
    .remedy = Free some space there. It waits; smaller files go on.
cause-too-large = It is larger than the server accepts.
    .remedy = It stays safe on this computer. Ask the people who run the server for a higher limit.
cause-forbidden = It is read-only for you on the server.
    .remedy = Ask its owner for the right to change it. Your version is kept here.
cause-no-download = Its owner lets you view it, not download it.
    .remedy = Open it in the browser, or ask its owner. Nothing else is held up.
cause-asks-first = It is new on the server, with { $size }, and waits for your answer.
    .remedy = Choose with “navette folder select” whether it is to be kept here: --tick or --untick.
cause-too-deep = This folder lies in too many others.
    .remedy = What is in it stays on the server and is not synced. Move it further up there.
cause-mount-gone = Its share or storage is not there.
    .remedy = Nothing is deleted. It goes on when the share is back.
cause-server-trouble = The server has a problem of its own.
    .remedy = Run Navette again later. Your files are safe here.
cause-torn = It arrived damaged and was not taken.
    .remedy = Run Navette again to fetch it anew.

## What makes a change wait

cause-rules-unreadable = The ignore rules in it cannot be read as text.
    .remedy = Those of before hold until they can.
cause-rule-broken = Line { $line } is no ignore rule: { $reason }.
    .remedy = Mend it. The other lines hold.
wait-racy = It changed a moment ago.
    .remedy = It goes on when it is left alone for a moment.
wait-quiet = It changed or vanished here a moment ago.
    .remedy = It may be in the middle of being saved; Navette looks again.
wait-in-use = It is open in another program.
    .remedy = Close it there; Navette leaves it alone on both sides until then.
wait-settling = It is a database that was written to a moment ago.
    .remedy = Navette takes all its files once they have been quiet for half a minute.
wait-open = It is a database that a program has open here.
    .remedy = Close the program; the server’s version then comes in.
wait-growing = It is being written to all the time.
    .remedy = The server has it as it was a few minutes ago; it goes out again at most every ten minutes.
wait-second-look = It vanished on the server, which cannot vouch for that.
    .remedy = Navette looks again in a minute before it believes it.
wait-changing = It changes faster than it can be read.
    .remedy = It goes out when it is left alone for a moment.
wait-quarantined = The answer to a request for it was lost.
    .remedy = Navette looks again in half a minute.
wait-torn-epoch = Something changed while Navette looked.
    .remedy = Navette looks again.
wait-unreadable = It, or a folder above it, cannot be read.
    .remedy = Change its permissions. Nothing is deleted.
wait-mount-gone = Its share or storage is not there.
    .remedy = Nothing is deleted. It goes on when the share is back.
wait-discarded = It is only here: on the server it was deleted and is in the trash.
    .remedy = Delete it here too, or take it back out of the server's trash; or rename it to send it.
wait-forbidden = Your account may not change this on the server.
    .remedy = Ask its owner for the right to change it. Your version is kept here.
wait-brake = Its deletion waits for your answer.
    .remedy = If you meant it, run Navette again with --allow-deletes.
wait-over-size = It is larger than you let files be.
    .remedy = It is left as it is on both sides. The limit is “largest” in the settings.
wait-blocked = It depends on something that waits.
    .remedy = It goes on when that does.
wait-failed = The last try failed and nothing has changed since.
    .remedy = Run Navette again to try once more.

## Gates: what stops a whole run until somebody decides

gate-folder-missing = The folder is not here.
    .remedy = Is its disk connected? Nothing is deleted on the server: a missing disk is not a deletion.
gate-marker-missing = The folder was synced before, and is now without Navette’s marker.
    .remedy = If its disk is not connected, connect it. If you emptied or replaced the folder, add --start-anew: everything is compared first and nothing is deleted.
gate-foreign-marker = The folder belongs to another computer or another pair.
    .remedy = Choose another folder. To take this one over, add --start-anew: everything is compared first and nothing is deleted.
gate-remote-root-changed = The storage on the server is no longer the same one.
    .remedy = Perhaps it was reinstalled, or the address leads elsewhere. Check it; to compare and unite, add --start-anew. Nothing is deleted on either side.
gate-remote-restored = The server was set back to an earlier day.
    .remedy = To keep your newer files and send them again, add --start-anew. Nothing is deleted on either side.

## Failures of a whole run: the server

error-server-unreachable = Nothing answers at { $host }.
    .remedy = Check the address and the network. Nothing has been sent.
error-server-no-host = No server called { $host } is known.
    .remedy = Check the address and the network. Nothing has been sent.
error-server-refused = { $host } is there, but refuses the connection.
    .remedy = Check the port in the address; perhaps the server is not running.
error-server-timed-out = { $host } does not answer in time.
    .remedy = Check the network, and run Navette again later.
error-server-moved = { $host } now lives at { $address }.
    .remedy = If you trust that address, use it instead.
error-server-foreign-home = The storage that { $host } shows is not that of this account.
    .remedy = Check the login. Nothing has been changed.
error-server-not-a-folder = { $path } on { $host } is a file.
    .remedy = Choose a folder with --remote-path.
error-ca-file = The certificates cannot be used: { $reason }.
    .remedy = Name a file of certificates in PEM form with --ca-file.
error-server-certificate = This computer does not know who vouches for { $host }.
    .remedy = If you run this server, name its certificate with --ca-file. Otherwise do not connect.
error-server-sign-in = { $host } does not accept this login and password.
    .remedy = Check both. Navette does not try again without you, so as not to block your account.
error-server-sign-in-page = { $host } does not accept this login and password.
    .remedy = Check both; Navette does not try again without you. If you sign in there through your institution, its password is not this one: make an app password under settings, security, and sign in with the login shown beside it, not with the e-mail address. To reset a password of the server’s own: { $page } – and leave Navette alone until you have it, for any sign-in kills the link in the mail.
error-account-disabled = Your account on { $host } is disabled.
    .remedy = Only the people who run the server can enable it. Your files stay here.
error-account-blocked = { $host } refuses your account for now, whatever the password.
    .remedy = It is disabled, or there were too many attempts to sign in. Wait some minutes, then ask the people who run the server.
error-account-too-many-attempts = { $host } has counted too many attempts to sign in and refuses even the right password for a while.
    .remedy = Wait half an hour before you run Navette again; each earlier try may prolong it.
error-account-app-password = { $host } does not take your account’s own password from programs.
    .remedy = Make an app password on its page of settings, under security, and give Navette that one.
error-account-password-expired = Your password on { $host } has expired.
    .remedy = Open { $host } in your browser and choose a new one, then give it to Navette.
error-account-terms = { $host } asks you to accept its terms of use.
    .remedy = Open it in your browser and accept them, then run Navette again.
error-account-plan-ended = Your plan on { $host } has ended.
    .remedy = Renew it on its page, then run Navette again. Your files stay here.
error-site-maintenance = { $host } is under maintenance.
    .remedy = Run Navette again later.
error-site-upgrade-pending = { $host } has been updated, and the people who run it have not finished that yet.
    .remedy = Run Navette again later; if it stays, tell them that an upgrade is pending.
error-site-untrusted-host = The server does not want to be called { $host }.
    .remedy = Use the address by which its own page is opened, or ask the people who run it to add this one to its trusted domains.
error-site-page = { $host } shows a web page and holds no file storage at this address.
    .remedy = Open it in your browser: perhaps this network wants you to sign in first. Otherwise paste the address of the page where you see your files.
error-site-elsewhere = { $host } sends Navette on to { $address }, where it does not follow with your password.
    .remedy = Open the address in your browser: perhaps this network, or the server, wants you to sign in there first. If the server has moved and you trust that address, use it instead.
error-site-proxy-sign-in = The proxy on the way to { $host } wants a login of its own.
    .remedy = Write it into HTTPS_PROXY, as http://login:password@proxy:port, or ask the people who run your network.
error-site-proxy-refused = The proxy on the way lets nobody through to { $host }.
    .remedy = Ask the people who run your network, or leave { $host } out with NO_PROXY.
error-site-proxy-unreachable = The proxy on the way to { $host } cannot be reached.
    .remedy = Check HTTPS_PROXY and the proxy in this computer’s settings, or leave { $host } out with NO_PROXY.
error-server-forbidden = { $host } does not let this account in there.
    .remedy = Check the remote path, or ask the people who run the server.
error-server-not-found = { $host } answers, but holds no file storage at this address.
    .remedy = Paste the address of the page where you see your files, and check the remote path.
error-server-changed = Something changed on { $host } while Navette worked.
    .remedy = Run Navette again.
error-server-exists = Something else stands on { $host } where a folder is needed.
    .remedy = Choose another remote path, or rename what is there.
error-server-locked = Somebody holds the storage on { $host } locked.
    .remedy = Run Navette again later.
error-server-quota = Your space on { $host } is full.
    .remedy = Free some space there. Nothing is deleted.
error-server-too-large = { $host } does not accept so large a request.
    .remedy = Ask the people who run the server for a higher limit.
error-server-bad-name = { $host } refuses a name in the remote path.
    .remedy = Choose another --remote-path.
error-server-busy = { $host } is busy or under maintenance.
    .remedy = Run Navette again later.
error-server-busy-until = { $host } asks for a wait of { $wait }.
    .remedy = Run Navette again then.
error-server-storage-gone = This part of the storage on { $host } is not there for now.
    .remedy = Run Navette again later. Nothing is deleted.
error-server-torn = An answer of { $host } arrived damaged.
    .remedy = Run Navette again.
error-server-nonsense = { $host } answers, but holds no file storage.
    .remedy = Paste the address of the page where you see your files.
error-server-body = A file could not be read while it was sent to { $host }.
    .remedy = Run Navette again.
error-server-status = { $host } has a problem of its own (status { $status }).
    .remedy = Run Navette again later; if it stays, ask the people who run the server.

## Failures of a whole run: this computer

error-disk-not-found = { $path } is not here.
    .remedy = Is its disk connected? Nothing is deleted on the server: a missing disk is not a deletion.
error-disk-exists = { $path } is there already and stands in the way.
    .remedy = Rename it, then run Navette again.
error-disk-denied = This computer forbids Navette to use { $path }.
    .remedy = Change its permissions. Nothing changes on the server.
error-disk-full = This computer’s disk is full.
    .remedy = Free some space, then run Navette again. Nothing is deleted.
error-disk-busy = { $path } is open in another program.
    .remedy = Close it there, then run Navette again.
error-disk-not-empty = The folder { $path } is not empty.
    .remedy = Run Navette again.
error-disk-wrong-type = { $path } is not what it should be: a folder stands for a file, or a file for a folder.
    .remedy = Rename it, then run Navette again.
error-disk-unsupported = The disk of this folder cannot do what Navette needs ({ $path }).
    .remedy = Choose a folder on another disk.
error-disk-bad-name = This disk refuses the name { $path }.
    .remedy = Rename it on the server. It is safe there.
error-disk-read-only = The disk of this folder is read-only.
    .remedy = Make it writable, or choose a folder on another disk.
error-disk-broken = This computer’s disk did not answer as it should ({ $path }).
    .remedy = Check the disk or its connection, then run Navette again.
error-journal-unreadable = Navette’s journal of this folder cannot be read or written.
    .remedy = Check the disk and the permissions of { $place }. Your files are not touched.
error-journal-newer = The journal of this folder was made by a newer Navette.
    .remedy = Use that version, or a new --state-dir: everything is then compared first.
error-in-use = Another process is syncing this folder.
    .remedy = Wait until it has ended, or stop it.
error-differ = The two folders differ at “{ $path }”.
    .remedy = This is a defect of Navette: please report it.
error-foreign-page = This page is on none of your servers.
    .remedy = Open it in your browser yourself, if you trust it.
error-system = This computer gives Navette nothing to work with.
    .remedy = Close other programs, then run Navette again.
error-not-a-folder = A file stands where the folder should be.
    .remedy = Name the folder that is to be synced.
error-file-unreadable = { $path } cannot be read: { $reason }.
    .remedy = Check the path and its permissions.
error-listen = Nothing can listen at { $address }: { $reason }.
    .remedy = Choose another address and port with --listen.

## Wrong usage

usage-no-pair = No pair is configured for { $path }.
    .remedy = Name the server with --server and --user, or configure the pair with “navette folder add”.
usage-folder-missing = { $path } is not here.
    .remedy = Make the folder first, or connect the disk it stands on.
usage-not-a-folder = { $path } is not a folder.
    .remedy = Name the folder that is to be synced.
usage-path-not-text = The path { $path } is not readable text.
    .remedy = Rename the folder, then add it.
usage-address-bad = { $address } is not the address of a server.
    .remedy = Write it like https://cloud.example.org.
usage-address-secret = The address holds a login or password.
    .remedy = Leave it out. Use --user, and --password-file, NAVETTE_PASSWORD or the keychain.
usage-not-encrypted = The address { $address } is not encrypted.
    .remedy = Navette does not send a password over it. Try the same address with https.
usage-remote-path-bad = { $path } is not a path on a server.
    .remedy = Write it like /Documents.
usage-space-none = { $host } has no spaces, and none called { $name }.
    .remedy = Leave --space out. A folder is chosen with --remote-path.
usage-space-unknown = You have no space called { $name } on { $host }.
    .remedy = There are: { $spaces }.
usage-space-which = Several of your spaces on { $host } are called { $name }.
    .remedy = Choose one by its id. There are: { $spaces }.
usage-password-none = No password was given.
    .remedy = Use --password-file or NAVETTE_PASSWORD, or run Navette on a terminal, where it asks.
usage-account-none = No account is configured.
    .remedy = Add one with “navette account add”.
usage-account-unknown = There is no account called { $name }.
    .remedy = “navette account list” shows those that there are.
usage-account-which = There are several accounts.
    .remedy = Choose one with --account. “navette account list” shows them.
usage-account-exists = The account { $name } is configured already.
    .remedy = To give it a new password, remove it and add it again.
usage-account-in-use = The account { $name } still has folders.
    .remedy = Remove them first with “navette folder remove”.
usage-folder-unknown = The folder { $path } is not configured.
    .remedy = “navette folder list” shows those that are.
usage-folder-which = There is not just one folder.
    .remedy = Name the one that is meant. “navette folder list” shows them.
usage-pattern-bad = “{ $pattern }” is no ignore rule: { $reason }.
    .remedy = Write it as in a .gitignore: *.iso, /build/, !keep.log.
usage-select-unknown = The server has no folder { $path }.
    .remedy = “navette folder select LOCAL_DIR” shows those that there are.
usage-select-in-kept = { $path } lies in a folder whose copy stays here and is not synced.
    .remedy = Tick that folder as a whole.
usage-select-moving = Something in { $path } is just being moved.
    .remedy = Try again after the next sync.
usage-overlap = { $path } overlaps { $other }, which is configured already.
    .remedy = Choose a folder that neither lies in it nor holds it: two pairs on one folder spoil files.
usage-trash-number = Nothing is put aside under the number { $number }.
    .remedy = “navette trash list” shows what is.

usage-option-unknown = There is no option { $key }.
    .remedy = “navette config list” shows all of them.
usage-option-elsewhere = { $key } cannot be chosen for { $level ->
        [account] one account
        [folder] one folder
       *[sync] everything
    }.
    .remedy = “navette config list” shows where it can.
usage-option-bad = { $key } cannot be “{ $value }”.
    .remedy = Write: { $forms }

usage-holds-state = { $path } holds Navette’s own journal in { $state }.
    .remedy = Choose a folder that does not hold it, or another --state-dir.

## Settings and keychain

config-line = { $key } = { $value } ({ $level ->
        [sync] chosen for everything
        [account] chosen for the account
        [folder] chosen for the folder
       *[none] as usual
    })
config-set = { $key } is now { $value }.

settings-unwritable = { $path } cannot be written: { $reason }.
    .remedy = Check its permissions and the space on the disk.
settings-broken = The settings in { $path } cannot be understood: { $reason }.
    .remedy = Correct the file, or move it away and configure Navette anew.
settings-unknown-key = { $path }: the key { $key } is unknown to this version. It is kept.
settings-home-none = This computer does not say where your settings belong.
    .remedy = Set HOME, or give everything by options with --state-dir.
keychain-none-here = This computer has no keychain, so nothing was stored.
    .remedy = Use --password-file or NAVETTE_PASSWORD, or type the password when Navette asks.
keychain-locked-here = Your keychain is locked.
    .remedy = Unlock it, or use --password-file or NAVETTE_PASSWORD.
keychain-failed-here = Your keychain did not answer as it should.
    .remedy = Use --password-file or NAVETTE_PASSWORD.
keychain-kept = Navette keeps this password in this computer’s keychain, nowhere else.
keychain-nothing-stored = No password was given, so none was stored.
ask-password = Password of { $user } on { $host }:{" "}

## Steps, as they are planned

plan-make-dir-here = make the folder { $path } here
plan-make-dir-there = make the folder { $path } on the server
plan-move-here = move { $path } to { $to } here
plan-move-there = move { $path } to { $to } on the server
plan-park-here = move { $path } out of the way here, for a moment
plan-park-there = move { $path } out of the way on the server, for a moment
plan-fetch = fetch { $path }
plan-replace = fetch the new version of { $path }
plan-replace-keep = fetch the server’s version of { $path }, and keep this computer’s as { $copy }
plan-send = send { $path }
plan-update = send the new version of { $path }
plan-remove-here = put { $path } aside here
plan-remove-there = delete { $path } on the server
plan-read = read { $path } on the server, without changing anything

## Steps, when they are done

done-make-dir-here = Made the folder { $path } here
done-make-dir-there = Made the folder { $path } on the server
done-move-here = Moved { $path } here
done-move-there = Moved { $path } on the server
done-park-here = Moved { $path } out of the way here
done-park-there = Moved { $path } out of the way on the server
done-fetch = Fetched { $path }
done-replace = Fetched the new version of { $path }
done-send = Sent { $path }
done-update = Sent the new version of { $path }
done-remove-here = Put { $path } aside here
done-remove-there = Deleted { $path } on the server
done-read = Read { $path } on the server

## Why a step is planned

why-new-here = new on this computer
why-new-there = new on the server
why-edited-here = changed on this computer
why-edited-there = changed on the server
why-moved-here = moved or renamed on this computer
why-moved-there = moved or renamed on the server
why-deleted-here = deleted on this computer
why-deleted-there = deleted on the server
why-conflict = changed on both sides: both versions are kept
why-clash = its name is taken
why-in-the-way = it stands in the way of another step
why-restored = still needed: it comes back
why-unknown = nothing can be decided before
why-deselected = no longer to be kept here

## A run as it goes

run-looking = Looking for changes
run-looked-here = On this computer: { $files }, folders: { $folders }
run-looked-there = On the server: { $files }, folders: { $folders }
run-compared = First comparison: { $list }
compared-equal = equal: { $n }
compared-presumed = equal by size and date: { $n }
compared-only-here = only on this computer: { $n }
compared-only-there = only on the server: { $n }
compared-different = different, both versions are kept: { $n }
compared-unknown = to be fetched for comparison: { $n }
run-planned = Steps to do: { $steps }, { $bytes } to transfer
run-waiting = Waiting { $wait } for { $path }: { $sentence }
run-resting = The server has too much to do; Navette goes on in { $wait }
run-stale = { $path } changed meanwhile; Navette looks again
run-interrupted = Stopped. What was done is kept; the next run goes on from there.
run-left = { $left } left

## What a run achieved

end-equal = Both sides are equal: { $files }.
end-unfinished = Finished, but not equal yet:
end-braked = Finished, but deletions wait for your answer:
end-also = Not synced, and no hindrance:
count-sent = Sent: { $n }
count-updated = Sent again: { $n }
count-fetched = Fetched: { $n }
count-replaced = Fetched again: { $n }
count-folders = Folders made: { $n }
count-moved = Moved: { $n }
count-removed-here = Put aside here: { $n }
count-removed-there = Deleted on the server: { $n }
count-conflicts = Both versions kept: { $n }
count-adopted = Found equal: { $n }
count-presumed = Equal by size and date, not compared: { $n }
count-traffic = Sent: { $up }, fetched: { $down }, requests: { $requests }, time: { $time }

## The brake

brake-removed-here = { $n ->
    [one] { $n } file of { $of } disappeared here.
   *[other] { $n } files of { $of } disappeared here.
}
    .remedy = Nothing has been deleted on the server. If you meant it, run Navette again with --allow-deletes={ $limit }; if not, put them back here.
brake-removed-there = { $n ->
    [one] { $n } file of { $of } disappeared on the server.
   *[other] { $n } files of { $of } disappeared on the server.
}
    .remedy = Everything is still on this computer. If they were deleted on purpose, run Navette again with --allow-deletes={ $limit }; if not, put them back on the server.
brake-changed-here = { $n ->
    [one] { $n } file of { $of } was overwritten here.
   *[other] { $n } files of { $of } were overwritten here.
}
    .remedy = The server keeps the old versions. If you meant it, run Navette again with --allow-deletes={ $limit }; if not, put them back here.
brake-changed-there = { $n ->
    [one] { $n } file of { $of } was overwritten on the server.
   *[other] { $n } files of { $of } were overwritten on the server.
}
    .remedy = This computer keeps the old versions. If that was on purpose, run Navette again with --allow-deletes={ $limit }; if not, put them back on the server.
brake-many = These are many at once.
brake-root-emptied = Nothing would be left.
brake-top-folder = A whole folder would go.
brake-overwritten = Hardly anything is left unchanged.
brake-not-allowed = These are more than --allow-deletes allows.

## A plan

plan-nothing = Nothing to do.
plan-steps = { $n ->
    [one] A sync would do { $n } step:
   *[other] A sync would do { $n } steps:
}
plan-left = This would be left:

## Accounts and folders

account-added = Account { $name } added.
account-removed = Account { $name } removed. The files stay where they are.
account-line = { $name }: { $user } on { $server }
account-line-named = { $name }: { $display }, with the login { $user }, on { $server }
account-app-password = { $host } made a password of its own for Navette; yours is kept nowhere.
account-app-password-gone = { $host } no longer accepts Navette’s password.
account-app-password-left = Navette’s password for { $host } could not be given back: { $reason } Remove it there under settings, security.
account-page-folder = The address shows the folder { $path }. To sync only that one: navette folder add LOCAL_DIR --remote-path { $path }
account-unasked = It has not been tried yet: { $reason }
folder-added = { $path } is now paired with { $remote } of { $account }.
folder-removed = { $path } is no longer synced. The files stay here as ordinary files; the server keeps its own.
folder-list-none = No folder is configured.
folder-line = { $path }: { $remote } of { $account }
folder-select-none = The server has no folders there.
folder-select-all = [x] { $path } ({ $size })
folder-select-part = [-] { $path } ({ $size }), a part of it
folder-select-not = [ ] { $path } ({ $size })
folder-select-kept = [ ] { $path } ({ $size }); the copy here is not synced
folder-select-stays = { $path } stays here with what only this computer has.
    .remedy = Send it, move it elsewhere or delete it; then untick the folder again.

## What is never synced

ignore-added = { $pattern } is not synced any more. What is on both sides stays there.
ignore-line = { $pattern }  ({ $level })
ignore-largest = Files larger than { $size } are held.
ignore-level-built-in = built in
ignore-level-account = of the account
ignore-level-hidden = hidden files
ignore-level-folder = of the folder, in the settings
ignore-level-file = .navetteignore
ignore-test-synced = { $path } is synced: no line matches it{ $kind ->
    [folder] , as a folder.
   *[file] , as a file.
}
ignore-test-ignored = { $path } is not synced{ $kind ->
    [folder] , as a folder
   *[file] , as a file
}: “{ $pattern }” ({ $level }{ $line ->
    [0] {""}
   *[other] , line { $line }
}) matches { $at }.
ignore-test-brought-back = { $path } is synced{ $kind ->
    [folder] , as a folder
   *[file] , as a file
}: “{ $pattern }” ({ $level }, line { $line }) brings it back.

## What was put aside

trash-line = { $number }: { $path }, { $size }, put aside { $date }
trash-list-none = Nothing is put aside.
trash-restored = { $path } is back.
trash-gone = Number { $number } is no longer in the folder .navette, and is no longer listed.
trash-returned = { $path } was written to after it was put aside, and is back as a copy.
trash-purged = { $n ->
    [one] { $n } file is gone for good.
   *[other] { $n } files are gone for good.
}

## A server to try things on

serve-listening = Serving { $dir } at { $address }
serve-login = Login: { $user }
serve-password = Password, shown only now: { $password }

## Watching

time-just-now = just now
time-ago = { $time } ago
time-less-than-a-minute = less than a minute
time-about-hours = about { $hours } h
time-whole-minutes = { $minutes } min
watch-starting = Opening the folder and the server.
watch-spares-metered = Paused: the connection is metered.
    .remedy = It goes on by itself on another network. “navette resume” goes on at once.
watch-spares-battery = Paused: this computer runs on its battery.
    .remedy = It goes on when plugged in. “navette resume” goes on at once.
watch-spares-battery-low = Paused: the battery is low.
    .remedy = It goes on when plugged in. “navette resume” goes on at once.
watch-spares-hours = Paused until { $time }, outside of its hours.
    .remedy = “navette resume” goes on at once.
watch-settings-broken = The settings stay as they were.
watch-waiting = Something waits, and goes on by itself.
watch-moving = { $path } is on its way.
watch-pauses = Paused. Changes are kept and go out when you resume.
watch-resumes = It goes on.
watch-no-folders = There is no folder to watch.
    .remedy = Pair one with “navette folder add”, or name it with --server and --user.
watch-no-socket = Other programs cannot ask this one how it stands: the system gives no socket.
    .remedy = It watches all the same. The log says why.
ask-nobody = No Navette watches at the moment.
    .remedy = Start it with “navette watch”.
ask-no-such-folder = The server has no such folder.
    .remedy = “navette folder select LOCAL_DIR” shows those that there are.
ask-not-watched = This folder is not watched.
    .remedy = “navette status” shows those that are.
ask-not-asked = Nothing like that is asked of you here.
    .remedy = “navette status” shows what needs you.
ask-which-side = Both sides would lose files.
    .remedy = Say which one you mean, with --side here or --side server.
ask-other-files = Other files are asked about by now.
    .remedy = Look at them, and answer again.
ask-broken = The Navette that watches does not answer as it should.
    .remedy = If it is of another version, end it and start “navette watch” again.
unwatched-folders = This system watches no more folders, so some changes are found only at the next look.
    .remedy = Raise its limit: sysctl fs.inotify.max_user_watches=1048576
unwatched-watchers = This system gives no more watchers, so changes are found only at the next look.
    .remedy = Raise its limit: sysctl fs.inotify.max_user_instances=1024
unwatched-unsupported = This folder’s disk does not tell of changes, so they are found only at the next look.

## What was done

activity-moved-here = Moved { $from } to { $path } here
activity-moved-there = Moved { $from } to { $path } on the server
activity-renamed-here = Renamed { $from } to { $path } here
activity-renamed-there = Renamed { $from } to { $path } on the server
activity-shown-as = { $path } is called “{ $name }” here
activity-removed-dir = Removed the empty folder { $path } here
activity-came-back = { $path } is back on the server: it had just been changed there
activity-conflict = Kept both versions of { $path }; this computer’s is now { $copy }
activity-held = { $path } is left as it is
activity-failed = { $path } could not be synced
activity-kept-mine = Of { $path } the version of { $copy } was kept
activity-kept-theirs = Of { $path } the server’s version was kept, and { $copy } put aside
activity-kept-both = Both versions of { $path } were kept; the other is now { $copy }
activity-undone = Both versions of { $path } are back; the other is { $copy }
activity-more = { $step }, and { $n } more
activity-more-in = { $step }, and { $n } more in { $folder }
activity-sized = { $step }, { $size }
activity-line = { $date }  { $line }
activity-none = Nothing was done yet that is remembered.
activity-bad-path = This is no pattern: { $path }.
    .remedy = Write a path below the folder, or a pattern like “*.txt” or “photos/**”.
activity-unreadable = What was done in this folder cannot be read.
    .remedy = It is begun anew with the next sync. Your files are not touched.

## Why a file is, or is not, in sync

explain-in-sync = It is in sync: both sides are equal.
explain-planned = It is not in sync yet; the next run sees to it.
explain-own = This is Navette’s own, and is never synced.
explain-root = This is the folder of the pair itself.
    .remedy = “navette status” says how it stands.
explain-not-chosen = It is on the server only: its folder is not chosen for this computer.
explain-kept = It stays here as it is: its folder is not kept in sync any more.
    .remedy = “navette folder select --tick” brings it back into sync.
explain-not-seen = No run has seen it yet as it is now.
    .remedy = The next one does; with “navette watch” that is a matter of seconds.
explain-unknown = It is known neither here nor on the server, where it would be { $there }.
explain-above = It lies in { $path }, of which holds: { $sentence }
explain-never = It is never synced: “{ $pattern }” takes it ({ $level }).
    .remedy = It stays where it is. Rename it or change that line, and it is synced.
explain-never-above = It is never synced, for it lies in { $path }, which “{ $pattern }” takes ({ $level }).
    .remedy = It stays where it is. Move it elsewhere or change that line, and it is synced.
explain-here = Here, when last looked at ({ $path }): { $what }
explain-now = Here, at this moment: { $what }
explain-there = On the server, when last looked at ({ $path }): { $what }
explain-agreed = Agreed on last ({ $path }): { $what }
explain-nothing-here = Not here, when last looked at.
explain-nothing-there = Not on the server, when last looked at ({ $there }).
explain-nothing-agreed = Never agreed on.
explain-folder = a folder
explain-version = { $size }, changed { $date }
explain-versioned = { $what }, version { $etag }
explain-next = Next: { $what }
explain-again = It is tried again by itself at { $date }, and sooner if it changes.
explain-last = Done: { $what }

## Two versions of one file

conflicts-none = No file stands here in two versions.
conflicts-mine = mine: { $what }, kept as { $copy }
conflicts-mine-of = of { $by }: { $what }, kept as { $copy }
conflicts-mine-unknown = the copy: { $what }, kept as { $copy }
conflicts-theirs = the server’s: { $what }
conflicts-none-there = not here any more
conflicts-equal = Both hold the same bytes.
conflicts-would-mine = { $path } would get the version of { $copy }; its own would be put aside
conflicts-would-theirs = { $path } would stay as it is; { $copy } would be put aside
conflicts-would-both = { $path } would stay as it is; { $copy } would get a name of its own
conflicts-undo = “navette conflicts undo” takes it back, for 30 days.
conflicts-changed = It has changed since it was last looked at, so nothing was done.
    .remedy = Let it be synced, look at both versions again, and choose then.
conflicts-gone = One of the two is not here any more, so nothing was done.
    .remedy = “navette trash list” shows what is put aside.
conflicts-nothing-to-undo = There is no choice that could be taken back.
    .remedy = “navette activity” shows what was done.
conflicts-which = Name the files, or say --all.
    .remedy = “navette conflicts list” shows them.
conflicts-none-meant = None of the files that stand here in two versions is meant.
    .remedy = “navette conflicts list” shows them.
conflicts-which-folder = There are several folders.
    .remedy = Name one with --folder.
