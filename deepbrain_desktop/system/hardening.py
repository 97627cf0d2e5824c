"""What keeps the secrets of this process from other programs of the same user."""

import os
import sys
from collections.abc import Mapping, MutableMapping

DEBUGGABLE = "DEEPBRAIN_DEBUGGABLE"
"""Environment variable; ``1`` lets a debugger in, and lets Qt and Wayland tell what they do."""

_REMOVED = frozenset(
    {
        # The keys of every TLS connection would be written to that file (T9).
        "SSLKEYLOGFILE",
        # OpenSSL would load a provider or an engine (config(5), OpenSSL 3).
        "OPENSSL_CONF",
        "OPENSSL_CONF_INCLUDE",
        "OPENSSL_ENGINES",
        "OPENSSL_MODULES",
        # GTK's look, GLib, Xlib and the C library's iconv would load modules.
        "GCONV_PATH",
        "GDK_PIXBUF_MODULE_FILE",
        "GIO_EXTRA_MODULES",
        "GIO_MODULE_DIR",
        "GTK3_MODULES",
        "GTK_EXE_PREFIX",
        "GTK_IM_MODULE_FILE",
        "GTK_MODULES",
        "GTK_PATH",
        "XLOCALELIBDIR",
        # OpenGL, which GTK's look brings along, would load drivers.
        "GBM_BACKENDS_PATH",
        "GBM_DRIVERS_PATH",
        "LIBGL_DRIVERS_DIR",
        "LIBGL_DRIVERS_PATH",
        "__EGL_VENDOR_LIBRARY_DIRS",
        "__EGL_VENDOR_LIBRARY_FILENAMES",
        # The library keyring would take whatever class this names.
        "PYTHON_KEYRING_BACKEND",
        "PYTHONBREAKPOINT",
    }
)
# Left alone, because they have had their effect before the first line of ours runs and what we
# start (a browser) may need them: LD_PRELOAD, LD_LIBRARY_PATH, PYTHONPATH and their like.

_OF_QT = ("QT_", "QML", "QSG_")
_QT_LOOKS = frozenset(
    {
        "QT_ACCESSIBILITY",
        "QT_AUTO_SCREEN_SCALE_FACTOR",
        "QT_ENABLE_HIGHDPI_SCALING",
        "QT_IM_MODULE",
        "QT_IM_MODULES",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON",
        "QT_MAC_WANTS_LAYER",
        "QT_OPENGL",
        "QT_QPA_PLATFORMTHEME",
        "QT_QUICK_BACKEND",
        "QT_SCALE_FACTOR_ROUNDING_POLICY",
        "QT_STYLE_OVERRIDE",
        "QT_USE_PHYSICAL_DPI",
        "QT_WAYLAND_DECORATION",
        "QT_WAYLAND_DISABLE_WINDOWDECORATION",
        "QT_WAYLAND_SHELL_INTEGRATION",
        "QT_WAYLAND_TEXT_INPUT_PROTOCOL",
        "QT_X11_NO_MITSHM",
        "QT_XCB_GL_INTEGRATION",
    }
)
"""How things look and how one types. Others of Qt's load plug-ins, end the program or tell."""
_QT_SIZES = {
    "QT_FONT_DPI": (24.0, 768.0),
    "QT_SCALE_FACTOR": (0.25, 8.0),
    "QT_SCREEN_SCALE_FACTORS": (0.25, 8.0),
}
"""How large things are drawn, and what is a size still: at 100 times, Qt draws for seconds."""
_TELLS = frozenset(
    {
        "QT_DEBUG_PLUGINS",
        "QT_FATAL_WARNINGS",
        "QT_LOGGING_CONF",
        "QT_LOGGING_RULES",
        "QT_MESSAGE_PATTERN",
        "WAYLAND_DEBUG",
    }
)
"""What Qt does and what comes from Wayland, each key that is typed as well."""

_PR_SET_DUMPABLE = 4  # linux/prctl.h


def harden(environment: MutableMapping[str, str]) -> None:
    """Create files for their owner only, leave no core file, ignore variables that would leak.

    Where standard input, output or error is closed, nothing else gets its number: what a library
    prints must not end up in a file or a connection of ours.

    To be called with ``os.environ`` before Qt and ssl are imported: both read it when they start.
    """
    os.umask(0o077)
    for name in [each for each in environment if not _is_kept(each, environment)]:
        del environment[name]
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _take_standard_numbers()


def _take_standard_numbers() -> None:
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The lowest number that is free is the one that is given.
            os.open(os.devnull, os.O_RDWR)


def is_debuggable(environment: Mapping[str, str]) -> bool:
    """Whether whoever started the program wants to look inside."""
    return environment.get(DEBUGGABLE) == "1"


def _is_kept(name: str, environment: Mapping[str, str]) -> bool:
    if name == "QT_QPA_PLATFORM":
        # Qt's vnc platform shows the window to whoever connects, and asks for no password.
        return "vnc" not in environment[name].lower()
    if name in _QT_SIZES:
        return _is_size(environment[name], *_QT_SIZES[name])
    if name in _TELLS:
        return is_debuggable(environment)
    if name.startswith(_OF_QT):
        return name in _QT_LOOKS
    return name not in _REMOVED


def _is_size(text: str, least: float, most: float) -> bool:
    """Whether ``text`` is one number, or one for each screen ("1;2", "eDP-1=1;DP-2=2")."""
    try:
        return all(least <= float(each.rpartition("=")[2]) <= most for each in text.split(";"))
    except ValueError:
        return False


def conceal_memory(environment: Mapping[str, str]) -> bool:
    """Keep other processes of the same user out of this one's memory; say whether that is so.

    On Linux the process becomes undumpable (prctl(2), PR_SET_DUMPABLE): no debugger, no core dump
    even where core_pattern is a pipe (which disregards RLIMIT_CORE, core(5)), and what lies in
    /proc/PID belongs to root. Elsewhere nothing is done, nor where DEEPBRAIN_DEBUGGABLE is 1.

    To be called before the first secret comes into the process, but after Qt has asked
    xdg-desktop-portal for the colour scheme: the portal looks at /proc/PID/root of who calls it,
    once for each connection, and denies everything where it may not (measured with 1.16.0;
    flatpak/xdg-desktop-portal issues 785, 1490 and 2141).
    """
    if sys.platform != "linux" or is_debuggable(environment):
        return False
    # Costs about 3 ms, so not while starting.
    import ctypes

    return bool(ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
