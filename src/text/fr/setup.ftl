### Navette : messages de l’assistant

## Le cadre

setup-steps = Étapes
setup-step-server = Serveur
setup-step-sign-in = Connexion
setup-step-folders = Dossiers
setup-step-summary = Résumé
setup-step-of = Étape { $i } sur { $n }
setup-step-done = faite
setup-back = Retour
setup-continue = Continuer
setup-quit = Quitter
setup-cancel = Annuler
setup-details = Détails
setup-again = Réessayer
setup-internal = Navette ne peut pas continuer ici
    .body = Rien n’a été modifié. Les détails disent pourquoi.

## Serveur

setup-server-title = Où sont vos fichiers ?
    .body = Tapez l’adresse de votre espace, ou collez n’importe laquelle de ses pages depuis votre navigateur.
setup-server-address = Adresse du serveur
setup-server-asking = Question posée à { $host }…
setup-server-product = { $product } { $version }
setup-server-encrypted = la connexion est chiffrée
setup-server-bare = la connexion n’est pas chiffrée
setup-server-used = Adresse utilisée : { $address }
setup-server-works = Fonctionne avec ownCloud, Nextcloud, oCIS, OpenCloud et tout serveur WebDAV. Un doute sur l’adresse ? C’est celle que vous ouvrez pour voir vos fichiers dans le navigateur.
setup-server-empty = Il faut une adresse
    .body = C’est celle que vous ouvrez pour voir vos fichiers dans le navigateur.
setup-server-secure = Utiliser https

## Connexion

setup-signin-title = Connexion à { $server }
setup-signin-browser = Se connecter avec le navigateur
    .body = La page du serveur s’y ouvre, avec tout ce qu’elle demande, par exemple un second facteur. Navette ne voit jamais votre mot de passe.
    .action = Ouvrir le navigateur
setup-signin-password-body = Avec l’identifiant et le mot de passe que vous utilisez sur sa page.
setup-signin-by-password = Utiliser plutôt un mot de passe
setup-signin-by-browser = Me connecter dans le navigateur
setup-signin-login = Identifiant ou adresse e-mail
setup-signin-password = Mot de passe
setup-signin-local = Mot de passe local
setup-signin-no-login = Il faut un identifiant
    .body = C’est le nom ou l’adresse e-mail sous lequel le serveur vous connaît.
setup-signin-no-password = Il faut un mot de passe
    .body = Rien n’a été envoyé.
setup-signin-same = Rien n’a été envoyé cette fois : identifiant et mot de passe sont les mêmes qu’avant.
setup-signin-page = Personnel
setup-signin-no-local = Je n’ai pas encore de mot de passe local, ou je ne le connais pas
setup-signin-choose-local = Choisissez-en un sur la page du serveur
    .body = Connectez-vous-y avec le mot de passe de votre établissement, puis définissez un mot de passe local sur la page « { $page } ».
    .action = Ouvrir la page
setup-signin-opening = Ouverture de votre navigateur…
setup-signin-stop = Ne plus attendre
setup-signin-stale = La page du navigateur n’est plus valable
    .body = Personne ne s’y est connecté à temps. Rien n’a été modifié.
    .action = En ouvrir une nouvelle
setup-signin-trying = Connexion…
setup-signin-do = Se connecter
setup-signin-done = Connexion faite : { $who }
    .body = Il ne faut rien de plus ici.
setup-signin-known = Ce compte est déjà sur cet ordinateur
    .body = Il reçoit un dossier de plus ; aucun second compte n’est créé.
setup-signin-other = Me connecter sous un autre nom

## Dossiers

setup-folders-title = Que faut-il sur cet ordinateur ?
    .body = Tout reste sur le serveur. Vous pourrez changer d’avis à tout moment.
