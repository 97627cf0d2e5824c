; The Windows installer. packaging/windows/package compiles it with -D for each of these:
;   TREE      folder of the frozen program, with LICENSE.txt and THIRD-PARTY-NOTICES.txt in it
;   OUT       the installer to write
;   VERSION   x.y.z
;   ICON      .ico
;   SIGN      optional: command that signs the file which is its last argument
;
; The program lies in $INSTDIR\program, a folder that is put in place as a whole or not at all.
; Exit status beside NSIS's own 0, 1, 2: 32 the program runs and did not end, or a file of it is in use,
; 183 a folder of somebody else's is in the way, 740 administrator's rights are needed, 1150 Windows is
; too old, 1603 saved keys could not be removed (all as in winerror.h).

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64
ManifestDPIAware true
ManifestSupportedOS Win10
; Rights are asked for only when it is to be installed for everyone.
RequestExecutionLevel user
AllowSkipFiles off

!define NAME "DeepBrain Desktop"
!define EXE "deepbrain-desktop.exe"
!define PROGRAM "$INSTDIR\program"
!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\deepbrain-desktop"

!include FileFunc.nsh
!include LogicLib.nsh
!include MUI2.nsh
!include WinVer.nsh

Name "${NAME}"
OutFile "${OUT}"
BrandingText "${NAME} ${VERSION}"
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName "${NAME}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${NAME} Setup"
VIAddVersionKey CompanyName "${NAME} contributors"
VIAddVersionKey LegalCopyright "MIT licence"

!ifdef SIGN
  !finalize '${SIGN} "%1"' = 0
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

Var everyone ; whether it is for all accounts of this computer: 1 or 0
Var asked    ; whether the command line says for whom
Var choice   ; the page's control
Var forget   ; whether saved keys and accounts go too: 1 or 0

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_WELCOMEFINISHPAGE_BITMAP "${NSISDIR}/Contrib/Graphics/Wizard/nsis3-grey.bmp"
Page custom ChooseForWhom LeaveForWhom
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Start ${NAME}"
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
!insertmacro MUI_PAGE_FINISH
UninstPage custom un.ChooseWhatStays un.LeaveWhatStays
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Say WORDS unless silent, and end with STATUS.
!macro Refuse STATUS WORDS
  SetErrorLevel ${STATUS}
  MessageBox MB_OK|MB_ICONSTOP "${WORDS}" /SD IDOK
  Quit
!macroend

!macro Functions un
; Whether the program runs, for whomever: Windows lets nobody write to the file of one that does.
Function ${un}Runs
  System::Call 'kernel32::CreateFileW(w "${PROGRAM}\${EXE}", i 0x40000000, i 0, p 0, i 3, i 0, p 0) p.r1 ?e'
  Pop $0
  ${If} $1 P<> -1
    System::Call 'kernel32::CloseHandle(p r1)'
  ${EndIf}
  ${If} $1 P= -1
  ${AndIf} $0 = 32 ; ERROR_SHARING_VIOLATION
    Push 1
  ${Else}
    Push 0
  ${EndIf}
FunctionEnd

; Ask the program to close as its window's own button does, and wait until it has.
Function ${un}EndProgram
  Call ${un}Runs
  Pop $2
  ${If} $2 = 0
    Return
  ${EndIf}
  MessageBox MB_OKCANCEL|MB_ICONINFORMATION "${NAME} is running. It will be closed now." /SD IDOK IDOK again
  Quit
again:
  nsExec::Exec '"$SYSDIR\taskkill.exe" /IM "${EXE}"'
  Pop $2
  ${For} $3 1 40
    Call ${un}Runs
    Pop $2
    ${If} $2 = 0
      Return
    ${EndIf}
    Sleep 250
  ${Next}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION \
    "${NAME} is still running. Close it, then try again. Nothing has been changed." /SD IDCANCEL IDRETRY again
  SetErrorLevel 32
  Quit
FunctionEnd

; Places and rights for whom it is. Ends where rights are missing that cannot be asked for.
Function ${un}UseContext
  ${If} $everyone = 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
FunctionEnd

Function ${un}HasRights
  UserInfo::GetAccountType
  Pop $0
  ${If} $0 == "Admin"
    Push 1
  ${Else}
    Push 0
  ${EndIf}
