### Navette: messages of the settings
###
### The value is the label of a setting, `.body` what it means.

settings-title = Réglages
settings-sections = Sortes de réglages
settings-back = Tous les réglages
settings-changed = Modifié : { $what }.
settings-general = Général
settings-accounts = Comptes
settings-folders = Dossiers
settings-network = Réseau
settings-rules = Laissé de côté
settings-notices = Notifications
settings-help = Aide et journaux
settings-about = À propos
settings-cancel = Annuler
settings-kilo = Ko
settings-mega = Mo
settings-giga = Go
settings-tera = To
settings-per-second = { $unit } par seconde

## General

settings-start = Démarrer avec la session
    .body = Navette travaille en arrière-plan dès que vous ouvrez votre session.
settings-look = Apparence
settings-language = Langue
settings-theme = Thème
settings-system = Comme le système
settings-light = Clair
settings-dark = Sombre
settings-tray = Icône de la barre système
    .body = Dessinée en sombre ou en clair, si elle se voit mal sur votre barre.
settings-tray-light = Claire, pour une barre sombre
settings-tray-dark = Sombre, pour une barre claire
settings-copies = Noms des secondes versions
    .body = Quand un fichier a changé des deux côtés, la version de cet ordinateur est gardée à côté de l’autre, avec la date à l’heure de Greenwich et le nom de cet ordinateur.
settings-copies-sample = Budget (conflict 2026-11-22 135419 { $computer }).xlsx
settings-copies-computer = Nom de cet ordinateur
settings-copies-usual = portable

## For whom

settings-scope = Ces réglages valent pour
settings-scope-sync = Tout
settings-scope-account = Compte { $name }
settings-scope-folder = Dossier { $name }
settings-own = Seulement ici
settings-as-wider = Comme partout ailleurs

## Network

settings-speed = Vitesse
settings-upload = Envoi
settings-download = Réception
settings-rate-none = Aussi vite que possible
settings-rate-gentle = Laisser de la place aux autres
settings-rate-fixed = Au plus…
settings-rate-none-hint = Sans limite.
settings-rate-gentle-hint = Ralentit quand autre chose utilise la connexion.
settings-rate-fixed-hint = Au moins 10 Ko par seconde.
settings-amount = Quantité
settings-unit = Unité
settings-amount-bad = Saisissez un nombre, comme 2 ou 1,5.
settings-rate-bad = Saisissez un nombre qui fait au moins 10 Ko par seconde.
settings-pausing = Pause d’elle-même
settings-metered = Sur une connexion limitée
    .body = Partage de connexion, données mobiles.
settings-battery = Sur batterie
    .body = Reprend une fois branché.
settings-battery-low = Pause quand elle est faible
settings-battery-always = Pause
settings-battery-never = Continuer
settings-hours = Seulement à certaines heures
    .body = En dehors, Navette est en pause.
settings-hours-from = De
settings-hours-to = À
settings-hours-night = Par-dessus minuit, jusqu’au lendemain.
settings-hours-bad = Saisissez deux heures différentes.
settings-connection = Connexion
settings-proxy = Serveur mandataire (proxy)
settings-proxy-system = Comme le système
settings-proxy-none = Aucun
settings-proxy-manual = Celui-ci…
settings-proxy-system-hint = Celui que nomme le système, ou l’environnement.
settings-proxy-none-hint = Directement au serveur.
settings-proxy-manual-hint = Pour les réseaux qui ne laissent rien sortir sans lui.
settings-proxy-kind = Sorte
settings-proxy-host = Adresse
settings-proxy-port = Port
settings-proxy-login = Identifiant
settings-proxy-login-hint = À laisser vide si le proxy n’en demande pas.
settings-proxy-password = Mot de passe
settings-proxy-password-hint = Gardé dans le trousseau de cet ordinateur, pas dans les réglages.
settings-proxy-password-keep = Garder le mot de passe
settings-proxy-password-forget = Oublier le mot de passe
settings-proxy-password-kept = Le mot de passe est gardé dans le trousseau.
settings-proxy-password-forgotten = Le mot de passe est oublié.
settings-proxy-use = Utiliser ce proxy
settings-proxy-bad = Saisissez l’adresse du proxy, comme proxy.example.org, et un port jusqu’à 65535.

