### Navette : messages de la ligne de commande
###
### Un message est une phrase ; son attribut `remedy` dit quoi faire.

## Nombres

time-seconds = { $seconds } s
time-minutes = { $minutes } min { $seconds } s
time-hours = { $hours } h { $minutes } min

## Composition d’une ligne

line-item = { $path } : { $sentence }
line-step = { $step } ({ $why })
line-more = et { $n } autres
line-error = navette : { $sentence }

## Ce qui fait obstacle à un fichier ou à un dossier

cause-not-a-file = Un lien, un tube, une prise ou un périphérique, pas un fichier.
    .remedy = Il n’est pas synchronisé et reste où il est.
cause-through-link = Cet ordinateur le montre à travers un lien, et Navette n’écrit rien à travers un lien.
    .remedy = Pour l’avoir comme sur le serveur, mettez une copie à la place du lien ; ou modifiez ici ce que le lien désigne.
cause-other-volume = Un autre disque est monté à cet endroit.
    .remedy = Il n’est pas synchronisé. Associez-le à part avec « navette folder add ».
cause-name-not-text = Son nom n’est pas un texte lisible.
    .remedy = Renommez-le ici, et il part.
cause-name-refused = Le serveur refuse ce nom.
    .remedy = Renommez-le. Il est en sûreté sur cet ordinateur.
cause-name-character = Le serveur n’accepte pas « { $part } » dans un nom.
    .remedy = Renommez-le sans ce caractère. Il est en sécurité sur cet ordinateur.
cause-name-control = Son nom contient un caractère de contrôle, invisible, que le serveur n’accepte pas.
    .remedy = Renommez-le. Il est en sécurité sur cet ordinateur.
cause-name-word = Le serveur se réserve le nom « { $part } ».
    .remedy = Renommez-le. Il est en sécurité sur cet ordinateur.
cause-name-ending = Le serveur n’accepte aucun nom qui finit par « { $part } ».
    .remedy = Renommez-le. Il est en sécurité sur cet ordinateur.
cause-name-blank = Son nom n’est fait que d’espaces, ce que le serveur n’accepte pas.
    .remedy = Renommez-le. Il est en sécurité sur cet ordinateur.
cause-name-spelled-like = Le serveur confond son nom avec celui de « { $part } » à côté : seuls les accents sont codés autrement.
    .remedy = Renommez l’un des deux. Les deux sont en sécurité sur cet ordinateur.
cause-name-too-long = Son nom est trop long pour le serveur, qui accepte { $part } lettres au plus ; les accentuées peuvent compter double.
    .remedy = Donnez-lui un nom plus court. Il est en sécurité sur cet ordinateur.
cause-shown-as = Cet ordinateur ne peut pas montrer son nom, et l’appelle « { $name } ».
    .remedy = Il est synchronisé malgré tout. Renommez-le pour qu’il ait le même nom des deux côtés.
cause-name-impossible = Ce nom n’est pas possible sur cet ordinateur.
    .remedy = Renommez-le sur le serveur. Il y est en sûreté.
cause-unreadable = Il n’est pas lisible ici.
    .remedy = Changez ses droits sur cet ordinateur. Rien ne change sur le serveur.
cause-unwritable = Cet ordinateur interdit d’écrire à cet endroit.
    .remedy = Changez les droits du dossier où il se trouve.
cause-changing = Il a changé pendant sa lecture.
    .remedy = Il part dès qu’on le laisse un moment en repos.
cause-disk-full = Le disque de cet ordinateur est plein.
    .remedy = Libérez de la place. Rien n’est supprimé.
cause-reserve = Il laisserait sur le disque de cet ordinateur moins de place libre que voulu.
    .remedy = Libérez de la place, ou baissez « reserve » avec « navette config set ». Il attend ; les fichiers plus petits continuent.
cause-disk-broken = Le disque de cet ordinateur n’a pas répondu comme il faut.
    .remedy = Vérifiez le disque ou son branchement, puis relancez Navette.
cause-busy = Il est ouvert ici dans un autre programme.
    .remedy = Fermez-le ; la nouvelle version arrive alors.
cause-locked = Quelqu’un le modifie sur le serveur.
    .remedy = Votre version partira quand il sera libre.
cause-quota = Il ne tient pas dans votre espace sur le serveur.
    .remedy = Libérez-y de la place. Il attend ; les fichiers plus petits continuent.
cause-too-large = Il dépasse ce que le serveur accepte.
    .remedy = Il reste en sûreté sur cet ordinateur. Demandez une limite plus haute aux responsables du serveur.
cause-forbidden = Il est en lecture seule pour vous sur le serveur.
    .remedy = Demandez à son propriétaire le droit de le modifier. Votre version est gardée ici.
cause-no-download = Son propriétaire vous permet de le consulter, pas de le télécharger.
    .remedy = Ouvrez-le dans le navigateur, ou demandez à son propriétaire. Rien d’autre n’est retenu.
cause-asks-first = Il est nouveau sur le serveur, avec { $size }, et attend votre réponse.
    .remedy = Choisissez par « navette folder select » s’il doit être gardé ici : --tick ou --untick.
cause-too-deep = Ce dossier se trouve dans trop d’autres.
    .remedy = Son contenu reste sur le serveur sans être synchronisé. Déplacez-le plus haut là-bas.
cause-mount-gone = Son partage ou son espace n’est pas là.
    .remedy = Rien n’est supprimé. La suite vient avec le retour du partage.
cause-server-trouble = Le serveur a un problème de son côté.
    .remedy = Relancez Navette plus tard. Vos fichiers sont en sûreté ici.
cause-torn = Il est arrivé abîmé et n’a pas été pris.
    .remedy = Relancez Navette pour le recevoir de nouveau.

