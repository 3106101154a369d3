# Ce que dit l’assistant, dans la fenêtre et en ligne de commande.

error-no-way-to-sign-in = { $host } ne connecte les personnes que d’une manière que Navette ne connaît pas.
    .remedy = Demandez à ses responsables un mot de passe d’application, ou WebDAV avec un mot de passe.
error-page-expired = La page de connexion de { $host } n’est plus valable.
    .remedy = Recommencez. Rien n’a été modifié.
error-given-up = Personne ne s’est connecté.
    .remedy = Rien n’a été modifié.
error-other-account = La connexion a été faite sous { $found } ; ce compte est celui de { $wanted }.
    .remedy = Connectez-vous sous { $wanted }, ou ajoutez un second compte.
error-password-kept-nowhere = Le mot de passe de { $name } n’est gardé nulle part.
    .remedy = Reconnectez-vous.
error-place = { $path } est inutilisable : { $reason }
    .remedy = Choisissez un autre dossier.
account-browser-open = Connectez-vous dans le navigateur. S’il ne s’ouvre pas de lui-même, ouvrez cette page : { $page }
account-browser-waits = En attente. La page reste valable { $minutes } minutes ; Ctrl-C abandonne.
account-signed-in = Reconnecté à { $name }.
