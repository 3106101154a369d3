### Navette : messages sur les dossiers qui viennent d’ailleurs, déménagent, ou que l’on soigne
###
### Un message est une phrase ; son attribut `remedy` dit que faire.

## Dossiers d’autres clients

error-peer-unknown = Aucun réglage d’un client ownCloud ou Nextcloud ne nomme le dossier { $path }.
    .remedy = Nommez son fichier de réglages avec --config, ou associez le dossier avec « navette folder add » : ce qui est égal des deux côtés n’est pas renvoyé.
error-peer-running = Un autre client travaille sur { $path }.
    .remedy = Arrêtez-le, ou retirez-y le dossier, puis réessayez. Les fichiers restent.
error-peer-standins = Certains fichiers de { $path } ne sont que des substituts : leur contenu n’est que sur le serveur.
    .remedy = Dans l’autre client, rendez tout disponible sur cet ordinateur et désactivez les fichiers virtuels, puis réessayez.
error-peer-nothing = Dans l’autre client, rien de l’espace n’est sélectionné pour { $path }.
    .remedy = Sélectionnez-y d’abord quelque chose, ou associez le dossier avec « navette folder add ».
error-peer-broken = Ce que l’autre client a noté dans { $path } est incompréhensible.
    .remedy = Associez le dossier avec « navette folder add » : ce qui est égal des deux côtés n’est pas renvoyé.
peer-journal-here = Un autre client de synchronisation a travaillé sur { $path } : son journal s’y trouve.
    .remedy = « navette folder takeover » reprend ce qui y était choisi. Ne laissez pas les deux travailler sur ce dossier.
peer-at-work = Un autre client de synchronisation travaille sur { $path }.
    .remedy = Retirez-y le dossier, ou arrêtez-le : deux clients sur un même dossier se gênent.
takeover-without = { $n ->
    [one] { $n } dossier du serveur n’est pas gardé ici, comme avant :
   *[other] { $n } dossiers du serveur ne sont pas gardés ici, comme avant :
}
takeover-hides = Les fichiers cachés sont laissés de côté, comme avant.
takeover-end-theirs = Retirez maintenant le dossier dans l’autre client, qui garde les fichiers, ou désinstallez-le : deux clients sur un même dossier se gênent. Son journal reste dans le dossier et n’est jamais synchronisé.

## Un dossier qui déménage

relocate-copies = Copie de { $n } fichiers, { $size }, avec relecture.
relocate-done = Le dossier est désormais { $path }. Si Navette le surveillait, relancez « navette watch ».
relocate-kept = L’ancien est gardé sous { $path }. Supprimez-le quand vous êtes sûr de n’en avoir plus besoin.
relocate-left = Non copiés, car ce ne sont pas des fichiers ou ils sont sur encore un autre disque :
relocate-changed = Modifiés dans l’ancien dossier après leur copie ; voyez-les là-bas :
usage-relocate-within = L’un des deux dossiers est dans l’autre ({ $path }).
    .remedy = Choisissez un endroit en dehors.
usage-relocate-taken = Il y a déjà quelque chose à { $path }.
    .remedy = Nommez un dossier vide, ou qui n’existe pas encore.
usage-relocate-no-parent = { $path }, qui doit contenir le dossier, n’est pas là.
    .remedy = Créez-le d’abord, ou connectez son disque.
error-relocate-in-use = Un autre processus synchronise ce dossier.
    .remedy = Arrêtez « navette watch » ou attendez la fin de la synchronisation, puis déplacez le dossier.
error-relocate-in-the-way = À { $path } se trouve quelque chose qui n’est pas de ce dossier.
    .remedy = Déplacez-le, ou supprimez la copie inachevée, puis réessayez. L’ancien dossier est comme avant.
error-relocate-restless = { $path } change plus vite qu’il ne peut être copié.
    .remedy = Fermez le programme qui y écrit, puis réessayez : ce qui est copié ne l’est pas une seconde fois.
error-relocate-room = Le dossier demande { $needed } là-bas, et { $free } sont libres.
    .remedy = Libérez de la place sur ce disque, ou choisissez-en un autre.
error-relocate-file = { $path } ne peut pas être déplacé : { $reason }.
    .remedy = Vérifiez ses droits et réessayez. Le dossier est là où il était.

## Une vérification de tous les contenus

