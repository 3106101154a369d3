### Navette : la barre système, les notifications et le cadre de la fenêtre

tray-name = Navette
tray-answer = Répondre…
tray-open-folder = Ouvrir { $name }
tray-folders = Ouvrir un dossier
tray-recent = Fichiers récents
tray-file = { $name }, { $time }
tray-pause-hour = Mettre en pause une heure
tray-pause = Mettre en pause jusqu’à la reprise
tray-resume = Reprendre
tray-show = Ouvrir Navette
tray-quit = Quitter

notify-first-sync = { $folder } est ici et à jour
notify-percent = { $n } %
notify-quota = { $percent } de votre espace sur { $server } sont utilisés
notify-quota-left = Il reste { $free }.
notify-arrived = Nouveau dans { $folder } : { $files }

window-title = Navette
window-title-demo = Navette (démonstration)

error-not-sent = { $path } n’a pas pu être envoyé avant.
    .remedy = Regardez ce qui l’empêche, ou retirez le compte sans envoyer.
error-opens-nothing = Aucun programme n’ouvre cela sur cet ordinateur.
    .remedy = Regardez-le avec un gestionnaire de fichiers.
error-not-gathered = { $path } n’a pas pu être écrit : { $reason }.
    .remedy = Choisissez un autre endroit.