setup-folders-find = Chercher un dossier
setup-folders-new = Nouveau dossier
setup-folders-new-in = Nom du nouveau dossier dans { $folder }
setup-folders-make = Créer
setup-folders-no-name = Il faut un nom, sans « / ».
setup-folders-tree = Dossiers sur { $server }
setup-folders-looking = La recherche continue. Dossiers lus : { $n }.
setup-folders-found = Dossiers trouvés : { $n }
setup-folders-not-found = Aucun dossier n’a « { $text } » dans son nom.
setup-folders-gave-up = Seuls les { $n } premiers dossiers ont été regardés.
setup-folders-all-of = tout ce qui est sur { $server }
setup-folders-from = Du serveur : { $folder }
setup-folders-top = Quel dossier du serveur ?
    .body = Lui et tout ce qu’il contient restent égaux au dossier de cet ordinateur.
    .action = Prendre ce dossier
setup-folders-stays =
    { $n ->
        [one] { $n } dossier reste seulement sur le serveur : { $names }
       *[other] { $n } dossiers restent seulement sur le serveur : { $names }
    }
setup-folders-everything = Tous les dossiers viennent sur cet ordinateur, les prochains aussi.
setup-folders-left-out = Laissés de côté : { $kinds }
setup-folders-change = Changer

setup-kinds-title = Quels fichiers laisser de côté ?
    .body = Ils restent où ils sont : ni envoyés, ni reçus.
setup-kinds-always = Fichiers temporaires
    .body = Toujours : ce que laissent éditeurs, navigateurs et systèmes (~$…, .tmp, .DS_Store).
setup-kinds-temporary = fichiers temporaires
setup-kinds-videos = Vidéos
setup-kinds-images = Images de disque
setup-kinds-archives = Archives
setup-kinds-builds = Ce que les programmes construisent
setup-kinds-own = Vos propres règles
    .body = Une par ligne, comme dans .gitignore : *.bak, /prive/, !garder.bak
setup-kinds-own-count =
    { $n ->
        [one] { $n } règle à vous
       *[other] { $n } règles à vous
    }
setup-kinds-done = Terminé

## La place sur cet ordinateur

setup-place-title = Dossier sur cet ordinateur
setup-place-change = Changer…
setup-place-pick = Choisir le dossier pour { $server }
setup-place-use = Utiliser { $volume } ({ $free } libres)
setup-place-needed = Il faut un dossier
    .body = Choisissez-en un, ou tapez son chemin.
setup-place-looking = Examen de ce qui s’y trouve…
setup-place-anyway = L’utiliser quand même
setup-place-again = Regarder de nouveau
setup-take-over = Navette continue avec ce que { $client } a ici : rien n’est téléchargé de nouveau, et ce qu’il laissait de côté le reste.
setup-taken-over = Repris de { $client }
    .body = Ce qui est ici est comparé, pas téléchargé de nouveau. Retirez ensuite le dossier dans { $client } ; il garde les fichiers.
    .action = Ne pas le reprendre

setup-fit-disk = Tient sur le disque
setup-fit-disk-not = Ne tient pas sur le disque
    .body = Décochez des dossiers, ou choisissez une place plus grande. Ce qui ne tient pas attend ; rien n’est perdu.
setup-fit-download = { $size } à recevoir, { $free } libres
setup-fit-unsized = { $free } libres ; la quantité à recevoir n’est pas encore connue
setup-fit-room = Place sur le serveur
setup-fit-room-full = Le serveur est presque plein
setup-fit-used = { $used } sur { $total } utilisés
setup-fit-used-open = { $used } utilisés, sans limite
setup-fit-counting = Addition en cours…

## L’arbre

tree-reading = Lecture des dossiers…
tree-unread = Ces dossiers n’ont pas pu être lus
tree-empty = Il n’y a pas encore de dossier ici. Les fichiers, eux, seront sur cet ordinateur.
tree-size-counting = Taille pas encore connue
tree-size-unknown = Le serveur ne dit pas la taille
tree-tick-all = gardé ici
tree-tick-part = gardé ici en partie
tree-tick-none = seulement sur le serveur
tree-shared = partagé
tree-read-only = lecture seule
tree-external = autre stockage