check-of = { $path }, comparé par contenu :
check-equal = égaux des deux côtés : { $n }
check-agreed = comme convenu, le serveur montre la même version : { $n }
check-untold = le serveur n’en dit pas assez pour comparer : { $n }
check-untold-remedy = Avec --download leur contenu est récupéré et comparé.
check-well = Rien d’anormal, pour autant qu’on ait pu comparer.
check-not-well = { $n ->
    [one] { $n } différence. Rien n’a été modifié.
   *[other] { $n } différences. Rien n’a été modifié.
}
verdict-equal = Égal.
verdict-agreed = Comme convenu.
verdict-untold = Le serveur n’en dit pas assez pour le comparer.
verdict-damaged-here = Abîmé ici : son contenu a changé sans que personne n’y ait écrit.
    .remedy = Vérifiez le disque. Supprimez-le ici pour le récupérer, après avoir regardé les deux.
verdict-damaged-there = Abîmé sur le serveur : son contenu a changé alors que c’est la même version.
    .remedy = Prévenez ceux qui gèrent le serveur. Pour renvoyer le vôtre, enregistrez-le encore une fois ici.
verdict-differs = Différent, et jamais convenu.
    .remedy = Une synchronisation garde les deux versions.
verdict-unsynced = Un côté a changé depuis la dernière synchronisation.
    .remedy = Lancez « navette sync », ou voyez « navette status ».
verdict-only-here = Seulement sur cet ordinateur.
    .remedy = Lancez « navette sync », ou voyez « navette status ».
verdict-only-there = Seulement sur le serveur.
    .remedy = Lancez « navette sync », ou voyez « navette status ».
verdict-unreadable = Illisible ici.
    .remedy = Vérifiez ses droits et le disque.

## Un regard sur tout ce dont dépend une paire

doctor-of = { $path }
doctor-ok = en ordre
doctor-remark = remarque
doctor-trouble = ennui
doctor-line = { $grade } : { $sentence }
doctor-folder-away = Le dossier ne peut pas être ouvert.
    .remedy = Connectez son disque, ou vérifiez ses droits.
doctor-room = Le disque a { $free } libres sur { $total }.
doctor-room-little = Le disque n’a plus que { $free } libres sur { $total }.
    .remedy = Libérez de la place, ou déplacez le dossier avec « navette folder relocate ».
doctor-watches = Le système signale les changements de { $n } dossiers ; { $limit } sont permis.
doctor-watches-few = Le dossier contient { $n } dossiers, et le système n’en signale les changements que pour { $limit }, tous programmes confondus.
    .remedy = Relevez la limite : sysctl fs.inotify.max_user_watches=1048576
doctor-names = Le disque garde les noms tels qu’ils sont écrits.
doctor-names-case = Le disque confond les noms qui ne diffèrent que par la casse ; ces fichiers du serveur ont ici un autre nom.
doctor-names-accents = Le disque confond deux façons d’écrire un accent.
doctor-names-windows = Le disque refuse certains noms, comme Windows ; ces fichiers du serveur ont ici un autre nom.
    .remedy = Il n’y a rien à faire. Renommez-les sur le serveur pour avoir un seul nom des deux côtés.
doctor-dates = Les dates du disque sont assez précises.
doctor-dates-coarse = Les dates du disque vont par pas de { $seconds } s : les fichiers récents sont relus.
    .remedy = Il n’y a rien à faire.
doctor-ids = Les fichiers gardent leur identité quand on les renomme.
doctor-ids-none = Les fichiers ne gardent pas leur identité sur ce disque : un fichier renommé n’est reconnu qu’à son contenu.
    .remedy = Il n’y a rien à faire. Sur un autre système de fichiers, renommer coûte moins.
doctor-exchange = Une nouvelle version prend sa place en une seule étape.
doctor-exchange-none = Ce disque ne sait pas échanger deux fichiers en une étape ; Navette le fait en plusieurs, et sait y remédier après une panne.
    .remedy = Il n’y a rien à faire.
doctor-keychain = Le trousseau garde le mot de passe.
doctor-keychain-empty = Le trousseau répond, et n’a pas de mot de passe pour ce compte.
    .remedy = Retirez le compte et ajoutez-le de nouveau dans un terminal, ou utilisez --password-file.
doctor-keychain-none = Cet ordinateur n’a pas de trousseau qui réponde.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD.
doctor-keychain-locked = Le trousseau est verrouillé.
    .remedy = Déverrouillez-le.
doctor-keychain-failed = Le trousseau ne répond pas comme il faut.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD en attendant.
doctor-proxy-none = L’environnement ne nomme aucun serveur mandataire.
doctor-proxy = Les requêtes passent par le serveur mandataire { $proxy }.
doctor-journal-none = Cette paire n’a pas encore été synchronisée.
doctor-journal = Le journal est lisible.
doctor-journal-broken = Le journal est illisible.
    .remedy = La prochaine synchronisation y remédie, par une copie plus ancienne ou une comparaison. Rien n’est supprimé pour cela.