## Ce qui fait attendre une modification

cause-rules-unreadable = Les règles d’exclusion qu’il contient ne sont pas lisibles comme du texte.
    .remedy = Celles d’avant restent en vigueur jusque-là.
cause-rule-broken = La ligne { $line } n’est pas une règle d’exclusion : { $reason }.
    .remedy = Corrigez-la. Les autres lignes sont suivies.
wait-racy = Il a changé à l’instant.
    .remedy = La suite vient dès qu’on le laisse un moment en repos.
wait-quiet = Il vient de changer ou de disparaître ici.
    .remedy = Il est peut-être en cours d’enregistrement ; Navette regarde de nouveau.
wait-in-use = Il est ouvert dans un autre programme.
    .remedy = Fermez-le dans ce programme ; Navette n’y touche pas d’ici là, ni ici ni sur le serveur.
wait-settling = C’est une base de données qui vient d’être modifiée.
    .remedy = Navette prendra tous ses fichiers après une demi-minute de calme.
wait-open = C’est une base de données qu’un programme tient ouverte ici.
    .remedy = Fermez ce programme ; la version du serveur arrivera ensuite.
wait-growing = Il est modifié sans cesse.
    .remedy = Le serveur l’a tel qu’il était il y a quelques minutes ; il repart au plus toutes les dix minutes.
wait-second-look = Il a disparu du serveur, qui ne peut s’en porter garant.
    .remedy = Navette regarde de nouveau dans une minute avant de le croire.
wait-changing = Il change plus vite qu’on ne peut le lire.
    .remedy = Il part dès qu’on le laisse un moment en repos.
wait-quarantined = La réponse à une demande qui le concerne s’est perdue.
    .remedy = Navette regarde de nouveau dans une demi-minute.
wait-torn-epoch = Quelque chose a changé pendant que Navette regardait.
    .remedy = Navette regarde de nouveau.
wait-unreadable = Lui-même, ou un dossier au-dessus, n’est pas lisible.
    .remedy = Changez ses droits. Rien n’est supprimé.
wait-mount-gone = Son partage ou son espace n’est pas là.
    .remedy = Rien n’est supprimé. La suite vient avec le retour du partage.
wait-discarded = Il n’est plus qu’ici : sur le serveur, il a été supprimé et se trouve dans la corbeille.
    .remedy = Supprimez-le ici aussi, ou restaurez-le depuis la corbeille du serveur ; ou renommez-le pour l’envoyer.
wait-forbidden = Votre compte n’a pas le droit de changer cela sur le serveur.
    .remedy = Demandez à son propriétaire le droit de le modifier. Votre version est gardée ici.
wait-brake = Sa suppression attend votre réponse.
    .remedy = Si vous la vouliez, relancez Navette avec --allow-deletes.
wait-over-size = Il est plus grand que ce que vous admettez.
    .remedy = Il est laissé tel quel des deux côtés. La limite est « largest » dans les réglages.
wait-blocked = Il dépend de quelque chose qui attend.
    .remedy = La suite vient avec.
wait-failed = Le dernier essai a échoué et rien n’a changé depuis.
    .remedy = Relancez Navette pour essayer encore.

## Ce qui arrête tout jusqu’à une décision

gate-folder-missing = Le dossier n’est pas là.
    .remedy = Son disque est-il branché ? Rien n’est supprimé sur le serveur : un disque absent n’est pas une suppression.
gate-marker-missing = Le dossier a déjà été synchronisé, et n’a plus la marque de Navette.
    .remedy = Si son disque n’est pas branché, branchez-le. Si vous avez vidé ou remplacé le dossier, ajoutez --start-anew : tout est d’abord comparé et rien n’est supprimé.
gate-foreign-marker = Le dossier appartient à un autre ordinateur ou à une autre paire.
    .remedy = Choisissez un autre dossier. Pour reprendre celui-ci, ajoutez --start-anew : tout est d’abord comparé et rien n’est supprimé.
gate-remote-root-changed = L’espace sur le serveur n’est plus le même.
    .remedy = Il a peut-être été réinstallé, ou l’adresse mène ailleurs. Vérifiez-la ; pour comparer et réunir, ajoutez --start-anew. Rien n’est supprimé, d’aucun côté.
gate-remote-restored = Le serveur est revenu à un état antérieur.
    .remedy = Pour garder vos fichiers plus récents et les renvoyer, ajoutez --start-anew. Rien n’est supprimé, d’aucun côté.

## Échecs de tout un passage : le serveur

error-server-unreachable = Rien ne répond à { $host }.
    .remedy = Vérifiez l’adresse et le réseau. Rien n’a été envoyé.
error-server-no-host = Aucun serveur n’est connu sous le nom { $host }.
    .remedy = Vérifiez l’adresse et le réseau. Rien n’a été envoyé.
error-server-refused = { $host } est là, mais refuse la connexion.
    .remedy = Vérifiez le port dans l’adresse ; le serveur ne tourne peut-être pas.
error-server-timed-out = { $host } ne répond pas à temps.
    .remedy = Vérifiez le réseau, et relancez Navette plus tard.
error-server-moved = { $host } se trouve maintenant à { $address }.
    .remedy = Si vous faites confiance à cette adresse, prenez-la à la place.
error-server-foreign-home = L’espace que montre { $host } n’est pas celui de ce compte.
    .remedy = Vérifiez l’identifiant. Rien n’a été changé.
error-server-not-a-folder = { $path } sur { $host } est un fichier.
    .remedy = Choisissez un dossier avec --remote-path.
error-ca-file = Les certificats ne sont pas utilisables : { $reason }.
    .remedy = Donnez un fichier de certificats au format PEM avec --ca-file.
