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