doctor-no-password = Le serveur n’a pas été interrogé, car personne n’a donné le mot de passe.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD.
doctor-signed-in = { $host } accepte le compte. C’est { $product }.
doctor-clock = Les horloges de cet ordinateur et de { $host } concordent.
doctor-clock-ahead = L’horloge de cet ordinateur avance de { $seconds } s sur celle de { $host }.
    .remedy = Laissez le système régler l’horloge par le réseau.
doctor-clock-behind = L’horloge de cet ordinateur retarde de { $seconds } s sur celle de { $host }.
    .remedy = Laissez le système régler l’horloge par le réseau.
doctor-tls-none = Le serveur est cet ordinateur : il n’y a rien à chiffrer.
doctor-tls = Chiffré par TLS { $version } ; { $issuer } se porte garant du serveur, pour { $days } jours encore.
doctor-tls-ends = Chiffré par TLS { $version } ; { $issuer } ne se porte garant du serveur que pour { $days } jours encore.
    .remedy = Demandez à ceux qui gèrent le serveur de renouveler son certificat.
doctor-lacks-push = Le serveur ne signale les changements que quand on le lui demande, toutes les trente secondes environ.
    .remedy = Sur un Nextcloud, ceux qui le gèrent peuvent installer notify_push.
doctor-lacks-trash = Le serveur n’a pas de corbeille : ce qui y est supprimé est perdu pour les autres.
    .remedy = Sur un Nextcloud, ceux qui le gèrent peuvent activer l’application « Fichiers supprimés ».
doctor-lacks-tree-etags = Le serveur ne dit pas dans quels dossiers quelque chose a changé : tous sont listés à chaque regard.
    .remedy = Il n’y a rien à faire ; les grandes arborescences prennent plus de temps.
doctor-lacks-ids = Le serveur ne donne pas d’identité aux fichiers : un fichier renommé n’est reconnu qu’à son contenu.
    .remedy = Il n’y a rien à faire.
doctor-lacks-checksums = Le serveur n’a pas de sommes de contrôle qui prouvent quelque chose ; « navette check --download » compare tout de même.
    .remedy = Il n’y a rien à faire.
doctor-lacks-guards = Le serveur ne refuse pas un nouveau fichier là où quelqu’un vient d’en créer un ; Navette regarde avant et après.
    .remedy = Il n’y a rien à faire.
doctor-lacks-dates = Le serveur donne aux fichiers la date de leur arrivée.
    .remedy = Il n’y a rien à faire.
doctor-lacks-together = Le serveur prend les petits fichiers nouveaux un par un, car il ne garde pas d’anciennes versions d’où un fichier écrasé pourrait revenir.
    .remedy = Ceux qui le gèrent peuvent activer l’application « Versions ».
doctor-lacks-zips = Le serveur donne les petits fichiers nouveaux un par un.
    .remedy = Un Nextcloud à partir de la version 31 en donne beaucoup à la fois.
doctor-defect-torn-overwrites = Les serveurs de cette sorte gardent un demi-fichier si l’envoi d’un autre programme est coupé ; Navette assemble d’abord les grands fichiers et renvoie celui qui a été coupé.
    .remedy = Il n’y a rien à faire.
doctor-defect-same-second = Les serveurs de cette sorte ne montrent pas une modification faite dans la même seconde que la précédente ; Navette relit les fichiers récents.
    .remedy = Il n’y a rien à faire.
doctor-defect-unguarded-moves = Les serveurs de cette sorte déplacent et suppriment un fichier même si quelqu’un vient de le modifier ; Navette regarde juste avant, et dans la corbeille après.
    .remedy = Il n’y a rien à faire.
doctor-defect-same-date = Les serveurs de cette sorte refusent une troisième version d’un fichier à la même date ; Navette lui donne la seconde suivante.
    .remedy = Il n’y a rien à faire.

## Une archive pour qui aide

diagnose-done = { $path } contient les versions, les réglages, les constats et le journal d’activité, sans mots de passe ni noms. Regardez-y avant de la donner.
diagnose-done-names = { $path } contient les versions, les réglages, les constats et le journal d’activité, sans mots de passe, mais avec des noms de fichiers, de serveurs et de personnes. Regardez-y avant de la donner.
error-file-unwritten = { $path } ne peut pas être écrit : { $reason }.
    .remedy = Nommez un fichier qui n’existe pas encore, dans un dossier où vous pouvez écrire.
