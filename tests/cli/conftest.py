"""Commands run as a person runs them: on files, reading what they print and their exit code."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from essaim.cli import main


@pytest.fixture
def essaim():
    """`essaim("group", path, "--tables", 6)` gives the result of the command."""

    def call(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def answer(essaim):
    """The JSON of a command that succeeds."""

    def call(*arguments):
        result = essaim(*arguments)
        assert result.exit_code == 0, result.stderr or result.exception
        return json.loads(result.stdout)

    return call


@pytest.fixture
def refusal(essaim):
    """The sentence of a command that refuses: exit code 2, nothing on the output."""

    def call(*arguments):
        result = essaim(*arguments)
        assert (result.exit_code, result.stdout) == (2, ""), result.exception
        return result.stderr.strip()

    return call


@pytest.fixture
def file(tmp_path):
    """`file("a.csv", "id,x\\n1,2\\n")` writes a file and gives its path; bytes are written as they are."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write
