### Navette: the story that "navette demo" tells

demo-welcome = Two computers, Laptop and Desktop, share one account on a small server inside this program. Nothing leaves this computer.
demo-act-first = 1. Laptop has a research project. It goes to the server, and from there to Desktop.
demo-act-edits = 2. An edit on Laptop, another one on Desktop. Both arrive.
demo-act-rename = 3. Desktop renames the folder “data” to “measurements”. One move on the server, no bytes.
demo-act-conflict = 4. Marie and Ada change README.md at the same time. Both versions stay.
demo-act-deleted = 5. Laptop deletes the draft. Desktop follows, but puts its copy aside.
demo-regret = It was a mistake: Desktop brings it back.
demo-act-power = 6. A large file arrives on Desktop, and the power fails half-way.
demo-cut = Power cut after { $arrived } of { $all }. No half file stands in the folder:
demo-power-back = The power is back. Navette starts again:
demo-act-proof = 7. The proof: every byte of both folders is compared.
demo-equal = Both folders are equal: { $files }, { $size }. They are yours to look at:
demo-numbers = { $computer }: { $up } sent, { $down } fetched, requests: { $requests }
demo-waits = Waits { $wait } for { $path }: { $sentence }
demo-keep = Change, rename or delete files in either folder: both are synced every second. The server is at { $address } (login { $login }, password { $password }). Ctrl-C ends it.