FunctionEnd
!macroend
!insertmacro Functions ""
!insertmacro Functions "un."

; ---- Installing

Function .onInit
  SetRegView 64
  ${IfNot} ${AtLeastBuild} 17763
    !insertmacro Refuse 1150 "${NAME} needs Windows 10, version 1809, or later."
  ${EndIf}
  ${GetParameters} $0
  StrCpy $asked 1
  ClearErrors
  ${GetOptions} $0 "/ALLUSERS" $1
  ${IfNot} ${Errors}
    StrCpy $everyone 1
  ${Else}
    StrCpy $everyone 0
    ClearErrors
    ${GetOptions} $0 "/CURRENTUSER" $1
    ${If} ${Errors}
      ; As it was installed before, if it was.
      StrCpy $asked 0
      ReadRegStr $1 HKCU "${ENTRY}" "InstallLocation"
      ReadRegStr $2 HKLM "${ENTRY}" "InstallLocation"
      ${If} $1 == ""
      ${AndIf} $2 != ""
        StrCpy $everyone 1
      ${EndIf}
    ${EndIf}
  ${EndIf}
  ${If} ${Silent}
    Call RequireRights
  ${EndIf}
FunctionEnd

Function RequireRights
  Call HasRights
  Pop $0
  ${If} $everyone = 1
  ${AndIf} $0 = 0
    !insertmacro Refuse 740 "Installing ${NAME} for everyone takes administrator's rights."
  ${EndIf}
FunctionEnd

Function ChooseForWhom
  ${If} $asked = 1
    Call RequireRights
    Abort ; the page is not shown
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "Install ${NAME} ${VERSION}" "For whom?"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 10u 100% 12u "&Only for me (takes no administrator's rights)"
  Pop $1
  ${NSD_CreateRadioButton} 0 28u 100% 12u "For &everyone who uses this computer"
  Pop $choice
  ${If} $everyone = 1
    ${NSD_Check} $choice
  ${Else}
    ${NSD_Check} $1
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function LeaveForWhom
  ${NSD_GetState} $choice $0
  StrCpy $everyone 0
  ${If} $0 = ${BST_CHECKED}
    StrCpy $everyone 1
    Call HasRights
    Pop $0
    ${If} $0 = 0
      ; Windows asks; who declines stays on this page.
      ClearErrors
      ExecShell "runas" "$EXEPATH" "/ALLUSERS"
      ${If} ${Errors}
        Abort
      ${EndIf}
      Quit
    ${EndIf}
  ${EndIf}
FunctionEnd

Section
  Call UseContext
  ; /D= names a folder; else it is where it was, or where Windows wants such programs.
  ${If} $INSTDIR == ""
    ReadRegStr $INSTDIR SHCTX "${ENTRY}" "InstallLocation"
  ${EndIf}
  ${If} $INSTDIR == ""
    ${If} $everyone = 1
      StrCpy $INSTDIR "$PROGRAMFILES64\${NAME}"
    ${Else}
      StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${NAME}"
    ${EndIf}
  ${EndIf}
  ${If} ${FileExists} "${PROGRAM}\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    !insertmacro Refuse 183 "$INSTDIR holds a folder $\"program$\" that is not from here."
  ${EndIf}
  Call EndProgram

  RMDir /r "${PROGRAM}.new"
  SetOutPath "${PROGRAM}.new"
  File /r "${TREE}/*"
  SetOutPath "$INSTDIR"
  RMDir /r "${PROGRAM}.old"
  ${If} ${FileExists} "${PROGRAM}\*.*"
    ClearErrors
    Rename "${PROGRAM}" "${PROGRAM}.old"
    ${If} ${Errors}
      RMDir /r "${PROGRAM}.new"
      !insertmacro Refuse 32 "Something in ${PROGRAM} is in use. Nothing has been changed."
    ${EndIf}
  ${EndIf}
  ClearErrors
  Rename "${PROGRAM}.new" "${PROGRAM}"
  ${If} ${Errors}
    Rename "${PROGRAM}.old" "${PROGRAM}"
    RMDir /r "${PROGRAM}.new"
    !insertmacro Refuse 32 "${PROGRAM} could not be written. Nothing has been changed."
  ${EndIf}
  RMDir /r "${PROGRAM}.old"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\${NAME}.lnk" "${PROGRAM}\${EXE}"

  ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
  WriteRegStr SHCTX "${ENTRY}" "DisplayName" "${NAME}"
  WriteRegStr SHCTX "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${ENTRY}" "DisplayIcon" "${PROGRAM}\${EXE}"
  WriteRegStr SHCTX "${ENTRY}" "Publisher" "${NAME} contributors"
  WriteRegStr SHCTX "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${ENTRY}" "EstimatedSize" $0
  WriteRegDWORD SHCTX "${ENTRY}" "NoModify" 1
  WriteRegDWORD SHCTX "${ENTRY}" "NoRepair" 1
