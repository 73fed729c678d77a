"""Writing whole files and whole folders, or nothing."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from evidence.records.digests import digest

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def publish_file(made: Path, place: Path) -> Path:
    """Put a finished file in its place by one rename; it may come from another disk."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.copyfile(made, beside)
    beside.replace(place)
    return place


def publish_folder(made: Path, place: Path) -> None:
    """Put a finished folder in its place by one rename; what stood there before is removed afterwards.

    Where something stands already the two are exchanged in one step (Linux). Elsewhere the old folder is
    moved aside first; `recover` puts it back should the process die between the two renames.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        made.rename(place)
    elif _exchange(made, place):
        shutil.rmtree(made)
    else:
        aside = _aside(place)
        place.rename(aside)
        made.rename(place)
        shutil.rmtree(aside)


def recover(place: Path) -> None:
    """Put back a folder that was moved aside by a run that died before it published the new one."""
    aside = _aside(place)
    if aside.exists() and not place.exists():
        aside.rename(place)
    elif aside.exists():
        shutil.rmtree(aside)


def sweep_unfinished(build: Path) -> None:
    """Remove what killed runs left in build/: folders that end in the number of a process that is gone."""
    for folder in build.glob("edition-*-*"):
        number = folder.name.rsplit("-", 1)[1]
        if number.isdigit() and not _alive(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def _exchange(one: Path, two: Path) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    return bool(libc.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(two), _RENAME_EXCHANGE) == 0)


def digests(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of files by their name below `folder`, sorted."""
    return {path.relative_to(folder).as_posix(): digest(path.read_bytes()) for path in sorted(paths)}


def folder_digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a folder; empty when there is no such folder."""
    return digests(folder, (path for path in folder.rglob("*") if path.is_file())) if folder.is_dir() else {}
