### Navette: messages of Attention and Bring back
###
### A message is a bold sentence; `.body` is the rest, `.action` and `.other` are buttons.

## The list

attention-title = À traiter
attention-list = Ce qui vous attend
attention-back = Tout ce qui vous attend
attention-rest = Tout le reste continue pendant ce temps.
attention-empty = Rien ne vous attend
    .body = Les questions et les problèmes apparaissent ici, chacun avec sa solution.
attention-empty-last = Le dernier a été réglé { $ago }.
attention-and-others = { $name } et { $n ->
    [one] { $n } autre
   *[other] { $n } autres
}
attention-line-conflict = Deux versions
attention-line-brake-here = { $n ->
    [one] { $n } fichier a disparu
   *[other] { $n } fichiers ont disparu
}
attention-line-brake-there = { $n ->
    [one] { $n } fichier disparu du serveur
   *[other] { $n } fichiers disparus du serveur
}
attention-line-changed-here = { $n ->
    [one] { $n } fichier écrasé
   *[other] { $n } fichiers écrasés
}
attention-line-changed-there = { $n ->
    [one] { $n } fichier écrasé sur le serveur
   *[other] { $n } fichiers écrasés sur le serveur
}
attention-line-name = Nom impossible
attention-line-sign-in = Reconnexion demandée
attention-line-certificate = Certificat inconnu
attention-line-space = Plus de place sur le serveur
attention-line-disk = Disque plein
attention-line-file = { $n ->
    [one] { $n } fichier attend
   *[other] { $n } fichiers attendent
}
attention-line-large = Nouveau dossier volumineux
attention-line-stopped = Arrêté
attention-line-gate = Arrêté, et demande
attention-line-folder-missing = Dossier absent
attention-line-marker-missing = Dossier remplacé
attention-line-foreign-marker = Dossier d’un autre ordinateur
attention-line-remote-root-changed = Un autre espace
attention-line-remote-restored = Serveur revenu en arrière

## What belongs to every question

attention-show = Montrer dans le dossier
attention-look-again = Vérifier de nouveau
attention-looks = Navette vérifie de nouveau.
attention-cancel = Annuler

## Two versions

attention-here = Cet ordinateur
attention-there = Le serveur
attention-copy-of = { $by }
attention-copy-unknown = La copie à côté
attention-newer = plus récente
attention-version = { $when } · { $size }
attention-undated = Date inconnue
attention-two-gone = Le fichier lui-même n’est plus ici
    .body = Seule sa copie y est. Gardez-la, ou mettez-la de côté.
attention-two-equal = Les deux ont exactement le même contenu
    .body = Seuls leurs noms diffèrent. Quel que soit votre choix, rien n’est perdu.
attention-keep-copy = Garder la version de { $by }
attention-keep-unknown = Garder la copie
attention-two-both = Les deux, c’est déjà le cas : celle de cet ordinateur est à côté de l’autre, sous « { $copy } ». Si vous gardez les deux, elle reçoit un nom plus simple.
attention-two-both-copy = Les deux, c’est déjà le cas : l’une est à côté de l’autre, sous « { $copy } ». Si vous gardez les deux, elle reçoit un nom plus simple.
attention-put-aside = La mettre de côté
attention-more-lines = { $n ->
    [one] Montrer { $n } ligne de plus
   *[other] Montrer { $n } lignes de plus
}
attention-open-both = Ouvrir les deux
attention-differ = { $n ->
    [one] { $n } ligne diffère
   *[other] { $n } lignes diffèrent
}
attention-differ-ends = Seules les fins de ligne diffèrent
attention-differ-none = Aucune ligne ne diffère
attention-differ-apart = Ces textes n’ont presque rien en commun
attention-differ-cut = Textes longs : seul le début est comparé
attention-no-preview = Un tel fichier se compare dans son propre programme.
attention-fold = Montrer { $n } lignes identiques
attention-line-changed = modifiée
attention-line-here = seulement ici
attention-line-there = seulement sur le serveur
attention-line-copy = seulement dans la copie
attention-image = { $side }, { $w } × { $h } pixels
attention-image-beside = Côte à côte
attention-image-over = L’une sur l’autre
attention-image-edge = Où finit l’une et commence l’autre
attention-of = { $i } sur { $n }
attention-previous = Précédent
attention-next = Suivant
attention-undone = Annulé.

## One rule for many

attention-many-open = Une règle pour les { $n }…
attention-many = Une règle pour { files } en deux versions
    .body = Voyez ce qu’elle ferait, puis décidez. Elle s’annule d’un seul coup.
attention-many-rule = Ce qui est gardé
attention-many-newest = La plus récente de chacun
    .body = Là où les dates le disent. Le reste demeure tel quel.
