"""What is shipped is known, licensed and listed; the same again gives the same bytes."""

import datetime
import json
import subprocess
import sys
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import shipped as shipped_module
import vulnerabilities
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from licence import licence
from notices import notices
from packaging.utils import canonicalize_name
from sbom import bill
from shipped import HERE, Unknown, locked, shipped
from vulnerabilities import Finding, judge

DAY = datetime.date(2026, 1, 1)


@pytest.fixture(scope="module")
def parts():
    return shipped()


@pytest.fixture
def tree(tmp_path):
    """A frozen tree with files of some of the parts."""
    for name, contents in {
        "_internal/PySide6/Qt/lib/libQt6Core.so.6": b"Qt 6.11.3 (x) PCRE2_SIZE 10.47 2025-10-21",
        "_internal/libicuuc.so.73": b"\x0073.2\x00",
        "_internal/libpython3.11.so.1.0": b"\x003.11.2\x00",
        "_internal/libcrypto-3.dll": b"OpenSSL 3.4.1 11 Feb 2025",
        "_internal/shiboken6/Shiboken.abi3.so": b"",
        "program": b"",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents)
    return tmp_path


def named(parts):
    return {part.name: part for part in parts}


def run(script, *arguments, **environment):
    return subprocess.run(
        [sys.executable, HERE / script, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "", **environment},
    )


def test_every_run_dependency_is_listed_with_licence_and_text(parts):
    found = named(parts)
    wanted = {canonicalize_name(each.name) for each in locked()}
    assert len(wanted) > 15
    for name in wanted:
        assert found[name].licence
        assert all(text.strip() for _, text in found[name].texts)
        assert found[name].texts


def test_every_part_has_a_licence_and_its_text(parts):
    assert not [part for part in parts if not part.licence or not part.texts]


def test_no_tool_of_ours_is_taken_for_a_part(parts):
    assert not {"pip", "pytest", "cyclonedx-python-lib", "pip-audit"} & set(named(parts))


def test_native_parts_are_listed_with_the_versions_of_what_is_there(parts):
    found = named(parts)
    assert found["CPython"].version == ".".join(map(str, sys.version_info[:3]))
    assert found["Qt"].version == found["pyside6-essentials"].version
    assert {"ICU", "OpenSSL", "zlib", "Expat", "PCRE2", "HarfBuzz", "libffi"} <= set(found)
    assert found["ICU"].version.startswith("7")


def test_what_wheels_say_of_themselves_is_listed(parts):
    inside = {part.name for part in parts if part.inside == "cryptography"}
    assert "openssl" in inside


def test_a_frozen_tree_is_listed_as_it_is(tree):
    found = named(shipped(tree))
    assert found["CPython"].version == "3.11.2"
    assert found["OpenSSL"].version == "3.4.1"
    assert found["OpenSSL"].inside is None
    assert found["PCRE2"].version == "10.47"
    assert found["ICU"].version == "73.2"
    assert "libpng" not in found  # nothing in the files shows it


def test_a_file_that_nobody_claims_is_refused(tree):
    (tree / "_internal/libmystery.so.1").write_bytes(b"")
    with pytest.raises(Unknown, match=r"libmystery\.so\.1"):
        shipped(tree)
    for script in ("sbom.py", "notices.py"):
        ended = run(script, tree / "out", tree)
        assert ended.returncode == 1
        assert "libmystery" in ended.stderr
        assert not (tree / "out").exists()


QT_CORE = "Frameworks/PySide6/Qt/lib/QtCore.framework/Versions/A/QtCore"


@pytest.mark.parametrize(
    ("name", "contents", "part"),
    [
        ("deepbrain-desktop", b"\x7fELF", "PyInstaller bootloader"),
        ("deepbrain-desktop.exe", b"MZ", "PyInstaller bootloader"),
        ("MacOS/deepbrain-desktop", b"\xcf\xfa\xed\xfe", "PyInstaller bootloader"),
        (QT_CORE, b"\xca\xfe\xba\xbe Qt 6.12.0 (universal)", "Qt"),
    ],
)
def test_what_a_linker_made_is_listed_whatever_its_name(tmp_path, name, contents, part):
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(contents)
    assert part in named(shipped(tmp_path))
    file.rename(tmp_path / "mystery")
    with pytest.raises(Unknown, match="mystery"):
        shipped(tmp_path)


def test_a_native_part_without_a_version_is_refused(tree):
    (tree / "_internal/PySide6/Qt/lib/libQt6Core.so.6").write_bytes(b"")
    with pytest.raises(Unknown, match="Qt: no version"):
        shipped(tree)


def test_a_distribution_without_licence_is_refused(monkeypatch):
    monkeypatch.setattr(shipped_module, "STATED", shipped_module.re.compile("never"))
    with pytest.raises(Unknown, match="no licence"):
        shipped()