error-server-certificate = Cet ordinateur ne sait pas qui se porte garant de { $host }.
    .remedy = Si ce serveur est le vôtre, donnez son certificat avec --ca-file. Sinon, ne vous connectez pas.
error-server-sign-in = { $host } n’accepte pas cet identifiant et ce mot de passe.
    .remedy = Vérifiez les deux. Navette n’essaie pas de nouveau sans vous, pour ne pas bloquer votre compte.
error-server-sign-in-page = { $host } n’accepte pas cet identifiant et ce mot de passe.
    .remedy = Vérifiez les deux ; Navette ne réessaie pas sans vous. Si vous vous y connectez par votre établissement, son mot de passe n’est pas celui-ci : créez un mot de passe d’application dans les paramètres, sous sécurité, et connectez-vous avec l’identifiant affiché à côté, pas avec l’adresse de courriel. Pour réinitialiser un mot de passe propre au serveur : { $page } – et ne lancez pas Navette avant de l’avoir, car toute connexion annule le lien du courriel.
error-account-disabled = Votre compte sur { $host } est désactivé.
    .remedy = Seuls les responsables du serveur peuvent le réactiver. Vos fichiers restent ici.
error-account-blocked = { $host } refuse votre compte pour le moment, quel que soit le mot de passe.
    .remedy = Il est désactivé, ou il y a eu trop de tentatives de connexion. Attendez quelques minutes, puis adressez-vous aux responsables du serveur.
error-account-too-many-attempts = { $host } a compté trop de tentatives de connexion et refuse pour un temps même le bon mot de passe.
    .remedy = Attendez une demi-heure avant de relancer Navette ; chaque essai plus tôt peut prolonger l’attente.
error-account-app-password = { $host } n’accepte pas le mot de passe principal de votre compte de la part de programmes.
    .remedy = Créez un mot de passe d’application sur sa page de paramètres, rubrique sécurité, et donnez celui-ci à Navette.
error-account-password-expired = Votre mot de passe sur { $host } a expiré.
    .remedy = Ouvrez { $host } dans votre navigateur et choisissez-en un nouveau, puis donnez-le à Navette.
error-account-terms = { $host } vous demande d’accepter ses conditions d’utilisation.
    .remedy = Ouvrez-le dans votre navigateur et acceptez-les, puis relancez Navette.
error-account-plan-ended = Votre abonnement sur { $host } est terminé.
    .remedy = Renouvelez-le sur sa page, puis relancez Navette. Vos fichiers restent ici.
error-site-maintenance = { $host } est en maintenance.
    .remedy = Relancez Navette plus tard.
error-site-upgrade-pending = { $host } a été mis à jour, et ses responsables n’ont pas encore terminé l’opération.
    .remedy = Relancez Navette plus tard ; si cela dure, signalez-leur qu’une mise à niveau est en attente.
error-site-untrusted-host = Le serveur ne veut pas être appelé { $host }.
    .remedy = Utilisez l’adresse qui ouvre sa propre page, ou demandez à ses responsables d’ajouter celle-ci aux domaines de confiance.
error-site-page = { $host } montre une page web et n’a pas de stockage de fichiers à cette adresse.
    .remedy = Ouvrez-la dans votre navigateur : ce réseau veut peut-être d’abord que vous vous connectiez. Sinon, collez l’adresse de la page où vous voyez vos fichiers.
error-site-elsewhere = { $host } renvoie Navette vers { $address }, où il ne suit pas avec votre mot de passe.
    .remedy = Ouvrez l’adresse dans votre navigateur : ce réseau, ou le serveur, veut peut-être d’abord que vous vous y connectiez. Si le serveur a déménagé et que cette adresse vous inspire confiance, utilisez-la.
error-site-proxy-sign-in = Le proxy sur le chemin de { $host } demande son propre identifiant.
    .remedy = Écrivez-le dans HTTPS_PROXY, sous la forme http://identifiant:motdepasse@proxy:port, ou adressez-vous aux responsables de votre réseau.
error-site-proxy-refused = Le proxy sur le chemin ne laisse passer personne vers { $host }.
    .remedy = Adressez-vous aux responsables de votre réseau, ou laissez { $host } de côté avec NO_PROXY.
error-site-proxy-unreachable = Le proxy sur le chemin de { $host } est injoignable.
    .remedy = Vérifiez HTTPS_PROXY et le proxy dans les paramètres de cet ordinateur, ou laissez { $host } de côté avec NO_PROXY.
error-server-forbidden = { $host } ne laisse pas entrer ce compte à cet endroit.
    .remedy = Vérifiez le chemin distant, ou demandez aux responsables du serveur.
error-server-not-found = { $host } répond, mais n’a pas d’espace de fichiers à cette adresse.
    .remedy = Collez l’adresse de la page où vous voyez vos fichiers, et vérifiez le chemin distant.
error-server-changed = Quelque chose a changé sur { $host } pendant que Navette travaillait.
    .remedy = Relancez Navette.
error-server-exists = Autre chose se trouve sur { $host } là où il faut un dossier.
    .remedy = Choisissez un autre chemin distant, ou renommez ce qui s’y trouve.
error-server-locked = Quelqu’un tient l’espace de { $host } verrouillé.
    .remedy = Relancez Navette plus tard.
error-server-quota = Votre espace sur { $host } est plein.
    .remedy = Libérez-y de la place. Rien n’est supprimé.
error-server-too-large = { $host } n’accepte pas une demande aussi grande.
    .remedy = Demandez une limite plus haute aux responsables du serveur.
error-server-bad-name = { $host } refuse un nom du chemin distant.
    .remedy = Choisissez un autre --remote-path.
