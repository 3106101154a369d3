# Lets Navette watch whenever this user signs in. Not tried yet.
#
#   powershell -ExecutionPolicy Bypass -File autostart.ps1           # from now on
#   powershell -ExecutionPolicy Bypass -File autostart.ps1 -Remove   # no more
param(
    [string]$Program = "$env:LOCALAPPDATA\Programs\Navette\navette.exe",
    [switch]$Remove
)
$ErrorActionPreference = 'Stop'
$Task = 'Navette'

if ($Remove) {
    Unregister-ScheduledTask -TaskName $Task -Confirm:$false
    return
}
if (-not (Test-Path -LiteralPath $Program -PathType Leaf)) {
    throw "There is no program at $Program. Name it with -Program."
}
$user = [Security.Principal.WindowsIdentity]::GetCurrent().Name
$action = New-ScheduledTaskAction -Execute $Program -Argument 'watch'
$trigger = New-ScheduledTaskTrigger -AtLogOn -User $user
# As this user and with no more rights: the keychain is the user's.
$principal = New-ScheduledTaskPrincipal -UserId $user -LogonType Interactive -RunLevel Limited
# A scheduled task ends after three days, and on battery, unless told otherwise.
$settings = New-ScheduledTaskSettingsSet -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
    -ExecutionTimeLimit ([TimeSpan]::Zero) -MultipleInstances IgnoreNew `
    -RestartCount 999 -RestartInterval (New-TimeSpan -Minutes 1)
Register-ScheduledTask -TaskName $Task -Action $action -Trigger $trigger `
    -Principal $principal -Settings $settings -Force | Out-Null