attention-many-mine = Celle de cet ordinateur
attention-many-copies = Les copies
attention-many-theirs = Celle du serveur
attention-many-copied = { $mine } gardent la copie, { $theirs } la version du serveur. Annulable jusqu’au { $date }.
attention-many-left = Laissés tels quels, car les dates ne disent rien : { files }.
attention-many-gone = Laissés tels quels, car une seule version est là : { files }.
attention-many-none = Cette règle n’en règle aucun.
attention-many-run = Régler { files }
attention-many-done = Réglés : { files }.
attention-many-stays = reste tel quel
attention-many-is-mine = celle de cet ordinateur
attention-many-is-copy = la copie
attention-many-is-theirs = celle du serveur
attention-some-left = Laissés tels quels : { files }

## Names

attention-name-long = { $name } est un nom trop long
    .body = Le fichier est en sûreté là où il est. Un nom plus court passe partout.
    .action = Renommer
    .other = Le laisser de côté
attention-day = le { $date }
attention-quoted = « { $text } »
attention-name-new = Nouveau nom, pour tout le monde
attention-name-checking = Vérification du nom
attention-name-works = Ce nom convient à cet ordinateur et au serveur.
attention-name-empty = Un nom a au moins une lettre.
attention-name-slash = Un nom ne contient pas de « / ».
attention-name-same = C’est le nom actuel.
attention-name-done = { $name } s’appelle maintenant { $to }.
attention-name-others = { $n ->
    [one] { $n } autre pour la même raison
   *[other] { $n } autres pour la même raison
}
attention-name-all = Renommer les { $n } ainsi
attention-name-taken = Il y en aurait deux de ce nom.
attention-names-done = Renommés : { files }.
attention-name-becomes = devient
attention-name-rather = Plutôt ne pas renommer ?
attention-name-not-again = Navette ne le redemande plus.
attention-left-out = { $name } est désormais laissé de côté.

## Files that wait

attention-file = { $name } attend
attention-files = { $n ->
    [one] { $n } fichier attend
   *[other] { $n } fichiers attendent
}
attention-file-again = Prochain essai : { $when }.
attention-file-change = Nouvel essai dès que quelque chose y change.
attention-file-leave = Le laisser de côté

## Deletions

attention-brake-of = { $n ->
    [one] { $n } fichier sur { $of } de ce dossier, { $size }
   *[other] { $n } fichiers sur { $of } de ce dossier, { $size }
}
attention-brake-list = Montrer toute la liste
attention-brake-listed = Ce qui serait supprimé
attention-brake-short = Replier
attention-brake-trash = Sa corbeille les garde { $n ->
    [one] { $n } jour.
   *[other] { $n } jours.
}
attention-brake-trash-untold = Sa corbeille les garde un temps qu’il n’indique pas.
attention-changed-here-restore = Ils ne devraient pas être modifiés
    .body = Les versions du serveur reviennent ici : { $size }. Celles d’ici attendent dans Récupérer.
    .action = Faire revenir celles du serveur
attention-changed-here-follow = Je voulais les modifier
    .body = Elles remplacent les versions du serveur, pour tous ceux qui partagent le dossier.
    .action = Les remplacer sur le serveur
attention-changed-there-restore = Ils ne devraient pas être modifiés
    .body = Les versions de cet ordinateur sont renvoyées : { $size }.
    .action = Les renvoyer
attention-changed-there-follow = Ils ont été modifiés exprès
    .body = Les versions du serveur arrivent ici. Celles d’ici attendent dans Récupérer jusqu’au { $date }.
    .action = Prendre celles du serveur
attention-changed-listed = Ce qui serait écrasé
attention-changed-waits = Tant que vous n’avez pas répondu, ces modifications attendent. Tout le reste continue. Il n’y a pas de délai.
attention-changed-sent = Ils remplacent les versions du serveur : { files }.
attention-brake-space = Entrée ne supprime pas. Appuyez sur la barre d’espace.
attention-brake-sure = Supprimer { files } de { $folder } sur le serveur, sans retour ?
    .action = Supprimer sans retour
    .other = Les garder
attention-brake-restored = De retour : { files }.
attention-brake-deleted = Supprimés sur le serveur : { files }.
attention-brake-aside = En attente dans Récupérer : { files }.

## Signing in

attention-signin-since = Depuis { $time }, la connexion enregistrée est refusée ; votre mot de passe a peut-être changé.
attention-signin-safe = Vos fichiers sont en sûreté sur cet ordinateur.
    .body = Navette n’essaie pas de nouveau sans vous, pour ne pas bloquer votre compte.