SectionEnd

Function .onInstFailed
  RMDir /r "${PROGRAM}.new"
FunctionEnd

Function StartProgram
  ; By the Explorer, so that it never runs with an administrator's rights.
  Exec '"$WINDIR\explorer.exe" "$SMPROGRAMS\${NAME}.lnk"'
FunctionEnd

; ---- Removing

Function un.onInit
  SetRegView 64
  ReadRegStr $0 HKLM "${ENTRY}" "InstallLocation"
  StrCpy $everyone 0
  ${If} $0 == $INSTDIR
    StrCpy $everyone 1
  ${EndIf}
  Call un.UseContext
  StrCpy $forget 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/REMOVEDATA" $1
  ${IfNot} ${Errors}
    StrCpy $forget 1
  ${EndIf}
  Call un.HasRights
  Pop $0
  ${If} $everyone = 1
  ${AndIf} $0 = 0
    ${IfNot} ${Silent}
      ClearErrors
      ExecShell "runas" "$INSTDIR\uninstall.exe"
      ${IfNot} ${Errors}
        Quit
      ${EndIf}
    ${EndIf}
    !insertmacro Refuse 740 "Removing ${NAME} for everyone takes administrator's rights."
  ${EndIf}
FunctionEnd

Function un.ChooseWhatStays
  !insertmacro MUI_HEADER_TEXT "Remove ${NAME}" "The program is removed. What about what it keeps?"
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateCheckBox} 0 10u 100% 12u "&Also remove my accounts, their saved keys, the settings and the log"
  Pop $choice
  ${NSD_CreateLabel} 12u 26u 280u 40u "The keys are taken out of Windows Credential Manager. Without this they stay, and are there again when ${NAME} is installed again. What others who use this computer keep is left alone."
  Pop $0
  ${If} $forget = 1
    ${NSD_Check} $choice
  ${EndIf}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:&Remove"
  nsDialogs::Show
FunctionEnd

Function un.LeaveWhatStays
  ${NSD_GetState} $choice $0
  StrCpy $forget 0
  ${If} $0 = ${BST_CHECKED}
    StrCpy $forget 1
  ${EndIf}
FunctionEnd

Section Uninstall
  Call un.EndProgram
  ${If} $forget = 1
    ClearErrors ; set where the program cannot even start
    ExecWait '"${PROGRAM}\${EXE}" --remove-my-data' $0
    ${If} ${Errors}
    ${OrIf} $0 <> 0
      !insertmacro Refuse 1603 "Not all that ${NAME} keeps could be removed, so the program was not removed either. Start it and remove the accounts there, or try again without removing them."
    ${EndIf}
  ${EndIf}
  SetOutPath "$TEMP"
  RMDir /r "${PROGRAM}.new"
  RMDir /r "${PROGRAM}.old"
  ; By one renaming, as it was put in place: Windows refuses it while anything in there is in use.
  Rename "${PROGRAM}" "${PROGRAM}.old"
  RMDir /r "${PROGRAM}.old"
  ${If} ${FileExists} "${PROGRAM}\*.*"
  ${OrIf} ${FileExists} "${PROGRAM}.old\*.*"
    !insertmacro Refuse 32 "Something in ${PROGRAM} is in use. Close it, then remove ${NAME} again."
  ${EndIf}
  Delete "$SMPROGRAMS\${NAME}.lnk"
  DeleteRegKey SHCTX "${ENTRY}"
  Delete "$INSTDIR\uninstall.exe"
  ; Not what somebody else has put there.
  RMDir "$INSTDIR"
SectionEnd
