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
