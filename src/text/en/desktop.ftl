### Navette: the tray, notifications, and the frame of the window

tray-name = Navette
tray-answer = Answer now…
tray-open-folder = Open { $name }
tray-folders = Open folder
tray-recent = Recent files
tray-file = { $name }, { $time }
tray-pause-hour = Pause for an hour
tray-pause = Pause until I resume
tray-resume = Resume
tray-show = Open Navette
tray-quit = Quit

notify-first-sync = { $folder } is here and up to date
notify-percent = { $n } %
notify-quota = { $percent } of your space on { $server } is used
notify-quota-left = { $free } left.
notify-arrived = New in { $folder }: { $files }

window-title = Navette
window-title-demo = Navette (demonstration)

error-not-sent = { $path } could not be sent before.
    .remedy = Look at what stands in the way, or remove the account without sending.
error-opens-nothing = No program opens that on this computer.
    .remedy = Look at it with a file manager.
error-not-gathered = { $path } could not be written: { $reason }.
    .remedy = Choose another place.