error-server-busy = { $host } est occupé ou en maintenance.
    .remedy = Relancez Navette plus tard.
error-server-busy-until = { $host } demande d’attendre { $wait }.
    .remedy = Relancez Navette ensuite.
error-server-storage-gone = Cette partie de l’espace de { $host } n’est pas là pour le moment.
    .remedy = Relancez Navette plus tard. Rien n’est supprimé.
error-server-torn = Une réponse de { $host } est arrivée abîmée.
    .remedy = Relancez Navette.
error-server-nonsense = { $host } répond, mais ce n’est pas un espace de fichiers.
    .remedy = Collez l’adresse de la page où vous voyez vos fichiers.
error-server-body = Un fichier n’a pas pu être lu pendant son envoi à { $host }.
    .remedy = Relancez Navette.
error-server-status = { $host } a un problème de son côté (code { $status }).
    .remedy = Relancez Navette plus tard ; si cela dure, demandez aux responsables du serveur.

## Échecs de tout un passage : cet ordinateur

error-disk-not-found = { $path } n’est pas là.
    .remedy = Son disque est-il branché ? Rien n’est supprimé sur le serveur : un disque absent n’est pas une suppression.
error-disk-exists = { $path } est déjà là et fait obstacle.
    .remedy = Renommez-le, puis relancez Navette.
error-disk-denied = Cet ordinateur interdit à Navette d’utiliser { $path }.
    .remedy = Changez ses droits. Rien ne change sur le serveur.
error-disk-full = Le disque de cet ordinateur est plein.
    .remedy = Libérez de la place, puis relancez Navette. Rien n’est supprimé.
error-disk-busy = { $path } est ouvert dans un autre programme.
    .remedy = Fermez-le, puis relancez Navette.
error-disk-not-empty = Le dossier { $path } n’est pas vide.
    .remedy = Relancez Navette.
error-disk-wrong-type = { $path } n’est pas ce qu’il devrait être : un dossier tient la place d’un fichier, ou un fichier celle d’un dossier.
    .remedy = Renommez-le, puis relancez Navette.
error-disk-unsupported = Le disque de ce dossier ne sait pas faire ce qu’il faut à Navette ({ $path }).
    .remedy = Choisissez un dossier sur un autre disque.
error-disk-bad-name = Ce disque refuse le nom { $path }.
    .remedy = Renommez-le sur le serveur. Il y est en sûreté.
error-disk-read-only = Le disque de ce dossier est en lecture seule.
    .remedy = Permettez l’écriture, ou choisissez un dossier sur un autre disque.
error-disk-broken = Le disque de cet ordinateur n’a pas répondu comme il faut ({ $path }).
    .remedy = Vérifiez le disque ou son branchement, puis relancez Navette.
error-journal-unreadable = Le journal de Navette pour ce dossier ne peut être ni lu ni écrit.
    .remedy = Vérifiez le disque et les droits de { $place }. Vos fichiers ne sont pas touchés.
error-journal-newer = Le journal de ce dossier vient d’une Navette plus récente.
    .remedy = Prenez cette version, ou un nouveau --state-dir : tout est alors d’abord comparé.
error-in-use = Un autre processus synchronise ce dossier.
    .remedy = Attendez qu’il ait fini, ou arrêtez-le.
error-differ = Les deux dossiers diffèrent à « { $path } ».
    .remedy = C’est un défaut de Navette : signalez-le.
error-foreign-page = Cette page n’est sur aucun de vos serveurs.
    .remedy = Ouvrez-la vous-même dans votre navigateur, si vous lui faites confiance.
error-system = Cet ordinateur ne donne pas à Navette de quoi travailler.
    .remedy = Fermez d’autres programmes, puis relancez Navette.
error-not-a-folder = Un fichier tient la place du dossier.
    .remedy = Donnez le dossier à synchroniser.
error-file-unreadable = { $path } n’est pas lisible : { $reason }.
    .remedy = Vérifiez le chemin et ses droits.
error-listen = Rien ne peut écouter à { $address } : { $reason }.
    .remedy = Choisissez une autre adresse et un autre port avec --listen.

## Mauvais usage

usage-no-pair = Aucune paire n’est configurée pour { $path }.
    .remedy = Donnez le serveur avec --server et --user, ou configurez la paire avec « navette folder add ».
usage-folder-missing = { $path } n’est pas là.
    .remedy = Créez d’abord le dossier, ou branchez le disque où il se trouve.
usage-not-a-folder = { $path } n’est pas un dossier.
    .remedy = Donnez le dossier à synchroniser.
usage-path-not-text = Le chemin { $path } n’est pas un texte lisible.
    .remedy = Renommez le dossier, puis ajoutez-le.
usage-address-bad = { $address } n’est pas l’adresse d’un serveur.
    .remedy = Écrivez-la comme https://cloud.example.org.
usage-address-secret = L’adresse contient un identifiant ou un mot de passe.
    .remedy = Retirez-le. Utilisez --user, et --password-file, NAVETTE_PASSWORD ou le trousseau.
usage-not-encrypted = L’adresse { $address } n’est pas chiffrée.
    .remedy = Navette n’y envoie pas de mot de passe. Essayez la même adresse en https.
usage-remote-path-bad = { $path } n’est pas un chemin sur un serveur.
    .remedy = Écrivez-le comme /Documents.
usage-space-none = { $host } n’a pas d’espaces, donc aucun du nom de { $name }.
    .remedy = Omettez --space. Un dossier se choisit avec --remote-path.
usage-space-unknown = Vous n’avez aucun espace du nom de { $name } sur { $host }.
    .remedy = Il y a : { $spaces }.
