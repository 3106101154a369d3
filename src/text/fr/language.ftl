### Comment cette langue s’appelle, et comment elle écrit nombres et dates

language-name = Français
# Entre trois chiffres et les suivants d’un grand nombre.
language-group = { "\u202F" }
# Entre la partie entière d’un nombre et le reste.
language-point = ,
# Un jour et son heure, dans les termes de strftime.
language-date = %d/%m/%Y %H:%M
# Une heure du même jour, et un autre jour.
language-time = %H:%M
language-day = %d/%m/%Y
