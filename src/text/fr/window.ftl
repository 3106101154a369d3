### Navette : la fenêtre, son Accueil et son Activité

## Quantités

amount-bytes = { $n ->
        [one] { $n } octet
       *[other] { $n } octets
    }
amount-kilo = { $n } Ko
amount-mega = { $n } Mo
amount-giga = { $n } Go
amount-tera = { $n } To
amount-rate = { $size }/s
amount-of = { $part } sur { $whole }

## Temps

day-today = Aujourd’hui
day-yesterday = Hier
day-tomorrow = Demain
day-and-time = { $day } { $time }
ago-seconds = il y a { $n } s
ago-minutes = il y a { $n } min
ago-today = à { $time }
ago-yesterday = hier à { $time }
ago-weekday = { $day }
ago-date = le { $date }
left-moment = moins d’une minute
left-minutes = { $n } min
left-hours = environ { $n } h
lasts-seconds = { $n } s
lasts-minutes = { $n } min
lasts-hours = { $n } h

## Le cadre

skip-link = Aller au contenu
region-navigation = Navette
region-state = État
nav-home = Accueil
nav-activity = Activité
nav-attention = À traiter
nav-attention-count = À traiter, { $n }
nav-bring-back = Récupérer
nav-settings = Réglages
nav-assistant = Ajouter un compte
close = Fermer
undo = Annuler
undo-bar = À l’instant
search-clear = Effacer la recherche
password-show = Afficher le mot de passe
password-hide = Masquer le mot de passe
mood-needs-you = { $n } à traiter
mood-stopped = Arrêté
mood-paused = En pause
mood-offline = Hors connexion
mood-syncing = Synchronisation
mood-checking = Vérification
mood-up-to-date = À jour
mood-empty = Aucun dossier
foot-left = encore { $left }
foot-until = jusqu’à { $time }
foot-since = depuis { $time }
foot-checked = vérifié { $ago }
foot-rest = le reste continue
announce-need = { $n ->
        [one] Un point à traiter : { $first }
       *[other] { $n } points à traiter. Le dernier : { $first }
    }
details = Détails
details-copy = Copier les détails
quit-while-syncing = Quitter alors que des fichiers sont en route ?
    .body = Les transferts s’arrêtent où ils en sont et reprennent au prochain démarrage de Navette. Rien n’est perdu.
    .action = Continuer
    .other = Quitter maintenant

## Quota

quota-label = Espace sur { $server }
quota-of = { $used } sur { $total } utilisés, { $free } libres
quota-used = { $used } utilisés

## Accueil

home-no-account = Le même dossier ici et sur votre serveur
    .body = Connectez-vous à votre serveur, choisissez un dossier, et Navette le garde identique sur cet ordinateur.
    .action = Commencer
home-no-folder = Pas encore de dossier
    .body = Choisissez un dossier du serveur et Navette le garde identique sur cet ordinateur.
    .action = Ajouter un dossier
pair-needs-you = À traiter
pair-waiting = En attente
pair-waits-since = En attente depuis { $time }
pair-stopped-since = Arrêté depuis { $time }
thread-name = { $name } : cet ordinateur { $here } et serveur { $there }, { $state }
progress-files = { $done } sur { files }
progress-left = { $files }, encore { $left }
progress-stalled = en attente du serveur, { $n } s
direction-sent = envoyé
direction-received = reçu
pause = Mettre en pause
pause-how-long = Durée de la pause
pause-hour = Pendant une heure
pause-tomorrow = Jusqu’à demain { $time }
pause-open = Jusqu’à ma reprise
way-answer = Répondre
way-settings = Ouvrir les réglages
way-page = Ouvrir la page
waits-one = { $path } : { $sentence }
waits-many = En attente : { $files }. { $sentence }
waits-others = { $n ->
        [one] { $n } d’entre eux a une autre raison.
       *[other] { $n } d’entre eux ont d’autres raisons.
    }
waits-list = Voir les { $n }
waits-title = Ce qui attend
waits-text = Cela reprend tout seul. Rien n’est perdu, d’aucun côté.
open-folder = Ouvrir le dossier { $name }
open-web = Ouvrir { $name } dans le navigateur
more-of = Plus pour { $name }
menu-open = Ouvrir le dossier
menu-web = Ouvrir dans le navigateur
menu-pause = Mettre ce dossier en pause
menu-resume = Reprendre ce dossier
menu-choose = Choisir ce qui est gardé ici…
menu-account = Réglages de ce compte
menu-remove = Ne plus synchroniser ce dossier…
add-folder = Ajouter un dossier
add-to = Depuis { $server }…
add-account = Depuis un autre compte…
check-now = Vérifier
waiting-long = Navette attend toujours la réponse.

## Activité

filter = Filtrer
filter-text = Nom ou dossier
filter-folder = Dossier
filter-all-folders = Tous les dossiers
filter-since = Période
filter-any-time = Toutes les dates
filter-today = Aujourd’hui
filter-week = 7 derniers jours
filter-month = 30 derniers jours
filter-kind = Type
kind-all = Tout
kind-sent = Envoyés
kind-received = Reçus
kind-moved = Déplacés
kind-aside = Mis de côté
kind-versions = Deux versions
kind-left = Non faits
did-sent = Envoyé au serveur
did-updated = Envoyé au serveur
did-fetched = Reçu du serveur
did-replaced = Reçu du serveur
did-came-back = Revenu sur le serveur
did-folder-made-here = Dossier créé sur cet ordinateur
did-folder-made-there = Dossier créé sur le serveur
did-moved-here = Déplacé sur cet ordinateur
did-moved-there = Déplacé sur le serveur
did-renamed-here = Renommé sur cet ordinateur
did-renamed-there = Renommé sur le serveur
did-shown-as = Porte un autre nom ici
did-put-aside = Mis de côté sur cet ordinateur
did-deleted-here = Dossier vide retiré de cet ordinateur
did-deleted-there = Supprimé sur le serveur
did-conflict = Deux versions gardées
did-held = Laissé tel quel
did-failed = Non synchronisé
did-kept-mine = Version de cet ordinateur gardée
did-kept-theirs = Version du serveur gardée
did-kept-both = Les deux versions gardées
did-undone = Choix annulé
did-times = { $sentence }, { $n } fois
because-conflict = Modifié ici et sur le serveur
because-shown-as = Il s’appelle ici « { $name } » : ce disque ne peut pas montrer son vrai nom
because-came-back = Il venait d’y être modifié
because-kept-mine = Celle du serveur est mise de côté
because-kept-theirs = Celle de cet ordinateur est mise de côté
because-kept-both = L’autre s’appelle maintenant « { $copy } »
because-undone = Les deux versions sont revenues
at-times = À { $times }
at-from-to = Entre { $from } et { $to }
line-and-others = { $n ->
        [one] { $name } et { $n } autre
       *[other] { $name } et { $n } autres
    }
way-compare = Comparer
way-what = Que faire ?
way-back = Récupérer
until-date = jusqu’au { $date }
reveal = Montrer { $name } dans son dossier
activity-empty = Rien n’a encore été fait
    .body = Tout ce que Navette envoie, reçoit, déplace ou met de côté est noté ici, avec le côté et la raison.
activity-nothing = Aucune entrée
    .body = Rien de ce qui a été fait ne répond à ces filtres.
activity-not-found = Aucune entrée pour « { $text } »
activity-filtered = Un seul type est parcouru : { $kind }.
activity-everything = Tout parcourir
activity-fresh = { $n ->
        [one] { $n } nouvelle entrée
       *[other] { $n } nouvelles entrées
    }