usage-space-which = Plusieurs de vos espaces sur { $host } s’appellent { $name }.
    .remedy = Choisissez-en un par son identifiant. Il y a : { $spaces }.
usage-password-none = Aucun mot de passe n’a été donné.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD, ou lancez Navette dans un terminal, où elle le demande.
usage-account-none = Aucun compte n’est configuré.
    .remedy = Ajoutez-en un avec « navette account add ».
usage-account-unknown = Il n’y a pas de compte { $name }.
    .remedy = « navette account list » montre ceux qui existent.
usage-account-which = Il y a plusieurs comptes.
    .remedy = Choisissez-en un avec --account. « navette account list » les montre.
usage-account-exists = Le compte { $name } est déjà configuré.
    .remedy = Pour lui donner un nouveau mot de passe, retirez-le et ajoutez-le de nouveau.
usage-account-in-use = Le compte { $name } a encore des dossiers.
    .remedy = Retirez-les d’abord avec « navette folder remove ».
usage-folder-unknown = Le dossier { $path } n’est pas configuré.
    .remedy = « navette folder list » montre ceux qui le sont.
usage-folder-which = Il n’y a pas qu’un seul dossier.
    .remedy = Nommez celui dont il s’agit. « navette folder list » les montre.
usage-pattern-bad = « { $pattern } » n’est pas une règle d’exclusion : { $reason }.
    .remedy = Écrivez-la comme dans un .gitignore : *.iso ou /build/.
usage-select-unknown = Le serveur n’a pas de dossier { $path }.
    .remedy = « navette folder select LOCAL_DIR » montre ceux qui existent.
usage-select-in-kept = { $path } est dans un dossier dont la copie reste ici sans être synchronisée.
    .remedy = Cochez ce dossier en entier.
usage-select-moving = Quelque chose est en train d’être déplacé dans { $path }.
    .remedy = Réessayez après la prochaine synchronisation.
usage-overlap = { $path } recoupe { $other }, déjà configuré.
    .remedy = Choisissez un dossier qui n’est pas dedans et ne le contient pas : deux paires sur un même dossier abîment les fichiers.
usage-trash-number = Rien n’est mis de côté sous le numéro { $number }.
    .remedy = « navette trash list » montre ce qui l’est.

usage-option-unknown = Il n’y a pas d’option { $key }.
    .remedy = « navette config list » les montre toutes.
usage-option-elsewhere = { $key } ne peut pas être choisi pour { $level ->
        [account] un compte
        [folder] un dossier
       *[sync] tout
    }.
    .remedy = « navette config list » montre où il peut l’être.
usage-option-bad = { $key } ne peut pas être « { $value } ».
    .remedy = Écrivez : { $forms }

usage-holds-state = { $path } contient le propre journal de Navette, dans { $state }.
    .remedy = Choisissez un dossier qui ne le contient pas, ou un autre --state-dir.

## Réglages et trousseau

config-line = { $key } = { $value } ({ $level ->
        [sync] choisi pour tout
        [account] choisi pour le compte
        [folder] choisi pour le dossier
       *[none] comme d’habitude
    })
config-set = { $key } vaut maintenant { $value }.
settings-unwritable = { $path } ne peut être écrit : { $reason }.
    .remedy = Vérifiez ses droits et la place sur le disque.
settings-broken = Les réglages dans { $path } ne sont pas compréhensibles : { $reason }.
    .remedy = Corrigez le fichier, ou déplacez-le et configurez Navette de nouveau.
settings-unknown-key = { $path } : la clé { $key } est inconnue de cette version. Elle est gardée.
settings-home-none = Cet ordinateur ne dit pas où vont vos réglages.
    .remedy = Définissez HOME, ou donnez tout par options avec --state-dir.
keychain-none-here = Cet ordinateur n’a pas de trousseau ; rien n’a donc été enregistré.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD, ou tapez le mot de passe quand Navette le demande.
keychain-locked-here = Votre trousseau est verrouillé.
    .remedy = Déverrouillez-le, ou utilisez --password-file ou NAVETTE_PASSWORD.
keychain-failed-here = Votre trousseau n’a pas répondu comme il faut.
    .remedy = Utilisez --password-file ou NAVETTE_PASSWORD.
keychain-kept = Navette garde ce mot de passe dans le trousseau de cet ordinateur, nulle part ailleurs.
keychain-nothing-stored = Aucun mot de passe n’a été donné ; rien n’a donc été enregistré.
ask-password = Mot de passe de { $user } sur { $host } :{" "}

## Étapes prévues

plan-make-dir-here = créer le dossier { $path } ici
plan-make-dir-there = créer le dossier { $path } sur le serveur
plan-move-here = déplacer { $path } vers { $to } ici
plan-move-there = déplacer { $path } vers { $to } sur le serveur
plan-park-here = écarter { $path } un moment ici
plan-park-there = écarter { $path } un moment sur le serveur
plan-fetch = recevoir { $path }
plan-replace = recevoir la nouvelle version de { $path }
plan-replace-keep = recevoir la version du serveur de { $path }, et garder celle de cet ordinateur sous { $copy }
plan-send = envoyer { $path }
plan-update = envoyer la nouvelle version de { $path }
plan-remove-here = mettre { $path } de côté ici
plan-remove-there = supprimer { $path } sur le serveur
plan-read = lire { $path } sur le serveur, sans rien changer

## Étapes faites

done-make-dir-here = Dossier { $path } créé ici
done-make-dir-there = Dossier { $path } créé sur le serveur
done-move-here = { $path } déplacé ici
done-move-there = { $path } déplacé sur le serveur
done-park-here = { $path } écarté un moment ici
done-park-there = { $path } écarté un moment sur le serveur
done-fetch = { $path } reçu
done-replace = Nouvelle version de { $path } reçue
done-send = { $path } envoyé
done-update = Nouvelle version de { $path } envoyée
done-remove-here = { $path } mis de côté ici
done-remove-there = { $path } supprimé sur le serveur
done-read = { $path } lu sur le serveur