def test_what_is_not_installed_as_locked_is_refused(monkeypatch, tmp_path):
    lock = tmp_path / "run.txt"
    lock.write_text("requests==0.0.1 \\\n    --hash=sha256:00\n")
    monkeypatch.setattr(shipped_module.requirements, "__defaults__", (lock,))
    with pytest.raises(Unknown, match="not what the run lock says"):
        shipped()


WINDOWS = {
    "_internal/python311.dll": b"\x003.11.9\x00 expat_2.6.0 incorrect header check\x001.3.1\x00",
    "_internal/VCRUNTIME140_1.dll": b"",
    "_internal/_ssl.pyd": b"",
    "_internal/libssl-3.dll": b"OpenSSL 3.0.13 30 Jan 2024",
    "_internal/libffi-8.dll": b"",
    "_internal/PySide6/Qt6Core.dll": b"Qt 6.11.3 (x86_64) PCRE2_SIZE 10.47 2025-10-21",
    "_internal/PySide6/plugins/platforms/qwindows.dll": b"",
    "_internal/PySide6/QtCore.pyd": b"",
}


def test_a_tree_of_another_system_is_listed_by_the_distributions_it_was_frozen_from(tmp_path):
    site = tmp_path / "site"
    for requirement in shipped_module.requirements():
        name = requirement.name.replace("-", "_")
        version = str(requirement.specifier).removeprefix("==")
        if requirement.marker and not requirement.marker.evaluate({"sys_platform": "win32"}):
            continue
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        told = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\nLicense-Expression: MIT\n"
        (folder / "METADATA").write_text(told)
        (folder / "LICENSE").write_text(f"of {name}")
        record = f"{folder.name}/METADATA,,\n{folder.name}/LICENSE,,\nPySide6/QtCore.pyd,,\n"
        (folder / "RECORD").write_text(record)
    tree = tmp_path / "tree"
    for name, contents in WINDOWS.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(contents)
    found = named(shipped(tree, site))
    assert found["CPython"].version == "3.11.9"
    assert (found["OpenSSL"].version, found["OpenSSL"].inside) == ("3.0.13", None)
    assert (found["Expat"].version, found["zlib"].version) == ("2.6.0", "1.3.1")
    assert {"pywin32-ctypes", "libffi", "Microsoft Visual C++ run-time"} <= set(found)
    assert "secretstorage" not in found
    assert [found[name].texts[0][1] for name in ("requests",)] == ["of requests"]


def inside_qt_and_python(tree):
    return {(part.name, part.version) for part in shipped(tree) if part.inside in ("Qt", "CPython")}


def test_what_is_compiled_into_qt_and_python_is_listed_where_the_files_show_it(tree):
    tables = {
        ("Unicode Character Database", None),
        ("Keccak", None),
        ("FreeType rasterizer", None),
        ("Smooth scaling algorithm", None),
        ("X Server helper", None),
    }
    assert tables <= inside_qt_and_python(tree)
    inside = tree / "_internal"
    here = (inside / "PySide6/Qt/lib/libQt6Core.so.6").read_bytes()
    (inside / "PySide6/Qt/lib/libQt6Core.so.6").write_bytes(
        b"\x7fELF xdg_wm_base zwp_text_input_manager_v2 QSvgRenderer " + here
    )
    linux = {
        ("forkfd", None),
        ("Wayland protocols", None),
        ("Wayland text input, version 2", None),
        ("XSVG", None),
    }
    assert linux <= inside_qt_and_python(tree)
    # Windows has no zlib of its own.
    windows = {
        ("zlib", "1.3.1"),
        ("zlib", "1.3.2"),
        ("Vulkan Memory Allocator", None),
        ("D3D12 Memory Allocator", None),
    }
    assert not windows & inside_qt_and_python(tree)
    (inside / "python311.dll").write_bytes(b"MZ incorrect header check\x001.3.1\x00")
    (inside / "Qt6Core.dll").write_bytes(b"MZ incorrect header check 1.3.2 (Qt)")
    (inside / "Qt6Gui.dll").write_bytes(b"MZ qt.rhi.vma D3D12MA")
    assert windows <= inside_qt_and_python(tree)


def test_the_bill_is_valid(parts):
    text = bill(parts, "1.2.3")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    listed = json.loads(text)
    assert listed["metadata"]["component"]["version"] == "1.2.3"
    assert len(listed["components"]) == len(parts)
    root = next(each for each in listed["dependencies"] if each["ref"] == "deepbrain-desktop")
    assert any(each.startswith("pkg:pypi/requests@") for each in root["dependsOn"])