## Résumé

setup-summary-title = Prêt à commencer
    .body = Navette gardera ces deux endroits égaux, de quelque côté que vous travailliez.
setup-summary-thread = { $here } sur cet ordinateur et { $there } sur le serveur, pas encore reliés
setup-summary-who = { $who } sur { $server }
setup-summary-token = Connexion par une clé propre à cet ordinateur ; votre mot de passe n’est pas gardé.
setup-summary-kept = Le mot de passe est gardé dans le trousseau de cet ordinateur, nulle part ailleurs.
setup-summary-asked = Le mot de passe n’est gardé nulle part ; Navette le demande à chaque démarrage.
setup-summary-comes = { $size } viennent sur cet ordinateur
    .body = { $free } y sont libres. Vous pouvez travailler entre-temps.
setup-summary-comes-unsized = Vos fichiers viennent sur cet ordinateur
    .body = Le serveur ne dit pas combien. { $free } sont libres.
setup-summary-no-fit = { $size } viennent, et seuls { $free } sont libres
    .body = Ce qui ne tient pas attend qu’il y ait de la place. Rien n’est perdu.
setup-summary-holds =
    { $n ->
        [one] { $n } fichier est déjà ici
       *[other] { $n } fichiers sont déjà ici
    }
    .body = Tout est d’abord comparé. Ce qui est égal n’est pas transféré, ce qui n’existe qu’ici est envoyé.
setup-summary-holds-more =
    { $n ->
        [one] Plus de { $n } fichier est déjà ici
       *[other] Plus de { $n } fichiers sont déjà ici
    }
    .body = Tout est d’abord comparé. Ce qui est égal n’est pas transféré, ce qui n’existe qu’ici est envoyé.
setup-summary-new = Le dossier est nouveau
    .body = Navette le crée. Rien d’autre n’est touché sur cet ordinateur.
setup-summary-empty = Le dossier est vide
    .body = Il ne fait d’abord que recevoir.
setup-summary-safe = Rien n’est supprimé, d’aucun côté
    .body = Plus tard, ce qui est supprimé sur le serveur est d’abord mis de côté ici, et peut être récupéré.
setup-summary-all = Tous les dossiers sont sur cet ordinateur
setup-summary-without = Pas sur cet ordinateur : { $names }
setup-summary-left-out = Laissés de côté : { $kinds }.
setup-summary-stays = Ils restent sur le serveur.
setup-summary-change = Changer :
setup-summary-session = Démarrer Navette à l’ouverture de ma session
setup-start = Commencer
setup-starting = Démarrage…

## La première synchronisation

setup-first-checking = Comparaison des deux côtés
    .body = Vous pouvez fermer cette fenêtre : Navette continue en arrière-plan.
setup-first-open-end = Vos fichiers arrivent
    .body = Vous pouvez fermer cette fenêtre : Navette continue en arrière-plan.
setup-first-done = Tout est là
    .body = Désormais, Navette garde les deux côtés égaux.
setup-first-equal = Égaux des deux côtés : { files }.
setup-first-files = Fichiers
setup-first-bytes = Données
setup-first-rate = Débit
setup-first-left = Temps restant
setup-first-total = sur { $total }
setup-first-name = Première synchronisation
setup-first-usable = Ce qui est ici peut déjà servir
    .body = Chaque fichier est entier dès qu’il apparaît.
    .action = Ouvrir le dossier
setup-first-arrived = Arrivés à l’instant
setup-first-open = Ouvrir { $name }
setup-first-drops = Si la connexion tombe ou si l’ordinateur s’endort, elle reprend où elle s’était arrêtée.
setup-first-pause = Pause
setup-first-home = Aller à l’accueil