## Pourquoi une étape est prévue

why-new-here = nouveau sur cet ordinateur
why-new-there = nouveau sur le serveur
why-edited-here = modifié sur cet ordinateur
why-edited-there = modifié sur le serveur
why-moved-here = déplacé ou renommé sur cet ordinateur
why-moved-there = déplacé ou renommé sur le serveur
why-deleted-here = supprimé sur cet ordinateur
why-deleted-there = supprimé sur le serveur
why-conflict = modifié des deux côtés : les deux versions sont gardées
why-clash = son nom est pris
why-in-the-way = il gêne une autre étape
why-restored = il sert encore : il revient
why-unknown = rien ne peut se décider avant
why-deselected = à ne plus garder ici

## Le déroulement

run-looking = Recherche de changements
run-looked-here = Sur cet ordinateur : { $files }, dossiers : { $folders }
run-looked-there = Sur le serveur : { $files }, dossiers : { $folders }
run-compared = Première comparaison : { $list }
compared-equal = identiques : { $n }
compared-presumed = identiques par taille et date : { $n }
compared-only-here = seulement sur cet ordinateur : { $n }
compared-only-there = seulement sur le serveur : { $n }
compared-different = différents, les deux versions sont gardées : { $n }
compared-unknown = à recevoir pour comparer : { $n }
run-planned = Étapes à faire : { $steps }, { $bytes } à transférer
run-waiting = Attente de { $wait } pour { $path } : { $sentence }
run-resting = Le serveur est surchargé ; Navette reprendra dans { $wait }
run-stale = { $path } a changé entre-temps ; Navette regarde de nouveau
run-interrupted = Arrêté. Ce qui est fait reste fait ; la prochaine fois continue de là.
run-left = encore { $left }

## Le résultat

end-equal = Les deux côtés sont identiques : { $files }.
end-unfinished = Fini, mais pas encore identique :
end-braked = Fini, mais des suppressions attendent votre réponse :
end-also = Non synchronisé, sans que cela gêne :
count-sent = Envoyés : { $n }
count-updated = Renvoyés : { $n }
count-fetched = Reçus : { $n }
count-replaced = Reçus de nouveau : { $n }
count-folders = Dossiers créés : { $n }
count-moved = Déplacés : { $n }
count-removed-here = Mis de côté ici : { $n }
count-removed-there = Supprimés sur le serveur : { $n }
count-conflicts = Deux versions gardées : { $n }
count-adopted = Trouvés identiques : { $n }
count-presumed = Identiques par taille et date, non comparés : { $n }
count-traffic = Envoi : { $up }, réception : { $down }, requêtes : { $requests }, durée : { $time }

## Le frein

brake-removed-here = { $n ->
    [one] { $n } fichier sur { $of } a disparu ici.
   *[other] { $n } fichiers sur { $of } ont disparu ici.
}
    .remedy = Rien n’a été supprimé sur le serveur. Si vous le vouliez, relancez Navette avec --allow-deletes={ $limit } ; sinon, remettez-les ici.
brake-removed-there = { $n ->
    [one] { $n } fichier sur { $of } a disparu du serveur.
   *[other] { $n } fichiers sur { $of } ont disparu du serveur.
}
    .remedy = Tout est encore sur cet ordinateur. S’ils ont été supprimés exprès, relancez Navette avec --allow-deletes={ $limit } ; sinon, remettez-les sur le serveur.
brake-changed-here = { $n ->
    [one] { $n } fichier sur { $of } a été écrasé ici.
   *[other] { $n } fichiers sur { $of } ont été écrasés ici.
}
    .remedy = Le serveur garde les anciennes versions. Si vous le vouliez, relancez Navette avec --allow-deletes={ $limit } ; sinon, remettez-les ici.
brake-changed-there = { $n ->
    [one] { $n } fichier sur { $of } a été écrasé sur le serveur.
   *[other] { $n } fichiers sur { $of } ont été écrasés sur le serveur.
}
    .remedy = Cet ordinateur garde les anciennes versions. Si c’était voulu, relancez Navette avec --allow-deletes={ $limit } ; sinon, remettez-les sur le serveur.
brake-many = C’est beaucoup d’un coup.
brake-root-emptied = Il ne resterait rien.
brake-top-folder = Un dossier entier partirait.
brake-overwritten = Il ne reste presque rien d’inchangé.
brake-not-allowed = C’est plus que ne permet --allow-deletes.

## Un plan

plan-nothing = Rien à faire.
plan-steps = { $n ->
    [one] Une synchronisation ferait { $n } étape :
   *[other] Une synchronisation ferait { $n } étapes :
}
plan-left = Ceci resterait :

## Comptes et dossiers