def test_one_expression_names_the_licences_of_all(parts):
    told = licence(json.loads(bill(parts, "1.2.3")))
    assert told.startswith("MIT AND ")
    terms = told.split(" AND ")
    assert {"MPL-2.0", "PSF-2.0", "(LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only)"} <= set(terms)
    assert len(terms) == len(set(terms))


def test_every_part_is_in_the_notices_with_its_texts(parts):
    text = notices(parts)
    for part in parts:
        assert f"\n{part.name} {part.version or ''}".rstrip() in text
        assert all(words.strip() in text for _, words in part.texts)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in text


@pytest.mark.parametrize("script", ["sbom.py", "notices.py"])
def test_made_twice_it_is_the_same(script, tmp_path):
    made = []
    for seed in ("0", "1"):
        ended = run(script, tmp_path / seed, PYTHONHASHSEED=seed)
        assert ended.stderr == ""
        made.append((tmp_path / seed).read_bytes())
    assert made[0] == made[1]


def test_the_locks_of_running_and_developing_are_looked_up():
    names = {each.partition("==")[0] for each in vulnerabilities.pinned()}
    assert {"requests", "pywin32-ctypes", "pyobjc-core", "pytest"} <= names


def accepted(**changes):
    return [{"package": "a", "id": "X-1", "reason": "none", "look_again": DAY} | changes]


def test_a_finding_is_told_unless_it_is_explained():
    finding = [Finding("a", "X-1")]
    assert judge(finding, [], DAY) == ["a: X-1"]
    assert judge(finding, accepted(), DAY) == []
    assert judge(finding, accepted(id="X-2"), DAY)


def test_an_explanation_does_not_hold_for_ever():
    finding = [Finding("a", "X-1")]
    assert judge(finding, accepted(), DAY + datetime.timedelta(days=1))
    assert judge([], accepted(), DAY)


def test_explanations_have_a_reason_and_a_date():
    for each in tomllib.loads((HERE / "accepted.toml").read_text("utf-8")).get("finding", []):
        assert each["reason"]
        assert isinstance(each["look_again"], datetime.date)


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', 0, "0 findings"),
        ('{"dependencies": [{"name": "a", "vulns": [{"id": "X"}]}]}', 1, "a: X"),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', 3, "NOT REACHABLE"),
        ("", 3, "NOT REACHABLE"),
    ],
)
def test_what_could_not_be_looked_up_is_not_called_clean(
    tmp_path, monkeypatch, capsys, answer, status, words
):
    auditor = tmp_path / "pip_audit.py"
    weak = json.dumps({"dependencies": [{"name": "requests", "vulns": [{"id": "X"}]}]})
    auditor.write_text(
        "import pathlib, sys\n"
        "asked = pathlib.Path(sys.argv[-1]).read_text()\n"
        f"print({weak!r} if asked == {vulnerabilities.WITNESS!r} else {answer!r})\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert vulnerabilities.main() == status
    told = capsys.readouterr()
    assert words in told.out + told.err


class _Knowing(BaseHTTPRequestHandler):
    """Speaks as the OSV service does; the server's ``weak`` are packages, or versions of them."""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = asked["package"]["name"]
        known = {"id": "PYSEC-2026-1", "aliases": [], "affected": [], "summary": "weak"}
        found = [known] if self.server.weak & {name, f"{name}=={asked['version']}"} else []
        answer = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200 if self.path == "/v1/query" else 404)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def osv():
    with ThreadingHTTPServer(("127.0.0.1", 0), _Knowing) as server:
        server.weak = {vulnerabilities.WITNESS, "weak-one"}
        server.address = f"http://127.0.0.1:{server.server_port}/v1/query"
        Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_pip_audit_tells_in_the_form_that_is_read(osv):
    (service,) = vulnerabilities.services(osv.address)
    pins = ["weak-one==1.0", "weak-one==2.0", "good-one==1.0"]
    assert vulnerabilities.look_up(pins, service) == [Finding("weak-one", "PYSEC-2026-1")] * 2


@pytest.mark.parametrize(
    ("weak", "wrong", "status", "words"),
    [
        ({vulnerabilities.WITNESS}, "", 0, "0 findings"),
        ({vulnerabilities.WITNESS, "pytest"}, "", 1, "pytest: PYSEC-2026-1"),
        ({vulnerabilities.WITNESS}, "/wrong", 3, "not looked up: osv"),
        (set(), "", 3, f"weakness of {vulnerabilities.WITNESS}"),
    ],
)
def test_a_service_of_ones_own_is_asked_and_no_other(osv, weak, wrong, status, words):
    osv.weak = weak
    ended = run("vulnerabilities.py", OSV=osv.address + wrong)
    told = ended.stdout + ended.stderr
    assert words in told
    assert "pypi" not in told
    assert ended.returncode == status
