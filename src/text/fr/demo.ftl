### Navette: the story that "navette demo" tells

demo-welcome = Deux ordinateurs, Laptop et Desktop, partagent un compte sur un petit serveur dans ce programme. Rien ne quitte cet ordinateur.
demo-act-first = 1. Laptop a un projet de recherche. Il part vers le serveur, puis vers Desktop.
demo-act-edits = 2. Une modification sur Laptop, une autre sur Desktop. Les deux arrivent.
demo-act-rename = 3. Desktop renomme le dossier « data » en « measurements ». Un déplacement sur le serveur, aucun octet.
demo-act-conflict = 4. Marie et Ada changent README.md en même temps. Les deux versions restent.
demo-act-deleted = 5. Laptop supprime le brouillon. Desktop suit, mais met sa copie de côté.
demo-regret = C’était une erreur : Desktop le fait revenir.
demo-act-power = 6. Un gros fichier arrive sur Desktop, et le courant est coupé à mi-chemin.
demo-cut = Coupure de courant après { $arrived } sur { $all }. Aucune moitié de fichier dans le dossier :
demo-power-back = Le courant revient. Navette redémarre :
demo-act-proof = 7. La preuve : chaque octet des deux dossiers est comparé.
demo-equal = Les deux dossiers sont égaux : { $files }, { $size }. Vous pouvez les regarder :
demo-numbers = { $computer } : envoi { $up }, réception { $down }, requêtes : { $requests }
demo-waits = Attend { $wait } pour { $path } : { $sentence }
demo-keep = Changez, renommez ou supprimez des fichiers dans l’un des dossiers : les deux sont synchronisés chaque seconde. Le serveur est à { $address } (identifiant { $login }, mot de passe { $password }). Ctrl-C y met fin.