## Left out

settings-rules-hint = Ce qu’une ligne nomme n’est synchronisé dans aucun sens ; ce qui s’y trouve déjà reste des deux côtés. S’écrit comme dans un .gitignore.
settings-rules-for = Lignes
settings-rules-none = Pas encore de ligne.
settings-rule-new = Nouvelle ligne
settings-rule-sample = *.iso, /build/, !keep.log
settings-rule-add = Ajouter
settings-rule-there = Cette ligne est déjà là.
settings-rule-empty = Saisissez un nom, ou un modèle comme *.iso.
settings-rule-remove = Retirer { $line }
settings-rule-up = Monter { $line }
settings-rule-down = Descendre { $line }
settings-rule-meaning = { $kind ->
    [comment] Une remarque.
    [back] Reprend ce qu’une ligne au-dessus laisse de côté.
    [folder] Un dossier de ce nom, où qu’il soit.
    [place] À cet endroit seulement.
   *[name] Tout ce qui porte ce nom, où que ce soit.
}
settings-rules-built-in = D’origine
    .body = Fichiers du système et fichiers inachevés, que personne ne veut ailleurs.
settings-rules-everywhere = Pour tout
settings-rules-account = Du compte
settings-rules-folder = Du dossier
settings-rules-file = De .navetteignore
    .body = Un fichier du dossier lui-même ; il vaut sur tous les ordinateurs. Il se modifie là-bas.
settings-rules-open = Ouvrir le fichier
settings-rules-order = Le plus proche compte : .navetteignore, puis le dossier, le compte, tout, et ce qui est d’origine.
settings-rules-no-folder = Des lignes peuvent être ajoutées dès qu’il y a un dossier.
settings-test = Essayer un chemin
    .body = S’il serait synchronisé, et quelle ligne le dit.
settings-test-path = Chemin dans le dossier
settings-test-sample = Photos/2019/raw.iso
settings-test-do = Essayer
settings-kinds = Des sortes entières de fichiers
settings-hidden = Synchroniser les fichiers cachés
    .body = Les noms qui commencent par un point.
settings-links = Suivre les liens
    .body = Les liens symboliques vers des fichiers et dossiers du même dossier sont synchronisés comme ce qu’ils désignent. Rien n’est écrit à travers eux. Pas sous Windows.
settings-largest = Retenir les gros fichiers
settings-largest-none = Aucun n’est trop gros
settings-largest-over = Au-delà de…
settings-largest-hint = Ils restent où ils sont, et sont nommés dans À traiter.

## Accounts

settings-account-add = Ajouter un compte
settings-account-folders = Dossiers ici : { $n }
settings-account-remove = Retirer…
settings-account-none = Pas encore de compte
    .body = Connectez-vous à un serveur, et choisissez un dossier à garder identique ici.
settings-account-all-sent = Les fichiers restent ici comme fichiers ordinaires ; le serveur garde les siens. Tout est envoyé.
settings-account-goes = Ce qui part
    .body = La connexion enregistrée, les réglages du compte, et ce que Navette sait de ces dossiers :
settings-account-stays = Ce qui reste
    .body = Tous les fichiers, ici et sur le serveur ; ce qui est mis de côté reste dans chaque dossier.
settings-account-removed = { $server } est retiré de cet ordinateur.
settings-account-sending = Envoi d’abord, puis retrait. Cela peut durer ; le compte reste jusqu’à ce que tout soit envoyé.
settings-account-do = Retirer
settings-account-counting = Recherche de ce qui n’est pas encore envoyé

## Folders

settings-folder-add = Ajouter un dossier
settings-folder-kept = Ce qui est gardé…
settings-folder-move = Déplacer ailleurs…
settings-folder-remove = Retirer…
settings-folder-none = Pas encore de dossier
    .body = Choisissez un dossier du serveur et Navette le garde identique sur cet ordinateur.
settings-folder-part = Pas gardés ici : { $n ->
    [one] { $n } dossier
   *[other] { $n } dossiers
}
settings-folder-whole = Tout est gardé ici
settings-folder-with = avec { $remote } sur { $server }
settings-kept = Ce qui est gardé ici de { $name }
    .body = Un dossier sans coche reste sur le serveur et ne prend pas de place ici.
