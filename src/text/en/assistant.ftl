# What the assistant says, in the window and on the command line.

error-no-way-to-sign-in = { $host } signs people in only in a way that Navette does not know.
    .remedy = Ask those who run it for an app password or WebDAV with a password.
error-page-expired = The sign-in page of { $host } is not valid any more.
    .remedy = Begin again. Nothing was changed.
error-given-up = Nobody has signed in.
    .remedy = Nothing was changed.
error-other-account = Somebody has signed in as { $found }; this is the account of { $wanted }.
    .remedy = Sign in as { $wanted }, or add a second account.
error-password-kept-nowhere = Nobody keeps the password of { $name }.
    .remedy = Sign in to it again.
error-place = { $path } cannot be used: { $reason }
    .remedy = Choose another folder.
account-browser-open = Sign in in the browser. If it does not open by itself, open this page: { $page }
account-browser-waits = Waiting. The page is valid for { $minutes } minutes; Ctrl-C gives it up.
account-signed-in = Signed in to { $name } again.
