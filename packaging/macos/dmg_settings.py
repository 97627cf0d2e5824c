"""What the disk image shows: the program beside the folder that it is dragged into.

Read by dmgbuild, which looks up the names below; ``-D app=PATH`` names the program.
"""

from pathlib import Path

application = defines["app"]  # noqa: F821 - dmgbuild's own name
_name = Path(application).name

format = "UDZO"  # noqa: A001 - dmgbuild's own name
filesystem = "HFS+"
files = [application]
symlinks = {"Applications": "/Applications"}
icon_locations = {_name: (160, 180), "Applications": (480, 180)}
hide_extensions = [_name]
window_rect = ((200, 200), (640, 400))
default_view = "icon-view"
icon_size = 128
text_size = 13
show_status_bar = False
show_tab_view = False
show_toolbar = False
show_pathbar = False
show_sidebar = False