account-added = Compte { $name } ajouté.
account-removed = Compte { $name } retiré. Les fichiers restent où ils sont.
account-line = { $name } : { $user } sur { $server }
account-line-named = { $name } : { $display }, sous l’identifiant { $user }, sur { $server }
account-app-password = { $host } a créé un mot de passe propre à Navette ; le vôtre n’est gardé nulle part.
account-app-password-gone = { $host } n’accepte plus le mot de passe de Navette.
account-app-password-left = Le mot de passe de Navette pour { $host } n’a pas pu être rendu : { $reason } Retirez-le là-bas dans les paramètres, sous sécurité.
account-page-folder = L’adresse montre le dossier { $path }. Pour ne synchroniser que lui : navette folder add LOCAL_DIR --remote-path { $path }
account-unasked = Il n’a pas encore été essayé : { $reason }
folder-added = { $path } est maintenant associé à { $remote } de { $account }.
folder-removed = { $path } n’est plus synchronisé. Les fichiers restent ici comme fichiers ordinaires ; le serveur garde les siens.
folder-line = { $path } : { $remote } de { $account }
folder-list-none = Aucun dossier n’est configuré.
folder-select-none = Le serveur n’a pas de dossiers à cet endroit.
folder-select-all = [x] { $path } ({ $size })
folder-select-part = [-] { $path } ({ $size }), en partie
folder-select-not = [ ] { $path } ({ $size })
folder-select-kept = [ ] { $path } ({ $size }) ; la copie d’ici n’est pas synchronisée
folder-select-stays = { $path } reste ici avec ce que seul cet ordinateur possède.
    .remedy = Envoyez-le, déplacez-le ou supprimez-le ; puis décochez de nouveau le dossier.

## Ce qui n’est jamais synchronisé

ignore-added = { $pattern } n’est plus synchronisé. Ce qui est des deux côtés y reste.
ignore-line = { $pattern }  ({ $level })
ignore-largest = Les fichiers de plus de { $size } sont retenus.
ignore-level-built-in = intégrée
ignore-level-account = du compte
ignore-level-hidden = fichiers cachés
ignore-level-folder = du dossier, dans les réglages
ignore-level-file = .navetteignore
ignore-test-synced = { $path } est synchronisé : aucune ligne ne le concerne{ $kind ->
    [folder] , comme dossier.
   *[file] , comme fichier.
}
ignore-test-ignored = { $path } n’est pas synchronisé{ $kind ->
    [folder] , comme dossier
   *[file] , comme fichier
} : « { $pattern } » ({ $level }{ $line ->
    [0] {""}
   *[other] , ligne { $line }
}) concerne { $at }.
ignore-test-brought-back = { $path } est synchronisé{ $kind ->
    [folder] , comme dossier
   *[file] , comme fichier
} : « { $pattern } » ({ $level }, ligne { $line }) le réintègre.

## Ce qui est mis de côté

trash-line = { $number } : { $path }, { $size }, mis de côté le { $date }
trash-list-none = Rien n’est mis de côté.
trash-restored = { $path } est revenu.
trash-gone = Le numéro { $number } n’est plus dans le dossier .navette, et n’est plus dans la liste.
trash-returned = { $path } a été modifié après avoir été mis de côté, et revient comme copie.
trash-purged = { $n ->
    [one] { $n } fichier a disparu pour de bon.
   *[other] { $n } fichiers ont disparu pour de bon.
}

## Un serveur pour essayer

serve-listening = { $dir } est servi à { $address }
serve-login = Identifiant : { $user }
serve-password = Mot de passe, montré une seule fois : { $password }

## Surveillance

time-just-now = à l’instant
time-ago = il y a { $time }
time-less-than-a-minute = moins d’une minute
time-about-hours = environ { $hours } h
time-whole-minutes = { $minutes } min
watch-starting = Ouverture du dossier et du serveur.
watch-spares-metered = En pause : la connexion est limitée.
    .remedy = Reprend d’elle-même sur un autre réseau. « navette resume » reprend tout de suite.
watch-spares-battery = En pause : cet ordinateur est sur batterie.
    .remedy = Reprend une fois branché. « navette resume » reprend tout de suite.
watch-spares-battery-low = En pause : la batterie est faible.
    .remedy = Reprend une fois branché. « navette resume » reprend tout de suite.
watch-spares-hours = En pause jusqu’à { $time }, hors de ses heures.
    .remedy = « navette resume » reprend tout de suite.
watch-settings-broken = Les réglages restent comme ils étaient.
watch-waiting = Quelque chose attend et reprendra tout seul.
watch-moving = { $path } est en route.
watch-pauses = En pause. Les modifications sont gardées et partiront à la reprise.
watch-resumes = C’est reparti.
watch-no-folders = Il n’y a pas de dossier à surveiller.
    .remedy = Associez-en un avec « navette folder add », ou nommez-le avec --server et --user.
watch-no-socket = Les autres programmes ne peuvent pas demander l’état à celui-ci : le système ne donne pas de socket.
    .remedy = Il surveille quand même. Le journal dit pourquoi.
ask-nobody = Aucun Navette ne surveille en ce moment.
    .remedy = Lancez-le avec « navette watch ».
ask-no-such-folder = Le serveur n’a pas de tel dossier.
    .remedy = « navette folder select LOCAL_DIR » montre ceux qui existent.
ask-not-watched = Ce dossier n’est pas surveillé.
    .remedy = « navette status » montre ceux qui le sont.
ask-not-asked = Rien de tel ne vous est demandé ici.
    .remedy = « navette status » montre ce qui est à traiter.
ask-which-side = Les deux côtés perdraient des fichiers.
    .remedy = Dites lequel avec --side here ou --side server.
ask-other-files = Il s’agit d’autres fichiers à présent.
    .remedy = Regardez-les, puis répondez de nouveau.
ask-broken = Le Navette qui surveille ne répond pas comme il devrait.
    .remedy = S’il est d’une autre version, arrêtez-le et relancez « navette watch ».
unwatched-folders = Ce système ne surveille pas plus de dossiers : certaines modifications ne sont vues qu’au prochain passage.
    .remedy = Relevez sa limite : sysctl fs.inotify.max_user_watches=1048576
unwatched-watchers = Ce système ne donne pas plus de surveillances : les modifications ne sont vues qu’au prochain passage.
    .remedy = Relevez sa limite : sysctl fs.inotify.max_user_instances=1024
