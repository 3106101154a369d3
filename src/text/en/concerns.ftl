### What needs a person, and what is brought back

## Questions

concern-changed-here = { $n ->
        [one] { $n } file was overwritten here
       *[other] { $n } files were overwritten here
    }
    .body = In { $folder } since { $time }. The server keeps the old versions. What should happen?
concern-changed-there = { $n ->
        [one] { $n } file was overwritten on the server
       *[other] { $n } files were overwritten on the server
    }
    .body = This computer keeps the old versions. What should happen?
concern-versions = Two versions of { $files }
    .body = They changed on this computer and on the server between two checks. Both versions of each are kept.
concern-names-windows = Not possible as names on Windows: { $files }
    .body = They are safe on the server.
concern-names-server = { $server } refuses the names of { $files }
    .body = They are safe on this computer.
concern-names-twin = The same name as another on { $server }: { $files }
    .body = They differ only in how their accents are written. All are safe on this computer.
concern-names-long = Names that are too long: { $files }
    .body = They are safe where they are.
concern-names-here = Not possible as names on this computer: { $files }
    .body = They are safe on the server.
concern-name-twin = { $a } and { $b } are one name on { $server }
    .body = They differ only in how their accents are written. Both are safe on this computer.
concern-name-long = The name { $name } is too long
    .body = The file is safe where it is.
concern-name-here = { $name } is not possible as a name on this computer
    .body = The file is safe on the server.
concern-sign-in = Sign in again to { $server }
    .body = Since { $time } the saved sign-in is refused; perhaps your password changed. Your files are safe here.
concern-went-back = { $server } was set back to an earlier day
    .body = Nothing is deleted on either side. Once both are compared, your newer files are kept here and sent again.
concern-marker-missing = { $path } is empty, or another folder
    .body = Is its disk connected? Nothing is deleted on the server. Once both are compared, everything comes back here.
concern-foreign-marker = { $path } belongs to another computer or another pair
    .body = Nothing is deleted on either side. If it is the right folder, both sides can be compared.
concern-certificate = This computer does not know who vouches for { $host }
    .body = Nothing was sent. Ask the people who run the server.
concern-large = { $name } is new on the server, with { $size }
    .body = It waits until you say whether you want it here.

## Names

names-taken = Something is called so already.
    .remedy = Choose another name.
names-none = This cannot be a name.
    .remedy = It may not be empty, and may not hold “/”.
names-windows = Windows does not take this name.
    .remedy = Leave out < > : " / \ | ? *, and a dot or blank at the end.
names-long = This name is longer than { $most } bytes.
    .remedy = Choose a shorter one.

## Bringing back

activity-brought-back = Brought back { $path }
activity-put-again = Put { $path } aside again

## Rules

rules-everywhere = for everything

## Answering

decide-brake = Answer with “navette decide LOCAL_DIR restore” or “navette decide LOCAL_DIR delete”.
decide-gate = Answer with “navette decide LOCAL_DIR compare”.
