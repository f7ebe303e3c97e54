"""flatpak.py MANIFEST SOURCE PREFIX: whether a Flatpak manifest fits the project that it packs and
what that installs. It cannot be built without a network; what can be wrong here is found here."""
import json
import os
import re
import sys

manifest_path, source, prefix = sys.argv[1:]
with open(manifest_path, encoding="utf-8") as file:
    manifest = json.load(file)
with open(os.path.join(source, "meson_options.txt"), encoding="utf-8") as file:
    options = set(re.findall(r"option\('(\w+)'", file.read()))
wrong = []


def expect(true, what):
    if not true:
        wrong.append(what)


app = manifest["id"]
for key in ("runtime", "runtime-version", "sdk", "command"):
    expect(manifest.get(key), f"{key} is missing")
for path in (f"bin/{manifest['command']}", f"share/applications/{app}.desktop",
             f"share/metainfo/{app}.metainfo.xml",
             f"share/icons/hicolor/scalable/apps/{app}.svg"):
    expect(os.path.exists(os.path.join(prefix, path)), f"{path} is not installed")
# The window, on Wayland and X; the picture of another program; public models, when asked for.
for needed in ("--socket=wayland", "--socket=fallback-x11", "--share=ipc", "--share=network"):
    expect(needed in manifest["finish-args"], f"{needed} is not asked for")

made = set()
for module in manifest["modules"]:
    name = module["name"]
    expect(module.get("buildsystem", "autotools") in ("autotools", "meson", "simple"),
           f"{name}: no such build system")
    expect(module.get("sources"), f"{name}: no sources")
    for item in module.get("sources", []):
        if item["type"] == "git":
            expect(item["url"].startswith("https://") and (item.get("tag") or item.get("commit")),
                   f"{name}: {item['url']} is not tied to a version")
        elif item["type"] == "dir":
            place = os.path.join(os.path.dirname(manifest_path), item["path"])
            expect(os.path.samefile(place, source), f"{name}: {place} is not the project")
        else:
            expect(False, f"{name}: sources of the type {item['type']} are not checked")
    for command in module.get("build-commands", []):
        made.update(re.findall(r"/app/\S+", command))
    for option in module.get("config-opts", []) if module.get("buildsystem") == "meson" else []:
        key, value = option.removeprefix("-D").split("=", 1)
        expect(key in options, f"{name}: there is no option {key}")
        expect(not value.startswith("/app/") or value in made, f"{name}: nothing makes {value}")
expect(manifest["modules"][-1]["sources"][0]["type"] == "dir", "the project is not built last")

print("\n".join(wrong))
sys.exit(bool(wrong))
