"""Modules come from the interpreter's own folders, whatever the environment says."""

import os
import sys
import sysconfig

import pytest

from deepbrain_desktop.import_path import narrow

STANDARD = sysconfig.get_path("stdlib")
INSTALLED = sysconfig.get_path("purelib")


@pytest.fixture(autouse=True)
def _prefix(monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", sys.pycache_prefix)


def narrowed(path, **environment):
    narrow(path, environment)
    return path


def test_what_pythonpath_names_is_taken_out(tmp_path):
    one, other = str(tmp_path / "one"), str(tmp_path / "other")
    path = [one, STANDARD, other, INSTALLED]
    assert narrowed(path, PYTHONPATH=os.pathsep.join([other, one])) == [STANDARD, INSTALLED]


def test_the_current_folder_is_taken_out_however_it_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(tmp_path)
    path = ["", ".", str(tmp_path), str(link), STANDARD]
    assert narrowed(path) == [STANDARD]


def test_what_the_persons_own_base_brings_is_taken_out(tmp_path):
    site = str(tmp_path / "lib/site-packages")
    assert narrowed([site, STANDARD], PYTHONUSERBASE=str(tmp_path)) == [STANDARD]


def test_the_interpreters_own_folders_stay_even_if_they_are_named(monkeypatch):
    monkeypatch.chdir(INSTALLED)
    path = [STANDARD, INSTALLED]
    assert narrowed(list(path), PYTHONPATH=os.pathsep.join(path)) == path


def test_a_folder_that_only_begins_like_the_interpreters_is_foreign():
    beside = f"{sys.prefix}-beside"
    assert narrowed([beside, STANDARD], PYTHONPATH=beside) == [STANDARD]


def test_what_is_installed_elsewhere_stays(tmp_path):
    checkout = str(tmp_path)
    assert narrowed([STANDARD, checkout]) == [STANDARD, checkout]


def test_byte_code_is_read_from_beside_its_source(monkeypatch):
    monkeypatch.setattr(sys, "pycache_prefix", "/planted")
    narrow([], {})
    assert sys.pycache_prefix is None
