; The installer for Windows: for one user, without an administrator.
;
;   makensis -DVERSION=0.1.0 -DFROM=C:\built -DOUT=C:\navette-setup.exe [-DWEBVIEW2=C:\...\setup.exe] navette.nsi
;
; FROM is the folder with navette-desktop.exe, navette.exe and, where the
; compiler was GNU's, WebView2Loader.dll. WEBVIEW2 is Microsoft's small program
; that fetches the WebView2 runtime; it runs only where that is missing.
; To try it: -DLOOSE packs nothing, -DPATIENCE=4 waits two seconds for an end.
; Silent: navette-setup.exe /S, and "Uninstall.exe" /S.
;
; Has been run: see the table in installers/README.md.

Unicode true
!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "FileFunc.nsh"

!ifndef VERSION
  !error "which version? -DVERSION=0.1.0"
!endif
!ifdef AMD64
  Target amd64-unicode
!endif

; How often it is looked, twice a second, whether the programs have ended.
!ifndef PATIENCE
  !define PATIENCE 60
!endif

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Navette"
!define WEBVIEW2_ID "{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"

Name "Navette"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Navette"
InstallDirRegKey HKCU "Software\Navette" "Folder"
!ifdef LOOSE
  SetCompress off
!else
  SetCompressor /SOLID lzma
!endif
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Navette"
VIAddVersionKey "FileDescription" "Navette"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "MIT OR Apache-2.0"

!define MUI_ICON "../../icons/app/navette.ico"
!define MUI_UNICON "../../icons/app/navette.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\navette-desktop.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "French"

LangString STILL_RUNS ${LANG_ENGLISH} "Navette is running. Choose Quit in its tray menu, end navette where it runs in a console, then Retry."
LangString STILL_RUNS ${LANG_FRENCH} "Navette fonctionne. Choisissez Quitter dans son menu de la barre système, arrêtez navette là où il s’exécute dans une console, puis Réessayer."

; Waits until nobody runs the programs: their files can be written then. An update
; begins while the older one is about to end; a person is asked to quit it.
!macro WAIT UN
Function ${UN}WaitForItsEnd
  StrCpy $1 0
  again:
    StrCpy $2 "$INSTDIR\navette-desktop.exe"
    Call ${UN}IsFree
    StrCmp $3 1 0 busy
    StrCpy $2 "$INSTDIR\navette.exe"
    Call ${UN}IsFree
    StrCmp $3 1 done busy
  busy:
    IntOp $1 $1 + 1
    Sleep 500
    IntCmp $1 ${PATIENCE} 0 again
    StrCpy $1 0
    IfSilent giveup
    MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(STILL_RUNS)" IDRETRY again
  giveup:
    SetErrorLevel 3
    Abort
  done:
FunctionEnd

; Whether the file $2 is missing or can be written: 1 in $3.
Function ${UN}IsFree
  StrCpy $3 1
  IfFileExists "$2" 0 done
  ClearErrors
  FileOpen $0 "$2" a
  IfErrors busy
  FileClose $0
  Goto done
  busy:
    StrCpy $3 0
  done:
FunctionEnd
!macroend
!insertmacro WAIT ""
!insertmacro WAIT "un."

Section "Navette"
  Call WaitForItsEnd
  SetOutPath "$INSTDIR"
  File "${FROM}/navette-desktop.exe"
  File "${FROM}/navette.exe"
  File /nonfatal "${FROM}/WebView2Loader.dll"
  WriteUninstaller "$INSTDIR\Uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Navette.lnk" "$INSTDIR\navette-desktop.exe"

  WriteRegStr HKCU "Software\Navette" "Folder" "$INSTDIR"
  ; Links that begin with navette: lead to its window.
  WriteRegStr HKCU "Software\Classes\navette" "" "URL:Navette"
  WriteRegStr HKCU "Software\Classes\navette" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\navette\shell\open\command" "" '"$INSTDIR\navette-desktop.exe" "%1"'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "Navette"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\navette-desktop.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\Uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\Uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" "$0"

  !ifdef WEBVIEW2
    Call ProvideWebView2
  !endif
SectionEnd

!ifdef WEBVIEW2
Function ProvideWebView2
  SetRegView 64
  ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\${WEBVIEW2_ID}" "pv"
  ${If} $0 == ""
    ReadRegStr $0 HKCU "Software\Microsoft\EdgeUpdate\Clients\${WEBVIEW2_ID}" "pv"
  ${EndIf}
  ${If} $0 == ""
  ${OrIf} $0 == "0.0.0.0"
    InitPluginsDir
    File "/oname=$PLUGINSDIR\webview2.exe" "${WEBVIEW2}"
    ExecWait '"$PLUGINSDIR\webview2.exe" /silent /install'
  ${EndIf}
FunctionEnd
!endif

; Settings, journals and the folders themselves stay: they are their user's.
Section "Uninstall"
  Call un.WaitForItsEnd
  Delete "$INSTDIR\navette-desktop.exe"
  Delete "$INSTDIR\navette.exe"
  Delete "$INSTDIR\WebView2Loader.dll"
  Delete "$INSTDIR\Uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Navette.lnk"
  ; The app's own entry, if somebody let it begin with the session.
  DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "Navette"
  DeleteRegKey HKCU "Software\Classes\navette"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\Navette"
SectionEnd
