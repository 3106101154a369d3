### Ce qui est à traiter, et ce qu’on récupère

## Les questions

concern-changed-here = { $n ->
        [one] { $n } fichier a été écrasé ici
       *[other] { $n } fichiers ont été écrasés ici
    }
    .body = Dans { $folder } depuis { $time }. Le serveur garde les anciennes versions. Que faire ?
concern-changed-there = { $n ->
        [one] { $n } fichier a été écrasé sur le serveur
       *[other] { $n } fichiers ont été écrasés sur le serveur
    }
    .body = Cet ordinateur garde les anciennes versions. Que faire ?
concern-versions = Deux versions de { $files }
    .body = Ils ont changé sur cet ordinateur et sur le serveur entre deux vérifications. Les deux versions de chacun sont gardées.
concern-names-windows = Impossibles comme noms sous Windows : { $files }
    .body = Ils sont en sûreté sur le serveur.
concern-names-server = { $server } refuse les noms de { $files }
    .body = Ils sont en sûreté sur cet ordinateur.
concern-names-twin = Le même nom qu’un autre sur { $server } : { $files }
    .body = Seule l’écriture de leurs accents diffère. Tous sont en sûreté sur cet ordinateur.
concern-names-long = Des noms trop longs : { $files }
    .body = Ils sont en sûreté là où ils sont.
concern-names-here = Impossibles comme noms sur cet ordinateur : { $files }
    .body = Ils sont en sûreté sur le serveur.
concern-name-twin = { $a } et { $b } sont un seul nom sur { $server }
    .body = Seule l’écriture de leurs accents diffère. Les deux sont en sûreté sur cet ordinateur.
concern-name-long = Le nom { $name } est trop long
    .body = Le fichier est en sûreté là où il est.
concern-name-here = { $name } n’est pas possible comme nom sur cet ordinateur
    .body = Le fichier est en sûreté sur le serveur.
concern-sign-in = Reconnectez-vous à { $server }
    .body = Depuis { $time }, la connexion enregistrée est refusée ; votre mot de passe a peut-être changé. Vos fichiers sont en sûreté ici.
concern-went-back = { $server } est revenu à un état antérieur
    .body = Rien n’est supprimé, d’aucun côté. Une fois les deux comparés, vos fichiers plus récents sont gardés ici et renvoyés.
concern-marker-missing = { $path } est vide, ou c’est un autre dossier
    .body = Son disque est-il branché ? Rien n’est supprimé sur le serveur. Une fois les deux comparés, tout revient ici.
concern-foreign-marker = { $path } appartient à un autre ordinateur ou à une autre paire
    .body = Rien n’est supprimé, d’aucun côté. Si c’est le bon dossier, les deux côtés peuvent être comparés.
concern-certificate = Cet ordinateur ne sait pas qui se porte garant de { $host }
    .body = Rien n’a été envoyé. Demandez aux responsables du serveur.
concern-large = { $name } est nouveau sur le serveur, avec { $size }
    .body = Il attend que vous disiez si vous le voulez ici.

## Les noms

names-taken = Quelque chose porte déjà ce nom.
    .remedy = Choisissez-en un autre.
names-none = Ce ne peut être un nom.
    .remedy = Il ne peut être vide ni contenir « / ».
names-windows = Windows n’accepte pas ce nom.
    .remedy = Évitez < > : " / \ | ? *, ainsi qu’un point ou une espace à la fin.
names-long = Ce nom dépasse { $most } octets.
    .remedy = Choisissez-en un plus court.

## Récupérer

activity-brought-back = { $path } récupéré
activity-put-again = { $path } remis de côté

## Les règles

rules-everywhere = pour tout

## Répondre

decide-brake = Répondez par « navette decide LOCAL_DIR restore » ou « navette decide LOCAL_DIR delete ».
decide-gate = Répondez par « navette decide LOCAL_DIR compare ».
