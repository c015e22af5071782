"""What every wrong input must meet: one line, with the file and the remedy, and nothing written."""

import dataset_folders as tiny
import pytest

from ventralmap import canonical
from ventralmap.errors import InputError

LONGEST = 1000  # characters of a line that somebody still reads


def one_line(action, *words):
    """Call a function that must refuse its input in one readable line that holds the words."""
    with pytest.raises(InputError) as caught:
        action()
    message = str(caught.value)
    assert message.isprintable(), message
    assert len(message) < LONGEST
    for word in words:
        assert word in message, message
    return message


def everything(folder):
    """Paths of all that lies in a folder, links not followed."""
    return sorted(folder.rglob("*"))


def dataset(tmp_path, harm, *words, **parts):
    """Harm a good dataset, and see it refused by the step that would copy it, without a trace."""
    folder = tiny.folder(tmp_path / "in" / "own", **parts)
    harm(folder)
    before = everything(tmp_path)
    message = one_line(lambda: canonical.copy(folder, tmp_path / "out" / "tiny"), *words)
    new = set(everything(tmp_path)) - set(before)
    assert new <= {tmp_path / "out"}
    return message


def replace(name, old, new):
    """Return a harm: some bytes of a file become others."""

    def harm(folder):
        content = (folder / name).read_bytes()
        assert old in content
        (folder / name).write_bytes(content.replace(old, new))

    return harm


def put(name, content):
    """Return a harm: a file gets another content."""
    return lambda folder: (folder / name).write_bytes(content)


def append(name, content):
    """Return a harm: a file goes on with a line."""
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + content)


def cut(name, share):
    """Return a harm: a file ends early."""

    def harm(folder):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: int(share * len(content))])

    return harm