unwatched-unsupported = Le disque de ce dossier ne signale pas les modifications : elles ne sont vues qu’au prochain passage.

## What was done

activity-moved-here = { $from } déplacé vers { $path } ici
activity-moved-there = { $from } déplacé vers { $path } sur le serveur
activity-renamed-here = { $from } renommé en { $path } ici
activity-renamed-there = { $from } renommé en { $path } sur le serveur
activity-shown-as = { $path } s’appelle ici « { $name } »
activity-removed-dir = Dossier vide { $path } retiré ici
activity-came-back = { $path } est revenu sur le serveur : il venait d’y être modifié
activity-conflict = Les deux versions de { $path } sont gardées ; celle de cet ordinateur s’appelle { $copy }
activity-held = { $path } est laissé tel quel
activity-failed = { $path } n’a pas pu être synchronisé
activity-kept-mine = De { $path }, la version de { $copy } est gardée
activity-kept-theirs = De { $path }, la version du serveur est gardée, et { $copy } mise de côté
activity-kept-both = Les deux versions de { $path } sont gardées ; l’autre s’appelle { $copy }
activity-undone = Les deux versions de { $path } sont revenues ; l’autre est { $copy }
activity-more = { $step }, et { $n } autres
activity-more-in = { $step }, et { $n } autres dans { $folder }
activity-sized = { $step }, { $size }
activity-line = { $date }  { $line }
activity-none = Rien n’a encore été fait dont il reste une trace.
activity-bad-path = Ce n’est pas un motif : { $path }.
    .remedy = Écrivez un chemin sous le dossier, ou un motif comme « *.txt » ou « photos/** ».
activity-unreadable = Ce qui a été fait dans ce dossier ne peut être lu.
    .remedy = La trace recommence à la prochaine synchronisation. Vos fichiers ne sont pas touchés.

## Why a file is, or is not, in sync

explain-in-sync = Il est à jour : les deux côtés sont égaux.
explain-planned = Il n’est pas encore à jour ; la prochaine synchronisation s’en occupe.
explain-own = C’est à Navette elle-même, et n’est jamais synchronisé.
explain-root = C’est le dossier même de la paire.
    .remedy = « navette status » dit où il en est.
explain-not-chosen = Il est sur le serveur seulement : son dossier n’est pas choisi pour cet ordinateur.
explain-kept = Il reste ici tel quel : son dossier n’est plus synchronisé.
    .remedy = « navette folder select --tick » le synchronise de nouveau.
explain-not-seen = Aucune synchronisation ne l’a encore vu tel qu’il est.
    .remedy = La prochaine le fera ; avec « navette watch », c’est l’affaire de quelques secondes.
explain-unknown = Il n’est connu ni ici ni sur le serveur, où il serait { $there }.
explain-above = Il est dans { $path }, dont il faut dire : { $sentence }
explain-never = Il n’est jamais synchronisé : « { $pattern } » le concerne ({ $level }).
    .remedy = Il reste où il est. Renommez-le ou changez cette ligne, et il est synchronisé.
explain-never-above = Il n’est jamais synchronisé, car il est dans { $path }, que « { $pattern } » concerne ({ $level }).
    .remedy = Il reste où il est. Déplacez-le ou changez cette ligne, et il est synchronisé.
explain-here = Ici, à la dernière vérification ({ $path }) : { $what }
explain-now = Ici, en ce moment : { $what }
explain-there = Sur le serveur, à la dernière vérification ({ $path }) : { $what }
explain-agreed = Dernier accord ({ $path }) : { $what }
explain-nothing-here = Pas ici, à la dernière vérification.
explain-nothing-there = Pas sur le serveur, à la dernière vérification ({ $there }).
explain-nothing-agreed = Jamais d’accord jusqu’ici.
explain-folder = un dossier
explain-version = { $size }, modifié le { $date }
explain-versioned = { $what }, version { $etag }
explain-next = Ensuite : { $what }
explain-again = Un nouvel essai est prévu le { $date }, plus tôt s’il change.
explain-last = Fait : { $what }

## Two versions of one file

conflicts-none = Aucun fichier n’est ici en deux versions.
conflicts-mine = d’ici : { $what }, gardée sous { $copy }
conflicts-mine-of = de { $by } : { $what }, gardée sous { $copy }
conflicts-mine-unknown = la copie : { $what }, gardée sous { $copy }
conflicts-theirs = du serveur : { $what }
conflicts-none-there = n’est plus ici
conflicts-equal = Toutes deux ont le même contenu.
conflicts-would-mine = { $path } recevrait la version de { $copy } ; la sienne serait mise de côté
conflicts-would-theirs = { $path } resterait tel quel ; { $copy } serait mis de côté
conflicts-would-both = { $path } resterait tel quel ; { $copy } recevrait un nom à lui
conflicts-undo = « navette conflicts undo » l’annule, pendant 30 jours.
conflicts-changed = Il a changé depuis la dernière vérification, donc rien n’a été fait.
    .remedy = Laissez-le se synchroniser, regardez de nouveau les deux versions, puis choisissez.
conflicts-gone = L’un des deux n’est plus ici, donc rien n’a été fait.
    .remedy = « navette trash list » montre ce qui est mis de côté.
conflicts-nothing-to-undo = Aucun choix ne peut être annulé.
    .remedy = « navette activity » montre ce qui a été fait.
conflicts-which = Nommez les fichiers, ou dites --all.
    .remedy = « navette conflicts list » les montre.
conflicts-none-meant = Aucun des fichiers qui sont ici en deux versions n’est visé.
    .remedy = « navette conflicts list » les montre.
conflicts-which-folder = Il y a plusieurs dossiers.
    .remedy = Nommez-en un avec --folder.