settings-kept-apply = Appliquer
settings-kept-nothing = Rien n’est encore changé.
settings-kept-come = À recevoir : { $n ->
    [one] { $n } dossier
   *[other] { $n } dossiers
}
settings-kept-go = Plus gardés ici : { $n ->
    [one] { $n } dossier
   *[other] { $n } dossiers
}
settings-kept-copies = Les copies qui sont ici
settings-kept-aside = Les mettre de côté : elles attendent dans Récupérer
settings-kept-stay = Les laisser ici, sans plus les synchroniser
settings-kept-done = Modifié : ce qui est gardé ici de { $name }.
settings-move = Déplacer { $name } ailleurs
    .body = Sur le même disque, il est déplacé aussitôt. Vers un autre disque, il est d’abord copié et relu ; l’ancien dossier reste alors sous un autre nom, jusqu’à ce que vous le supprimiez. Rien n’est téléchargé de nouveau.
settings-move-from = Maintenant
settings-move-to = Nouvel endroit
settings-move-choose = Choisir un endroit…
settings-move-do = Le déplacer ici
settings-move-busy = Déplacement. La synchronisation de ce dossier attend ; vers un autre disque, cela peut durer.
settings-move-done = { $name } est maintenant dans { $path }.
settings-remove = Ne plus synchroniser { $name } ici ?
    .body = Les fichiers restent dans { $path } comme fichiers ordinaires ; le serveur garde les siens.
    .action = Ne plus le synchroniser
settings-remove-stays = Ce qui reste
    .body = Tous les fichiers, ici et sur le serveur. Ce qui est mis de côté reste dans le dossier, mais n’est plus dans Récupérer.
settings-remove-goes = Ce qui part
    .body = Ce que Navette en sait : ses règles, et ce qui a été fait.
settings-removed = { $name } n’est plus synchronisé ici.
settings-disk = Place sur cet ordinateur
settings-reserve = Garder libre sur le disque
    .body = La réception s’arrête avant que le disque soit plein.
settings-reserve-usual = Comme d’habitude : 1 %, au plus 500 Mo
settings-reserve-none = Rien
settings-reserve-amount = Une quantité…
settings-reserve-percent = Une part du disque…
settings-reserve-share = Part du disque
settings-reserve-bad = Saisissez un nombre entier jusqu’à 50.

## Notifications

settings-notify = Ce qui est notifié
settings-notify-all = Tout ce qui compte
    .body = Les questions, les doubles versions, et la fin d’une première synchronisation.
settings-notify-needed = Seulement ce qui ne peut attendre
    .body = Reconnexion, suppressions, certificats, manque de place.
settings-notify-none = Rien
    .body = L’icône et cette fenêtre le montrent toujours.
settings-notify-new = Nouveaux fichiers des autres
    .body = Réunis pendant deux minutes par dossier.
settings-notify-quiet = Navette n’émet aucun son, et n’ouvre jamais sa fenêtre d’elle-même.

## Help, logs, about

settings-log = Journal
    .body = Ce que Navette a fait, pour qui vous aide. Sans mot de passe.
settings-log-open = Ouvrir le journal
settings-archive = Archive pour qui vous aide
    .body = Versions, réglages, constats et journal, en un fichier. Regardez-le avant de le donner.
settings-archive-names = Avec les noms de fichiers, de serveurs et de personnes
    .other = Sinon, ils sont remplacés par des numéros.
settings-archive-save = Enregistrer l’archive…
settings-archive-title = Enregistrer l’archive
settings-archive-done = Enregistré : { $path }, { $size }.
settings-archive-holds = Ce qu’elle contient
settings-page = Fichiers de Navette
settings-page-log = Journaux
settings-page-file = Réglages
settings-version = Navette { $version }
settings-licence = Logiciel libre : { $licence }.
settings-updates-on = Les nouvelles versions sont cherchées une fois par jour, et jamais installées sans vous.
settings-updates-off = Les nouvelles versions viennent comme votre système les apporte.
settings-components = De quoi elle est faite
    .body = Navette repose sur le travail de beaucoup. Chaque partie a sa licence.
settings-component-search = Nom ou licence
settings-component-none = Aucune partie ne s’appelle ainsi.