attention-signin-login = Compte
attention-signin-password = Mot de passe
attention-signin-empty = Saisissez votre mot de passe.
attention-signin-do = Se connecter
attention-signin-browser = Se connecter dans le navigateur
attention-signin-page = Mot de passe oublié
attention-signin-go-on = Vous pouvez continuer à travailler. Les modifications partent dès que vous êtes connecté.
attention-signin-done = Vous êtes connecté à { $server }.

## Certificates

attention-cert-nobody = Cet ordinateur ne sait pas qui se porte garant de { $host }
    .body = Si ce serveur est le vôtre, comparez l’empreinte. Rien n’a été envoyé.
attention-cert-fingerprint = Empreinte
attention-cert-issuer = Signé par
attention-cert-trust = Faire confiance…
attention-cert-sure = Faire confiance à ce certificat pour { $host } ?
    .body = Seulement si les responsables du serveur vous ont donné cette empreinte. Qui détient ce certificat peut lire ce que vous envoyez.
attention-cert-trusted = Ce certificat de { $host } est accepté.
attention-cert-wait = D’ici là, rien n’est envoyé. Vos fichiers sont en sûreté ici.

## Stopped until somebody decides

attention-gate-marker-missing = { $folder } a été vidé ou remplacé
    .body = Ce que Navette y avait laissé n’y est plus. Son disque n’est peut-être pas branché. Rien n’est supprimé, d’aucun côté.
    .action = Comparer et réunir
attention-gate-foreign-marker = { $folder } appartient à un autre ordinateur ou à un autre compte
    .body = Deux programmes sur un même dossier abîment les fichiers. Si plus personne d’autre ne le synchronise, Navette le reprend : tout est d’abord comparé, rien n’est supprimé.
    .action = Le reprendre
attention-gate-remote-root-changed = L’espace de { $server } n’est plus le même
    .body = Il a peut-être été réinstallé, ou l’adresse mène ailleurs. Rien n’est supprimé, d’aucun côté.
    .action = Comparer et réunir
attention-gate-remote-restored = { $server } est revenu à un état antérieur
    .body = Ce que vous avez modifié depuis n’est plus qu’ici. C’est gardé, et renvoyé dès que vous êtes d’accord.
    .action = Le renvoyer
attention-gate-stays = Tant que vous n’avez pas décidé, ce dossier ne bouge pas. Rien n’est perdu, d’aucun côté.
attention-gate-done = { $folder } reprend. Tout est d’abord comparé.
attention-gate-moved = Où est le dossier maintenant ?
attention-gate-moved-done = Le dossier est maintenant { $path }.
attention-gate-look = Il est de nouveau branché

## Room

attention-space-free = Libre là-bas : { $free }.
attention-disk-room = Libérez de la place, ou changez ce qui doit rester libre.

## Bring back

back-title = Récupérer
back-total = Mis de côté : { files }, { $size }.
back-search = Nom ou dossier
back-folder = Dossier
back-every-folder = Tous les dossiers
back-all = Tout
back-deleted = Supprimés
back-replaced = Remplacés
back-list = Ce qui est mis de côté
back-until = jusqu’au { $date }
back-row-deleted = Supprimé ou déplacé, { $ago }
back-row-replaced = Remplacé par une autre version, { $ago }
back-row-name = { $name }, { $folder }, { $size }, jusqu’au { $date }
back-none = Rien n’est mis de côté
    .body = Quand la synchronisation supprime ou remplace un fichier, il attend ici { $n ->
        [one] { $n } jour.
       *[other] { $n } jours.
    }
back-none-found = Rien n’est mis de côté pour « { $text } »
    .action = Tout montrer
back-none-here = Rien de cette sorte n’est mis de côté
    .action = Tout montrer
back-as = Mis de côté { $ago }, tel qu’il est ici
back-place = Remettre à sa place
back-beside = Mettre à côté, en copie
back-place-why = Sa place est libre. Annulable.
back-beside-why = Une autre version est à sa place et reste intacte : celle-ci est mise à côté.
back-beside-done = { $name } est revenu dans { $folder }, à côté de celui qui s’y trouve.
back-no-preview = Un tel fichier se regarde une fois revenu.
back-cut = Le début d’un texte long.
back-picked = Choisissez un fichier pour le voir tel qu’il était.
back-empty = Tout supprimer sans retour…
back-empty-sure = Supprimer { files }, { $size }, sans retour ?
    .body = Ce qui est mis de côté ne pourra plus être récupéré. Vos fichiers dans le dossier et sur le serveur restent.
    .action = Supprimer sans retour
    .other = Les garder
back-emptied = Supprimés sans retour : { files }.

## Un nouveau dossier volumineux

attention-large-here = Le garder sur cet ordinateur
attention-large-there = Le laisser sur le serveur
attention-large-comes = { $name } vient sur cet ordinateur
attention-large-stays = { $name } reste sur le serveur seul
